import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { deliveryOf } from '../../core/events/delivery.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { takesInDeals } from '../../subgraphs/sales/events.ts'
import { opportunityFields, opportunityStore } from '../../subgraphs/sales/opportunity-store.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { graphThatFailsAt } from '../support/faulty-graph.ts'
import { aDeal } from '../support/records.ts'
import { deliverAll, openServices, requestOf, type TestServices } from '../support/services.ts'

const CRM = { kind: 'SERVICE', id: 'crm' } as const
const OFFICER = { kind: 'PRIVACY_OFFICER', id: 'officer', purpose: 'COMPLIANCE_AUDIT' } as const

const JANUARY = '2026-01-01T00:00:00.000Z'
const FEBRUARY = '2026-02-01T00:00:00.000Z'
const MARCH = '2026-03-01T00:00:00.000Z'

/** Deal D-1 from its opening to its end, a record a step. */
const WON: readonly SentEvent[] = [
  aDeal('opened', { stage: 'PROSPECTING' }),
  aDeal('offered', { stage: 'PROPOSAL', stageAt: FEBRUARY, amount: { amount: '4514.5', currency: 'CNY' } }),
  aDeal('won', { stage: 'WON', closedAt: MARCH }),
]

/** Deal records become opportunities with every stage that they entered, whatever befalls the records on their way. */
export function describeDeals(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const send = (...events: readonly SentEvent[]) =>
    ingest(services, CRM, `send-${++sent}`, { source: 'crm-deal', events })
  /** What sales holds, told without ids that are drawn. */
  const opportunities = async () => {
    const customers = new Map((await services.read('MATCH (c:Customer) RETURN c.id, c.number')) as [string, string][])
    const found = await opportunityStore(requestOf(services, OFFICER)).opportunitiesPage(
      null,
      { first: 100, afterId: undefined },
      opportunityFields,
    )
    return found
      .map(({ record: { id: _, evidenceEntryId: __, product, customerId, history, ...record } }) => ({
        ...record,
        customer: customers.get(customerId),
        product: product?.name,
        history: history?.map(({ stage, at }) => `${at.slice(0, 10)} ${stage}`),
      }))
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
  }
  const wonOpportunity = {
    customer: 'C-1',
    product: 'Server',
    stage: 'WON',
    value: { amount: '4514.50', currency: 'CNY' },
    openedAt: JANUARY,
    closedAt: MARCH,
    history: ['2026-01-01 PROSPECTING', '2026-02-01 PROPOSAL', '2026-03-01 WON'],
  }

  it('become one opportunity with its history', async () => {
    await send(...WON)
    await deliverAll(services)
    expect(await opportunities()).toEqual([wonOpportunity])
    expect(await services.count('ParkedEvent')).toBe(0)
  })

  it(
    'become the same whichever order they come in, together or one by one',
    async () => {
      const property = fc.asyncProperty(
        fc.shuffledSubarray([...WON], { minLength: 3 }),
        fc.nat({ max: 3 }),
        async (records, cut) => {
          await services.empty()
          await send(...records.slice(0, cut))
          await deliverAll(services)
          await send(...records.slice(cut))
          await deliverAll(services)
          expect(await opportunities()).toEqual([wonOpportunity])
        },
      )
      await fc.assert(property, { numRuns: CASES })
    },
    CASES_TIMEOUT_MS,
  )

  it.each([
    ['together', 3],
    ['one by one', 1],
  ])('of one time and sent %s hold in the order in which they were sent', async (_, size) => {
    const stages = ['PROSPECTING', 'ENGAGING', 'PROPOSAL', 'ENGAGING', 'PROPOSAL', 'LOST']
    const records = stages.map((stage, n) => aDeal(`${n}`, { stage }))
    for (let at = 0; at < records.length; at += size) await send(...records.slice(at, at + size))
    await deliverAll(services)
    const [found] = await opportunities()
    expect(found?.stage).toBe('LOST')
    // Two records that tell the same are two steps all the same.
    expect(found?.history?.map(step => step.split(' ')[1])).toEqual([
      'PROSPECTING',
      'ENGAGING',
      'ENGAGING',
      'PROPOSAL',
      'PROPOSAL',
      'LOST',
    ])
  })

  it.each([
    ['together', 3],
    ['one by one', 1],
  ])('that contradict each other, sent %s, make one opportunity, of which the newest tells', async (_, size) => {
    const records = [
      aDeal('newest', { stage: 'WON', stageAt: MARCH, product: 'Newest', openedAt: FEBRUARY }, { number: 'C-3' }),
      aDeal('oldest', { stage: 'PROSPECTING', product: 'Oldest' }, { number: 'C-1' }),
      aDeal('middle', { stage: 'PROPOSAL', stageAt: FEBRUARY, product: 'Middle' }, { number: 'C-2' }),
    ]
    for (let at = 0; at < records.length; at += size) await send(...records.slice(at, at + size))
    await deliverAll(services)
    expect(await opportunities()).toMatchObject([
      { customer: 'C-3', product: 'Newest', stage: 'WON', openedAt: FEBRUARY },
    ])
  })

  it('of many deals, customers and products each find their own', async () => {
    const numbers = Array.from({ length: 30 }, (_, n) => n)
    await send(
      ...numbers.map(n => aDeal(`${n}`, { number: `D-${n}`, product: `P-${n % 4}` }, { number: `C-${n % 7}` })),
    )
    await deliverAll(services)
    const pairs = (await opportunities()).map(({ customer, product }) => `${customer} ${product}`)
    expect(pairs.sort()).toEqual(numbers.map(n => `C-${n % 7} P-${n % 4}`).sort())
    expect(await services.count('Product')).toBe(4)
  })

  it('leave their evidence, which names the event, and tell an event of their own', async () => {
    await send(...WON)
    await deliverAll(services)
    const [[opportunityId]] = (await services.read('MATCH (o:Opportunity) RETURN o.id')) as [[string]]
    const events = await services.outbox.after({ run: services.graph.read.bind(services.graph) }, 0, 10)
    const [row] = await services.read("MATCH (e:EvidenceEntry {kind: 'OPPORTUNITIES_RECORDED'}) RETURN e.id, e.entry")
    expect(JSON.parse(String(row?.[1]))).toMatchObject({
      statement: { because: events[0]?.id, opportunities: 1 },
      // The opportunity and its three steps.
      committed: { count: 4 },
    })
    expect(events.find(({ kind }) => kind === 'OPPORTUNITIES_CHANGED')).toMatchObject({
      kind: 'OPPORTUNITIES_CHANGED',
      evidenceEntryId: row?.[0],
      body: { opportunityIds: [opportunityId] },
    })
  })

  it('cannot hold what no engine could store', async () => {
    const spoilt = [{ product: 'P\ud800' }, { number: '\udc00' }, { amount: { amount: '1e5', currency: 'CNY' } }]
    const result = await send(...spoilt.map((deal, n) => aDeal(`${n}`, deal)), ...WON)
    expect(result).toMatchObject({ accepted: 3, deadLetters: 3 })
    await deliverAll(services)
    expect(await opportunities()).toEqual([wonOpportunity])
  })

  describe('delivered', () => {
    // But what consumers note for themselves: their places, guards, and what is yet to be counted.
    const everything = () =>
      services.read('MATCH (n) WHERE NOT n:Consumer AND NOT n:Guard AND NOT n:MetricChange RETURN count(n)')
    const deliverFirst = async (to: Services) => {
      const [event] = await services.outbox.after({ run: services.graph.read.bind(services.graph) }, 0, 1)
      if (event !== undefined) await takesInDeals.consume(event, to)
    }

    it('twice change nothing', async () => {
      await send(...WON)
      await deliverAll(services)
      const before = await everything()
      await deliverFirst(services)
      expect(await everything()).toEqual(before)
      expect(await opportunities()).toEqual([wonOpportunity])
    })

    it('twice at one moment make one opportunity', async () => {
      await send(...WON)
      await Promise.allSettled([deliverFirst(services), deliverFirst(services)])
      expect(await opportunities()).toEqual([wonOpportunity])
      expect([await services.count('StageEntry'), await services.count('Product')]).toEqual([3, 1])
    })

    it('again after a crash between their writing and the advance change nothing', async () => {
      // Each consumer has its place in the order of events before the one that this is about.
      await deliverAll(services)
      await send(...WON)
      const crash = new ApiError('GRAPH_UNAVAILABLE')
      const graph = graphThatFailsAt(services.graph, 'SET c.position = $position', crash)
      const toSales = deliveryOf({ ...services, graph }, [takesInDeals], { failed: () => undefined })
      await expect(toSales.settle()).rejects.toBe(crash)
      await toSales.stop()
      const before = await everything()
      expect(await opportunities()).toEqual([wonOpportunity])
      await deliverAll(services)
      expect(await opportunities()).toEqual([wonOpportunity])
      // The event that sales itself told was there before, too.
      expect(await everything()).toEqual(before)
    })

    it.each([
      'MERGE (p:Product',
      'MERGE (o:Opportunity',
      'MERGE (h:StageEntry',
      'CREATE (:EvidenceEntry',
      'CREATE (:DomainEvent',
    ])('again after a failure at %s, of which nothing was kept', async statement => {
      await send(...WON)
      const before = await everything()
      const graph = graphThatFailsAt(services.graph, statement, new ApiError('GRAPH_UNAVAILABLE'))
      await expect(deliverFirst({ ...services, graph })).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' })
      expect(await everything()).toEqual(before)
      await deliverFirst(services)
      expect(await opportunities()).toEqual([wonOpportunity])
    })
  })
}
