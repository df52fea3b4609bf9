// What was found out of two customers: that they are one person, two, or that a person has to look. It is remembered, so that
// nobody is asked twice and what was taken apart stays apart.
import { SUBJECT_STATE, toSubject, visibleRows } from '../../../core/consent/consent-store.ts'
import type { RequestContext } from '../../../core/context.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row, UnitOfWork } from '../../../core/graph/graph.ts'
import type { PageRequest } from '../../../core/paging.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import type { Score } from './score.ts'

export type MatchState = 'PENDING' | 'ONE_PERSON' | 'TWO_PERSONS'

const KNOWN = `
UNWIND $keys AS wanted
MATCH (r:MatchReview {key: wanted})
RETURN r.key, r.state`

const KEEP = `
UNWIND $rows AS row
MATCH (a:Customer {id: row.a})
MATCH (b:Customer {id: row.b})
MERGE (r:MatchReview {key: row.key})
ON CREATE SET r.id = row.id, r.at = $at
SET r.state = row.state, r.score = row.score, r.weights = row.weights, r.modelVersion = row.modelVersion,
    r.evidenceEntryId = $evidenceEntryId
MERGE (r)-[:COMPARES]->(a)
MERGE (r)-[:COMPARES]->(b)`

const DECIDE = `
MERGE (r:MatchReview {key: $key})
ON CREATE SET r.id = $newId, r.at = $at
SET r.state = $state, r.decidedAt = $at, r.decidedBy = $decidedBy, r.personId = $personId,
    r.personRevision = $personRevision, r.keptIds = $keptIds,
    r.otherIds = $otherIds, r.otherPersonId = $otherPersonId, r.undoneAt = null, r.evidenceEntryId = $evidenceEntryId
WITH r
UNWIND $pair AS customerId
MATCH (c:Customer {id: customerId})
MERGE (r)-[:COMPARES]->(c)`

const KEEP_APART = `
UNWIND $rows AS row
MATCH (a:Customer {id: row.a})
MATCH (b:Customer {id: row.b})
MERGE (r:MatchReview {key: row.key})
ON CREATE SET r.id = row.id, r.at = $at
SET r.state = 'TWO_PERSONS', r.decidedAt = $at, r.decidedBy = $decidedBy, r.evidenceEntryId = $evidenceEntryId
MERGE (r)-[:COMPARES]->(a)
MERGE (r)-[:COMPARES]->(b)`

const UNDO = `
MATCH (r:MatchReview {id: $id})
SET r.undoneAt = $at, r.state = 'TWO_PERSONS'`

const MERGES_OF = `
MATCH (r:MatchReview {personId: $personId})
WHERE r.state = 'ONE_PERSON' AND r.undoneAt IS NULL
RETURN r.id, r.decidedAt, r.keptIds, r.otherIds, r.otherPersonId
ORDER BY r.personRevision DESC`

const BY_ID = `
MATCH (r:MatchReview {id: $id})-[:COMPARES]->(c:Customer)
RETURN r.state, c.id
ORDER BY c.id`

const FORGET = `
MATCH (:Customer {id: $customerId})<-[:COMPARES]-(r:MatchReview)
DETACH DELETE r
RETURN count(*)`

/** The pair that a decision is about, whichever of the two is named first. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}

export interface ComparedPair {
  readonly a: string
  readonly b: string
  readonly state: MatchState
  readonly score: Score
}

/** What is known of each of these pairs, by its key; others are absent. */
export async function knownPairs(reader: Reader, keys: readonly string[]): Promise<ReadonlyMap<string, MatchState>> {
  if (keys.length === 0) return new Map()
  const rows = await reader.run(KNOWN, { keys })
  return new Map(rows.map(([key, state]) => [String(key), state as MatchState]))
}

interface Proof {
  readonly at: string
  readonly evidenceEntryId: string
}

export async function keepPairs(
  unit: UnitOfWork,
  pairs: readonly ComparedPair[],
  modelVersion: string,
  { at, evidenceEntryId }: Proof,
  newId: () => string,
): Promise<void> {
  if (pairs.length === 0) return
  const rows = pairs.map(({ a, b, state, score }) => ({
    ...{ a, b, state, modelVersion, id: newId(), key: pairKey(a, b) },
    score: score.total,
    weights: JSON.stringify(score.weights),
  }))
  await unit.run(KEEP, { rows, at, evidenceEntryId })
}

/** A merge as it was decided: what has to be known to undo it. */
export interface DecidedMerge {
  readonly id: string
  readonly decidedAt: string
  readonly keptIds: readonly string[]
  readonly otherIds: readonly string[]
  /** The person that the others made up before. */
  readonly otherPersonId: string | undefined
}

export interface Decision {
  readonly pair: readonly [string, string]
  readonly state: MatchState
  readonly decidedBy: string
  readonly newId: string
  readonly merged?: Omit<DecidedMerge, 'id' | 'decidedAt'> & {
    readonly personId: string
    /** How often the person was written by then: merges of one person have an order even at one time. */
    readonly personRevision: number
  }
}

export async function keepDecision(
  unit: UnitOfWork,
  { pair, state, decidedBy, newId, merged }: Decision,
  { at, evidenceEntryId }: Proof,
): Promise<void> {
  await unit.run(DECIDE, {
    ...{ pair, state, decidedBy, newId, at, evidenceEntryId, key: pairKey(...pair) },
    personId: merged?.personId ?? null,
    personRevision: merged?.personRevision ?? null,
    keptIds: merged?.keptIds.join(' ') ?? null,
    otherIds: merged?.otherIds.join(' ') ?? null,
    otherPersonId: merged?.otherPersonId ?? null,
  })
}

/** Remembers of each of these with each of those that they are two persons. */
export async function keepApart(
  unit: UnitOfWork,
  these: readonly string[],
  those: readonly string[],
  decidedBy: string,
  { at, evidenceEntryId }: Proof,
  newId: () => string,
): Promise<void> {
  const rows = these.flatMap(a => those.map(b => ({ a, b, id: newId(), key: pairKey(a, b) })))
  if (rows.length > 0) await unit.run(KEEP_APART, { rows, decidedBy, at, evidenceEntryId })
}

/** The merges of which the person was made and that hold, the newest first. */
export async function mergesOf(reader: Reader, personId: string): Promise<readonly DecidedMerge[]> {
  const rows = await reader.run(MERGES_OF, { personId })
  return rows.map(([id, decidedAt, kept, other, otherPersonId]) => ({
    id: String(id),
    decidedAt: String(decidedAt),
    keptIds: String(kept).split(' '),
    otherIds: String(other).split(' '),
    otherPersonId: otherPersonId === null ? undefined : String(otherPersonId),
  }))
}

export async function markUndone(unit: UnitOfWork, id: string, at: string): Promise<void> {
  await unit.run(UNDO, { id, at })
}

/** The two customers of a review and how it stands; undefined where there is none. */
export async function reviewOf(
  reader: Reader,
  id: string,
): Promise<{ readonly state: MatchState; readonly pair: readonly [string, string] } | undefined> {
  const rows = await reader.run(BY_ID, { id })
  const [a, b] = rows.map(([, customerId]) => String(customerId))
  return a === undefined || b === undefined ? undefined : { state: rows[0]?.[0] as MatchState, pair: [a, b] }
}

/** Deletes what was found out of this customer. */
export async function forgetReviews(unit: UnitOfWork, customerId: string): Promise<number> {
  const rows = await unit.run(FORGET, { customerId })
  return Number(rows[0]?.[0] ?? 0)
}

export interface FoundReview {
  readonly columns: Row
  /** The two customers as this viewer may know of them: on their own, or the persons whom they are part of. */
  readonly sides: readonly { readonly customerId: string; readonly subject: Subject }[]
}

/** Reviews in this state of which the viewer may know both customers, by id; one more than asked for. */
export async function reviewsPage(
  { services: { graph }, policy, viewer }: RequestContext,
  state: MatchState,
  { first, afterId = '' }: PageRequest,
): Promise<readonly FoundReview[]> {
  const { isVisible, params } = visibleRows(policy, viewer)
  const statement = cypher`
MATCH (r:MatchReview {state: $state})-[:COMPARES]->(part:Customer)-[:MERGED_INTO*0..1]->(c:Customer)
WHERE r.id > $afterId AND ${isVisible}
WITH r, collect([c.id, c.region, ${SUBJECT_STATE}]) AS sides
WHERE size(sides) = 2
WITH r, sides ORDER BY r.id LIMIT $limit
RETURN r.id, r.state, r.score, r.weights, r.modelVersion, r.at, r.decidedAt, r.evidenceEntryId, sides
ORDER BY r.id`
  const rows = await graph.read(statement, { ...params, state, afterId, limit: first + 1 })
  return rows.map(row => ({
    columns: row,
    sides: (row.at(-1) as readonly Row[]).map(([id, region, inForce]) => ({
      customerId: String(id),
      subject: toSubject(id, region, inForce),
    })),
  }))
}
