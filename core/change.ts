// How anything is changed: idempotency, the change itself, its evidence and its events, in one unit of work.
import type { Instant } from './clock.ts'
import type { Services } from './context.ts'
import { countIn, type SubjectEraser } from './erasure/eraser.ts'
import { ApiError } from './errors.ts'
import type { EventDraft } from './events/outbox.ts'
import { canonicalJson, sha256 } from './evidence/commitment.ts'
import type { EvidenceDraft } from './evidence/evidence.ts'
import type { UnitOfWork } from './graph/graph.ts'
import type { Migration } from './graph/migrations.ts'
import type { Viewer } from './viewer.ts'

/** What a change did: its proof, its events, and the references that its payload is made from. */
export interface ChangeOutcome<R> {
  readonly evidence: Omit<EvidenceDraft, 'id' | 'at' | 'actor'>
  readonly events: readonly EventDraft[]
  readonly result: R
}

export interface Change {
  readonly unit: UnitOfWork
  readonly at: Instant
  /** The id of the entry that will prove this change, for nodes that name it. */
  readonly evidenceEntryId: string
}

/** A change as it was asked for. The same key with the same input is answered with the first result, for 24 hours. */
export interface ChangeRequest {
  readonly viewer: Viewer
  readonly mutation: string
  readonly idempotencyKey: string
  readonly input: unknown
}

/** The result of the change, by references only, and the entry that proves it. */
export type Recorded<R> = R & { readonly evidenceEntryId: string }

export const changeMigrations: readonly Migration[] = [{ id: 'core/030-idempotency', keys: ['IdempotencyRecord.key'] }]

// MERGE on a unique key makes a second request with the same key wait for the first on either engine.
const CLAIM_KEY = `
MERGE (r:IdempotencyRecord {key: $key})
ON CREATE SET r.inputHash = $inputHash, r.at = $at
WITH r
SET r.inputHash = CASE WHEN r.at < $expiredBefore THEN $inputHash ELSE r.inputHash END,
    r.result = CASE WHEN r.at < $expiredBefore THEN null ELSE r.result END
SET r.at = CASE WHEN r.at < $expiredBefore THEN $at ELSE r.at END
RETURN r.inputHash, r.result`

const KEEP_RESULT = `
MATCH (r:IdempotencyRecord {key: $key})
SET r.result = $result`

// The key is JSON that begins with who asked.
const DELETE_REQUESTS = `
MATCH (r:IdempotencyRecord)
WHERE r.key STARTS WITH $beginning
DELETE r
RETURN count(*)`

const KEPT_HOURS = 24
const LONGEST_KEY = 255

/** What the schema says of the argument `idempotencyKey`, which every mutation takes. */
export const IDEMPOTENCY_KEY_DESCRIPTION = `1 to ${LONGEST_KEY} characters. The same key with the same input is answered with the first result, for ${KEPT_HOURS} hours.`

/**
 * Runs a change in one unit: all of it is stored, with evidence and events, or none of it. Throws CONFLICT when the key
 * was used with other input, EVIDENCE_UNAVAILABLE when the proof cannot be recorded.
 */
export async function recordChange<R extends object>(
  services: Services,
  request: ChangeRequest,
  work: (change: Change) => Promise<ChangeOutcome<R>>,
): Promise<Recorded<R>> {
  const { graph, clock } = services
  const { viewer, mutation, idempotencyKey, input } = request
  if (idempotencyKey === '' || idempotencyKey.length > LONGEST_KEY) {
    throw new ApiError('BAD_USER_INPUT', { at: 'idempotencyKey', expected: `1 to ${LONGEST_KEY} characters` })
  }
  // As JSON, because an id may hold any character: joined by one of them, two viewers could share a key.
  const key = canonicalJson([viewer.kind, viewer.id, mutation, idempotencyKey])
  const inputHash = sha256(canonicalJson(input)).toString('base64url')
  return graph.write(async unit => {
    const at = clock.now()
    const expiredBefore = new Date(Date.parse(at) - KEPT_HOURS * 3_600_000).toISOString()
    const [claimed] = await unit.run(CLAIM_KEY, { key, inputHash, at, expiredBefore })
    if (claimed?.[0] !== inputHash) {
      throw new ApiError('CONFLICT', { at: 'idempotencyKey', expected: 'the input that this key was first used with' })
    }
    if (typeof claimed[1] === 'string') return JSON.parse(claimed[1]) as Recorded<R>
    const change = { unit, at, evidenceEntryId: services.ids.next('EvidenceEntry') }
    const recorded = await prove(services, change, viewer, await work(change))
    await unit.run(KEEP_RESULT, { key, result: JSON.stringify(recorded) })
    return recorded
  })
}

/** What is remembered of the requests that a subject sent: a later one with the same key is a new one. */
export const requestsEraser: SubjectEraser = {
  part: 'requests',
  erase: async (unit, subjectId) => {
    const beginning = `${canonicalJson(['SUBJECT', subjectId]).slice(0, -1)},`
    return { IdempotencyRecord: countIn(await unit.run(DELETE_REQUESTS, { beginning })) }
  },
}

/**
 * A change that comes from an event instead of a request: idempotent by what it writes, so it needs no key. The work
 * answers undefined when there was nothing left to do; then nothing is recorded.
 */
export async function recordReaction<R extends object>(
  services: Services,
  actor: Viewer,
  work: (change: Change) => Promise<ChangeOutcome<R> | undefined>,
): Promise<Recorded<R> | undefined> {
  return services.graph.write(async unit => {
    const change = { unit, at: services.clock.now(), evidenceEntryId: services.ids.next('EvidenceEntry') }
    const outcome = await work(change)
    return outcome && prove(services, change, actor, outcome)
  })
}

async function prove<R extends object>(
  services: Services,
  { unit, at, evidenceEntryId }: Change,
  actor: Viewer,
  { evidence, events, result }: ChangeOutcome<R>,
): Promise<Recorded<R>> {
  await services.evidence.append(unit, [{ ...evidence, id: evidenceEntryId, at, actor }])
  await services.outbox.append(unit, at, evidenceEntryId, events)
  return { ...result, evidenceEntryId }
}
