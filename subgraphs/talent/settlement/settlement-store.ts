// What settlement asks of the graph beside the ledger: rewards, contributions, and how rewards were shared out.
import type { Change } from '../../../core/change.ts'
import { SUBJECT_STATE, toSubject, visibleSellers } from '../../../core/consent/consent-store.ts'
import type { RequestContext } from '../../../core/context.ts'
import { type Cypher, cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row } from '../../../core/graph/graph.ts'
import { fromMinorUnits } from '../../../core/money.ts'
import type { PageRequest } from '../../../core/paging.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import type { Policy } from '../../../core/policy/policy.ts'
import type { Viewer } from '../../../core/viewer.ts'
import type { Reward } from './shares.ts'
import type { Contribution, Settlement, SettlementStateName } from './types.ts'
import type { Delivered } from './worth.ts'

// Apart from each other: the embedded engine multiplies the rows of several OPTIONAL MATCHes, and these are lists.
const TASK_WORK = `
MATCH (t:Task {id: $taskId})
RETURN t.state, [(t)<-[:REWARDS]-(r:Reward) | [r.amountMinor, r.rule, r.parts]],
  [(t)<-[:CONTRIBUTED_TO]-(k:Contribution) | [k.sellerId, k.part, k.share, k.hours]],
  [(t)<-[:SETTLES]-(s:Settlement) | s.state]`

const KEEP_REWARD = `
MATCH (t:Task {id: $taskId})
MERGE (r:Reward {taskId: $taskId})
SET r.amountMinor = $amountMinor, r.rule = $rule, r.parts = $parts, r.evidenceEntryId = $evidenceEntryId
MERGE (r)-[:REWARDS]->(t)`

const KEEP_CONTRIBUTION = `
MATCH (t:Task {id: $taskId})
MATCH (c:Seller {id: $sellerId})
CREATE (k:Contribution {id: $id, taskId: $taskId, sellerId: $sellerId, part: $part, share: $share, hours: $hours,
  evidence: $evidence, at: $at, evidenceEntryId: $evidenceEntryId})
CREATE (k)-[:CONTRIBUTED_TO]->(t)
CREATE (k)-[:CONTRIBUTED_BY]->(c)`

const KEEP_SETTLEMENT = `
MATCH (t:Task {id: $taskId})
CREATE (s:Settlement {id: $id, taskId: $taskId, state: 'SETTLED', rule: $rule, seed: $seed, people: $people,
  amountMinor: $amountMinor, at: $at, evidenceEntryId: $evidenceEntryId})
CREATE (s)-[:SETTLES]->(t)`

const KEEP_SHARES = `
MATCH (s:Settlement {id: $id})
UNWIND $shares AS row
MATCH (c:Seller {id: row.sellerId})
CREATE (s)-[:SHARED_WITH {amountMinor: row.amountMinor}]->(c)`

const SET_STATE = `
MATCH (s:Settlement {id: $id})
SET s.state = $state, s.disputedBy = $disputedBy, s.disputedBecause = $disputedBecause, s.evidenceEntryId = $evidenceEntryId`

/** What is known of a task when it is to be settled. */
export interface TaskWork {
  readonly isDone: boolean
  readonly reward: Reward | undefined
  readonly delivered: readonly Delivered[]
  /** Whether it was settled and that was not taken back. */
  readonly isSettled: boolean
}

/** Undefined for an unknown task. */
export async function workOn(reader: Reader, taskId: string): Promise<TaskWork | undefined> {
  const [row] = await reader.run(TASK_WORK, { taskId })
  if (row === undefined) return undefined
  const [state, rewards, contributions, states] = row as readonly [
    unknown,
    readonly Row[],
    readonly Row[],
    readonly string[],
  ]
  const [reward] = rewards
  return {
    isDone: state === 'DONE',
    reward: reward && toReward(taskId, reward),
    delivered: contributions.map(([personId, part, share, hours]) => ({
      personId: String(personId),
      part: String(part),
      share: Number(share),
      hours: Number(hours),
    })),
    isSettled: states.some(each => each !== 'REVERSED'),
  }
}

function toReward(taskId: string, [amountMinor, rule, parts]: Row): Reward {
  return { taskId, amountMinor, rule, parts: JSON.parse(String(parts)) } as Reward
}

export async function keepReward({ unit, evidenceEntryId }: Change, { parts, ...reward }: Reward): Promise<void> {
  await unit.run(KEEP_REWARD, { ...reward, parts: JSON.stringify(parts), evidenceEntryId })
}

export interface KeptContribution {
  readonly id: string
  readonly taskId: string
  readonly sellerId: string
  readonly part: string
  readonly share: number
  readonly hours: number
  readonly evidence: readonly string[]
}

export async function keepContribution({ unit, at, evidenceEntryId }: Change, kept: KeptContribution): Promise<void> {
  await unit.run(KEEP_CONTRIBUTION, { ...kept, at, evidenceEntryId })
}

export interface KeptSettlement {
  readonly id: string
  readonly taskId: string
  readonly rule: string
  readonly seed: string | null
  readonly amountMinor: number
  readonly shares: ReadonlyMap<string, number>
}

export async function keepSettlement(
  { unit, at, evidenceEntryId }: Change,
  { shares, ...settlement }: KeptSettlement,
): Promise<void> {
  await unit.run(KEEP_SETTLEMENT, { ...settlement, people: shares.size, at, evidenceEntryId })
  const rows = [...shares].map(([sellerId, amountMinor]) => ({ sellerId, amountMinor }))
  await unit.run(KEEP_SHARES, { id: settlement.id, shares: rows })
}

export async function setState(
  { unit, evidenceEntryId }: Change,
  id: string,
  state: SettlementStateName,
  dispute: { readonly by: string; readonly because: string } | undefined,
): Promise<void> {
  const { by = null, because = null } = dispute ?? {}
  await unit.run(SET_STATE, { id, state, disputedBy: by, disputedBecause: because, evidenceEntryId })
}

/** Of sellers those that a viewer may know of; a service records for everybody. */
function rowsOf(policy: Policy, viewer: Viewer) {
  const { isVisible, params } = visibleSellers(policy, viewer)
  return { isVisible: viewer.kind === 'SERVICE' ? cypher`true` : isVisible, params }
}

/** Whether there is such a seller that the viewer may know of. */
export async function isVisibleSeller(
  reader: Reader,
  policy: Policy,
  viewer: Viewer,
  sellerId: string,
): Promise<boolean> {
  const { isVisible, params } = rowsOf(policy, viewer)
  const statement = cypher`
MATCH (c:Seller {id: $sellerId})
WHERE ${isVisible}
RETURN c.id`
  return (await reader.run(statement, { ...params, sellerId })).length > 0
}

const SHARED_WITH_VISIBLE = (isVisible: Cypher) =>
  cypher`EXISTS { MATCH (s)-[:SHARED_WITH]->(c:Seller) WHERE ${isVisible} }`

export interface StandingSettlement {
  readonly taskId: string
  readonly state: SettlementStateName
  /** Everybody who contributed. */
  readonly sellerIds: readonly string[]
}

/** The settlement of this id; undefined where there is none with a share of somebody whom the viewer may know of. */
export async function settlementOf(
  reader: Reader,
  policy: Policy,
  viewer: Viewer,
  id: string,
): Promise<StandingSettlement | undefined> {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const statement = cypher`
MATCH (s:Settlement {id: $id})
WHERE ${SHARED_WITH_VISIBLE(isVisible)}
RETURN s.taskId, s.state, [(s)-[:SHARED_WITH]->(p:Seller) | p.id]`
  const [row] = await reader.run(statement, { ...params, id })
  return row && ({ taskId: row[0], state: row[1], sellerIds: row[2] } as StandingSettlement)
}

export interface FoundContribution {
  readonly record: Contribution
  readonly subject: Subject
}

/** Contributions of sellers of whom the viewer may know, of one task or of all, in the order of their ids, one more than asked for. */
export async function contributionsPage(
  { services: { graph }, policy, viewer }: Pick<RequestContext, 'services' | 'policy' | 'viewer'>,
  taskId: string,
  { first, afterId = '' }: PageRequest,
): Promise<readonly FoundContribution[]> {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const statement = cypher`
MATCH (k:Contribution)-[:CONTRIBUTED_BY]->(c:Seller)
WHERE ${isVisible} AND k.id > $afterId AND ($taskId = '' OR k.taskId = $taskId)
WITH k, c ORDER BY k.id LIMIT $limit
RETURN c.id AS sellerId, c.region, ${SUBJECT_STATE}, k.id, k.taskId, k.part, k.share, k.hours, k.evidence, k.at,
  k.evidenceEntryId
ORDER BY k.id`
  const rows = await graph.read(statement, { ...params, taskId, afterId, limit: first + 1 })
  return rows.map(row => ({ record: toContribution(row), subject: toSubject(row[0], row[1], row[2]) }))
}

function toContribution([
  sellerId,
  ,
  ,
  id,
  taskId,
  part,
  share,
  hours,
  evidence,
  at,
  evidenceEntryId,
]: Row): Contribution {
  const seller = { id: sellerId }
  return {
    id,
    taskId,
    seller,
    part,
    percent: Number(share) / 100,
    hours,
    evidence,
    at,
    evidenceEntryId,
  } as Contribution
}

export interface FoundSettlement {
  readonly record: Settlement
  /** All who contributed: what is told of the settlement is told of each of them. */
  readonly subjects: readonly Subject[]
}

/** Settlements with a share of somebody whom the viewer may know of, in the order of their ids, one more than asked for. */
export async function settlementsPage(
  { services: { graph }, policy, viewer }: Pick<RequestContext, 'services' | 'policy' | 'viewer'>,
  state: SettlementStateName | '',
  { first, afterId = '' }: PageRequest,
): Promise<readonly FoundSettlement[]> {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const statement = cypher`
MATCH (s:Settlement)
WHERE s.id > $afterId AND ($state = '' OR s.state = $state) AND ${SHARED_WITH_VISIBLE(isVisible)}
WITH s ORDER BY s.id LIMIT $limit
MATCH (s)-[:SHARED_WITH]->(c:Seller)
RETURN s.id, s.taskId, s.state, s.rule, s.seed, s.people, s.amountMinor, s.disputedBecause, s.at, s.evidenceEntryId,
  c.id AS sellerId, c.region, ${SUBJECT_STATE}
ORDER BY s.id, sellerId`
  const rows = await graph.read(statement, { ...params, state, afterId, limit: first + 1 })
  const found = new Map<string, { record: Settlement; subjects: Subject[] }>()
  for (const row of rows) {
    const [sellerId, region, consents] = row.slice(10)
    const each = found.get(String(row[0])) ?? { record: toSettlement(row), subjects: [] }
    each.subjects.push(toSubject(sellerId, region, consents))
    found.set(each.record.id, each)
  }
  return [...found.values()]
}

function toSettlement([id, taskId, state, rule, seed, people, amountMinor, ...others]: Row): Settlement {
  const [disputedBecause, at, evidenceEntryId] = others
  const amount = fromMinorUnits(Number(amountMinor))
  return { id, taskId, state, rule, seed, people, amount, disputedBecause, at, evidenceEntryId } as Settlement
}
