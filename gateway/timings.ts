// Where the time of a request went, for the header Server-Timing. Stage names and durations, nothing of what was asked or
// answered; of the stages whose time depends on data only whole milliseconds.
import type { Graph } from '../core/graph/graph.ts'

/**
 * Milliseconds. `parse` is everything between the viewer being known and the execution: reading and validating the document.
 * `prune` is what it takes to find what leaves the operation for this viewer; next to nothing for a known operation, for which
 * `plan` and `compile` are 0.
 * `execute` holds `graph` and `shape`; `mask` is the explanation of what was withheld, and the wait for the access record.
 */
export interface Timings {
  parse: number
  prune: number
  plan: number
  compile: number
  execute: number
  graph: number
  mask: number
  shape: number
}

const DEPENDS_ON_DATA: ReadonlySet<string> = new Set(['execute', 'graph', 'mask', 'shape'])

export function noTimings(): Timings {
  return { parse: 0, prune: 0, plan: 0, compile: 0, execute: 0, graph: 0, mask: 0, shape: 0 }
}

/** The value of the header Server-Timing. */
export function serverTiming(timings: Timings): string {
  return Object.entries(timings)
    .map(([stage, ms]) => `${stage};dur=${DEPENDS_ON_DATA.has(stage) ? Math.ceil(ms) : ms.toFixed(1)}`)
    .join(', ')
}

/** A stopwatch: each call answers the milliseconds since the one before. */
export function stopwatch(): () => number {
  let at = performance.now()
  return () => {
    const now = performance.now()
    const elapsed = now - at
    at = now
    return elapsed
  }
}

/** The same graph; while one of its calls is under way, `timings.graph` runs. */
export function timedGraph(graph: Graph, timings: Timings): Graph {
  let underWay = 0
  let since = 0
  async function timed<T>(call: () => Promise<T>): Promise<T> {
    if (underWay++ === 0) since = performance.now()
    try {
      return await call()
    } finally {
      if (--underWay === 0) timings.graph += performance.now() - since
    }
  }
  return {
    engine: graph.engine,
    read: (statement, params) => timed(() => graph.read(statement, params)),
    write: work => timed(() => graph.write(work)),
    define: statement => graph.define(statement),
    defineText: index => graph.defineText(index),
    health: () => graph.health(),
    expunge: () => timed(() => graph.expunge()),
    close: () => graph.close(),
  }
}
