import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import { CHAIN_ALL } from '../../subgraphs/customers/period-chain.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { aChat, aStatement, chats, statements } from '../support/records.ts'
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
/** The same without what is known of sellers, of whom the record that came last holds. */
const OF_CUSTOMERS = `
  MATCH (c:Customer)
  RETURN c.number, c.region, c.otherRegion, c.name, c.phone, c.email, c.comparedEmail, c.weComId, c.birthDate,
    [(c)-[:MEMBER_OF]->(a:Account) | [a.name, a.sector]], [(c)<-[:OWNS]-(s:Seller) | s.number], c.lastWriters
  ORDER BY c.number`
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

  const send = ({ events }: { readonly events: readonly SentEvent[] }, source = 'wecom-chat') =>
    ingest(services, SENDER, `send-${++sent}`, { source, events })
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
        aChat('2', {
          customer: { name: 'New', email: 'new@example.org' },
          account: { name: 'A', sector: 'retail' },
          message: { occurredAt: '2026-02-11T09:00:00.000Z' },
        }),
      ],
    })
    expect(await services.read(KNOWN)).toEqual([
      ['C-1', 'CN-SH', 'New', '+8613900000001', 'new@example.org', null, [['A', 'retail']], []],
    ])
  })

  describe('of records out of order', () => {
    const at = (day: number) => `2026-02-${String(day).padStart(2, '0')}T09:00:00.000Z`
    const chatOf = (day: number, customer: object, others: object = {}) =>
      aChat(`${day}/${JSON.stringify(customer)}${JSON.stringify(others)}`, {
        customer,
        ...others,
        message: { occurredAt: at(day) },
      })
    const known = async () => (await services.read(KNOWN))[0]

    it(
      'is the same customer whatever the order in which they come, in whatever batches, from whatever sources',
      async () => {
        const property = fc.asyncProperty(
          fc.array(statements, { minLength: 1, maxLength: 8 }),
          fc.infiniteStream(fc.nat()),
          async (stated, ranks) => {
            const records = stated.map(({ source, ...each }, place) => aStatement(source, `e-${place}`, each))
            const order = records.map(each => ({ each, rank: ranks.next().value ?? 0 }))
            const shuffled = order.sort((a, b) => a.rank - b.rank).map(({ each }) => each)
            await services.empty()
            for (const source of new Set(records.map(each => each.source))) {
              const events = records.filter(each => each.source === source).map(({ event }) => event)
              await ingest(services, SENDER, `send-${++sent}`, { source, events })
            }
            const together = await services.read(OF_CUSTOMERS)
            await services.empty()
            for (const { source, event } of shuffled) {
              await ingest(services, SENDER, `send-${++sent}`, { source, events: [event] })
            }
            expect(await services.read(OF_CUSTOMERS)).toEqual(together)
          },
        )
        await fc.assert(property, { numRuns: Math.ceil(CASES / 2) })
      },
      CASES_TIMEOUT_MS,
    )

    it('leaves each field to the record that stated it last, by the time of its source', async () => {
      await send({ events: [chatOf(20, { name: 'New', phone: '+8613900000002' })] })
      await send({ events: [chatOf(10, { name: 'Old', phone: '+8613900000001', email: 'old@example.org' })] })
      expect(await known()).toEqual(['C-1', 'CN-SH', 'New', '+8613900000002', 'old@example.org', null, [], []])
    })

    it('knows that a value was stated again, so that what was stated between does not take its place', async () => {
      await send({ events: [chatOf(1, { name: 'First' })] })
      await send({ events: [chatOf(20, { name: 'First' })] })
      await send({ events: [chatOf(10, { name: 'Second' })] })
      expect(await known()).toMatchObject({ 2: 'First' })
    })

    it('has residence and employer of the source that comes first, and the owner of its first record', async () => {
      const said = (region: string, account: string, seller: string) => [
        { region },
        { account: { name: account, sector: 'retail' }, seller: { number: seller, name: seller } },
      ]
      const contact = (day: number, [customer, others]: object[]) =>
        aStatement('crm-contact', `crm/${day}`, { at: at(day), customer: customer ?? {}, ...others }).event
      await send({ events: [chatOf(20, ...(said('EU-FR', 'Chat', 'S-9') as [object, object]))] })
      await send({ events: [contact(10, said('CN-SH', 'Newer', 'S-2'))] }, 'crm-contact')
      await send({ events: [contact(5, said('EU-DE', 'Older', 'S-1'))] }, 'crm-contact')
      expect(await known()).toEqual([
        ...['C-1', 'CN-SH', null, null, null, null],
        ...[[['Newer', 'retail']], [['S-1', 'S-1', null]]],
      ])
    })

    it('decides alike of two records of one time', async () => {
      const records = [chatOf(1, { name: 'A' }), chatOf(1, { name: 'B' })]
      await send({ events: records })
      const inOrder = await known()
      await services.empty()
      for (const event of records.toReversed()) await send({ events: [event] })
      expect(await known()).toEqual(inOrder)
    })

    it('loses nothing when two sources state at the same time', async () => {
      const mails = [3, 1, 4].map(
        day => aStatement('mail', `mail/${day}`, { at: at(day), customer: { name: `Mail ${day}` } }).event,
      )
      await Promise.all([
        send({ events: [2, 5].map(day => chatOf(day, { name: `Chat ${day}`, phone: '+8613900000001' })) }),
        send({ events: mails }, 'mail'),
      ])
      expect(await known()).toMatchObject({ 2: 'Chat 5', 3: '+8613900000001' })
    })

    it('proves nothing new where nothing new is known', async () => {
      await send({ events: [chatOf(20, { name: 'Name' })] })
      const revision = () => services.read('MATCH (c:Customer) RETURN c.revision, c.evidenceEntryId')
      const before = await revision()
      await send({ events: [chatOf(10, { name: 'Older' }), chatOf(25, { name: 'Name' })] })
      expect(await revision()).toEqual(before)
    })
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
