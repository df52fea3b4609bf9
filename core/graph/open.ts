// Picks the engine by configuration: the only place that knows there are two.
import { join } from 'node:path'
import type { Graph } from './graph.ts'

export interface GraphConfig {
  readonly graphUrl?: string | undefined
  readonly graphUser?: string | undefined
  readonly graphPassword?: string | undefined
  readonly dataDir: string
  readonly durability: 'disk' | 'os'
}

/** Neo4j at `graphUrl`; without it the embedded engine with its files in `dataDir`. */
export async function openGraph(config: GraphConfig): Promise<Graph> {
  const { graphUrl, graphUser, graphPassword, dataDir, durability } = config
  if (graphUrl === undefined) {
    const { openEmbedded } = await import('./embedded.ts')
    return openEmbedded({ file: join(dataDir, 'graph.grafeo'), durability })
  }
  const { openNeo4j } = await import('./neo4j.ts')
  return openNeo4j({
    url: graphUrl,
    ...(graphUser !== undefined && { user: graphUser }),
    ...(graphPassword !== undefined && { password: graphPassword }),
  })
}
