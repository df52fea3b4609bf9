// What shows that a subject was erased: what each part deleted, with the proofs, and what this service cannot reach.
import { type ErasureRecord, erasureRecord } from '../../core/erasure/erasure-store.ts'
import type { Reader } from '../../core/graph/graph.ts'
import type { Viewer } from '../../core/viewer.ts'
import { entriesById, latestCheckpoint } from './log-store.ts'
import { proveIntegrated } from './proofs.ts'
import { leftToOperator } from './rules.ts'
import type { ErasureCertificate, ProvedEntry } from './types.ts'

/** Of this request, or of the newest that the viewer may see; null where there is none. A subject sees its own. */
export async function certificateOf(
  reader: Reader,
  viewer: Viewer,
  requestId: string | null | undefined,
): Promise<ErasureCertificate | null> {
  const record = await erasureRecord(reader, {
    requestId: requestId ?? '',
    subjectId: viewer.kind === 'SUBJECT' ? viewer.id : '',
  })
  if (record === undefined) return null
  const { request, steps, store } = record
  return {
    requestId: request.id,
    state: request.state,
    requestedAt: request.requestedAt,
    dueBefore: request.dueBefore,
    completedAt: request.completedAt,
    parts: steps.map(({ part, erased, evidenceEntryId }) => ({
      part,
      evidenceEntryId,
      erased: Object.entries(erased).map(([label, count]) => ({ label, count })),
    })),
    entries: await provedEntries(reader, record),
    leftToOperator: store === null ? null : [...leftToOperator(store)],
  }
}

async function provedEntries(reader: Reader, record: ErasureRecord): Promise<ProvedEntry[]> {
  const { request, steps, keyDestroyedEntryId, completedEntryId } = record
  const ids = [request.evidenceEntryId, ...steps.map(step => step.evidenceEntryId)]
  const named = [...ids, keyDestroyedEntryId, completedEntryId].filter(id => id !== null)
  const [entries, latest] = await Promise.all([entriesById(reader, named), latestCheckpoint(reader)])
  const proofs = await proveIntegrated(reader, [...entries.values()], latest)
  return named.flatMap(id => {
    const entry = entries.get(id)
    return entry === undefined ? [] : [{ id, kind: entry.kind, proof: proofs.get(id) ?? null }]
  })
}
