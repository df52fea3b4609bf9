// Stock of an ERP by OData 4: all of it once, page by page, and from then on what changed since.
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { type BackgroundWork, inRounds } from '../../core/background.ts'
import type { Services } from '../../core/context.ts'
import { canonicalJson, sha256 } from '../../core/evidence/commitment.ts'
import { applyMapping } from '../../core/mapping/mapping.ts'
import type { Mapping } from '../../core/mapping/mapping-language.ts'
import { ingest, keepCursor, keptCursor, type SentRecords } from '../../subgraphs/customers/index.ts'

export interface ODataOptions {
  /** The entity set, such as https://erp.example.com/odata/v4/StockLevels. Nothing outside it is ever asked. */
  readonly url: string
  readonly token?: string | undefined
  readonly mapping: Mapping
  readonly everyMs: number
  readonly failed: (cause: unknown) => void
  /** How long to wait before each further try of one page. */
  readonly backoffMs?: readonly number[]
}

const SENDER = { kind: 'SERVICE', id: 'odata' } as const
const ROWS_A_PAGE = 500
const LARGEST_PAGE_BYTES = 16 * 1024 * 1024
const TIMEOUT_MS = 30_000
const BACKOFF_MS: readonly number[] = [500, 2_000, 8_000]
/** What passes by itself; anything else is told to the operator. */
const RETRYABLE: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

const page = z.looseObject({
  value: z.array(z.looseObject({})).max(10_000),
  '@odata.nextLink': z.string().optional(),
  '@odata.deltaLink': z.string().optional(),
})

/** Thrown for what the service answered that no further try improves. */
class UnusableAnswer extends Error {}

/** Pulls in rounds until it is stopped; each begins where the last one came to its end. */
export function pullStock(services: Services, options: ODataOptions): BackgroundWork {
  return inRounds({
    everyMs: options.everyMs,
    failed: options.failed,
    round: async isStopped => pullOnce(services, options, isStopped),
  })
}

async function pullOnce(services: Services, options: ODataOptions, isStopped: () => boolean): Promise<void> {
  const name = `odata/${sha256(options.url).toString('base64url').slice(0, 16)}`
  let link: string | undefined = (await keptCursor(services.graph, name)) ?? options.url
  while (link !== undefined && !isStopped()) {
    const answer = await pageAt(linkWithin(options.url, link), options)
    // Forgotten by the service: begin anew, and find that most is known.
    if (answer === 'GONE') {
      await keepCursor(services.graph, name, options.url, services.clock.now())
      link = options.url
      continue
    }
    if (answer.value.length > 0) await takeIn(services, options.mapping, answer.value)
    const { '@odata.nextLink': next, '@odata.deltaLink': delta } = answer
    // After the records and not with them: what is pulled again after a crash is a duplicate.
    const cursor = next ?? delta
    if (cursor !== undefined) await keepCursor(services.graph, name, cursor, services.clock.now())
    link = next
  }
}

/** The link as an address that may be asked: within the entity set or its service, and of the same host. Throws UnusableAnswer. */
function linkWithin(configured: string, link: string): URL {
  const base = new URL(configured)
  const url = new URL(link, base)
  const service = base.pathname.slice(0, base.pathname.lastIndexOf('/') + 1)
  if (url.origin === base.origin && url.pathname.startsWith(service) && url.username === '') return url
  throw new UnusableAnswer('A link of the OData service leads out of it.')
}

async function pageAt(url: URL, options: ODataOptions): Promise<z.infer<typeof page> | 'GONE'> {
  const { backoffMs = BACKOFF_MS } = options
  for (let tries = 0; ; tries++) {
    const answer = await triedOnce(url, options).catch((error: unknown) => {
      if (error instanceof UnusableAnswer || tries >= backoffMs.length) throw error
      return undefined
    })
    if (answer !== undefined && 'page' in answer) return answer.page
    if (tries >= backoffMs.length) throw new UnusableAnswer(`The OData service answers ${answer?.status}.`)
    await pause(Math.max(backoffMs[tries] ?? 0, answer?.retryAfterMs ?? 0))
  }
}

type Tried =
  | { readonly page: z.infer<typeof page> | 'GONE' }
  | { readonly status: number; readonly retryAfterMs: number }

async function triedOnce(url: URL, { token }: ODataOptions): Promise<Tried> {
  const response = await fetch(url, {
    headers: {
      accept: 'application/json',
      'odata-version': '4.0',
      prefer: `odata.track-changes, odata.maxpagesize=${ROWS_A_PAGE}`,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    // Where it leads is for the operator to configure, not for the service to say.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const text = await textOf(response)
  if (response.status === 410) return { page: 'GONE' }
  if (RETRYABLE.has(response.status)) {
    const seconds = Number(response.headers.get('retry-after') ?? 0)
    return { status: response.status, retryAfterMs: Number.isFinite(seconds) ? Math.min(seconds, 60) * 1_000 : 0 }
  }
  if (!response.ok) throw new UnusableAnswer(`The OData service answers ${response.status}.`)
  const parsed = page.safeParse(parsedJson(text))
  if (parsed.success) return { page: parsed.data }
  throw new UnusableAnswer('What the OData service answers is no page of an entity set.')
}

async function textOf(response: Response): Promise<string> {
  let bytes = 0
  const pieces: Uint8Array[] = []
  for await (const piece of response.body ?? []) {
    bytes += piece.length
    if (bytes > LARGEST_PAGE_BYTES) throw new UnusableAnswer('A page of the OData service is too large.')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function takeIn(services: Services, mapping: Mapping, rows: readonly object[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_A_PAGE) {
    const records = recordsOf(mapping, rows.slice(from, from + ROWS_A_PAGE))
    await ingest(services, SENDER, `odata/${sha256(canonicalJson(records)).toString('base64url')}`, records)
  }
}

/** Pure: rows as records. Equal rows are one record, whenever and however often they are pulled. */
function recordsOf(mapping: Mapping, rows: readonly object[]): SentRecords {
  const events: SentRecords['events'][number][] = []
  const rejected: NonNullable<SentRecords['rejected']>[number][] = []
  for (const row of rows) {
    const eventId = sha256(canonicalJson(row)).toString('base64url')
    const named = { eventId, place: 'odata' }
    // That a reading is gone says nothing of how much there is.
    if ('@removed' in row) rejected.push({ ...named, reason: 'REMOVED', payload: row })
    else {
      const mapped = applyMapping(mapping, cellsOf(row), { file: 'odata', row: 0 })
      if ('payload' in mapped) events.push({ ...named, payload: mapped.payload })
      else rejected.push({ ...named, reason: `MAPPING_FAILED: ${mapped.reason}`, payload: row })
    }
  }
  return { source: mapping.source, events, rejected }
}

function cellsOf(row: object): Record<string, string> {
  const cells = Object.entries(row).flatMap(([column, value]) =>
    value === null
      ? [[column, '']]
      : ['string', 'number', 'boolean'].includes(typeof value)
        ? [[column, String(value)]]
        : [],
  )
  return Object.fromEntries(cells)
}
