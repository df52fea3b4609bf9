import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { linksEnvironment } from '../../subgraphs/customers/environment.ts'
import { environmentsOf, eventsPage } from '../../subgraphs/customers/environment-store.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { countingGraph } from '../support/counting-graph.ts'
import { aChat, aPolicy, type Held } from '../support/records.ts'
import { deliverAll, openServices, requestOf, type TestServices } from '../support/services.ts'

const SENDER = { kind: 'SERVICE', id: 'sender' } as const
const OFFICER = { kind: 'PRIVACY_OFFICER', id: 'officer', purpose: 'COMPLIANCE_AUDIT' } as const

const FEBRUARY: Held = { place: 'CN-SH', startsAt: '2026-02-01T00:00:00.000Z', endsAt: '2026-03-01T00:00:00.000Z' }

/** Each interaction is tied to what was in force at its time and place, whichever of the two is recorded first. */
export function describeEnvironment(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const send = async (source: string, ...events: readonly SentEvent[]) => {
    if (events.length > 0) await ingest(services, SENDER, `send-${++sent}`, { source, events })
  }
  const ties = () =>
    services.read(`
      MATCH (i:Interaction)-[:DURING]->(e:EnvironmentEvent)
      RETURN i.text, e.summary ORDER BY i.text, e.summary`)

  const times = [
    '2026-01-31T23:59:59.999Z',
    '2026-02-01T00:00:00.000Z',
    '2026-02-28T23:59:59.999Z',
    '2026-03-01T00:00:00.000Z',
  ]
  const held = fc.record({
    place: fc.constantFrom(undefined, 'CN', 'CN-SH', 'EU-DE'),
    startsAt: fc.constantFrom('2025-11-15T00:00:00.000Z', '2026-02-01T00:00:00.000Z', '2026-02-28T23:59:59.999Z'),
    endsAt: fc.constantFrom(undefined, '2026-03-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'),
  })
  const said = fc.record({
    region: fc.constantFrom('CN-SH', 'CN-GD', 'EU-DE'),
    occurredAt: fc.constantFrom(...times),
    isFirst: fc.boolean(),
  })

  it(
    'ties each to what began before it and had not ended, at its place, in its country or everywhere, once',
    async () => {
      const property = fc.asyncProperty(
        fc.array(fc.tuple(held, fc.boolean()), { maxLength: 4 }),
        fc.array(said, { maxLength: 5 }),
        async (policies, interactions) => {
          await services.empty()
          const policy = ([span]: (typeof policies)[number], n: number) => aPolicy(`policy-${n}`, span)
          const chat = ({ region, occurredAt }: (typeof interactions)[number], n: number) =>
            aChat(`chat-${n}`, {
              customer: { number: `C-${region}`, region },
              message: { occurredAt, text: `chat-${n}` },
            })
          const part = <T>(all: readonly T[], toEvent: (each: T, n: number) => SentEvent, isIn: (each: T) => boolean) =>
            all.flatMap((each, n) => (isIn(each) ? [toEvent(each, n)] : []))
          for (const round of [true, false]) {
            await send('policy-change', ...part(policies, policy, ([, isFirst]) => isFirst === round))
            await send('wecom-chat', ...part(interactions, chat, ({ isFirst }) => isFirst === round))
            await deliverAll(services)
          }
          const expected = interactions.flatMap(({ region, occurredAt }, n) =>
            policies.flatMap(([{ place = '', startsAt, endsAt = '9' }], m) =>
              region.startsWith(place) && startsAt <= occurredAt && occurredAt < endsAt
                ? [[`chat-${n}`, `policy-${m}: holds`]]
                : [],
            ),
          )
          expect(await ties()).toEqual(expected)
        },
      )
      await fc.assert(property, { numRuns: CASES })
    },
    CASES_TIMEOUT_MS,
  )

  it('ties nothing twice, and proves nothing new, when the events come to it again', async () => {
    await send('policy-change', aPolicy('policy', FEBRUARY))
    await send('wecom-chat', aChat('chat'))
    await deliverAll(services)
    const entries = await services.count('EvidenceEntry')
    for (const event of await services.outbox.after({ run: services.graph.read.bind(services.graph) }, 0, 10)) {
      if (linksEnvironment.kinds.includes(event.kind)) await linksEnvironment.consume(event, services)
    }
    expect(await ties()).toEqual([['text of chat', 'policy: holds']])
    expect(await services.count('EvidenceEntry')).toBe(entries)
    expect(await services.read("MATCH (e:EvidenceEntry {kind: 'ENVIRONMENT_LINKED'}) RETURN count(e)")).toEqual([[1]])
  })

  it('ties a thousand interactions of other customers to an event that comes later', async () => {
    const chats = Array.from({ length: 1_000 }, (_, n) => aChat(`chat-${n}`, { customer: { number: `C-${n % 700}` } }))
    await send('wecom-chat', ...chats)
    await send('policy-change', aPolicy('policy', FEBRUARY))
    await deliverAll(services)
    expect(await services.read('MATCH (:Interaction)-[d:DURING]->(:EnvironmentEvent) RETURN count(d)')).toEqual([
      [1_000],
    ])
  })

  it('a product that is short is part of the environment until the next reading is due, and one in stock is not', async () => {
    const stock = (eventId: string, quantity: number) => ({
      eventId,
      payload: {
        stock: { product: eventId, warehouse: 'W', quantity, reorderPoint: 5, asOf: '2026-02-10T00:00:00.000Z' },
      },
    })
    await send('erp-stock', stock('short', 5), stock('plenty', 6))
    await send(
      'wecom-chat',
      aChat('in time'),
      aChat('too late', { message: { occurredAt: '2026-02-11T00:00:00.000Z' } }),
    )
    await deliverAll(services)
    expect(await ties()).toEqual([['text of in time', 'short is short in W']])
  })

  describe('that its source corrects', () => {
    const weather = (eventId: string, reportedAt: string, told: object = {}) => ({
      eventId,
      payload: {
        weather: {
          ...{ reference: 'W-1', place: 'CN-SH', summary: eventId, reportedAt },
          ...{ startsAt: FEBRUARY.startsAt, endsAt: FEBRUARY.endsAt },
          ...told,
        },
      },
    })
    const first = weather('rain', '2026-02-01T00:00:00.000Z')
    const second = weather('storm', '2026-02-02T00:00:00.000Z')
    const elsewhere = weather('elsewhere', '2026-02-03T00:00:00.000Z', { place: 'EU-DE' })
    const listed = async () => {
      const reader = { run: services.graph.read.bind(services.graph) }
      const found = await eventsPage(reader, { first: 10, afterId: undefined }, { kind: '', place: '', at: '' })
      return found.map(({ summary }) => summary)
    }

    it('holds as the source stated it last, whatever the order, before and after interactions come', async () => {
      for (const order of [
        [first, second],
        [second, first],
      ]) {
        await services.empty()
        await send('wecom-chat', aChat('before'))
        for (const each of order) {
          await send('weather', each)
          await deliverAll(services)
        }
        await send('wecom-chat', aChat('after'))
        await deliverAll(services)
        expect(await ties()).toEqual([
          ['text of after', 'storm'],
          ['text of before', 'storm'],
        ])
        expect(await listed()).toEqual(['storm'])
      }
    })

    it('is tied to nothing any more where it turned out to hold elsewhere', async () => {
      await send('wecom-chat', aChat('chat'))
      await send('weather', first, second)
      await deliverAll(services)
      expect(await ties()).toEqual([['text of chat', 'storm']])
      await send('weather', elsewhere)
      // At once to whoever reads, and soon in the graph.
      expect(await listed()).toEqual(['elsewhere'])
      await deliverAll(services)
      expect([await ties(), await listed()]).toEqual([[], ['elsewhere']])
    })

    it('stays what another source says of the same reference, and what has none', async () => {
      await send('weather', weather('rain', '2026-02-01T00:00:00.000Z', { reference: undefined }))
      await send('weather', weather('hail', '2026-02-02T00:00:00.000Z', { reference: undefined }))
      await send('policy-change', aPolicy('W-1', FEBRUARY))
      await send('weather', second)
      expect((await listed()).sort()).toEqual(['W-1: holds', 'hail', 'rain', 'storm'])
    })
  })

  it('is read for many interactions with one statement, the latest to begin first', async () => {
    await send('policy-change', aPolicy('old', { ...FEBRUARY, startsAt: '2026-01-01T00:00:00.000Z' }))
    await send('policy-change', aPolicy('new', FEBRUARY))
    await send('wecom-chat', aChat('1'), aChat('2', { customer: { number: 'C-2', region: 'EU-DE' } }))
    await deliverAll(services)
    const graph = countingGraph(services.graph)
    const ids = (await services.read('MATCH (i:Interaction) RETURN i.id ORDER BY i.text')).map(([id]) => String(id))
    const found = await environmentsOf({ ...requestOf(services, OFFICER), services: { ...services, graph } }, ids)
    expect(ids.map(id => found.get(id)?.record.events?.map(({ summary }) => summary))).toEqual([
      ['new: holds', 'old: holds'],
      [],
    ])
    expect(graph.statements).toHaveLength(1)
  })

  it('lists what is in force of a kind, at a place and at a time', async () => {
    await send(
      'policy-change',
      aPolicy('here', FEBRUARY),
      aPolicy('ever', { ...FEBRUARY, place: 'CN', endsAt: undefined }),
    )
    await send('policy-change', aPolicy('elsewhere', { ...FEBRUARY, place: 'EU' }))
    const listed = async (asked: object) => {
      const reader = { run: services.graph.read.bind(services.graph) }
      const all = { kind: '', place: '', at: '', ...asked }
      const found = await eventsPage(reader, { first: 10, afterId: undefined }, all)
      return found.map(({ summary }) => summary.split(':')[0]).sort()
    }
    expect(await listed({})).toEqual(['elsewhere', 'ever', 'here'])
    expect(await listed({ place: 'CN-SH' })).toEqual(['ever', 'here'])
    expect(await listed({ place: 'CN-GD' })).toEqual(['ever'])
    expect(await listed({ at: '2026-03-01T00:00:00.000Z' })).toEqual(['ever'])
    expect(await listed({ kind: 'WEATHER' })).toEqual([])
  })
}
