import type { Graph } from './graph.ts'
export async function openNeo4j(_options: {
  url: string
  user?: string
  password?: string
  queryTimeoutMs?: number
}): Promise<Graph> {
  throw new Error('not yet')
}
