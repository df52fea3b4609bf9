import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Services } from '../../core/context.ts'
import type { Graph } from '../../core/graph/graph.ts'
import type { Viewer } from '../../core/viewer.ts'
import { statementOf } from '../../subgraphs/talent/settlement/ledger-store.ts'
import { contributionsPage, settlementsPage } from '../../subgraphs/talent/settlement/settlement-store.ts'
import {
  disputeSettlement,
  recordContribution,
  rejectDispute,
  reverseSettlement,
  setReward,
  settle,
  settleCompleted,
} from '../../subgraphs/talent/settlement/settlements.ts'
import type { RewardInput } from '../../subgraphs/talent/settlement/types.ts'
import { CASES_TIMEOUT_MS } from '../support/cases.ts'
import { requireSound } from '../support/ledger.ts'
import { openServices, requestOf, type TestServices } from '../support/services.ts'

const MANAGER: Viewer = { kind: 'MANAGER', id: 'manager', region: 'CN-SH', purpose: 'WORKFORCE_PLANNING' }
const ELSEWHERE: Viewer = { ...MANAGER, id: 'manager-elsewhere', region: 'EU-DE' }
const as = (id: string): Viewer => ({ kind: 'REP', id, purpose: 'SUBJECT_REQUEST' })

const SELLERS = `
UNWIND $sellerIds AS id
CREATE (:Seller {id: id, number: id, name: id, region: CASE WHEN id = 'eva' THEN 'EU-DE' ELSE 'CN-SH' END})`
const TASKS = "UNWIND $taskIds AS id CREATE (:Task {id: id, state: CASE WHEN id = 'open' THEN 'OPEN' ELSE 'DONE' END})"
const ENTRY = "CREATE (:EvidenceEntry {id: 'entry-1', state: 'INTEGRATED'})"

const FIRST_PAGE = { first: 20, afterId: undefined }

/** Rewards are shared out to the ledger, once, whoever asks how often; and taken back by the same postings the other way round. */
export function describeSettlement(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let asked = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(async () => {
    await services.empty()
    await services.graph.write(async unit => {
      await unit.run(SELLERS, { sellerIds: ['ana', 'ben', 'cai', 'eva'] })
      await unit.run(TASKS, { taskIds: ['task-1', 'task-2', 'open'] })
      await unit.run(ENTRY)
    })
  })
  afterAll(() => services.close())

  const key = () => `settlement-${++asked}`
  const reward = (more: Partial<RewardInput> = {}) =>
    setReward(services, MANAGER, key(), {
      taskId: 'task-1',
      amount: '1000.00',
      rule: 'SHAPLEY',
      parts: [
        { name: 'reading', weight: 2 },
        { name: 'validation', weight: 3 },
      ],
      ...more,
    })
  const contribute = (sellerId: string, part: string, percent: number, more: object = {}, viewer = MANAGER) =>
    recordContribution(services, viewer, key(), {
      taskId: 'task-1',
      sellerId,
      part,
      percent,
      hours: 1,
      evidence: ['entry-1'],
      ...more,
    })
  const rewarded = async () => {
    await reward()
    await contribute('ana', 'reading', 100)
    await contribute('ben', 'validation', 100)
    await contribute('cai', 'validation', 60)
  }
  const statement = (
    sellerId: string,
    viewer = as(sellerId),
    page: { first: number; afterId: string | undefined } = FIRST_PAGE,
  ) => statementOf(requestOf(services, viewer), sellerId, page)
  const balances = async () => {
    const found = await Promise.all(['ana', 'ben', 'cai'].map(id => statement(id)))
    return found.map(each => each?.balance)
  }
  const refusal = async (work: Promise<unknown>) => {
    const [error] = await Promise.all([
      work.then(
        () => 'nothing was refused',
        cause => String(cause),
      ),
    ])
    return error
  }
  const reason = (settlementId: string) => ({ settlementId, because: 'counted twice' })

  it('give each what it adds to the others, in whole minor units', async () => {
    await rewarded()
    expect(await settle(services, MANAGER, key(), 'task-1')).toMatchObject({ state: 'SETTLED' })
    expect(await balances()).toEqual(['400.00', '420.00', '180.00'])
    await requireSound(services)
  })

  it('are told in a statement, the newest line first and page by page', async () => {
    await rewarded()
    const { settlementId } = await settle(services, MANAGER, key(), 'task-1')
    await reverseSettlement(services, MANAGER, key(), reason(settlementId))
    await settle(services, MANAGER, key(), 'task-1')
    const whole = await statement('ana')
    expect(whole?.postings.map(({ kind, amount, balance }) => [kind, amount, balance])).toEqual([
      ['SETTLEMENT', '400.00', '400.00'],
      ['SETTLEMENT_REVERSED', '-400.00', '0.00'],
      ['SETTLEMENT', '400.00', '400.00'],
    ])
    expect(whole?.postings.map(({ because }) => because).slice(1)).toEqual([settlementId, settlementId])
    const second = await statement('ana', as('ana'), { first: 1, afterId: whole?.postings[0]?.id })
    // One more than asked for tells that there is a next page.
    expect(second?.postings).toEqual(whole?.postings.slice(1))
  })

  it('are seen by the seller and its manager, and by nobody else', async () => {
    await rewarded()
    await settle(services, MANAGER, key(), 'task-1')
    expect((await statement('ana', MANAGER))?.balance).toBe('400.00')
    expect(await statement('ana', as('ben'))).toBeUndefined()
    expect(await statement('ana', ELSEWHERE)).toBeUndefined()
    expect(await statement('nobody', MANAGER)).toBeUndefined()
    const page = async (viewer: Viewer) => (await settlementsPage(requestOf(services, viewer), '', FIRST_PAGE)).length
    expect([await page(as('ana')), await page(MANAGER), await page(as('eva')), await page(ELSEWHERE)]).toEqual([
      1, 1, 0, 0,
    ])
  })

  it('rest on contributions that who delivered and its manager can look up, with their evidence', async () => {
    await rewarded()
    const page = (viewer: Viewer, taskId = '') => contributionsPage(requestOf(services, viewer), taskId, FIRST_PAGE)
    const [own, ...others] = await page(as('cai'))
    expect(others).toEqual([])
    expect(own?.record).toMatchObject({
      taskId: 'task-1',
      seller: { id: 'cai' },
      part: 'validation',
      percent: 60,
      hours: 1,
      evidence: ['entry-1'],
    })
    expect(await page(MANAGER, 'task-1')).toHaveLength(3)
    expect(await page(MANAGER, 'task-2')).toEqual([])
    expect(await page(ELSEWHERE)).toEqual([])
  })

  it('happen once for a task: twice is a conflict, also at the same time', async () => {
    await rewarded()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => settle(services, MANAGER, key(), 'task-1')),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await refusal(settle(services, MANAGER, key(), 'task-1'))).toContain('a task that is not settled')
    expect(await balances()).toEqual(['400.00', '420.00', '180.00'])
    await requireSound(services)
  })

  it('are answered as before when they are asked for again under the same key', async () => {
    await rewarded()
    const first = await settle(services, MANAGER, 'once', 'task-1')
    expect(await settle(services, MANAGER, 'once', 'task-1')).toEqual(first)
    expect(await balances()).toEqual(['400.00', '420.00', '180.00'])
  })

  it('follow the completion of a task, once however often its event comes', async () => {
    await rewarded()
    await settleCompleted(services, 'task-1')
    await settleCompleted(services, 'task-1')
    await settleCompleted(services, 'task-2')
    await settleCompleted(services, 'unknown')
    expect(await balances()).toEqual(['400.00', '420.00', '180.00'])
    expect(await services.count('Settlement')).toBe(1)
  })

  it('are not taken back from who has spent the credits, and then nothing changes', async () => {
    await rewarded()
    const { settlementId } = await settle(services, MANAGER, key(), 'task-1')
    const spend = `MATCH (a:LedgerAccount {name: 'PERSON/ana'}) SET a.balanceMinor = 100`
    await services.graph.write(unit => unit.run(spend))
    expect(await refusal(reverseSettlement(services, MANAGER, key(), reason(settlementId)))).toContain('enough credits')
    expect(await balances()).toEqual(['1.00', '420.00', '180.00'])
  })

  it('are reversed once', async () => {
    await rewarded()
    const { settlementId } = await settle(services, MANAGER, key(), 'task-1')
    expect(await reverseSettlement(services, MANAGER, key(), reason(settlementId))).toMatchObject({ state: 'REVERSED' })
    expect(await refusal(reverseSettlement(services, MANAGER, key(), reason(settlementId)))).toContain('Got: REVERSED')
    expect(await balances()).toEqual(['0.00', '0.00', '0.00'])
    await requireSound(services)
  })

  it('are disputed by who contributed, and then stand or are taken back', async () => {
    await rewarded()
    const { settlementId } = await settle(services, MANAGER, key(), 'task-1')
    expect(await refusal(disputeSettlement(services, as('eva'), key(), reason(settlementId)))).toContain(
      'no such record',
    )
    await disputeSettlement(services, as('cai'), key(), reason(settlementId))
    const [found] = await settlementsPage(requestOf(services, MANAGER), 'DISPUTED', FIRST_PAGE)
    expect(found?.record).toMatchObject({ id: settlementId, disputedBecause: 'counted twice', people: 3, seed: null })
    expect(found?.subjects.map(({ id }) => id)).toEqual(['ana', 'ben', 'cai'])
    expect(await rejectDispute(services, MANAGER, key(), reason(settlementId))).toMatchObject({ state: 'SETTLED' })
    expect(await refusal(rejectDispute(services, MANAGER, key(), reason(settlementId)))).toContain(
      'one that is DISPUTED',
    )
    expect(await balances()).toEqual(['400.00', '420.00', '180.00'])
  })

  it.each([
    ['a task that is not there', () => reward({ taskId: 'unknown' }), 'no such record'],
    ['a negative amount', () => reward({ amount: '-1.00' }), 'more than 0 credits'],
    ['an amount of nothing', () => reward({ amount: '0.00' }), 'more than 0 credits'],
    ['no parts', () => reward({ parts: [] }), '1 to 50'],
    [
      'a part that stands twice',
      () =>
        reward({
          parts: [
            { name: 'a', weight: 1 },
            { name: 'a', weight: 2 },
          ],
        }),
      'each name once',
    ],
    ['a part of no weight', () => reward({ parts: [{ name: 'a', weight: 0 }] }), '1 to 1000'],
    ['a person who is not there', () => contribute('nobody', 'reading', 10), 'no such record'],
    ['a person of another region', () => contribute('eva', 'reading', 10), 'no such record'],
    ['a part that the reward does not name', () => contribute('ana', 'dancing', 10), 'one that the reward names'],
    ['more than all of a part', () => contribute('ana', 'reading', 100.01), 'at most 100'],
    ['a negative share', () => contribute('ana', 'reading', -5), 'more than 0'],
    ['no number', () => contribute('ana', 'reading', Number.NaN), 'more than 0'],
    ['negative hours', () => contribute('ana', 'reading', 5, { hours: -1 }), '0 to 1000'],
    ['no evidence', () => contribute('ana', 'reading', 5, { evidence: [] }), '1 to 20'],
    [
      'evidence that nobody knows',
      () => contribute('ana', 'reading', 5, { evidence: ['made-up'] }),
      'ids of evidence entries',
    ],
    ['a task that is not done', () => settle(services, MANAGER, key(), 'open'), 'a task that is done'],
    ['a task without a reward', () => settle(services, MANAGER, key(), 'task-2'), 'with a reward and contributions'],
    [
      'a task without contributions',
      () => settle(services, MANAGER, key(), 'task-1'),
      'with a reward and contributions',
    ],
  ])('are refused for %s', async (_, work, expected) => {
    await reward()
    expect(await refusal(work())).toContain(expected)
    expect(await services.count('Posting')).toBe(0)
  })

  it('cannot be prepared once they stand, nor their reward changed once somebody contributed', async () => {
    await rewarded()
    expect(await refusal(reward())).toContain('nobody contributed to yet')
    await settle(services, MANAGER, key(), 'task-1')
    expect(await refusal(contribute('ana', 'reading', 5))).toContain('a task that is not settled')
  })

  it(
    'leave a sound ledger, whatever is settled and reversed in whichever order',
    async () => {
      await rewarded()
      await reward({ taskId: 'task-2', rule: 'EQUAL', amount: '100.01' })
      for (const id of ['ana', 'ben', 'cai']) await contribute(id, 'reading', 10, { taskId: 'task-2' })
      const step = fc.record({ task: fc.constantFrom('task-1', 'task-2'), back: fc.boolean() })
      const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async steps => {
        for (const { task, back } of steps) await settledOrBack(services, task, back, key).catch(() => undefined)
        await requireSound(services)
      })
      await fc.assert(property, { numRuns: 5 })
    },
    CASES_TIMEOUT_MS,
  )
}

const STANDING = "MATCH (s:Settlement {taskId: $task}) WHERE s.state <> 'REVERSED' RETURN s.id"

async function settledOrBack(services: Services, task: string, back: boolean, key: () => string): Promise<void> {
  if (!back) await settle(services, MANAGER, key(), task)
  const [row] = back ? await services.graph.read(STANDING, { task }) : []
  if (row !== undefined) {
    await reverseSettlement(services, MANAGER, key(), { settlementId: String(row[0]), because: 'again' })
  }
}
