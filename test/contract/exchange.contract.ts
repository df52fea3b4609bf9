import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import type { Viewer } from '../../core/viewer.ts'
import { listingsPage, openListings } from '../../subgraphs/talent/exchange/listing-store.ts'
import { list, withdraw } from '../../subgraphs/talent/exchange/listings.ts'
import { possibleTrades } from '../../subgraphs/talent/exchange/matching.ts'
import { tradesPage } from '../../subgraphs/talent/exchange/trade-store.ts'
import { cancelTrade, completeTrade, rateTrade, tradeCapability } from '../../subgraphs/talent/exchange/trades.ts'
import type { ListingKindName, TradeLegInput } from '../../subgraphs/talent/exchange/types.ts'
import { statementOf } from '../../subgraphs/talent/settlement/ledger-store.ts'
import { recordContribution, setReward, settle } from '../../subgraphs/talent/settlement/settlements.ts'
import { requireSound } from '../support/ledger.ts'
import { openServices, requestOf, type TestServices } from '../support/services.ts'

const MANAGER: Viewer = { kind: 'MANAGER', id: 'manager', region: 'CN-SH', purpose: 'WORKFORCE_PLANNING' }
const ELSEWHERE: Viewer = { ...MANAGER, id: 'manager-elsewhere', region: 'EU-DE' }
const as = (id: string): Viewer => ({ kind: 'REP', id, purpose: 'SUBJECT_REQUEST' })

const PEOPLE = ['ana', 'ben', 'cai', 'dan']
const SELLERS = "UNWIND $ids AS id CREATE (:Seller {id: id, number: id, name: id, region: 'CN-SH'})"
const SKILLS = `
UNWIND $ids AS id
CREATE (:Skill {id: id, uri: 'own:' + id, scheme: 'OWN', labelEn: id, labelZh: null, searchText: id})`
const TASK = "CREATE (:Task {id: 'task', state: 'DONE'})"
const ENTRY = "CREATE (:EvidenceEntry {id: 'entry-1', state: 'INTEGRATED'})"

const FIRST_PAGE = { first: 20, afterId: undefined }

/** Capabilities change hands against others or credits, and credits are neither made nor lost on the way. */
export function describeExchange(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let asked = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(async () => {
    await services.empty()
    await services.graph.write(async unit => {
      await unit.run(SELLERS, { ids: PEOPLE })
      await unit.run(SKILLS, { ids: ['customs', 'thai', 'scripts', 'seo'] })
      await unit.run(TASK)
      await unit.run(ENTRY)
    })
  })
  afterAll(() => services.close())

  const key = () => `exchange-${++asked}`
  const publish = async (kind: ListingKindName, sellerId: string, skillId: string, credits: string) =>
    (await list(services, as(sellerId), key(), kind, { skill: `own:${skillId}`, credits, note: '' })).listingId
  /** An offer of one and the want of another that it meets. */
  const leg = async (giver: string, taker: string, skillId: string, credits = '10.00'): Promise<TradeLegInput> => ({
    offerId: await publish('OFFER', giver, skillId, credits),
    wantId: await publish('WANT', taker, skillId, credits),
  })
  const trade = (sellerId: string, ...legs: readonly TradeLegInput[]) =>
    tradeCapability(services, as(sellerId), key(), legs)
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'nothing was refused',
      cause => String(cause),
    )
  /** Gives each of these people as many credits, by a settlement. */
  const pay = async (amount: string, ...people: readonly string[]) => {
    await setReward(services, MANAGER, key(), {
      taskId: 'task',
      amount,
      rule: 'EQUAL',
      parts: [{ name: 'all', weight: 1 }],
    })
    for (const sellerId of people) {
      const contribution = { taskId: 'task', sellerId, part: 'all', percent: 50, hours: 0, evidence: ['entry-1'] }
      await recordContribution(services, MANAGER, key(), contribution)
    }
    await settle(services, MANAGER, key(), 'task')
  }
  const balanceOf = async (sellerId: string) =>
    (await statementOf(requestOf(services, as(sellerId)), sellerId, FIRST_PAGE))?.balance
  const openCount = async () =>
    (
      await listingsPage(
        { run: services.graph.read.bind(services.graph) },
        { kind: '', skillId: '', sellerId: '' },
        FIRST_PAGE,
      )
    ).length

  it('let two swap without a credit when prices are equal', async () => {
    const legs = [await leg('ana', 'ben', 'customs'), await leg('ben', 'ana', 'thai')]
    const { tradeId, state } = await trade('ana', ...legs)
    expect(state).toBe('PROPOSED')
    // In whichever order the legs are told.
    expect(await trade('ben', ...legs.toReversed())).toMatchObject({ tradeId, state: 'AGREED' })
    expect(await openCount()).toBe(0)
    expect(await completeTrade(services, as('ana'), key(), tradeId)).toMatchObject({ state: 'AGREED' })
    expect(await completeTrade(services, as('ben'), key(), tradeId)).toMatchObject({ state: 'COMPLETED' })
    expect(await services.count('Posting')).toBe(0)
  })

  it('let three pass on in a circle, and who takes more than it gives pay the difference', async () => {
    await pay('50.00', 'ana')
    const legs = [
      await leg('ana', 'ben', 'customs', '10.00'),
      await leg('ben', 'cai', 'thai', '10.00'),
      await leg('cai', 'ana', 'seo', '35.00'),
    ]
    const { tradeId } = await trade('ana', ...legs)
    await trade('cai', ...legs)
    await trade('ben', ...legs)
    expect([await balanceOf('ana'), await balanceOf('ben'), await balanceOf('cai')]).toEqual(['25.00', '0.00', '0.00'])
    for (const person of ['ana', 'ben', 'cai']) await completeTrade(services, as(person), key(), tradeId)
    expect([await balanceOf('ana'), await balanceOf('ben'), await balanceOf('cai')]).toEqual(['25.00', '0.00', '25.00'])
    await requireSound(services)
  })

  it('give credits in escrow back when all want it, or a manager does, and open the listings again', async () => {
    await pay('50.00', 'ana')
    const bought = await leg('ben', 'ana', 'thai', '30.00')
    const { tradeId } = await trade('ana', bought)
    await trade('ben', bought)
    expect(await balanceOf('ana')).toBe('20.00')
    expect(await cancelTrade(services, as('ana'), key(), tradeId)).toMatchObject({ state: 'AGREED' })
    expect(await balanceOf('ana')).toBe('20.00')
    expect(await cancelTrade(services, as('ben'), key(), tradeId)).toMatchObject({ state: 'CANCELLED' })
    expect([await balanceOf('ana'), await openCount()]).toEqual(['50.00', 2])
    const again = await trade('ben', bought)
    await trade('ana', bought)
    expect(again.tradeId).not.toBe(tradeId)
    expect(await refusal(cancelTrade(services, ELSEWHERE, key(), again.tradeId))).toContain('no such record')
    expect(await cancelTrade(services, MANAGER, key(), again.tradeId)).toMatchObject({ state: 'CANCELLED' })
    expect(await balanceOf('ana')).toBe('50.00')
    await requireSound(services)
  })

  it('are decided by a manager where a taker says nothing', async () => {
    await pay('30.00', 'ana')
    const bought = await leg('ben', 'ana', 'thai', '30.00')
    const { tradeId } = await trade('ana', bought)
    await trade('ben', bought)
    expect(await completeTrade(services, MANAGER, key(), tradeId)).toMatchObject({ state: 'COMPLETED' })
    expect([await balanceOf('ana'), await balanceOf('ben')]).toEqual(['0.00', '30.00'])
  })

  it('cancel the other proposals that a taken listing stood in', async () => {
    const [offerId, first, second] = [
      await publish('OFFER', 'ana', 'customs', '0'),
      await publish('WANT', 'ben', 'customs', '0'),
      await publish('WANT', 'cai', 'customs', '0'),
    ]
    await trade('ben', { offerId, wantId: first })
    const { tradeId } = await trade('cai', { offerId, wantId: second })
    await trade('ana', { offerId, wantId: first })
    const [mine] = await tradesPage(requestOf(services, as('cai')), '', FIRST_PAGE)
    expect(mine?.record).toMatchObject({ id: tradeId, state: 'CANCELLED' })
    expect(await refusal(trade('ana', { offerId, wantId: second }))).toContain('open listings')
  })

  it('are rated once by who took, after they are completed', async () => {
    const legs = [await leg('ana', 'ben', 'customs'), await leg('ben', 'ana', 'thai')]
    const { tradeId } = await trade('ana', ...legs)
    await trade('ben', ...legs)
    const rate = (rating: number) => rateTrade(services, as('ben'), key(), { tradeId, rating })
    expect(await refusal(rate(5))).toContain('completed trade')
    await completeTrade(services, MANAGER, key(), tradeId)
    expect(await refusal(rate(6))).toContain('1 to 5')
    await rate(4)
    expect(await refusal(rate(5))).toContain('that one has not rated')
    const [found] = await tradesPage(requestOf(services, as('ana')), 'COMPLETED', FIRST_PAGE)
    expect(found?.record.legs?.map(({ giver, taker, rating }) => [giver.id, taker.id, rating]).sort()).toEqual([
      ['ana', 'ben', 4],
      ['ben', 'ana', null],
    ])
    expect(found?.record.acceptedBy?.map(({ id }) => id)).toEqual(['ana', 'ben'])
  })

  it('are seen by who takes part and by their manager', async () => {
    await trade('ana', await leg('ana', 'ben', 'customs'))
    const page = async (viewer: Viewer) => (await tradesPage(requestOf(services, viewer), '', FIRST_PAGE)).length
    expect([await page(as('ana')), await page(as('ben')), await page(MANAGER)]).toEqual([1, 1, 1])
    expect([await page(as('cai')), await page(ELSEWHERE)]).toEqual([0, 0])
  })

  it('are found from the open listings alone', async () => {
    const reader = { run: services.graph.read.bind(services.graph) }
    const possible = async () => {
      const { offers, wants, skills } = await openListings(reader)
      expect(skills.get('customs')?.uri).toBe('own:customs')
      return possibleTrades(offers, wants, 'ana').map(({ legs }) => legs.length)
    }
    const customs = await leg('ana', 'ben', 'customs')
    await leg('ben', 'ana', 'thai', '25.00')
    // Ten more than one gives: a swap needs less than either purchase but one.
    expect(await possible()).toEqual([1, 2, 1])
    await publish('OFFER', 'cai', 'seo', '1.00')
    expect(await possible()).toEqual([1, 2, 1])
    await withdraw(services, as('ben'), key(), customs.wantId)
    await publish('WANT', 'dan', 'customs', '9.00')
    // Nobody wants it at its price any more: only the purchase from ben is left.
    const { offers, wants } = await openListings(reader)
    expect(possibleTrades(offers, wants, 'ana').map(({ legs }) => legs.map(each => each.giverId))).toEqual([['ben']])
  })

  it.each([
    ['a trade with oneself', async () => trade('ana', await leg('ana', 'ana', 'customs')), 'of two people'],
    ['a trade of others', async () => trade('cai', await leg('ana', 'ben', 'customs')), 'takes part oneself'],
    ['no legs', () => trade('ana'), '1 to 3'],
    [
      'legs that are no circle',
      async () => trade('ana', await leg('ana', 'ben', 'customs'), await leg('ana', 'cai', 'thai')),
      'a circle in which each gives and takes once',
    ],
    [
      'a price above the limit',
      async () =>
        trade('ana', {
          offerId: await publish('OFFER', 'ana', 'seo', '10.00'),
          wantId: await publish('WANT', 'ben', 'seo', '9.99'),
        }),
      'at a price that both accept',
    ],
    ['listings that are not there', () => trade('ana', { offerId: 'a', wantId: 'b' }), 'no such record'],
    ['an unknown skill', () => publish('OFFER', 'ana', 'juggling', '1.00'), 'the URI of a skill'],
    ['an unknown person', () => publish('OFFER', 'nobody', 'seo', '1.00'), 'no such record'],
    ['a negative price', () => publish('WANT', 'ana', 'seo', '-1.00'), '0 credits or more'],
    [
      'the listing of another',
      async () => withdraw(services, as('ben'), key(), await publish('WANT', 'ana', 'seo', '1.00')),
      'no such record',
    ],
    ['an unknown trade', () => completeTrade(services, as('ana'), key(), 'unknown'), 'no such record'],
  ])('are refused for %s', async (_, work, expected) => {
    expect(await refusal(work())).toContain(expected)
    expect(await services.count('Trade')).toBe(0)
  })

  it('are refused to who cannot pay, and then nothing is taken', async () => {
    const bought = await leg('ben', 'ana', 'thai', '30.00')
    await trade('ana', bought)
    expect(await refusal(trade('ben', bought))).toContain('enough credits')
    expect(await openCount()).toBe(2)
    await requireSound(services)
  })

  it('spend no credit twice and lose none, when many trades and settlements meet', async () => {
    // Ana has 50 credits and is sold six things at 20 by three people at one time: two of them are paid.
    await pay('50.00', 'ana')
    const bought = []
    for (const giver of ['ben', 'cai', 'dan', 'ben', 'cai', 'dan']) {
      const each = await leg(giver, 'ana', 'seo', '20.00')
      await trade('ana', each)
      bought.push({ giver, each })
    }
    const swap = [await leg('ben', 'cai', 'customs'), await leg('cai', 'ben', 'thai')]
    await trade('ben', ...swap)
    const outcomes = await Promise.allSettled([
      ...bought.map(({ giver, each }) => trade(giver, each)),
      trade('cai', ...swap),
      ...Array.from({ length: 3 }, () => settle(services, MANAGER, key(), 'task')),
    ])
    const agreed = outcomes
      .slice(0, 6)
      .flatMap(each => (each.status === 'fulfilled' ? [each.value as { tradeId: string }] : []))
    expect(agreed).toHaveLength(2)
    expect(outcomes[6]?.status).toBe('fulfilled')
    expect(outcomes.slice(7).every(({ status }) => status === 'rejected')).toBe(true)
    expect(await balanceOf('ana')).toBe('10.00')
    await requireSound(services)
    // Completing and cancelling meet: each of the two is paid or refunded, and never both.
    const ends = await Promise.allSettled(
      agreed.flatMap(({ tradeId }) => [
        completeTrade(services, as('ana'), key(), tradeId),
        cancelTrade(services, MANAGER, key(), tradeId),
        completeTrade(services, MANAGER, key(), tradeId),
      ]),
    )
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    await requireSound(services)
    const escrows = await services.read(
      "MATCH (a:LedgerAccount) WHERE a.name STARTS WITH 'ESCROW/' RETURN a.balanceMinor",
    )
    expect(escrows).toEqual([[0], [0]])
  })
}
