// Trades in the graph: who takes part, what passes from whom to whom, and who said what.
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
import { SKILL, toSkill } from '../skills/skill-store.ts'
import type { Leg } from './matching.ts'
import type { TradeState } from './trade-state.ts'
import type { Trade, TradeLeg } from './types.ts'

const KEEP_TRADE = `
CREATE (t:Trade {id: $id, key: $key, state: $state, acceptedBy: $acceptedBy, receivedBy: [], cancelledBy: [],
  proposedAt: $at, evidenceEntryId: $evidenceEntryId})
WITH t
UNWIND $sellerIds AS sellerId
MATCH (c:Seller {id: sellerId})
CREATE (c)-[:TRADES_IN]->(t)`

/** Each leg: place, offerId, wantId, giverId, takerId, skillId, priceMinor. */
const KEEP_LEGS = `
MATCH (t:Trade {id: $id})
UNWIND $legs AS row
MATCH (k:Skill {id: row[5]})
MATCH (offer:Listing {id: row[1]})
MATCH (want:Listing {id: row[2]})
CREATE (g:TradeLeg {place: row[0], offerId: row[1], wantId: row[2], giverId: row[3], takerId: row[4], skillId: row[5],
  priceMinor: row[6]})
CREATE (t)-[:HAS_LEG]->(g)
CREATE (g)-[:PASSES_ON]->(k)
CREATE (g)-[:TAKES]->(offer)
CREATE (g)-[:TAKES]->(want)`

const LEGS = cypher`[(t)-[:HAS_LEG]->(g:TradeLeg)
    | [g.place, g.offerId, g.wantId, g.giverId, g.takerId, g.skillId, g.priceMinor, g.rating]]`
const STANDING = cypher`t.id, t.state, t.acceptedBy, t.receivedBy, t.cancelledBy, ${LEGS}`

const PROPOSAL = cypher`
MATCH (t:Trade {key: $key, state: 'PROPOSED'})
RETURN ${STANDING}`

const SET_TRADE = `
MATCH (t:Trade {id: $id})
SET t.state = $state, t.acceptedBy = $acceptedBy, t.receivedBy = $receivedBy, t.cancelledBy = $cancelledBy,
  t.completedAt = $completedAt, t.evidenceEntryId = $evidenceEntryId`

// Somebody else took a listing of theirs.
const CANCEL_OTHERS = `
UNWIND $listingIds AS taken
MATCH (:Listing {id: taken})<-[:TAKES]-(:TradeLeg)<-[:HAS_LEG]-(t:Trade)
WHERE t.state = 'PROPOSED' AND t.id <> $id
SET t.state = 'CANCELLED', t.evidenceEntryId = $evidenceEntryId`

const RATE_LEG = `
MATCH (:Trade {id: $tradeId})-[:HAS_LEG]->(g:TradeLeg {takerId: $takerId})
SET g.rating = $rating`

export interface StandingTrade {
  readonly id: string
  readonly trade: TradeState
  /** In the order in which each taker gives next. */
  readonly legs: readonly RatedLeg[]
}

export interface RatedLeg extends Leg {
  readonly rating: number | null
}

export async function keepTrade(
  { unit, at, evidenceEntryId }: Change,
  id: string,
  key: string,
  { state, parties, acceptedBy }: TradeState,
  legs: readonly Leg[],
): Promise<void> {
  await unit.run(KEEP_TRADE, { id, key, state, acceptedBy, sellerIds: parties, at, evidenceEntryId })
  const rows = legs.map((leg, place) => {
    const { offerId, wantId, giverId, takerId, skillId, priceMinor } = leg
    return [place, offerId, wantId, giverId, takerId, skillId, priceMinor]
  })
  await unit.run(KEEP_LEGS, { id, legs: rows })
}

/** The proposal of these very legs that is not agreed yet. */
export async function proposalOf(reader: Reader, key: string): Promise<StandingTrade | undefined> {
  const [row] = await reader.run(PROPOSAL, { key })
  return row && toStanding(row)
}

export async function setTrade(
  { unit, at, evidenceEntryId }: Change,
  id: string,
  { state, acceptedBy, receivedBy, cancelledBy }: TradeState,
): Promise<void> {
  const completedAt = state === 'COMPLETED' ? at : null
  await unit.run(SET_TRADE, { id, state, acceptedBy, receivedBy, cancelledBy, completedAt, evidenceEntryId })
}

/** Cancels the other proposals that any of these listings stands in: they can no longer be accepted. */
export async function cancelOthers(
  { unit, evidenceEntryId }: Change,
  id: string,
  listingIds: readonly string[],
): Promise<void> {
  await unit.run(CANCEL_OTHERS, { id, listingIds, evidenceEntryId })
}

export async function rateLeg(
  { unit }: Change,
  rating: { readonly tradeId: string; readonly takerId: string; readonly rating: number },
): Promise<void> {
  await unit.run(RATE_LEG, rating)
}

const IS_TRADED_BY = (isVisible: Cypher) => cypher`EXISTS { MATCH (c:Seller)-[:TRADES_IN]->(t) WHERE ${isVisible} }`

/** The trade of this id; undefined where nobody takes part in it of whom the viewer may know. */
export async function tradeOf(
  reader: Reader,
  policy: Policy,
  viewer: Viewer,
  id: string,
): Promise<StandingTrade | undefined> {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const statement = cypher`
MATCH (t:Trade {id: $id})
WHERE ${IS_TRADED_BY(isVisible)}
RETURN ${STANDING}`
  const [row] = await reader.run(statement, { ...params, id })
  return row && toStanding(row)
}

function toStanding([id, state, acceptedBy, receivedBy, cancelledBy, rows]: Row): StandingTrade {
  const legs = toLegs(rows)
  const takers = legs.map(({ takerId }) => takerId)
  const parties = [...new Set(legs.flatMap(({ giverId, takerId }) => [giverId, takerId]))]
  return { id: String(id), trade: { state, parties, takers, acceptedBy, receivedBy, cancelledBy } as TradeState, legs }
}

function toLegs(rows: unknown): readonly RatedLeg[] {
  return [...(rows as readonly Row[])]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, offerId, wantId, giverId, takerId, skillId, price, rating]) => {
      return { offerId, wantId, giverId, takerId, skillId, priceMinor: Number(price), rating } as RatedLeg
    })
}

export interface FoundTrade {
  readonly record: Trade
  /** All who take part: what is told of the trade is told of each of them. */
  readonly subjects: readonly Subject[]
}

/** Trades with somebody of whom the viewer may know, in the order of their ids, one more than asked for. */
export async function tradesPage(
  { services: { graph }, policy, viewer }: Pick<RequestContext, 'services' | 'policy' | 'viewer'>,
  state: string,
  { first, afterId = '' }: PageRequest,
): Promise<readonly FoundTrade[]> {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const statement = cypher`
MATCH (t:Trade)
WHERE t.id > $afterId AND ($state = '' OR t.state = $state) AND ${IS_TRADED_BY(isVisible)}
WITH t ORDER BY t.id LIMIT $limit
MATCH (c:Seller)-[:TRADES_IN]->(t)
RETURN t.id, t.state, t.acceptedBy, t.receivedBy, t.proposedAt, t.completedAt, t.evidenceEntryId, ${LEGS},
  [(t)-[:HAS_LEG]->(:TradeLeg)-[:PASSES_ON]->(k:Skill) | [${SKILL}]],
  c.id AS sellerId, c.region, ${SUBJECT_STATE}
ORDER BY t.id, sellerId`
  const rows = await graph.read(statement, { ...params, state, afterId, limit: first + 1 })
  const found = new Map<string, { record: Trade; subjects: Subject[] }>()
  for (const row of rows) {
    const [sellerId, region, consents] = row.slice(9)
    const each = found.get(String(row[0])) ?? { record: toTrade(row), subjects: [] }
    each.subjects.push(toSubject(sellerId, region, consents))
    found.set(each.record.id, each)
  }
  return [...found.values()]
}

function toTrade([
  id,
  state,
  acceptedBy,
  receivedBy,
  proposedAt,
  completedAt,
  evidenceEntryId,
  legs,
  skills,
]: Row): Trade {
  const skillOf = new Map((skills as readonly Row[]).map(toSkill).map(skill => [skill.id, skill]))
  const sellers = (ids: unknown) => (ids as readonly string[]).map(each => ({ id: each }))
  return {
    id,
    state,
    legs: toLegs(legs).map(leg => toTradeLeg(leg, skillOf)),
    acceptedBy: sellers(acceptedBy),
    receivedBy: sellers(receivedBy),
    proposedAt,
    completedAt,
    evidenceEntryId,
  } as Trade
}

/** A leg as clients see it. */
export function toTradeLeg(
  leg: Leg & { readonly rating?: number | null },
  skills: ReadonlyMap<string, TradeLeg['skill']>,
): TradeLeg {
  const skill = skills.get(leg.skillId)
  if (skill === undefined) throw new Error('a leg passes on a skill that is not there')
  return {
    offerId: leg.offerId,
    wantId: leg.wantId,
    giver: { id: leg.giverId },
    taker: { id: leg.takerId },
    skill,
    credits: fromMinorUnits(leg.priceMinor),
    rating: leg.rating ?? null,
  }
}
