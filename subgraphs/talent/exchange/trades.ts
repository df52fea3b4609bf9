// Trades of capabilities: proposed, accepted, completed or cancelled, and rated. Each step holds the guard of the ledger, so that of
// two that take one listing or spend the same credits the second finds it done.
import { type Change, type Recorded, recordChange } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import { ApiError, type ErrorDetail } from '../../../core/errors.ts'
import type { CommittedFact } from '../../../core/evidence/evidence.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { tellObservations } from '../profiles/observation-store.ts'
import { accountOf, escrowOf, postingsOf } from '../settlement/ledger.ts'
import { LEDGER_GUARD, post } from '../settlement/ledger-store.ts'
import { outside } from '../settlement/rules.ts'
import { skillsById } from '../skills/skill-store.ts'
import { listingsById, type StandingListing, setListings } from './listing-store.ts'
import { inOrder, isTrade, type Leg, legOf, paymentsOf } from './matching.ts'
import {
  afterAct,
  type CreditMove,
  proposed,
  type TradeAct,
  type TradeRefusal,
  type TradeStateName,
} from './trade-state.ts'
import * as store from './trade-store.ts'
import type { TradeLegInput } from './types.ts'

const WORST = 1
const BEST = 5

type Traded = Recorded<{ readonly tradeId: string; readonly state: TradeStateName }>

/**
 * Proposes the trade of these legs, or accepts it where somebody else has proposed the same; when the last one accepts, its
 * listings are taken and credits held. Throws BAD_USER_INPUT for legs that are no trade, NOT_VISIBLE for a listing that is not
 * there, CONFLICT for one that is taken and for credits that are not there.
 */
export function tradeCapability(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  asked: readonly TradeLegInput[],
): Promise<Traded> {
  const pairs = asked.map(({ offerId, wantId }) => ({ offerId, wantId }))
  const request = { viewer, mutation: 'tradeCapability', idempotencyKey, input: { legs: pairs } }
  return recordChange(services, request, async change => {
    await change.unit.guard(LEDGER_GUARD)
    const legs = await requireTrade(change, pairs)
    const parties = partiesOf(legs)
    if (!parties.includes(viewer.id)) throw outside('legs', 'a trade in which one takes part oneself')
    const key = legs.map(({ offerId, wantId }) => `${offerId}+${wantId}`).join('/')
    const before = await store.proposalOf(change.unit, key)
    if (before !== undefined) return act(services, change, before, { kind: 'ACCEPT', by: viewer.id })
    const id = services.ids.next('Trade')
    const takers = legs.map(({ takerId }) => takerId)
    const trade = proposed(parties, takers, viewer.id)
    await store.keepTrade(change, id, key, trade, legs)
    return {
      evidence: {
        kind: 'TRADE_PROPOSED' as const,
        statement: { trade: id },
        facts: parties.map(subjectId => ({ subjectId, content: { trade: id, legs } })),
      },
      events: [],
      result: { tradeId: id, state: trade.state },
    }
  })
}

/** A taker was given what it takes, or a manager decides that all were. Throws NOT_VISIBLE, CONFLICT. */
export function completeTrade(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  tradeId: string,
): Promise<Traded> {
  const asked =
    viewer.kind === 'MANAGER' ? ({ kind: 'DECIDE_COMPLETED' } as const) : ({ kind: 'RECEIVE', by: viewer.id } as const)
  return changeTrade(services, viewer, 'completeTrade', idempotencyKey, tradeId, asked)
}

/** A party wants no more of it, or a manager ends it. Throws NOT_VISIBLE, CONFLICT. */
export function cancelTrade(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  tradeId: string,
): Promise<Traded> {
  const asked =
    viewer.kind === 'MANAGER' ? ({ kind: 'DECIDE_CANCELLED' } as const) : ({ kind: 'CANCEL', by: viewer.id } as const)
  return changeTrade(services, viewer, 'cancelTrade', idempotencyKey, tradeId, asked)
}

/** A taker rates what it was given, once. Throws BAD_USER_INPUT, NOT_VISIBLE, CONFLICT. */
export async function rateTrade(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { tradeId, rating }: { readonly tradeId: string; readonly rating: number },
): Promise<Traded> {
  if (rating < WORST || rating > BEST) throw outside('rating', `${WORST} to ${BEST}`)
  const request = { viewer, mutation: 'rateTrade', idempotencyKey, input: { tradeId, rating } }
  return recordChange(services, request, async change => {
    await change.unit.guard(LEDGER_GUARD)
    const { trade, legs } = await requireVisible(services, change, viewer, tradeId)
    const leg = legs.find(({ takerId }) => takerId === viewer.id)
    if (leg === undefined) throw refused('NOT_A_TAKER')
    if (trade.state !== 'COMPLETED' || leg.rating !== null) {
      throw new ApiError('CONFLICT', { at: 'tradeId', expected: 'a completed trade that one has not rated' })
    }
    await store.rateLeg(change, { tradeId, takerId: viewer.id, rating })
    const content = { trade: tradeId, rating }
    return {
      evidence: {
        kind: 'TRADE_RATED',
        statement: { trade: tradeId },
        facts: [leg.giverId, leg.takerId].map(subjectId => ({ subjectId, content })),
      },
      events: [await tellObservations(change, [await observed(change, tradeId, leg, rating)])],
      result: { tradeId, state: trade.state },
    }
  })
}

/** What a rating tells of who gave: it was seen at the skill that it passed on. */
async function observed({ unit, at }: Change, tradeId: string, { giverId, skillId }: Leg, rating: number) {
  const skill = (await skillsById(unit, [skillId])).get(skillId)
  return {
    sourceId: `trade/${tradeId}/${giverId}`,
    sellerId: giverId,
    behaviour: 'TRADE' as const,
    skills: skill === undefined ? [] : [skill.uri],
    outcome: (rating - WORST) / (BEST - WORST),
    // Teaching a colleague is as hard as things are on average.
    complexity: 3,
    at,
  }
}

function changeTrade(
  services: Services,
  viewer: Viewer,
  mutation: string,
  idempotencyKey: string,
  tradeId: string,
  asked: TradeAct,
): Promise<Traded> {
  return recordChange(services, { viewer, mutation, idempotencyKey, input: { tradeId } }, async change => {
    await change.unit.guard(LEDGER_GUARD)
    return act(services, change, await requireVisible(services, change, viewer, tradeId), asked)
  })
}

/** What an act makes of a trade, with its listings and credits. */
async function act(
  services: Services,
  change: Change,
  { id, trade: before, legs }: store.StandingTrade,
  asked: TradeAct,
) {
  const outcome = afterAct(before, asked)
  if ('refused' in outcome) throw refused(outcome.refused)
  const { trade, credits } = outcome
  await store.setTrade(change, id, trade)
  const listingIds = legs.flatMap(({ offerId, wantId }) => [offerId, wantId])
  if (credits === 'HOLD') {
    await setListings(change, listingIds, 'TAKEN')
    await store.cancelOthers(change, id, listingIds)
  }
  if (credits === 'REFUND') await setListings(change, listingIds, 'OPEN')
  const moved = await move(services, change, id, legs, credits)
  const said = { trade: id, act: asked.kind, state: trade.state }
  return {
    evidence: {
      kind: 'TRADE_CHANGED' as const,
      statement: said,
      facts: [...trade.parties.map(subjectId => ({ subjectId, content: said })), ...moved],
    },
    events: trade.state === 'COMPLETED' ? [{ kind: 'TRADE_COMPLETED' as const, body: { tradeId: id } }] : [],
    result: { tradeId: id, state: trade.state },
  }
}

const KINDS = { HOLD: 'TRADE_HELD', RELEASE: 'TRADE_PAID', REFUND: 'TRADE_REFUNDED' } as const

/** Moves the credits of a trade: those who pay more than they are paid give the difference into escrow. */
async function move(
  { ids }: Services,
  change: Change,
  id: string,
  legs: readonly Leg[],
  credits: CreditMove,
): Promise<readonly CommittedFact[]> {
  if (credits === 'NONE') return []
  const payments = [...paymentsOf(legs)]
  const held = payments.reduce((sum, [, payment]) => sum + Math.max(0, payment), 0)
  // A circle of equal prices needs no credits at all.
  if (held === 0) return []
  const given = payments.flatMap(([personId, payment]): [string, number][] => {
    if (credits === 'RELEASE') return payment < 0 ? [[accountOf(personId), -payment]] : []
    return payment > 0 ? [[accountOf(personId), credits === 'HOLD' ? -payment : payment]] : []
  })
  const postings = postingsOf(new Map([...given, [escrowOf(id), credits === 'HOLD' ? held : -held]]))
  return post(change, ids, { id: ids.next('LedgerTransaction'), postings }, { kind: KINDS[credits], because: id })
}

async function requireVisible({ policies }: Services, { unit }: Change, viewer: Viewer, id: string) {
  const found = await store.tradeOf(unit, policies.current().policy, viewer, id)
  if (found === undefined) throw new ApiError('NOT_VISIBLE')
  return found
}

/** The legs of these pairs, in their order. */
async function requireTrade({ unit }: Change, pairs: readonly TradeLegInput[]): Promise<readonly Leg[]> {
  if (pairs.length === 0 || pairs.length > 3) throw outside('legs', '1 to 3')
  const listings = await listingsById(unit, [...new Set(pairs.flatMap(({ offerId, wantId }) => [offerId, wantId]))])
  const open = (id: string, kind: StandingListing['kind']): StandingListing => {
    const listing = listings.get(id)
    if (listing === undefined || listing.kind !== kind) throw new ApiError('NOT_VISIBLE')
    if (listing.state !== 'OPEN') {
      throw new ApiError('CONFLICT', { at: 'legs', expected: 'open listings', got: listing.state })
    }
    return listing
  }
  const legs = pairs.map(({ offerId, wantId }) => {
    const [offer, want] = [open(offerId, 'OFFER'), open(wantId, 'WANT')]
    const leg = legOf(
      { ...offer, personId: offer.sellerId, priceMinor: offer.creditsMinor },
      { ...want, personId: want.sellerId, limitMinor: want.creditsMinor },
    )
    if (leg === undefined)
      throw outside('legs', 'offers and wants of one skill, at a price that both accept, of two people')
    return leg
  })
  const ordered = inOrder(legs)
  if (!isTrade(ordered)) throw outside('legs', 'a single leg, or a circle in which each gives and takes once')
  return ordered
}

function partiesOf(legs: readonly Leg[]): readonly string[] {
  return [...new Set(legs.flatMap(({ giverId, takerId }) => [giverId, takerId]))]
}

const REFUSALS: { readonly [refusal in TradeRefusal]: ErrorDetail } = {
  NOT_A_PARTY: { expected: 'somebody who takes part' },
  NOT_A_TAKER: { expected: 'somebody who takes' },
  OVER: { expected: 'a trade that is not over' },
  NOT_AGREED: { expected: 'a trade that all have accepted' },
  SAID_BEFORE: { expected: 'somebody who has not said so before' },
}

function refused(refusal: TradeRefusal): ApiError {
  return new ApiError('CONFLICT', { at: 'tradeId', ...REFUSALS[refusal] })
}
