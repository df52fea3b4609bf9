import { afterEach, describe, expect, test } from 'vitest'
import { clientAt } from '../../commands/client.ts'
import { type CsvFile, type CsvRow, readCsv } from '../../commands/csv-rows.ts'
import { type Batch, batchesOf, ingest, itemsOfCsv, requireFitting } from '../../commands/ingest.ts'
import { type Mapping, parseMapping } from '../../core/mapping/mapping-language.ts'
import { inputOf, type LoopbackServer, type Reply, refusal, startLoopbackServer, takeAll } from './loopback-server.ts'

const QUICKLY = [1, 1, 1]

const servers: LoopbackServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

const mapping: Mapping = parsed({ number: { column: 'a' }, count: { column: 'b', as: 'integer' } })

function parsed(payload: unknown): Mapping {
  const result = parseMapping({ description: 'A test.', source: 'test', payload })
  if ('reasons' in result) throw new Error(result.reasons.join('\n'))
  return result.mapping
}

async function fileOf(content: string): Promise<CsvFile> {
  async function* chunks() {
    yield Buffer.from(content)
  }
  const { columns, rows } = await readCsv(chunks(), 'test.csv')
  return { name: 'test.csv', columns, rows, totalBytes: content.length, bytesRead: () => content.length }
}

async function batches(file: CsvFile, batchSize: number): Promise<Batch[]> {
  const all: Batch[] = []
  for await (const batch of batchesOf(itemsOfCsv(file, mapping), batchSize)) all.push(batch)
  return all
}

async function ingestWith(content: string, reply: Parameters<typeof startLoopbackServer>[0], batchSize = 1_000) {
  const server = await startLoopbackServer(reply)
  servers.push(server)
  const client = clientAt(server.url, async () => 'the-bearer')
  const tallies: number[] = []
  const run = { id: 'run-1', name: 'test.csv', position: 0 }
  const options = { batchSize, run, backoffMs: QUICKLY, confirmed: ({ sent }: { sent: number }) => tallies.push(sent) }
  const result = await ingest(client, mapping.source, itemsOfCsv(await fileOf(content), mapping), options).catch(
    (error: unknown) => error,
  )
  return { result, tallies, received: server.received }
}

describe('A batch', () => {
  test('holds events and rejections, each with its id, place and reason', async () => {
    expect(await batches(await fileOf('a,b\nx,1\ny\nz,many\n'), 10)).toEqual([
      {
        events: [{ eventId: 'test.csv:1', place: 'test.csv:1', payload: { number: 'x', count: 1 } }],
        rejected: [
          { eventId: 'test.csv:2', place: 'test.csv:2', reason: 'WRONG_COLUMN_COUNT', payload: { cells: ['y'] } },
          {
            eventId: 'test.csv:3',
            place: 'test.csv:3',
            reason: 'MAPPING_FAILED: column b: expected a whole number',
            payload: { a: 'z', b: 'many' },
          },
        ],
        position: 3,
      },
    ])
  })

  test('begins behind what was taken in before', async () => {
    const made: Batch[] = []
    for await (const batch of batchesOf(itemsOfCsv(await fileOf('a,b\nx,1\ny,2\nz,3\n'), mapping), 10, 2))
      made.push(batch)
    expect(made.map(({ events, position }) => [events.map(({ eventId }) => eventId), position])).toEqual([
      [['test.csv:3'], 3],
    ])
  })

  test('is full at its number of rows, rejections included', async () => {
    const made = await batches(await fileOf('a,b\nx,1\ny\nz,3\nx,4\nx,5\n'), 2)
    expect(made.map(({ events, rejected }) => [events.length, rejected.length])).toEqual([
      [1, 1],
      [2, 0],
      [1, 0],
    ])
  })

  test('is full at three megabytes of request', async () => {
    const row = `${'x'.repeat(900_000)},1\n`
    const { result, received } = await ingestWith(`a,b\n${row.repeat(7)}`, takeAll)
    expect(result).toMatchObject({ sent: 7, accepted: 7 })
    expect(received.map(request => inputOf(request).events.length)).toEqual([3, 3, 1])
    expect(Math.max(...received.map(({ bytes }) => bytes))).toBeLessThanOrEqual(3_000_000)
  })

  test('rejects a row that JSON makes larger than a request', async () => {
    const [batch] = await batches(await fileOf(`a,b\n${'\u0001'.repeat(900_000)},1\n`), 10)
    expect(batch).toEqual({
      events: [],
      rejected: [{ eventId: 'test.csv:1', place: 'test.csv:1', reason: 'ROW_TOO_LONG' }],
      position: 1,
    })
  })
})

describe('Ingestion', () => {
  test('sends the whole file in order and counts each row once', async () => {
    const { result, tallies, received } = await ingestWith('a,b\nx,1\ny\nz,3\n', takeAll, 2)
    expect(result).toEqual({ sent: 3, accepted: 2, duplicates: 0, deadLetters: 1 })
    expect(tallies).toEqual([2, 3])
    expect(received.map(({ path }) => path)).toEqual(['/graphql', '/graphql'])
    expect(received[0]?.headers.authorization).toBe('Bearer the-bearer')
    expect(received.map(request => inputOf(request).source)).toEqual(['test', 'test'])
    expect(received[0]?.variables.idempotencyKey).not.toBe(received[1]?.variables.idempotencyKey)
  })

  test.each<[string, Reply]>([
    ['the graph cannot be reached', refusal('GRAPH_UNAVAILABLE', 503)],
    ['the graph is slow', refusal('GRAPH_TIMEOUT', 503)],
    ['the evidence cannot be written', refusal('EVIDENCE_UNAVAILABLE', 503)],
    ['the connection is lost', 'hang up'],
    ['a proxy stands in', { status: 502, text: '<html>Bad Gateway</html>' }],
  ])('sends a batch again with the same key and rows when %s', async (_name, reply) => {
    const { result, received } = await ingestWith('a,b\nx,1\n', (request, count) =>
      count < 3 ? reply : takeAll(request),
    )
    expect(result).toMatchObject({ sent: 1, accepted: 1 })
    expect(received).toHaveLength(3)
    expect(new Set(received.map(({ variables }) => JSON.stringify(variables))).size).toBe(1)
  })

  test('tells the run with each batch how far it has come, and with the last that it is done', async () => {
    const { received } = await ingestWith('a,b\nx,1\ny,2\nz,3\n', takeAll, 2)
    expect(received.map(request => inputOf(request).run)).toEqual([
      { id: 'run-1', name: 'test.csv', position: 2, isLast: false },
      { id: 'run-1', name: 'test.csv', position: 3, isLast: true },
    ])
  })

  test('gives up after a bounded number of tries and keeps what was confirmed', async () => {
    const { result, tallies, received } = await ingestWith(
      'a,b\nx,1\ny,2\n',
      (request, count) => (count === 1 ? takeAll(request) : 'hang up'),
      1,
    )
    expect(String(result)).toContain('rows already taken count as duplicates')
    expect(tallies).toEqual([1])
    expect(received).toHaveLength(1 + QUICKLY.length + 1)
  })

  test.each<[string, Reply, string]>([
    ['refuses it', refusal('FORBIDDEN'), 'FORBIDDEN: A sentence.'],
    ['is another program', { status: 404, body: { error: 'Not Found' } }, 'is not this API: HTTP 404'],
    ['is no JSON', { text: 'hello' }, 'is not this API: HTTP 200'],
    ['loses a row', { body: { data: { ingest: { accepted: 0, duplicates: 0, deadLetters: 0 } } } }, '0 of the 1 rows'],
  ])('stops at once when what answers %s', async (_name, reply, message) => {
    const { result, received } = await ingestWith('a,b\nx,1\n', () => reply)
    expect(String(result)).toContain(message)
    expect(received).toHaveLength(1)
  })

  test('refuses a file without the columns of the mapping, and a mapping of another source', async () => {
    const file: CsvFile = { ...(await fileOf('a,c\n')), rows: noRows() }
    expect(() => requireFitting(mapping, 'test', file)).toThrow('Missing: b.')
    expect(() => requireFitting(mapping, 'call', file)).toThrow('records of the source test, not of call')
  })
})

async function* noRows(): AsyncGenerator<CsvRow> {}
