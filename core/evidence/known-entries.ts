// Which entries the log has, for whoever counts what is traced to one.
import type { Reader } from '../graph/graph.ts'

const KNOWN_ENTRIES = `
UNWIND $ids AS wanted
MATCH (e:EvidenceEntry {id: wanted})
RETURN e.id`

/** Those of these ids that are of entries. */
export async function knownEntries(reader: Reader, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await reader.run(KNOWN_ENTRIES, { ids })).map(([id]) => String(id)))
}
