// Up to where a source that is pulled was read: what its service gave to go on with.
import type { Graph } from '../../core/graph/graph.ts'

const KEEP_CURSOR = `
MERGE (k:SourceCursor {name: $name})
SET k.link = $link, k.at = $at`

const KEPT_CURSOR = `
MATCH (k:SourceCursor {name: $name})
RETURN k.link`

export async function keepCursor(graph: Graph, name: string, link: string, at: string): Promise<void> {
  await graph.write(unit => unit.run(KEEP_CURSOR, { name, link, at }))
}

/** Where to go on; undefined where nothing was pulled yet. */
export async function keptCursor(graph: Graph, name: string): Promise<string | undefined> {
  const [row] = await graph.read(KEPT_CURSOR, { name })
  return row === undefined ? undefined : String(row[0])
}
