// Hands a file to the API: its rows or lines become events or rejections, batches of them become requests, one at a time.
import { z } from 'zod'
import { applyMapping } from '../core/mapping/mapping.ts'
import { columnsOf, type Mapping } from '../core/mapping/mapping-language.ts'
import { type Answer, type Client, executeUntilAnswered, sentencesOf, TryAgainError } from './client.ts'
import { CommandError } from './command-error.ts'
import type { CsvFile, CsvRow } from './csv-rows.ts'

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

export interface Event {
  readonly eventId: string
  readonly place: string
  readonly payload: unknown
}

export interface Rejection {
  readonly eventId: string
  readonly place: string
  readonly reason: string
  readonly payload?: unknown
}

/** What one row or line of a file became. */
export type Item = Event | Rejection

export interface Batch {
  readonly events: readonly Event[]
  readonly rejected: readonly Rejection[]
  /** How many items of the file lie before the end of this batch. */
  readonly position: number
}

/** A load that can be taken up where it was cut off. */
export interface Run {
  readonly id: string
  readonly name: string
  /** How many items of the file were taken in before. */
  readonly position: number
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
  requireOfSource(mapping, source)
  const missing = columnsOf(mapping).filter(column => !file.columns.includes(column))
  if (missing.length > 0) {
    throw new CommandError(
      `The first row of ${file.name} must name the columns of the mapping. Missing: ${missing.join(', ')}.`,
    )
  }
}

/** Throws CommandError unless the mapping makes records of this source. */
export function requireOfSource(mapping: Mapping, source: string): void {
  if (mapping.source !== source) {
    throw new CommandError(`This mapping makes records of the source ${mapping.source}, not of ${source}.`)
  }
}

/**
 * Sends the items behind the position of the run and calls `confirmed` with the tally so far after each batch. The next batch
 * is read when the last is confirmed. Throws CommandError when the server refuses a batch or stays away; what was confirmed
 * until then stays taken, and a run of the same id takes up the rest.
 */
export async function ingest(
  client: Client,
  source: string,
  items: AsyncIterable<Item>,
  options: { batchSize: number; run: Run; confirmed: (tally: Tally) => void; backoffMs?: readonly number[] },
): Promise<Tally> {
  const { run, batchSize, confirmed, backoffMs } = options
  let tally = NOTHING_SENT
  let last: Batch | undefined
  for await (const batch of batchesOf(items, batchSize, run.position)) {
    // One behind, because only the end of the file tells which batch is the last.
    if (last !== undefined) await send(last, false)
    last = batch
  }
  await send(last ?? { events: [], rejected: [], position: run.position }, true)
  return tally

  async function send(batch: Batch, isLast: boolean): Promise<void> {
    tally = sum(tally, await sendBatch(client, source, batch, { ...run, position: batch.position, isLast }, backoffMs))
    confirmed(tally)
  }
}

/** Groups the items behind a position in their order, bounded by count and by the bytes of the request. */
export async function* batchesOf(items: AsyncIterable<Item>, batchSize: number, from = 0): AsyncGenerator<Batch> {
  let events: Event[] = []
  let rejected: Rejection[] = []
  let bytes = ENVELOPE_BYTES
  let position = 0
  for await (const each of items) {
    position += 1
    if (position <= from) continue
    const item = withinOneRequest(each)
    const itemBytes = bytesOf(item)
    const count = events.length + rejected.length
    if (count === batchSize || (count > 0 && bytes + itemBytes > LONGEST_BODY_BYTES)) {
      yield { events, rejected, position: position - 1 }
      events = []
      rejected = []
      bytes = ENVELOPE_BYTES
    }
    if ('reason' in item) rejected.push(item)
    else events.push(item)
    bytes += itemBytes
  }
  if (events.length + rejected.length > 0) yield { events, rejected, position }
}

/** The rows of a table as its mapping reads them. */
export async function* itemsOfCsv(file: Pick<CsvFile, 'name' | 'rows'>, mapping: Mapping): AsyncGenerator<Item> {
  for await (const row of file.rows) yield itemOf(row, file.name, mapping)
}

function itemOf(row: CsvRow, file: string, mapping: Mapping): Item {
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
function withinOneRequest(item: Item): Item {
  if (ENVELOPE_BYTES + bytesOf(item) <= LONGEST_BODY_BYTES) return item
  const { eventId, place } = item
  return { eventId, place, reason: 'reason' in item ? item.reason : 'ROW_TOO_LONG' }
}

function bytesOf(item: Item): number {
  return Buffer.byteLength(JSON.stringify(item)) + 1
}

async function sendBatch(
  client: Client,
  source: string,
  { events, rejected }: Batch,
  run: Run & { readonly isLast: boolean },
  backoffMs?: readonly number[],
): Promise<Tally> {
  // By its end: a batch of the same run that ends there, sent again after a crash, is the same batch.
  const idempotencyKey = `${run.id}/${run.position}${run.isLast ? '/last' : ''}`
  const variables = { input: { source, events, rejected, run }, idempotencyKey }
  const answer = await executeUntilAnswered(client, { document: INGEST, variables }, backoffMs).catch(error => {
    throw error instanceof TryAgainError ? new CommandError(`${error.message}\n${RUN_AGAIN}`) : error
  })
  const payload = ingested.safeParse(answer.data?.ingest)
  if (!payload.success) throw new CommandError(refusalOf(answer))
  const { accepted, duplicates, deadLetters } = payload.data
  const sent = events.length + rejected.length
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

const RUN_AGAIN =
  'The same command with --resume takes up the rest; without it, rows already taken count as duplicates.'

function sum(one: Tally, other: Tally): Tally {
  return {
    sent: one.sent + other.sent,
    accepted: one.accepted + other.accepted,
    duplicates: one.duplicates + other.duplicates,
    deadLetters: one.deadLetters + other.deadLetters,
  }
}
