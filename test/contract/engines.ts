// The engines that every contract suite runs on: one array, so that no suite can forget one.
import { afterAll, describe, inject } from 'vitest'
import { openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { openNeo4j } from '../../core/graph/neo4j.ts'
import { suiteName } from '../support/contract-reporter.ts'

interface Engine {
  readonly name: Graph['engine']
  /** Why the suites of this engine do not run here. */
  readonly skipReason?: string
  /** An empty store. Neo4j has only one, so opening it again empties it under whoever holds it. */
  open(options?: OpenOptions): Promise<Graph>
}

export interface OpenOptions {
  readonly queryTimeoutMs?: number
}

const neo4j = inject('neo4j')

const engines: readonly Engine[] = [
  { name: 'embedded', open: options => openEmbedded({ ...options, durability: 'os', shuffle: true }) },
  'skipReason' in neo4j
    ? { name: 'neo4j', skipReason: neo4j.skipReason, open: () => Promise.reject(new Error(neo4j.skipReason)) }
    : { name: 'neo4j', open: options => openEmptied({ ...options, ...neo4j }) },
]

/**
 * Runs a contract suite on each engine. The suite opens its graph with the function it is given, usually once in beforeAll; what it
 * opened is closed when it ends.
 */
export function describeOnEngines(
  suite: string,
  tests: (openGraph: (options?: OpenOptions) => Promise<Graph>, engine: Engine['name']) => void,
): void {
  for (const engine of engines) {
    const { name, skipReason } = engine
    describe.skipIf(skipReason !== undefined)(suiteName(suite, name, skipReason), () => {
      const opened: Graph[] = []
      tests(async options => {
        const graph = await engine.open(options)
        opened.push(graph)
        return graph
      }, name)
      afterAll(() => Promise.all(opened.map(graph => graph.close())))
    })
  }
}

async function openEmptied(options: Parameters<typeof openNeo4j>[0]): Promise<Graph> {
  // Emptied without the suite's own limit of time, which a cold server may pass.
  const all = await openNeo4j({ ...options, queryTimeoutMs: 60_000 })
  await all.define('MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS')
  for (const [name] of await all.read('SHOW CONSTRAINTS YIELD name')) await all.define(`DROP CONSTRAINT ${name}`)
  for (const [name] of await all.read('SHOW INDEXES YIELD name, type WHERE type <> "LOOKUP"')) {
    await all.define(`DROP INDEX ${name}`)
  }
  await all.close()
  return openNeo4j(options)
}
