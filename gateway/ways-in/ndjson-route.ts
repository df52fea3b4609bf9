// POST /ingest/<source>: records as lines of JSON, taken in as fast as they become part of the graph and no faster: the next
// lines are read when the last are committed, and a sender that is ahead waits in its own connection.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ApiError } from '../../core/errors.ts'
import { type NdjsonLine, readNdjson } from '../../core/records/ndjson.ts'
import type { Viewer } from '../../core/viewer.ts'
import { ingest, type SentRecords } from '../../subgraphs/customers/index.ts'
import type { Gateway } from '../pipeline.ts'
import { bodyOf, limited } from './stream-limits.ts'

export const NDJSON_PATH = '/ingest/'
const MEDIA_TYPE = 'application/x-ndjson'
const LINES_A_BATCH = 500
const BYTES_A_BATCH = 3_000_000

const parameters = z.strictObject({ source: z.string() })
const query = z.strictObject({
  /** Names a load that may be taken up again: lines up to its position need not be sent. */
  run: z.string().optional(),
  /** How many lines of it were sent before. */
  from: z.coerce.number().int().min(0).max(2_000_000_000).default(0),
})
const envelope = z.strictObject({ eventId: z.string(), payload: z.unknown(), place: z.string().optional() })

/** What came of the lines: accepted + duplicates + deadLetters = sent. */
interface Taken {
  sent: number
  accepted: number
  duplicates: number
  deadLetters: number
}

type SentEvent = SentRecords['events'][number]
type SentRejection = NonNullable<SentRecords['rejected']>[number]

export function serveNdjson(http: FastifyInstance, gateway: Gateway): void {
  http.register(async route => {
    // Read by the handler, piece by piece; what the default would do is to hold all of it.
    route.addContentTypeParser(MEDIA_TYPE, (_request, _body, done) => done(null))
    route.post(`${NDJSON_PATH}:source`, async (request, reply) => {
      const viewer = await senderOf(gateway, request)
      const { source } = parameters.parse(request.params)
      const asked = query.safeParse(request.query)
      if (!asked.success)
        throw new ApiError('BAD_USER_INPUT', { at: 'query', expected: 'run and from, a whole number' })
      const { run = randomUUID(), from } = asked.data
      const taken: Taken = { sent: 0, accepted: 0, duplicates: 0, deadLetters: 0 }
      try {
        for await (const batch of batchesOf(readNdjson(linesOf(request)), run, from)) {
          const { position, ...lines } = batch
          const part = { id: run, name: 'stream', position, isLast: false }
          const key = `stream/${run}/${position}`
          const result = await ingest(gateway.services, viewer, key, { source, ...lines, run: part })
          taken.sent += batch.events.length + batch.rejected.length
          taken.accepted += result.accepted
          taken.duplicates += result.duplicates
          taken.deadLetters += result.deadLetters
        }
      } catch (error) {
        // What was not read is not waited for.
        reply.header('connection', 'close')
        reply.raw.once('finish', () => request.raw.destroy())
        throw error
      } finally {
        // Also with an error, so that the sender knows from where to go on.
        reply.header('x-ingest-run', run).header('x-ingest-position', String(from + taken.sent))
      }
      return { run, position: from + taken.sent, ...taken }
    })
  })
}

async function senderOf({ authenticate }: Gateway, { headers }: FastifyRequest): Promise<Viewer> {
  const viewer = await authenticate(headers.authorization)
  if (viewer.kind !== 'SERVICE') throw new ApiError('FORBIDDEN')
  return viewer
}

/** The lines as they were sent. Throws PAYLOAD_TOO_LARGE, BAD_USER_INPUT. */
function linesOf({ raw, headers }: FastifyRequest): AsyncIterable<Buffer> {
  const encoding = headers['content-encoding'] ?? 'identity'
  const body = bodyOf(raw)
  if (encoding === 'identity') return limited(body.chunks)
  if (encoding === 'gzip') return limited(unzipped(body.chunks), body)
  throw new ApiError('BAD_USER_INPUT', { at: 'content-encoding', expected: 'gzip, or none' })
}

async function* unzipped(sent: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  // Takes no more of what was sent than what comes out is read.
  const piped = pipeline(Readable.from(sent), gunzip).catch((error: unknown) => gunzip.destroy(error as Error))
  try {
    for await (const chunk of gunzip) yield chunk as Buffer
    await piped
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError('BAD_USER_INPUT', { at: 'body', expected: 'gzip' }, error)
  } finally {
    gunzip.destroy()
  }
}

interface LinesBatch {
  readonly events: readonly SentEvent[]
  readonly rejected: readonly SentRejection[]
  /** The number of the last line among all of the run. */
  readonly position: number
}

async function* batchesOf(lines: AsyncIterable<NdjsonLine>, run: string, from: number): AsyncGenerator<LinesBatch> {
  let events: SentEvent[] = []
  let rejected: SentRejection[] = []
  let bytes = 0
  let position = from
  for await (const line of lines) {
    const count = events.length + rejected.length
    if (count === LINES_A_BATCH || (count > 0 && bytes + line.bytes > BYTES_A_BATCH)) {
      yield { events, rejected, position }
      events = []
      rejected = []
      bytes = 0
    }
    position = from + line.number
    bytes += line.bytes
    const place = `${run}:${position}`
    if ('fault' in line) {
      rejected.push({ eventId: place, place, reason: line.fault })
      continue
    }
    const parsed = envelope.safeParse(line.value)
    if (parsed.success) events.push({ ...parsed.data, place: parsed.data.place ?? place })
    else rejected.push({ eventId: place, place, reason: 'NO_ENVELOPE', payload: line.value })
  }
  if (events.length + rejected.length > 0) yield { events, rejected, position }
}
