import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { deadLettersPage } from '../../subgraphs/customers/dead-letters.ts'
import { ingest, type SentRecords } from '../../subgraphs/customers/ingest.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { countingGraph } from '../support/counting-graph.ts'
import { graphThatFailsAt, graphThatLosesAnswers } from '../support/faulty-graph.ts'
import { aChat, aDeal, spoiltBatch } from '../support/records.ts'
import { IS_WRITTEN, openServices, type TestServices } from '../support/services.ts'

const SENDER = { kind: 'SERVICE', id: 'sender' } as const
const LABELS = ['Customer', 'SourceRecord', 'Account', 'Period', 'Interaction', 'Seller', 'DeadLetter']

/** Each record that is sent becomes part of the graph, a duplicate or a dead letter, however it is sent and however often. */
export function describeIngest(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const send = ({ events = [], rejected = null, source = 'wecom-chat' }: Partial<SentRecords>, graph?: Graph) =>
    ingest({ ...services, graph: graph ?? services.graph }, SENDER, `send-${++sent}`, { source, events, rejected })
  const counts = (records: Partial<SentRecords>) => send(records).then(({ evidenceEntryId: _, ...result }) => result)
  const sizes = () => Promise.all(LABELS.map(services.count))
  const letters = () =>
    services.read('MATCH (d:DeadLetter) RETURN d.eventId, d.place, d.reason, d.detail ORDER BY d.eventId')

  describe('accounts for every record', () => {
    it(
      'accepted, duplicate or dead letter, and a second sending changes nothing',
      async () => {
        const property = fc.asyncProperty(spoiltBatch, async batch => {
          await services.empty()
          const first = await counts(batch)
          const before = await sizes()
          expect(first.accepted + first.duplicates + first.deadLetters).toBe(
            batch.events.length + batch.rejected.length,
          )
          expect(await services.count('SourceRecord')).toBe(first.accepted)
          const { deadLetters } = first
          expect(await counts(batch)).toEqual({
            accepted: 0,
            duplicates: first.accepted + first.duplicates,
            deadLetters,
          })
          expect(await sizes()).toEqual(before)
          expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
        })
        await fc.assert(property, { numRuns: CASES })
      },
      CASES_TIMEOUT_MS,
    )

    it('the same event id with other content is a dead letter CONFLICT, once however often it is sent', async () => {
      await send({ events: [aChat('e', { message: { text: 'first' } })] })
      const other = aChat('e', { message: { text: 'second' } })
      expect(await counts({ events: [other] })).toEqual({ accepted: 0, duplicates: 0, deadLetters: 1 })
      expect(await counts({ events: [other, other] })).toEqual({ accepted: 0, duplicates: 0, deadLetters: 2 })
      expect(await letters()).toEqual([['e', '', 'CONFLICT', 'the same event id was accepted with other content']])
      expect(await services.read('MATCH (i:Interaction) RETURN i.text')).toEqual([['first']])
    })

    it('what the sender rejected is a dead letter with its reason', async () => {
      const rejected = [{ eventId: 'row-7', place: 'calls.csv:7', reason: 'WRONG_COLUMN_COUNT', payload: { a: 1 } }]
      expect(await counts({ rejected })).toEqual({ accepted: 0, duplicates: 0, deadLetters: 1 })
      expect(await letters()).toEqual([['row-7', 'calls.csv:7', 'WRONG_COLUMN_COUNT', '']])
    })

    it('a dead letter tells what was refused and never the value', async () => {
      const spoilt = [
        { email: 'canary' },
        { phone: 'canary' },
        { region: 'canary' },
        { number: { canary: 'canary' } },
        { name: 'canary'.repeat(100) },
        { weComId: ['canary'] },
      ]
      await send({ events: spoilt.map((customer, n) => aChat(`e-${n}`, { customer })) })
      const found = await letters()
      expect(found.map(([, , reason, detail]) => `${reason} ${String(detail).split(':')[0]}`)).toEqual(
        ['email', 'phone', 'region', 'number', 'name', 'weComId'].map(field => `SCHEMA customer.${field}`),
      )
      expect(JSON.stringify(found)).not.toContain('canary')
    })

    it.each([
      ['2026-03-03T08:00:00.000Z', { accepted: 1, duplicates: 0, deadLetters: 0 }],
      ['2026-03-03T08:00:00.001Z', { accepted: 0, duplicates: 0, deadLetters: 1 }],
    ])('a time of %s, a day ahead of the clock', async (occurredAt, result) => {
      expect(await counts({ events: [aChat('e', { message: { occurredAt } })] })).toEqual(result)
    })

    it.each([
      ['a source that nobody knows', { source: 'telepathy' }],
      ['more than 1,000 records', { events: Array.from({ length: 1_001 }, (_, n) => aChat(`e-${n}`)) }],
    ])('but refuses %s as a whole', async (_, records) => {
      await expect(send(records)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
      expect(await sizes()).toEqual(LABELS.map(() => 0))
    })

    it('lists dead letters page by page, of one source or of all', async () => {
      const rejected = Array.from({ length: 5 }, (_, n) => ({ eventId: `${n}`, place: '', reason: 'BAD' }))
      await send({ rejected })
      await send({ rejected, source: 'call' })
      const one = await deadLettersPage(services.graph, { source: 'call' }, 3, null)
      const two = await deadLettersPage(services.graph, { source: 'call' }, 3, one.pageInfo.endCursor)
      expect([one.pageInfo.hasNextPage, two.pageInfo.hasNextPage]).toEqual([true, false])
      const found = [...one.edges, ...two.edges].map(({ node }) => node)
      expect(found.map(({ eventId }) => eventId).sort()).toEqual(['0', '1', '2', '3', '4'])
      expect(new Set(found.map(({ source }) => source))).toEqual(new Set(['call']))
      expect((await deadLettersPage(services.graph, {}, 100, null)).edges).toHaveLength(10)
    })
  })

  it('tells others of the records that concern them and of whom something new was stated, by id in the order in which they were sent', async () => {
    const { evidenceEntryId } = await send({ source: 'crm-deal', events: [aDeal('b'), aDeal('a')] })
    await send({ events: [aChat('of no concern')] })
    await send({ source: 'crm-deal', events: [aDeal('a')] })
    const events = await services.outbox.after({ run: services.graph.read.bind(services.graph) }, 0, 10)
    const records = await services.read(`
      MATCH (r:SourceRecord {source: 'crm-deal'}) RETURN r.id, r.evidenceEntryId ORDER BY r.eventId DESC`)
    const [[interactionId] = []] = await services.read('MATCH (i:Interaction) RETURN i.id')
    const [[customerId] = []] = await services.read('MATCH (c:Customer) RETURN c.id')
    const sellers = await services.read('MATCH (s:Seller) RETURN s.id')
    expect(events.map(({ kind, body }) => [kind, body])).toEqual([
      ['RECORDS_ACCEPTED', { source: 'crm-deal', recordIds: records.map(([id]) => id) }],
      ['SELLERS_RECORDED', { sellerIds: sellers.map(([id]) => id) }],
      ['CUSTOMERS_STATED', { customerIds: [customerId] }],
      ['INTERACTIONS_RECORDED', { interactionIds: [interactionId] }],
    ])
    expect(records.map(([, entry]) => entry)).toEqual([evidenceEntryId, evidenceEntryId])
  })

  it('costs as many statements for 1,000 records as for 10', async () => {
    const graph = countingGraph(services.graph)
    const events = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        aChat(`${count}/${n}`, {
          customer: { number: `${n}` },
          account: { name: `A-${n}` },
          seller: { number: `${n}`, name: 'S' },
        }),
      )
    const rejected = [{ eventId: 'r', place: '', reason: 'BAD' }]
    await send({ events: events(10), rejected }, graph)
    const forTen = [...graph.statements]
    graph.forget()
    await send({ events: events(999), rejected }, graph)
    expect(graph.statements).toEqual(forTen)
    expect(forTen.length).toBeLessThanOrEqual(23)
  })

  it('writes nothing of accounts, sellers, customers and periods that it knows already, but holds who is named', async () => {
    const graph = countingGraph(services.graph)
    const facts = {
      customer: { number: '1', name: 'Name', phone: '+8613900000001' },
      account: { name: 'A', sector: 'retail' },
      seller: { number: '1', name: 'S' },
    }
    await send({ events: [aChat('first', facts)] }, graph)
    graph.forget()
    await send({ events: [aChat('again', facts)] }, graph)
    const merged = graph.statements.flatMap(each => [...each.matchAll(/MERGE \(\w+:(\w+)/g)].map(([, label]) => label))
    expect(merged).toEqual(['IdempotencyRecord', 'Customer', 'IngestRun', 'Sequence'])
    expect(graph.statements).not.toContain(expect.stringContaining('SET c.lastWriters'))
    graph.forget()
    await send({ events: [aChat('changed', { ...facts, customer: { number: '1', phone: '+8613900000002' } })] }, graph)
    const [customer] = await services.read('MATCH (c:Customer) RETURN c.name, c.phone')
    expect(customer).toEqual(['Name', '+8613900000002'])
  })

  it.each([
    'MERGE (a:Account',
    'MERGE (c:Customer',
    'CREATE (r:SourceRecord',
    'MERGE (p:Period',
    'CREATE (i:Interaction',
    'MERGE (d:DeadLetter',
    'CREATE (:EvidenceEntry',
    'SET r.result',
  ])('leaves nothing half-written when it fails at %s, and can be sent again', async statement => {
    const records = {
      source: 'wecom-chat',
      events: [aChat('1', { account: { name: 'A' }, seller: { number: 'S', name: 'S' } })],
      rejected: [{ eventId: 'r', place: '', reason: 'BAD' }],
    }
    const graph = graphThatFailsAt(services.graph, statement, new Error('a bad day'))
    await expect(ingest({ ...services, graph }, SENDER, 'k', records)).rejects.toThrow()
    expect(await services.read(`MATCH (n) WHERE ${IS_WRITTEN} RETURN count(n)`)).toEqual([[0]])
    await ingest({ ...services, graph }, SENDER, 'k', records)
    expect(await sizes()).toEqual([1, 1, 1, 1, 1, 1, 1])
  })

  it('is done once when its answer was lost and it is sent again', async () => {
    const records = { source: 'wecom-chat', events: [aChat('1')] }
    const unlucky = { ...services, graph: graphThatLosesAnswers(services.graph, 1) }
    await expect(ingest(unlucky, SENDER, 'k', records)).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' })
    expect(await ingest(unlucky, SENDER, 'k', records)).toMatchObject({ accepted: 1, duplicates: 0 })
    expect([await services.count('SourceRecord'), await services.count('EvidenceEntry')]).toEqual([1, 1])
  })
}
