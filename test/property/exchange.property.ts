import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  inOrder,
  isTrade,
  type Leg,
  legOf,
  MOST_CIRCLES,
  type Offer,
  paymentsOf,
  possibleTrades,
  type Want,
} from '../../subgraphs/talent/exchange/matching.ts'
import { afterAct, proposed, type TradeAct, type TradeState } from '../../subgraphs/talent/exchange/trade-state.ts'
import { CASES } from '../support/cases.ts'

const PEOPLE = ['ana', 'ben', 'cai', 'dan', 'eva']
const person = fc.constantFrom(...PEOPLE)
const skillId = fc.constantFrom('customs', 'thai', 'scripts', 'seo')
const numbered = <T extends object>(kind: string, rows: readonly T[]) =>
  rows.map((row, n) => ({ id: `${kind}-${n}`, ...row }))
const offers: fc.Arbitrary<Offer[]> = fc
  .array(fc.record({ personId: person, skillId, priceMinor: fc.integer({ min: 0, max: 500 }) }), { maxLength: 9 })
  .map(rows => numbered('offer', rows))
const wants: fc.Arbitrary<Want[]> = fc
  .array(fc.record({ personId: person, skillId, limitMinor: fc.integer({ min: 0, max: 500 }) }), { maxLength: 9 })
  .map(rows => numbered('want', rows))

/** Every choice of up to three pairs of an offer and a want, and of those each that is a trade of this person. */
function byBruteForce(allOffers: readonly Offer[], allWants: readonly Want[], personId: string): Set<string> {
  const pairs: Leg[] = []
  for (const offer of allOffers) {
    for (const want of allWants) {
      const agree = offer.skillId === want.skillId && offer.priceMinor <= want.limitMinor
      if (agree && offer.personId !== want.personId) {
        pairs.push({ ...offer, offerId: offer.id, wantId: want.id, giverId: offer.personId, takerId: want.personId })
      }
    }
  }
  const found = new Set<string>()
  const keep = (legs: readonly Leg[]) =>
    found.add(
      legs
        .map(each => `${each.offerId}+${each.wantId}`)
        .sort()
        .join('/'),
    )
  for (const a of pairs) {
    if ([a.giverId, a.takerId].includes(personId)) keep([a])
    for (const b of pairs) {
      const isSwap = a.giverId === b.takerId && a.takerId === b.giverId
      if (isSwap && [a.giverId, a.takerId].includes(personId)) keep([a, b])
      for (const c of pairs) {
        const people = [a.giverId, b.giverId, c.giverId]
        const isCircle = a.takerId === b.giverId && b.takerId === c.giverId && c.takerId === a.giverId
        if (isCircle && new Set(people).size === 3 && people.includes(personId)) keep([a, b, c])
      }
    }
  }
  return found
}

const namesOf = (legs: readonly Leg[]) =>
  legs
    .map(each => `${each.offerId}+${each.wantId}`)
    .sort()
    .join('/')

describe('the trades that listings make possible', () => {
  it('are all that there are, each once', () => {
    fc.assert(
      fc.property(offers, wants, person, (allOffers, allWants, personId) => {
        const found = possibleTrades(allOffers, allWants, personId)
        expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
        expect(found.map(({ legs }) => namesOf(legs)).sort()).toEqual(
          [...byBruteForce(allOffers, allWants, personId)].sort(),
        )
        for (const { legs } of found) expect(isTrade(legs)).toBe(true)
      }),
      { numRuns: CASES },
    )
  })

  it('are the same, in the same order, whatever order the listings come in', () => {
    fc.assert(
      fc.property(offers, wants, person, (allOffers, allWants, personId) => {
        const turned = possibleTrades(allOffers.toReversed(), allWants.toReversed(), personId)
        expect(turned).toEqual(possibleTrades(allOffers, allWants, personId))
      }),
      { numRuns: CASES },
    )
  })

  it('stand by the credits that they need, then by people', () => {
    fc.assert(
      fc.property(offers, wants, person, (allOffers, allWants, personId) => {
        const ranks = possibleTrades(allOffers, allWants, personId).map(({ legs }) => [
          [...paymentsOf(legs).values()].reduce((sum, each) => sum + Math.max(0, each), 0),
          legs.length,
        ])
        expect(ranks).toEqual(ranks.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d))
      }),
      { numRuns: CASES },
    )
  })

  it('pay nobody with what nobody pays, and in even circles nothing at all', () => {
    fc.assert(
      fc.property(offers, wants, person, (allOffers, allWants, personId) => {
        for (const { legs } of possibleTrades(allOffers, allWants, personId)) {
          const payments = paymentsOf(legs)
          expect([...payments.values()].reduce((sum, each) => sum + each, 0)).toBe(0)
          const isEven = legs.length > 1 && new Set(legs.map(({ priceMinor }) => priceMinor)).size === 1
          if (isEven) expect([...payments.values()].every(each => each === 0)).toBe(true)
        }
      }),
      { numRuns: CASES },
    )
  })

  it('are at most a thousand circles, the same ones whatever order the listings come in', () => {
    const crowd = Array.from({ length: 60 }, (_, n) => `p-${n}`)
    const made = crowd.flatMap((personId, n) => {
      const [gives, takes] = [
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'a'],
      ][n % 3] as [string, string]
      return [
        { offer: { id: `o-${n}`, personId, skillId: gives, priceMinor: 1 } },
        { want: { id: `w-${n}`, personId, skillId: takes, limitMinor: 1 } },
      ]
    })
    const allOffers = made.flatMap(({ offer }) => offer ?? [])
    const allWants = made.flatMap(({ want }) => want ?? [])
    const found = possibleTrades(allOffers, allWants, 'p-0')
    // Of 20 × 20 circles none is left out; with three times as many people most are.
    expect(found.filter(({ legs }) => legs.length === 3)).toHaveLength(400)
    const many = (rows: readonly { id: string; personId: string }[]) =>
      ['', 'x', 'y'].flatMap(more =>
        rows.map(each => ({
          ...each,
          id: `${each.id}${more}`,
          personId: more === '' ? each.personId : `${each.personId}${more}`,
        })),
      )
    const [offersOfMany, wantsOfMany] = [many(allOffers) as Offer[], many(allWants) as Want[]]
    const ofMany = possibleTrades(offersOfMany, wantsOfMany, 'p-0')
    expect(ofMany.filter(({ legs }) => legs.length === 3)).toHaveLength(MOST_CIRCLES)
    expect(possibleTrades(offersOfMany.toReversed(), wantsOfMany.toReversed(), 'p-0')).toEqual(ofMany)
  })

  it('have their legs in one order, in whichever they are told', () => {
    fc.assert(
      fc.property(offers, wants, person, fc.infiniteStream(fc.nat(5)), (allOffers, allWants, personId, picks) => {
        for (const { legs } of possibleTrades(allOffers, allWants, personId)) {
          const shuffled = legs.map(leg => ({ leg, at: picks.next().value })).sort((a, b) => a.at - b.at)
          expect(inOrder(shuffled.map(({ leg }) => leg))).toEqual(legs)
        }
      }),
      { numRuns: CASES },
    )
  })

  it('need two people who agree in skill and price', () => {
    const offer: Offer = { id: 'o', personId: 'ana', skillId: 'customs', priceMinor: 100 }
    const want: Want = { id: 'w', personId: 'ben', skillId: 'customs', limitMinor: 100 }
    expect(legOf(offer, want)).toMatchObject({ giverId: 'ana', takerId: 'ben', priceMinor: 100 })
    expect(legOf(offer, { ...want, limitMinor: 99 })).toBeUndefined()
    expect(legOf(offer, { ...want, personId: 'ana' })).toBeUndefined()
    expect(legOf(offer, { ...want, skillId: 'seo' })).toBeUndefined()
  })
})

describe('a trade', () => {
  const parties = ['ana', 'ben', 'cai']
  const acts: fc.Arbitrary<TradeAct> = fc.oneof(
    fc.record({ kind: fc.constantFrom('ACCEPT', 'RECEIVE', 'CANCEL'), by: fc.constantFrom(...parties, 'eve') }),
    fc.record({ kind: fc.constantFrom('DECIDE_COMPLETED', 'DECIDE_CANCELLED') }),
  )

  it('holds credits once all agree, and then moves them on once, to who gave or back', () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 30 }), sent => {
        let trade: TradeState = proposed(parties, parties, 'ana')
        const moves: string[] = []
        for (const act of sent) {
          const outcome = afterAct(trade, act)
          if ('refused' in outcome) continue
          trade = outcome.trade
          if (outcome.credits !== 'NONE') moves.push(outcome.credits)
        }
        expect([[], ['HOLD'], ['HOLD', 'RELEASE'], ['HOLD', 'REFUND']]).toContainEqual(moves)
        expect(moves.includes('RELEASE')).toBe(trade.state === 'COMPLETED')
        const isHeld = moves.length === 1
        expect(isHeld).toBe(trade.state === 'AGREED')
        if (trade.state === 'AGREED') expect(new Set(trade.acceptedBy)).toEqual(new Set(parties))
      }),
      { numRuns: CASES * 10 },
    )
  })

  it('is not taken back by one of them once all agreed', () => {
    const sent: readonly TradeAct[] = [
      { kind: 'ACCEPT', by: 'ben' },
      { kind: 'ACCEPT', by: 'cai' },
      { kind: 'RECEIVE', by: 'ana' },
      { kind: 'CANCEL', by: 'ana' },
    ]
    const trade = sent.reduce(
      (before, act) => {
        const outcome = afterAct(before, act)
        return 'refused' in outcome ? before : outcome.trade
      },
      proposed(parties, parties, 'ana'),
    )
    expect(trade).toMatchObject({ state: 'AGREED', cancelledBy: ['ana'], receivedBy: ['ana'] })
  })

  it.each([
    ['NOT_A_PARTY', { kind: 'ACCEPT', by: 'eve' }],
    ['NOT_A_PARTY', { kind: 'CANCEL', by: 'eve' }],
    ['NOT_A_TAKER', { kind: 'RECEIVE', by: 'ana' }],
    ['NOT_AGREED', { kind: 'RECEIVE', by: 'ben' }],
    ['NOT_AGREED', { kind: 'DECIDE_COMPLETED' }],
    ['SAID_BEFORE', { kind: 'ACCEPT', by: 'ana' }],
  ] as const)('refuses as %s what is not for who acts, or not yet', (refused, act) => {
    expect(afterAct(proposed(['ana', 'ben'], ['ben'], 'ana'), act)).toEqual({ refused })
  })

  it('is over when it is over', () => {
    const outcome = afterAct(proposed(['ana', 'ben'], ['ben'], 'ana'), { kind: 'CANCEL', by: 'ben' })
    const trade = 'trade' in outcome ? outcome.trade : undefined
    expect(trade?.state).toBe('CANCELLED')
    expect(trade && afterAct(trade, { kind: 'ACCEPT', by: 'ben' })).toEqual({ refused: 'OVER' })
  })
})
