// The requests of subjects to be erased, and what was done about each. They hold ids, counts and times: what is left of a
// subject, so that it can be shown that nothing else is.
import type { Instant } from '../clock.ts'
import type { Expunged, Reader, Row, UnitOfWork } from '../graph/graph.ts'
import type { Migration } from '../graph/migrations.ts'
import { dueDateFor } from '../policy/due-date.ts'
import type { Policy } from '../policy/policy.ts'
import type { ErasedCounts } from './eraser.ts'
import type { ErasureState } from './erasure-state.ts'

export interface ErasureRequest {
  readonly id: string
  readonly state: ErasureState
  readonly requestedAt: string
  /** The first moment that is too late by the law of the residence; null for requests that were made before this was kept. */
  readonly dueBefore: string | null
  readonly completedAt: string | null
  /** The entry that proves the request. */
  readonly evidenceEntryId: string
}

export interface ErasureStep {
  readonly part: string
  readonly erased: ErasedCounts
  readonly evidenceEntryId: string
}

/** All that is known of an erasure. */
export interface ErasureRecord {
  readonly request: ErasureRequest
  /** In the order in which they were taken; a part that was called again has several. */
  readonly steps: readonly ErasureStep[]
  readonly keyDestroyedEntryId: string | null
  readonly completedEntryId: string | null
  /** What became of the files of the store; null until it is completed. */
  readonly store: Expunged | null
}

export const erasureMigrations: readonly Migration[] = [
  { id: 'core/060-erasure', keys: ['RightsRequest.id', 'RightsRequest.key', 'ErasureStep.id'] },
]

const RESIDENCES = `
MATCH (c:Customer {id: $subjectId})
RETURN c.region, c.otherRegion`

const REQUEST = `
MERGE (r:RightsRequest {key: $key})
ON CREATE SET r.id = $newId, r.kind = 'ERASURE', r.subjectId = $subjectId, r.state = 'REQUESTED', r.requestedAt = $at,
  r.dueBefore = $dueBefore, r.evidenceEntryId = $evidenceEntryId
RETURN r.id, r.state, r.requestedAt, r.dueBefore, r.completedAt, r.evidenceEntryId`

const REQUEST_OF = `
MATCH (r:RightsRequest {key: $key})
RETURN r.id, r.state, r.requestedAt, r.dueBefore, r.completedAt, r.evidenceEntryId`

const STEPS = `
MATCH (:RightsRequest {id: $requestId})-[:TOOK]->(t:ErasureStep)
RETURN t.part, t.erased, t.evidenceEntryId
ORDER BY t.number`

const TAKE_STEP = `
MATCH (r:RightsRequest {id: $requestId})
SET r.steps = coalesce(r.steps, 0) + 1
CREATE (r)-[:TOOK]->(:ErasureStep {id: $evidenceEntryId, number: r.steps, part: $part, erased: $erased,
  evidenceEntryId: $evidenceEntryId})`

const KEY_DESTROYED = `
MATCH (r:RightsRequest {id: $requestId, state: 'REQUESTED'})
SET r.state = 'KEY_DESTROYED', r.keyDestroyedEntryId = $evidenceEntryId
RETURN r.id`

const COMPLETE = `
MATCH (r:RightsRequest {id: $requestId, state: 'KEY_DESTROYED'})
SET r.state = 'COMPLETED', r.completedAt = $at, r.completedEntryId = $evidenceEntryId, r.store = $store
RETURN r.id`

const RECORD = `
MATCH (r:RightsRequest {kind: 'ERASURE'})
WHERE ($requestId = '' OR r.id = $requestId) AND ($subjectId = '' OR r.subjectId = $subjectId)
RETURN r.id, r.state, r.requestedAt, r.dueBefore, r.completedAt, r.evidenceEntryId, r.keyDestroyedEntryId, r.completedEntryId, r.store
ORDER BY r.requestedAt DESC, r.id LIMIT 1`

// One a subject, however often it asks.
const keyOf = (subjectId: string): string => `ERASURE/${subjectId}`

/** Keeps the request of this subject, or finds the one that it made before. Undefined for a subject of whom nothing is known. */
export async function requestErasureOf(
  unit: UnitOfWork,
  subjectId: string,
  { policy, newId, at, evidenceEntryId }: { policy: Policy; newId: string; at: Instant; evidenceEntryId: string },
): Promise<ErasureRequest | undefined> {
  const [residences] = await unit.run(RESIDENCES, { subjectId })
  if (residences === undefined) return erasureRequestOf(unit, subjectId)
  const [region, otherRegion] = residences.map(each => (each === null ? undefined : String(each)))
  const { dueBefore } = dueDateFor(policy, { region: region ?? '', otherRegion }, at)
  const [row] = await unit.run(REQUEST, { key: keyOf(subjectId), newId, subjectId, at, dueBefore, evidenceEntryId })
  return row && toRequest(row)
}

export async function erasureRequestOf(reader: Reader, subjectId: string): Promise<ErasureRequest | undefined> {
  const [row] = await reader.run(REQUEST_OF, { key: keyOf(subjectId) })
  return row && toRequest(row)
}

export async function stepsOf(reader: Reader, requestId: string): Promise<readonly ErasureStep[]> {
  const rows = await reader.run(STEPS, { requestId })
  return rows.map(([part, erased, evidenceEntryId]) => ({
    part: String(part),
    erased: JSON.parse(String(erased)),
    evidenceEntryId: String(evidenceEntryId),
  }))
}

export async function takeStep(unit: UnitOfWork, requestId: string, step: ErasureStep): Promise<void> {
  await unit.run(TAKE_STEP, { requestId, ...step, erased: JSON.stringify(step.erased) })
}

/** Whether this is what brought the request to that state; false when it was there before. */
export async function markKeyDestroyed(unit: UnitOfWork, requestId: string, evidenceEntryId: string): Promise<boolean> {
  return (await unit.run(KEY_DESTROYED, { requestId, evidenceEntryId })).length > 0
}

/** Whether this is what completed the request; false when it was completed before. */
export async function complete(
  unit: UnitOfWork,
  requestId: string,
  by: { at: Instant; evidenceEntryId: string; store: Expunged },
): Promise<boolean> {
  return (await unit.run(COMPLETE, { requestId, ...by })).length > 0
}

/** The newest erasure, or that of this request, or of this subject; undefined where there is none. */
export async function erasureRecord(
  reader: Reader,
  { requestId = '', subjectId = '' }: { requestId?: string; subjectId?: string },
): Promise<ErasureRecord | undefined> {
  const [row] = await reader.run(RECORD, { requestId, subjectId })
  if (row === undefined) return undefined
  const request = toRequest(row)
  return {
    request,
    steps: await stepsOf(reader, request.id),
    keyDestroyedEntryId: row[6] as string | null,
    completedEntryId: row[7] as string | null,
    store: row[8] as Expunged | null,
  }
}

function toRequest([id, state, requestedAt, dueBefore, completedAt, evidenceEntryId]: Row): ErasureRequest {
  return {
    id: String(id),
    state: state as ErasureState,
    requestedAt: String(requestedAt),
    dueBefore: dueBefore as string | null,
    completedAt: completedAt as string | null,
    evidenceEntryId: String(evidenceEntryId),
  }
}
