// The capability exchange over HTTP: both trades that the source names, a settlement that pays for one of them, what each viewer
// is shown of it, and a month of trades as its metric.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setConsent } from '../../core/consent/set-consent.ts'
import { seededId } from '../../core/ids.ts'
import type { Viewer } from '../../core/viewer.ts'
import { list } from '../../subgraphs/talent/exchange/listings.ts'
import { completeTrade, tradeCapability } from '../../subgraphs/talent/exchange/trades.ts'
import { requireSound } from '../support/ledger.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const SKILLS = 'https://sovereign-graph.org/skills/'
const ANA = seededId('sovereign-graph', 'Seller', 1)
const BEN = seededId('sovereign-graph', 'Seller', 2)
const OWN = { purpose: 'SUBJECT_REQUEST' }
const A_TASK = "CREATE (:Task {id: 'task-1', state: 'DONE'})"

const operation = (name: string) =>
  readFile(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8')

let api: TestApi
let sent = 0
beforeAll(async () => {
  api = await startApi({ customers: 24 })
  await api.services.graph.write(unit => unit.run(A_TASK))
  await api.settle()
})
afterAll(() => api.close())

const PAYLOADS: { readonly [mutation: string]: readonly [argument: string, type: string, fields: string] } = {
  offerCapability: ['input', 'ListingInput', 'listingId'],
  wantCapability: ['input', 'ListingInput', 'listingId'],
  tradeCapability: ['legs', '[TradeLegInput!]', 'tradeId state'],
  completeTrade: ['tradeId', 'ID', 'tradeId state'],
  rateTrade: ['input', 'RatingInput', 'tradeId state'],
  setReward: ['input', 'RewardInput', 'taskId'],
  recordContribution: ['input', 'ContributionInput', 'contributionId'],
  settle: ['taskId', 'ID', 'settlementId state'],
  publishTask: ['input', 'TaskInput', 'task { id }'],
  overrideAssignment: ['input', 'OverrideInput', 'task { id }'],
  completeTask: ['outcome: 1, taskId', 'ID', 'task { id }'],
  disputeSettlement: ['input', 'SettlementReasonInput', 'settlementId state'],
}

const send = (viewer: string, mutation: string, given: unknown) => {
  const [argument = '', type = '', fields = ''] = PAYLOADS[mutation] ?? []
  const text = `mutation ($given: ${type}!, $key: String!) {
    ${mutation}(${argument}: $given, idempotencyKey: $key) { ${fields} evidenceEntryId } }`
  return api.ask(viewer, text, { variables: { given, key: `scenario-${++sent}` } })
}
const act = async (viewer: string, mutation: string, given: unknown) => {
  const { data, errors } = await send(viewer, mutation, given)
  expect(errors).toEqual([])
  return data[mutation]
}
const refusal = async (viewer: string, mutation: string, given: unknown) =>
  (await send(viewer, mutation, given)).errors[0]?.extensions.code
const publish = async (viewer: string, offered: readonly [string, string], wanted: readonly [string, string]) => {
  const listing = ([skill, credits]: readonly [string, string]) => ({ skill: `${SKILLS}${skill}`, credits })
  await act(viewer, 'offerCapability', listing(offered))
  await act(viewer, 'wantCapability', listing(wanted))
}
const balanceOf = async (viewer: string) => {
  const { data, errors } = await api.ask(viewer, await operation('MyLedger'), OWN)
  expect(errors).toEqual([])
  return data.ledger.balance
}
interface Leg {
  readonly offerId: string
  readonly wantId: string
  readonly skill: { readonly labelEn: string }
}
/** Whether the seller lets its manager plan with what is known of its work. */
const consent = (sellerId: string, state: 'GIVEN' | 'WITHDRAWN' = 'GIVEN') =>
  api.services.graph.write(async unit => {
    const change = { unit, at: api.clock.now(), evidenceEntryId: 'an-entry' }
    const given = { customerId: sellerId, purpose: 'WORKFORCE_PLANNING', recipient: '', state } as const
    await setConsent(api.services, change, { ...given, subject: 'Seller' })
  })
/** What the exchange proposes first to the seller. */
const proposal = async (viewer: string) => {
  const { data } = await api.ask(viewer, await operation('Exchange'))
  const { pays, legs } = data.exchange.edges[0].node as { pays: string; legs: readonly Leg[] }
  return {
    pays,
    skills: legs.map(({ skill }) => skill.labelEn),
    legs: legs.map(({ offerId, wantId }) => ({ offerId, wantId })),
  }
}

describe('overseas-warehouse customs experience for small-language training', () => {
  it('is found, agreed and completed without a credit', async () => {
    await publish('rep', ['overseas-warehouse-customs', '30.00'], ['small-language-training', '30.00'])
    await publish('other-rep', ['small-language-training', '30.00'], ['overseas-warehouse-customs', '30.00'])
    const { pays, skills, legs } = await proposal('rep')
    expect(pays).toBe('0.00')
    expect(skills.toSorted()).toEqual(['Overseas-warehouse customs experience', 'Small-language training'])
    const { tradeId, state } = await act('rep', 'tradeCapability', legs)
    expect(state).toBe('PROPOSED')
    expect(await act('other-rep', 'tradeCapability', legs)).toMatchObject({ tradeId, state: 'AGREED' })
    await act('other-rep', 'completeTrade', tradeId)
    expect(await act('rep', 'completeTrade', tradeId)).toMatchObject({ state: 'COMPLETED' })
    await act('rep', 'rateTrade', { tradeId, rating: 5 })
    const { data } = await api.ask('rep', await operation('MyTrades'), OWN)
    const [trade] = data.trades.edges
    expect(trade.node).toMatchObject({ id: tradeId, state: 'COMPLETED' })
    const ratings = trade.node.legs.map((each: { giver: { id: string }; rating: number | null }) => [
      each.giver.id,
      each.rating,
    ])
    expect(new Map(ratings)).toEqual(
      new Map([
        [BEN, 5],
        [ANA, null],
      ]),
    )
    expect([await balanceOf('rep'), await balanceOf('other-rep')]).toEqual(['0.00', '0.00'])
  })
})

describe('live-stream script writing for independent-site SEO diagnosis', () => {
  it('is paid for in part with what a settled task earned', async () => {
    await publish('rep', ['live-stream-script-writing', '40.00'], ['independent-site-seo', '65.00'])
    await publish('other-rep', ['independent-site-seo', '65.00'], ['live-stream-script-writing', '40.00'])
    const { pays, legs } = await proposal('rep')
    expect(pays).toBe('25.00')
    await act('rep', 'tradeCapability', legs)
    // Nobody can pay with what it does not have.
    expect(await refusal('other-rep', 'tradeCapability', legs)).toBe('CONFLICT')

    const reward = {
      taskId: 'task-1',
      amount: '100.00',
      parts: [
        { name: 'certification', weight: 3 },
        { name: 'service plan', weight: 2 },
      ],
    }
    const { evidenceEntryId } = await act('manager', 'setReward', reward)
    const contribution = { taskId: 'task-1', percent: 100, evidence: [evidenceEntryId] }
    await act('service', 'recordContribution', { ...contribution, sellerId: ANA, part: 'certification' })
    await act('service', 'recordContribution', { ...contribution, sellerId: BEN, part: 'service plan' })
    const { settlementId } = await act('manager', 'settle', 'task-1')
    expect([await balanceOf('rep'), await balanceOf('other-rep')]).toEqual(['60.00', '40.00'])

    const { tradeId, state } = await act('other-rep', 'tradeCapability', legs)
    expect(state).toBe('AGREED')
    expect([await balanceOf('rep'), await balanceOf('other-rep')]).toEqual(['35.00', '40.00'])
    await act('rep', 'completeTrade', tradeId)
    await act('other-rep', 'completeTrade', tradeId)
    expect([await balanceOf('rep'), await balanceOf('other-rep')]).toEqual(['35.00', '65.00'])
    const { data } = await api.ask('rep', await operation('MyLedger'), OWN)
    const lines = data.ledger.postings.edges.map(
      ({ node }: { node: { kind: string; amount: string; because: string } }) => [node.kind, node.amount, node.because],
    )
    expect(lines).toEqual([
      ['TRADE_HELD', '-25.00', tradeId],
      ['SETTLEMENT', '60.00', settlementId],
    ])
    await requireSound(api.services)
  })

  it('leaves a statement that its seller is shown, its manager with consent only, and nobody else at all', async () => {
    const ofSeller = `{ ledger(sellerId: "${ANA}") { id balance postings { edges { node { amount kind } } } } }`
    for (const id of [ANA, BEN]) await consent(id, 'WITHDRAWN')
    const { data, masks } = await api.ask('manager', ofSeller, { purpose: 'WORKFORCE_PLANNING' })
    expect(data.ledger).toMatchObject({ id: ANA, balance: null })
    expect(data.ledger.postings.edges[0].node).toEqual({ amount: null, kind: null })
    expect(masks).toContainEqual(
      expect.objectContaining({ path: ['ledger', 'balance'], reasonCode: 'CONSENT_REQUIRED' }),
    )
    await consent(ANA)
    const allowed = await api.ask('manager', ofSeller, { purpose: 'WORKFORCE_PLANNING' })
    expect([allowed.data.ledger.balance, allowed.masks]).toEqual(['35.00', []])
    // What is told of a settlement or trade is told of all who took part: here only one of them consents to that.
    const ofAll =
      '{ settlements { edges { node { people amount } } } trades { edges { node { state legs { credits } } } } }'
    const { data: ofBoth } = await api.ask('manager', ofAll, { purpose: 'WORKFORCE_PLANNING' })
    expect(ofBoth.settlements.edges[0].node).toEqual({ people: 2, amount: null })
    expect(ofBoth.trades.edges[0].node).toEqual({ state: 'COMPLETED', legs: null })
    await consent(BEN)
    const { data: told } = await api.ask('manager', ofAll, { purpose: 'WORKFORCE_PLANNING' })
    expect(told.settlements.edges[0].node).toEqual({ people: 2, amount: '100.00' })
    expect(told.trades.edges[0].node.legs).toHaveLength(2)
    const others = await api.ask('other-rep', ofSeller, OWN)
    expect(others.data.ledger).toBeNull()
    expect(others.masks).toMatchObject([{ path: ['ledger'], reasonCode: 'NOT_VISIBLE' }])
    // A purpose that is not about the seller's own request shows nothing of it.
    expect((await api.ask('rep', ofSeller, { purpose: 'SALES_FOLLOW_UP' })).data.ledger.balance).toBeNull()
    expect((await api.ask('subject', ofSeller, OWN)).errors[0]?.extensions.code).toBe('FORBIDDEN')
  })
})

describe('a task that is completed', () => {
  it('is settled at once', async () => {
    const requirements = [{ skillUri: `${SKILLS}needs-analysis`, level: 0.5, isEssential: false }]
    const task = {
      title: 'Read what the plant needs',
      quadrant: 'CUSTOMER_INSIGHT',
      roles: [{ name: 'reader', requirements }],
    }
    const { task: published } = await act('manager', 'publishTask', task)
    const taskId = published.id
    const reward = { taskId, amount: '12.50', parts: [{ name: 'reading', weight: 1 }] }
    const { evidenceEntryId } = await act('manager', 'setReward', reward)
    await act('manager', 'overrideAssignment', { taskId, role: 'reader', sellerId: ANA, reason: 'knows the plant' })
    await act('service', 'recordContribution', {
      taskId,
      sellerId: ANA,
      part: 'reading',
      percent: 80,
      evidence: [evidenceEntryId],
    })
    const before = Number(await balanceOf('rep'))
    await act('manager', 'completeTask', taskId)
    await api.settle()
    expect(Number(await balanceOf('rep')) - before).toBe(12.5)
    expect(await refusal('manager', 'settle', taskId)).toBe('CONFLICT')
    await requireSound(api.services)
  })
})

describe('what makes no sense', () => {
  const listing = { skill: `${SKILLS}negotiation`, credits: '10.00' }
  it.each([
    [
      'a trade with oneself',
      'BAD_USER_INPUT',
      async () => {
        const offer = await act('rep', 'offerCapability', listing)
        const want = await act('rep', 'wantCapability', listing)
        return refusal('rep', 'tradeCapability', [{ offerId: offer.listingId, wantId: want.listingId }])
      },
    ],
    ['settling twice', 'CONFLICT', () => refusal('manager', 'settle', 'task-1')],
    [
      'a negative reward',
      'BAD_USER_INPUT',
      () => refusal('manager', 'setReward', { taskId: 'task-1', amount: '-5', parts: [{ name: 'a', weight: 1 }] }),
    ],
    ['a negative price', 'BAD_USER_INPUT', () => refusal('rep', 'offerCapability', { ...listing, credits: '-0.01' })],
    ['an unknown skill', 'BAD_USER_INPUT', () => refusal('rep', 'offerCapability', { ...listing, skill: 'juggling' })],
    [
      'an unknown person',
      'NOT_VISIBLE',
      () =>
        refusal('service', 'recordContribution', {
          taskId: 'task-1',
          sellerId: 'nobody',
          part: 'a',
          percent: 1,
          evidence: ['e'],
        }),
    ],
    ['an unknown task', 'NOT_VISIBLE', () => refusal('manager', 'settle', 'no such task')],
    ['who may not settle', 'FORBIDDEN', () => refusal('rep', 'settle', 'task-1')],
    ['who sells nothing', 'FORBIDDEN', () => refusal('subject', 'offerCapability', listing)],
  ])('is refused: %s', async (_, code, work) => {
    expect(await work()).toBe(code)
  })
})

describe('a month with 127 trades', () => {
  it('gives the trades a month per 1,000 people', async () => {
    const as = (id: string): Viewer => ({ kind: 'REP', id })
    const [ana, ben] = [as(ANA), as(BEN)]
    const { services } = api
    const listing = { skill: `${SKILLS}needs-analysis`, credits: '0', note: '' }
    // Two were completed above.
    for (let made = 2; made < 127; made++) {
      const key = `month-${made}`
      const { listingId: offerId } = await list(services, ana, key, 'OFFER', listing)
      const { listingId: wantId } = await list(services, ben, key, 'WANT', listing)
      const { tradeId } = await tradeCapability(services, ana, key, [{ offerId, wantId }])
      await tradeCapability(services, ben, key, [{ offerId, wantId }])
      await completeTrade(services, ben, key, tradeId)
    }
    await api.settle()
    const [[people = 0] = []] = await services.graph.read('MATCH (s:Seller) RETURN count(s)')
    const query = '{ metric(id: "capability-trades", grain: MONTH) { value numerator denominator reason } }'
    const { data } = await api.ask('manager', query)
    expect(data.metric).toEqual({
      value: (127 / Number(people)) * 1_000,
      numerator: 127,
      denominator: people,
      reason: null,
    })
    await requireSound(services)
  }, 240_000)
})
