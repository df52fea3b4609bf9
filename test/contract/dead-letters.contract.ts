import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { deadLettersPage } from '../../subgraphs/customers/dead-letters.ts'
import { ingest, type SentRecords } from '../../subgraphs/customers/ingest.ts'
import { replayDeadLetters } from '../../subgraphs/customers/replay.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { corruptedEvents } from '../support/corruption.ts'
import { graphThatFailsAt } from '../support/faulty-graph.ts'
import { aChat, spoiltBatch } from '../support/records.ts'
import { openServices, type TestServices } from '../support/services.ts'

const SENDER = { kind: 'SERVICE', id: 'sender' } as const
const OPERATOR = { kind: 'OPERATOR', id: 'operator' } as const
const BATCH = 500

/** What a sender of a table delivers whose third column is not where the mapping looks for it. */
const cells = (eventId: string, row: object) => ({
  eventId,
  place: `${eventId}:1`,
  reason: 'MAPPING_FAILED: column region: expected the file to have it',
  payload: row,
})
const MAPPING = {
  description: 'The repaired mapping.',
  source: 'wecom-chat',
  payload: {
    customer: { number: { column: 'no' }, region: { column: 'area', replace: { Shanghai: 'CN-SH' } } },
    message: { occurredAt: { column: 'at', as: 'instant' }, text: { column: 'text' } },
  },
}

/** What could not be taken in is kept where nobody reads it, counted, and taken in once it can be. */
export function describeDeadLetters(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const send = ({ events = [], rejected = null, source = 'wecom-chat', run = null }: Partial<SentRecords>) =>
    ingest(services, SENDER, `send-${++sent}`, { source, events, rejected, run })
  const replay = (asked: object = {}) =>
    replayDeadLetters(services, OPERATOR, `replay-${++sent}`, { source: 'wecom-chat', ...asked })
  const runs = () =>
    services.read('MATCH (r:IngestRun) RETURN r.name, r.accepted, r.duplicates, r.deadLetters ORDER BY r.name')
  const timesKept = async () =>
    Number((await services.read('MATCH (d:DeadLetter) RETURN coalesce(sum(d.times), 0)'))[0]?.[0])
  const aRow = { no: 'C-1', area: 'Shanghai', at: '2026-02-10T09:00:00Z', text: 'hello' }

  it('keeps no word of a payload in the graph, nor a hash that could be guessed', async () => {
    await send({
      events: [aChat('e', { customer: { phone: 'canary' } })],
      rejected: [cells('r', { canary: 'canary' })],
    })
    const stored = await services.read('MATCH (d:DeadLetter) RETURN d.key, d.sealed, d.detail, d.reason')
    expect(stored).toHaveLength(2)
    expect(JSON.stringify(stored)).not.toContain('canary')
    const [first, second] = [stored, await sameInAnother()]
    expect(first.map(([key]) => key)).not.toEqual(second.map(([key]) => key))

    async function sameInAnother() {
      await services.empty()
      services.clock.set('2026-03-03T08:00:00.000Z')
      await send({
        events: [aChat('e', { customer: { phone: 'canary' } })],
        rejected: [cells('r', { canary: 'canary' })],
      })
      return services.read('MATCH (d:DeadLetter) RETURN d.key')
    }
  })

  it('are unreadable once the key of their run is destroyed, and stay accounted for', async () => {
    await send({ run: { id: 'run-1', name: 'file', position: 1, isLast: true }, rejected: [cells('r', aRow)] })
    await services.keys.destroy('run/run-1')
    expect(await replay({ mapping: MAPPING })).toMatchObject({ replayed: 1, accepted: 0, deadLetters: 1 })
    expect(await services.read('MATCH (d:DeadLetter) RETURN d.reason')).toEqual([['UNREADABLE']])
  })

  it('are listed of one run', async () => {
    await send({ run: { id: 'run-1', name: 'one', position: 1, isLast: true }, rejected: [cells('1', aRow)] })
    await send({
      run: { id: 'run-2', name: 'two', position: 1, isLast: true },
      rejected: [cells('2', aRow), cells('2', aRow)],
    })
    const { edges } = await deadLettersPage(services.graph, { runId: 'run-2' }, 10, null)
    expect(edges.map(({ node }) => [node.runId, node.eventId, node.times])).toEqual([['run-2', '2', 2]])
  })

  describe('sent again', () => {
    it('by a mapping that was mended are taken in, and no dead letters any more', async () => {
      await send({ rejected: [cells('1', aRow), cells('2', { ...aRow, area: 'Nowhere' })] })
      expect(await replay({ mapping: MAPPING })).toMatchObject({
        replayed: 2,
        accepted: 1,
        duplicates: 0,
        deadLetters: 1,
      })
      expect(await services.read('MATCH (i:Interaction) RETURN i.text')).toEqual([['hello']])
      expect(await services.read('MATCH (d:DeadLetter) RETURN d.eventId, d.reason, d.detail')).toEqual([
        ['2', 'SCHEMA', 'customer.region: expected a region such as EU-DE or CN-SH'],
      ])
      expect(await runs()).toEqual([['2026-03-02', 1, 0, 1]])
    })

    it('of a silo that changed its schema in the middle of a file lose no line, and are taken in by the mended mapping', async () => {
      const before = Array.from({ length: 30 }, (_, n) => ({ ...aChat(`line ${n}`), place: `chats.ndjson:${n + 1}` }))
      const after = Array.from({ length: 20 }, (_, n) => ({
        eventId: `line ${30 + n}`,
        place: `chats.ndjson:${31 + n}`,
        payload: {
          client: { no: 'C-1', area: 'CN-SH' },
          message: { sent_at: '2026-02-10T09:00:00.000Z', text: `text of line ${30 + n}`, channel: 'group' },
        },
      }))
      expect(await send({ events: [...before, ...after] })).toMatchObject({ accepted: 30, deadLetters: 20 })
      const letters = await services.read('MATCH (d:DeadLetter) RETURN d.place, d.reason ORDER BY d.place')
      expect(letters).toEqual(after.map(({ place }) => [place, 'SCHEMA']))
      const payload = {
        customer: { number: { column: 'client.no' }, region: { column: 'client.area' } },
        message: { occurredAt: { column: 'message.sent_at' }, text: { column: 'message.text' } },
      }
      expect(await replay({ mapping: { ...MAPPING, payload } })).toMatchObject({ accepted: 20, deadLetters: 0 })
      const texts = await services.read('MATCH (i:Interaction) RETURN i.text')
      expect(texts.flat().sort()).toEqual([...before, ...after].map(({ eventId }) => `text of ${eventId}`).sort())
    })

    it('are read by the paths of their values where the sender had mapped them already', async () => {
      await send({ events: [aChat('1', { customer: { region: 'Shanghai' } })] })
      const payload = {
        customer: { number: { column: 'customer.number' }, region: { constant: 'CN-SH' } },
        message: { occurredAt: { column: 'message.occurredAt' }, text: { column: 'message.text' } },
      }
      expect(await replay({ mapping: { ...MAPPING, payload } })).toMatchObject({ accepted: 1, deadLetters: 0 })
    })

    it('as they are stay dead, with the reason of today', async () => {
      await send({ events: [aChat('1', { message: { occurredAt: '2026-03-05T00:00:00Z' } })] })
      expect(await replay()).toMatchObject({ replayed: 1, deadLetters: 1 })
      services.clock.set('2026-03-06T00:00:00.000Z')
      expect(await replay()).toMatchObject({ accepted: 1, deadLetters: 0 })
      expect(await services.count('DeadLetter')).toBe(0)
    })

    it('are duplicates where their record has come meanwhile, and conflicts where another has', async () => {
      await send({ rejected: [cells('1', aRow), cells('2', aRow), cells('2', aRow)] })
      const said = { customer: { number: 'C-1', region: 'CN-SH' }, message: { occurredAt: aRow.at, text: 'hello' } }
      await send({ events: [{ eventId: '2', payload: said }, aChat('1')] })
      expect(await replay({ mapping: MAPPING })).toMatchObject({ accepted: 0, duplicates: 1, deadLetters: 1 })
      expect(await runs()).toEqual([['2026-03-02', 2, 2, 1]])
    })

    it.each([
      ['of a source that nobody knows', { source: 'fax' }],
      ['by what is no mapping', { mapping: { payload: 1 } }],
      ['by a mapping of another source', { mapping: { ...MAPPING, source: 'call' } }],
      ['more than 1,000 at once', { ids: Array.from({ length: 1_001 }, (_, n) => `${n}`) }],
    ])('%s are refused as a whole', async (_, asked) => {
      await expect(replay(asked)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    })

    it('leave all as it was when that fails, and are taken in when it is tried again', async () => {
      await send({ rejected: [cells('1', aRow)] })
      const graph = graphThatFailsAt(services.graph, 'DETACH DELETE d', new Error('a bad day'))
      const input = { source: 'wecom-chat', mapping: MAPPING }
      await expect(replayDeadLetters({ ...services, graph }, OPERATOR, 'k', input)).rejects.toThrow()
      expect([await services.count('DeadLetter'), await services.count('Interaction')]).toEqual([1, 0])
      expect(await replayDeadLetters({ ...services, graph }, OPERATOR, 'k', input)).toMatchObject({ accepted: 1 })
      expect(await replayDeadLetters({ ...services, graph }, OPERATOR, 'k', input)).toMatchObject({ accepted: 1 })
      expect([await services.count('DeadLetter'), await services.count('Interaction')]).toEqual([0, 1])
    })
  })

  it('a run of another source or sender is left alone', async () => {
    const run = { id: 'run-1', name: 'file', position: 1, isLast: false }
    await send({ run, events: [aChat('1')] })
    await expect(send({ run, source: 'call' })).rejects.toMatchObject({ code: 'CONFLICT' })
    const other = ingest(services, { kind: 'SERVICE', id: 'other' }, 'k', { source: 'wecom-chat', events: [], run })
    await expect(other).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await runs()).toEqual([['file', 1, 0, 0]])
  })

  it.each(['', 'with a dot.', 'ä', 'x'.repeat(65)])('a run cannot be called %j', async id => {
    await expect(send({ run: { id, name: 'n', position: 0, isLast: true } })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    })
  })

  it(
    'accepted + duplicates + dead letters = sent, in the answers, the runs and the graph, before and after a replay',
    async () => {
      const property = fc.asyncProperty(fc.array(spoiltBatch, { maxLength: 3 }), async batches => {
        await services.empty()
        let count = 0
        for (const batch of batches) {
          await send(batch)
          count += batch.events.length + batch.rejected.length
        }
        for (const replayed of [false, true]) {
          if (replayed) await replay()
          const [[, accepted = 0, duplicates = 0, dead = 0] = []] = (await runs()) as [string, number, number, number][]
          expect(accepted + duplicates + dead).toBe(count)
          expect([await services.count('SourceRecord'), await timesKept()]).toEqual([accepted, dead])
        }
      })
      await fc.assert(property, { numRuns: CASES })
    },
    CASES_TIMEOUT_MS,
  )

  const EVENTS = CASES > 25 ? 100_000 : 2_000
  it(
    `${EVENTS} events of all sources, corrupted at random and sent again and again, are all accounted for`,
    async () => {
      const total = new Map<string, number>()
      let answered = 0
      for (const { source, events } of corruptedEvents(EVENTS, BATCH)) {
        const { accepted, duplicates, deadLetters } = await send({ source, events: events as SentEvent[] })
        expect(accepted + duplicates + deadLetters).toBe(events.length)
        answered += events.length
        total.set(source, (total.get(source) ?? 0) + events.length)
      }
      expect(answered).toBeGreaterThanOrEqual(EVENTS)
      const counted = await services.read(
        'MATCH (r:IngestRun) RETURN r.source, r.accepted + r.duplicates + r.deadLetters, r.accepted, r.deadLetters',
      )
      expect(new Map(counted.map(([source, all]) => [source, all]))).toEqual(total)
      const sum = (column: number) => counted.reduce((all, row) => all + Number(row[column]), 0)
      expect([await services.count('SourceRecord'), await timesKept()]).toEqual([sum(2), sum(3)])
      expect(sum(3)).toBeGreaterThan(EVENTS / 20)
      expect(sum(2)).toBeGreaterThan(EVENTS / 20)
    },
    CASES_TIMEOUT_MS + EVENTS * 20,
  )
}
