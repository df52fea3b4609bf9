import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { consumers } from '../../gateway/subgraphs.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { parametersPage, plansPage, quotesPage, stockLevelsPage } from '../../subgraphs/sales/market-store.ts'
import { orderStore } from '../../subgraphs/sales/order-store.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { aFulfilment, anOrder } from '../support/records.ts'
import { deliverAll, openServices, requestOf, type TestServices } from '../support/services.ts'

const SENDER = { kind: 'SERVICE', id: 'sender' } as const
const OFFICER = { kind: 'PRIVACY_OFFICER', id: 'officer', purpose: 'COMPLIANCE_AUDIT' } as const
const PAGE = { first: 100, afterId: undefined }
const SHOP = { number: 'SH-1', name: 'Shop One', place: 'CN-SH' }
const times = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z']
const at = (n: number) => times[n] ?? ''

const aStock = (eventId: string, quantity: number, asOf: string): SentEvent => ({
  eventId,
  payload: { stock: { product: 'Server', warehouse: 'W-1', quantity, asOf } },
})

/** What belongs to sales comes to it by event and is kept there: the newest by the time of its source holds. */
export function describeMarket(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const reader = { run: (...asked: Parameters<Graph['read']>) => services.graph.read(...asked) }
  const send = async (source: string, ...events: readonly SentEvent[]) => {
    const result = await ingest(services, SENDER, `send-${++sent}`, { source, events })
    expect(result).toMatchObject({ accepted: events.length })
    await deliverAll(services)
  }
  const shown = <T extends { id: string; evidenceEntryId: string }>(found: readonly T[]) =>
    found.map(({ id: _, evidenceEntryId: __, ...told }) => told)
  const orders = async () =>
    shown((await orderStore(requestOf(services, OFFICER)).ordersPage(null, PAGE)).map(({ record }) => record))

  it('keeps stock of warehouses and shops, quotes, parameters and plans', async () => {
    await send('erp-stock', aStock('1', 3, at(0)))
    await send('shop-stock', {
      eventId: '1',
      payload: { stock: { shop: SHOP, product: 'Server', quantity: 4, asOf: at(0) } },
    })
    await send('shop-quote', {
      eventId: '1',
      payload: {
        quote: { shop: SHOP, product: 'Server', price: { amount: '23800', currency: 'CNY' }, quotedAt: at(0) },
      },
    })
    await send('competitor-product', {
      eventId: '1',
      payload: {
        parameter: {
          competitor: 'N',
          product: 'NS-40',
          comparedWith: 'Server',
          name: 'warranty',
          reading: '36',
          asOf: at(0),
        },
      },
    })
    await send('finance-plan', {
      eventId: '1',
      payload: {
        plan: {
          number: 'F-1',
          provider: 'Bank',
          product: 'Server',
          currency: 'EUR',
          financed: '1200',
          months: 12,
          monthlyPayment: '106.62',
          statedAt: at(0),
        },
      },
    })
    expect(shown(await stockLevelsPage(reader, PAGE, 'Server'))).toEqual(
      expect.arrayContaining([
        { holder: 'W-1', holderKind: 'WAREHOUSE', place: null, product: 'Server', quantity: 3, asOf: at(0) },
        { holder: 'Shop One', holderKind: 'SHOP', place: 'CN-SH', product: 'Server', quantity: 4, asOf: at(0) },
      ]),
    )
    expect(shown(await quotesPage(reader, PAGE, null))).toMatchObject([
      { shop: 'Shop One', price: { amount: '23800.00', currency: 'CNY' }, validUntil: null },
    ])
    expect(shown(await parametersPage(reader, PAGE, 'Server'))).toMatchObject([
      { competitor: 'N', reading: '36', unit: null },
    ])
    expect(shown(await plansPage(reader, PAGE, null))).toMatchObject([{ provider: 'Bank', annualRatePercent: 12.69 }])
    expect(await stockLevelsPage(reader, PAGE, 'Router')).toEqual([])
    expect(await services.count('Customer')).toBe(0)
  })

  it(
    'holds the newest reading, in whatever order and however often they come',
    async () => {
      const readings = times.map((asOf, n) => aStock(`${n}`, n + 1, asOf))
      const property = fc.asyncProperty(
        fc.shuffledSubarray(readings, { minLength: 1 }),
        fc.nat({ max: 3 }),
        async (some, cut) => {
          await services.empty()
          for (const part of [some.slice(0, cut), some.slice(cut)])
            if (part.length > 0) await send('erp-stock', ...part)
          const newest = Math.max(...some.map(({ eventId }) => Number(eventId)))
          expect(await stockLevelsPage(reader, PAGE, null)).toMatchObject([{ quantity: newest + 1, asOf: at(newest) }])
        },
      )
      await fc.assert(property, { numRuns: CASES })
    },
    CASES_TIMEOUT_MS,
  )

  it('an order is what its newest record says, and whose that says', async () => {
    await send('erp-order', anOrder('shipped', { status: 'SHIPPED', statusAt: at(1) }))
    await send('erp-order', anOrder('placed'))
    expect(await orders()).toMatchObject([
      {
        status: 'SHIPPED',
        product: { name: 'Server' },
        quantity: 2,
        value: { amount: '48200.50', currency: 'CNY' },
        orderedAt: at(0),
        statusAt: at(1),
      },
    ])
    await send('erp-order', anOrder('taken over', { status: 'DELIVERED', statusAt: at(2) }, 'C-2'))
    expect(await services.read('MATCH (c:Customer)-[:PLACED]->(o:Order) RETURN c.number, o.status')).toEqual([
      ['C-2', 'DELIVERED'],
    ])
  })

  it('a service is as far as its newest record says', async () => {
    await send('service-fulfilment', aFulfilment('done', { status: 'DONE', statusAt: at(1) }), aFulfilment('promised'))
    const found = await orderStore(requestOf(services, OFFICER)).fulfilmentsPage(null, PAGE)
    expect(found.map(({ record }) => record)).toMatchObject([
      { service: 'Installation', status: 'DONE', promisedFor: at(2) },
    ])
  })

  it('is taken in once, however often an event comes', async () => {
    await send('erp-order', anOrder('1'), anOrder('2', { status: 'SHIPPED', statusAt: at(1) }))
    await send('erp-stock', aStock('1', 3, at(0)), aStock('2', 4, at(1)))
    const before = await services.count('EvidenceEntry')
    const events = await services.outbox.after(reader, 0, 100)
    for (const consumer of consumers.filter(({ name }) => name.startsWith('sales/'))) {
      for (const event of events) if (consumer.kinds.includes(event.kind)) await consumer.consume(event, services)
    }
    expect(await services.count('EvidenceEntry')).toBe(before)
    expect(await services.read('MATCH (o:Order) RETURN o.status, o.revision')).toEqual([['SHIPPED', 1]])
  })
}
