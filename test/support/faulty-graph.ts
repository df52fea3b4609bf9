// Graphs that fail as a store does on a bad day, at a moment that the test chooses.
import { ApiError } from '../../core/errors.ts'
import type { Graph, Statement, UnitOfWork } from '../../core/graph/graph.ts'

/** Commits the first `times` units and then says that it cannot be reached, as when the answer to a commit is lost. */
export function graphThatLosesAnswers(graph: Graph, times: number): Graph {
  let left = times
  return {
    ...portOf(graph),
    write: async work => {
      const result = await graph.write(work)
      if (left-- > 0) throw new ApiError('GRAPH_UNAVAILABLE')
      return result
    },
  }
}

/** Throws `error` instead of running a statement that holds this text, the first `times` times. */
export function graphThatFailsAt(graph: Graph, text: string, error: Error, times = 1): Graph {
  let left = times
  const failOnce = (statement: Statement) => {
    if (JSON.stringify(statement).includes(text) && left-- > 0) throw error
  }
  return {
    ...portOf(graph),
    read: async (statement, params) => {
      failOnce(statement)
      return graph.read(statement, params)
    },
    write: work => graph.write(unit => work(faultyUnit(unit, failOnce))),
  }
}

function faultyUnit(unit: UnitOfWork, failOnce: (statement: Statement) => void): UnitOfWork {
  return {
    run: async (statement, params) => {
      failOnce(statement)
      return unit.run(statement, params)
    },
    guard: name => unit.guard(name),
  }
}

/** The methods of a graph of any class, to replace some of them. */
export function portOf(graph: Graph): Graph {
  return {
    engine: graph.engine,
    read: (statement, params) => graph.read(statement, params),
    write: work => graph.write(work),
    define: statement => graph.define(statement),
    defineText: index => graph.defineText(index),
    health: () => graph.health(),
    expunge: () => graph.expunge(),
    close: () => graph.close(),
  }
}
