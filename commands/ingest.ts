// Hands a table to the API: rows become events or rejections, batches of them become requests, one at a time.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Answer, type Client, executeUntilAnswered, sentencesOf, TryAgainError } from './client.ts'
import { CommandError } from './command-error.ts'
import type { CsvFile, CsvRow } from './csv-rows.ts'
import { applyMapping, type Payload } from '../core/mapping/mapping.ts'
import { columnsOf, type Mapping } from '../core/mapping/mapping-language.ts'

/** What the API takes at most in one request, events and rejections together. */
export const LARGEST_BATCH = 1_000
const LONGEST_BODY_BYTES = 3_000_000
/** The document, the source and the key, which every request carries beside its rows. */
const ENVELOPE_BYTES = 4_000

const INGEST = `mutation Ingest($input: IngestInput!, $idempotencyKey: String!) {
  ingest(input: $input, idempotencyKey: $idempotencyKey) { accepted duplicates deadLetters evidenceEntryId }
}`

const ingested = z.looseObject({
  accepted: z.int().min(0),
  duplicates: z.int().min(0),
  deadLetters: z.int().min(0),
})

interface Event {
  readonly eventId: string
  readonly place: string
  readonly payload: Payload
}

interface Rejection {
  readonly eventId: string
  readonly place: string
  readonly reason: string
  readonly payload?: unknown
}

export interface Batch {
  readonly events: readonly Event[]
  readonly rejected: readonly Rejection[]
}

/** Rows that the server confirmed. accepted + duplicates + deadLetters = sent. */
export interface Tally {
  readonly sent: number
  readonly accepted: number
  readonly duplicates: number
  readonly deadLetters: number
}

export const NOTHING_SENT: Tally = { sent: 0, accepted: 0, duplicates: 0, deadLetters: 0 }

/** Throws CommandError unless the mapping makes records of this source and the file has each column that it reads. */
export function requireFitting(mapping: Mapping, source: string, file: CsvFile): void {
  if (mapping.source !== source) {
    throw new CommandError(`This mapping makes records of the source ${mapping.source}, not of ${source}.`)
  }
  const missing = columnsOf(mapping).filter(column => !file.columns.includes(column))
  if (missing.length > 0) {
    throw new CommandError(
      `The first row of ${file.name} must name the columns of the mapping. Missing: ${missing.join(', ')}.`,
    )
  }
}

/**
 * Sends the whole file and calls `confirmed` with the tally so far after each batch. The next batch is read when the last is
 * confirmed. Throws CommandError when the server refuses a batch or stays away; what was confirmed until then stays taken.
 */
export async function ingest(
  client: Client,
  file: CsvFile,
  mapping: Mapping,
  options: { batchSize: number; confirmed: (tally: Tally) => void; backoffMs?: readonly number[] },
): Promise<Tally> {
  const run = randomUUID()
  let tally = NOTHING_SENT
  let batchNumber = 0
  for await (const batch of batchesOf(file, mapping, options.batchSize)) {
    batchNumber += 1
    tally = sum(tally, await sendBatch(client, mapping.source, batch, `${run}:${batchNumber}`, options.backoffMs))
    options.confirmed(tally)
  }
  return tally
}

/** Groups rows in their order, bounded by count and by the bytes of the request. */
export async function* batchesOf(file: CsvFile, mapping: Mapping, batchSize: number): AsyncGenerator<Batch> {
  let events: Event[] = []
  let rejected: Rejection[] = []
  let bytes = ENVELOPE_BYTES
  for await (const row of file.rows) {
    const item = withinOneRequest(itemOf(row, file.name, mapping))
    const itemBytes = bytesOf(item)
    const count = events.length + rejected.length
    if (count === batchSize || (count > 0 && bytes + itemBytes > LONGEST_BODY_BYTES)) {
      yield { events, rejected }
      events = []
      rejected = []
      bytes = ENVELOPE_BYTES
    }
    if ('reason' in item) rejected.push(item)
    else events.push(item)
    bytes += itemBytes
  }
  if (events.length + rejected.length > 0) yield { events, rejected }
}

function itemOf(row: CsvRow, file: string, mapping: Mapping): Event | Rejection {
  const place = `${file}:${row.number}`
  const named = { eventId: place, place }
  if ('fault' in row) {
    return { ...named, reason: row.fault, ...(row.readable === undefined ? {} : { payload: { cells: row.readable } }) }
  }
  const mapped = applyMapping(mapping, row.cells, { file, row: row.number })
  if ('payload' in mapped) return { ...named, payload: mapped.payload }
  return { ...named, reason: `MAPPING_FAILED: ${mapped.reason}`, payload: row.cells }
}

// A readable row can still outgrow a request: JSON writes one control character as six bytes.
function withinOneRequest(item: Event | Rejection): Event | Rejection {
  if (ENVELOPE_BYTES + bytesOf(item) <= LONGEST_BODY_BYTES) return item
  const { eventId, place } = item
  return { eventId, place, reason: 'reason' in item ? item.reason : 'ROW_TOO_LONG' }
}

function bytesOf(item: Event | Rejection): number {
  return Buffer.byteLength(JSON.stringify(item)) + 1
}

async function sendBatch(
  client: Client,
  source: string,
  batch: Batch,
  idempotencyKey: string,
  backoffMs?: readonly number[],
): Promise<Tally> {
  const variables = { input: { source, ...batch }, idempotencyKey }
  const answer = await executeUntilAnswered(client, { document: INGEST, variables }, backoffMs).catch(error => {
    throw error instanceof TryAgainError ? new CommandError(`${error.message}\n${RUN_AGAIN}`) : error
  })
  const payload = ingested.safeParse(answer.data?.ingest)
  if (!payload.success) throw new CommandError(refusalOf(answer))
  const { accepted, duplicates, deadLetters } = payload.data
  const sent = batch.events.length + batch.rejected.length
  if (accepted + duplicates + deadLetters !== sent) {
    throw new CommandError(
      `The server accounts for ${accepted + duplicates + deadLetters} of the ${sent} rows of a batch.`,
    )
  }
  return { sent, accepted, duplicates, deadLetters }
}

function refusalOf(answer: Answer): string {
  const unauthenticated = answer.errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')
  const remedy =
    unauthenticated === true ? '\nIn development the DATA_DIR of this command must be that of the server.' : ''
  return `The server refused a batch. ${sentencesOf(answer)}${remedy}`
}

const RUN_AGAIN = 'The same command takes up the rest: rows already taken count as duplicates.'

function sum(one: Tally, other: Tally): Tally {
  return {
    sent: one.sent + other.sent,
    accepted: one.accepted + other.accepted,
    duplicates: one.duplicates + other.duplicates,
    deadLetters: one.deadLetters + other.deadLetters,
  }
}
