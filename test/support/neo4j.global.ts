// Starts Neo4j once for the contract project, or says why not. Vitest calls it only when a file of that project runs.
import type { TestProject } from 'vitest/node'
import { missingForNeo4j, startNeo4j } from './neo4j-server.ts'

/** Where the contract suites find Neo4j, or why they skip it. */
export type Neo4jForTests =
  | { readonly url: string; readonly user?: string; readonly password?: string }
  | { readonly skipReason: string }

declare module 'vitest' {
  interface ProvidedContext {
    neo4j: Neo4jForTests
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { CI, GRAPH_URL, GRAPH_USER, GRAPH_PASSWORD } = process.env
  if (GRAPH_URL !== undefined) {
    project.provide('neo4j', {
      url: GRAPH_URL,
      ...(GRAPH_USER !== undefined && { user: GRAPH_USER }),
      ...(GRAPH_PASSWORD !== undefined && { password: GRAPH_PASSWORD }),
    })
    return undefined
  }
  const missing = missingForNeo4j()
  if (missing !== undefined) {
    // A skipped suite looks green, so where it counts it is a failure.
    if (CI !== undefined) throw new Error(`The contract suites need Neo4j: ${missing}. Install it or set GRAPH_URL.`)
    project.provide('neo4j', { skipReason: `${missing} and no GRAPH_URL` })
    return undefined
  }
  const server = await startNeo4j({ shortLived: true })
  project.provide('neo4j', { url: server.url })
  return server.stop
}
