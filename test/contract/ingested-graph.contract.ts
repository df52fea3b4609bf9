import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import { CHAIN_ALL } from '../../subgraphs/customers/period-chain.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { aChat, chats } from '../support/records.ts'
import { openServices, type TestServices } from '../support/services.ts'

const SENDER = { kind: 'SERVICE', id: 'sender' } as const

/** What is known of the customers: all of it, told by numbers and names, so that two graphs can be held side by side. */
const KNOWN = `
  MATCH (c:Customer)
  RETURN c.number, c.region, c.name, c.phone, c.email, c.weComId,
    [(c)-[:MEMBER_OF]->(a:Account) | [a.name, a.sector]], [(c)<-[:OWNS]-(s:Seller) | [s.number, s.name, s.region]]
  ORDER BY c.number`
const HAPPENED = `
  MATCH (c:Customer)-[:IN_PERIOD]->(p:Period)-[:HAD]->(i:Interaction), (r:SourceRecord {id: i.recordId})-[:IDENTIFIES]->(c)
  RETURN r.key, r.payloadHash, c.number, p.month, i.touchpoint, i.source, i.occurredAt, i.text
  ORDER BY r.key`
const CHAIN = `
  MATCH (c:Customer {number: 'C-1'})-[:IN_PERIOD]->(p:Period)
  RETURN p.month, p.key = c.newestPeriod, [(p)-[:OLDER]->(older:Period) | older.month] ORDER BY p.month`
const ON_THE_SIDE = `
  MATCH (n) WHERE n:Account OR n:Seller
  RETURN coalesce(n.number, n.name) AS key, n.name, n.sector, n.region
  ORDER BY key`

/** The graph that records make, however they are put into batches and whenever they come. */
export function describeIngestedGraph(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const send = ({ events }: { readonly events: readonly SentEvent[] }) =>
    ingest(services, SENDER, `send-${++sent}`, { source: 'wecom-chat', events })
  const all = async () => [await services.read(KNOWN), await services.read(HAPPENED), await services.read(ON_THE_SIDE)]

  it(
    'of the same records, whether they come in one batch or in several',
    async () => {
      const property = fc.asyncProperty(chats, fc.nat({ max: 12 }), async (events, cut) => {
        await services.empty()
        await send({ events })
        const together = await all()
        await services.empty()
        for (const part of [events.slice(0, cut), events.slice(cut)]) await send({ events: part })
        expect(await all()).toEqual(together)
      })
      await fc.assert(property, { numRuns: CASES })
    },
    CASES_TIMEOUT_MS,
  )

  it('adds to a customer what a later record says, and keeps what it leaves out', async () => {
    await send({
      events: [aChat('1', { customer: { name: 'Old', phone: '+8613900000001' }, account: { name: 'A' } })],
    })
    await send({
      events: [
        aChat('2', { customer: { name: 'New', email: 'new@example.org' }, account: { name: 'A', sector: 'retail' } }),
      ],
    })
    expect(await services.read(KNOWN)).toEqual([
      ['C-1', 'CN-SH', 'New', '+8613900000001', 'new@example.org', null, [['A', 'retail']], []],
    ])
  })

  it('keeps region, employer and owner as they were first said', async () => {
    const said = (event: string, region: string, account: string, seller: string) =>
      aChat(event, { customer: { region }, account: { name: account }, seller: { number: seller, name: seller } })
    await send({ events: [said('1', 'CN-SH', 'First', 'S-1'), said('2', 'EU-DE', 'Second', 'S-2')] })
    await send({ events: [said('3', 'EU-FR', 'Third', 'S-3')] })
    expect(await services.read(KNOWN)).toEqual([
      ['C-1', 'CN-SH', null, null, null, null, [['First', null]], [['S-1', 'S-1', null]]],
    ])
  })

  it('has a late record in its own month', async () => {
    await send({ events: [aChat('march', { message: { occurredAt: '2026-03-01T00:00:00.000Z' } })] })
    await send({ events: [aChat('february', { message: { occurredAt: '2026-03-01T00:59:59+01:00' } })] })
    await send({ events: [aChat('also march', { message: { occurredAt: '2026-03-01T23:00:00.000Z' } })] })
    expect(
      await services.read('MATCH (p:Period)-[:HAD]->(i:Interaction) RETURN p.month, i.text ORDER BY i.text'),
    ).toEqual([
      ['2026-03', 'text of also march'],
      ['2026-02', 'text of february'],
      ['2026-03', 'text of march'],
    ])
    expect(await services.count('Period')).toBe(2)
  })

  it('chains the months of a customer, newest first, in whatever order they come', async () => {
    const months = ['2026-01', '2025-11', '2025-07', '2026-02', '2025-12', '2025-10']
    const sent = (each: string) => aChat(each, { message: { occurredAt: `${each}-02T08:00:00.000Z` } })
    await send({ events: months.slice(0, 3).map(sent) })
    for (const month of months.slice(3)) await send({ events: [sent(month)] })
    await send({ events: [aChat('another', { customer: { number: 'C-2' } })] })
    const chained = [
      ['2025-07', false, []],
      ['2025-10', false, ['2025-07']],
      ['2025-11', false, ['2025-10']],
      ['2025-12', false, ['2025-11']],
      ['2026-01', false, ['2025-12']],
      ['2026-02', true, ['2026-01']],
    ]
    expect(await services.read(CHAIN)).toEqual(chained)
    // As the migration finds a graph of before.
    await services.graph.write(async unit => {
      await unit.run('MATCH (:Period)-[link:OLDER]->(:Period) DELETE link')
      await unit.run('MATCH (c:Customer) SET c.newestPeriod = null')
      for (const statement of CHAIN_ALL) await unit.run(statement)
    })
    expect(await services.read(CHAIN)).toEqual(chained)
  })

  it('has one customer, account and seller, when batches that name them come at the same time', async () => {
    const batch = (n: number) =>
      Array.from({ length: 20 }, (_, i) =>
        aChat(`${n}/${i}`, {
          customer: { number: `C-${(i * 7 + n) % 20}` },
          account: { name: `A-${(i + n) % 3}` },
          seller: { number: `S-${(i + n) % 2}`, name: 'Seller' },
        }),
      )
    const results = await Promise.all([0, 1, 2, 3].map(n => send({ events: batch(n) })))
    expect(results.map(({ accepted }) => accepted)).toEqual([20, 20, 20, 20])
    const labels = ['Customer', 'SourceRecord', 'Account', 'Period', 'Interaction', 'Seller']
    expect(await Promise.all(labels.map(services.count))).toEqual([20, 80, 3, 20, 80, 2])
  })

  it('has records once that come twice at the same time: the second are duplicates', async () => {
    const events = [aChat('1'), aChat('2'), aChat('3')]
    const results = await Promise.all([send({ events }), send({ events })])
    const told = results.map(({ accepted, duplicates, deadLetters }) => `${accepted} ${duplicates} ${deadLetters}`)
    expect(told.sort()).toEqual(['0 3 0', '3 0 0'])
    expect(await services.count('SourceRecord')).toBe(3)
  })
}
