// Who the sellers are. What is known of how they work is theirs, and not read here.
import type { Reader } from '../../core/graph/graph.ts'
import type { Seller } from './types.ts'

const SELLERS_BY_ID = `
UNWIND $ids AS wanted
MATCH (s:Seller {id: wanted})
RETURN s.id, s.name, s.region`

/** Unknown ids are absent. One statement. */
export async function sellersById(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, Seller>> {
  const rows = await reader.run(SELLERS_BY_ID, { ids })
  return new Map(
    rows.map(([id, name, region]) => [
      String(id),
      { id: String(id), name: String(name), region: region === null ? null : String(region) },
    ]),
  )
}
