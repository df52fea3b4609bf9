// One HTTP request to a subgraph: connections are kept, and reads that failed on the way are tried again.
import { GraphQLError } from 'graphql'
import { type Dispatcher, request } from 'undici'
import type { SubgraphAnswer } from './fetch.ts'
import { isObject } from './merge.ts'

export interface SendOptions {
  readonly url: string
  /** Keeps the connections; closed by whoever opened it. */
  readonly dispatcher: Dispatcher
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs: number
  /** Headers of each request, such as the signed viewer. */
  readonly headers?: (context: unknown) => Promise<Readonly<Record<string, string>>>
  /** Told each answer as it arrives, before a wave is taken apart; what it gives back is the answer. Throws to refuse it. */
  readonly received?: (answer: SubgraphAnswer, context: unknown) => SubgraphAnswer
  /** Waits between tries. */
  readonly sleep?: (ms: number) => Promise<unknown>
}

/** For whom something is asked, and when it is no longer wanted. */
export interface Asker {
  readonly context: unknown
  readonly signal: AbortSignal | undefined
}

const TRIES = 3
const FIRST_WAIT_MS = 50
/** What a proxy says when the service behind it is away. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504])
/** The connection failed before or while a request was sent. */
const LOST = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']

const slept = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** The service answered with a status that its answers do not have. */
export class StatusError extends GraphQLError {
  /** Whether the service behind a proxy was away, so that another try may reach it. */
  readonly isAway: boolean

  constructor(status: number) {
    const code = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN' }[status]
    super(`A subgraph answered with HTTP status ${status}.`, code === undefined ? {} : { extensions: { code } })
    this.isAway = AWAY.has(status)
  }
}

/** For reads alone: one that failed on the way may have been executed all the same. */
export async function sendAgain(options: SendOptions, body: string, asker: Asker): Promise<SubgraphAnswer> {
  const { sleep = slept } = options
  for (let tried = 1; ; tried++) {
    try {
      return await send(options, body, asker)
    } catch (error) {
      if (tried === TRIES || !mayPass(error) || asker.signal?.aborted) throw error
      await sleep(FIRST_WAIT_MS * 2 ** (tried - 1))
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof StatusError) return error.isAway
  return LOST.includes(String((error as { code?: unknown } | null)?.code))
}

export async function send(
  { url, dispatcher, timeoutMs, headers, received }: SendOptions,
  body: string,
  { context, signal }: Asker,
): Promise<SubgraphAnswer> {
  const response = await request(url, {
    method: 'POST',
    dispatcher,
    body,
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...(await headers?.(context)),
    },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: signal ?? null,
  })
  const type = String(response.headers['content-type'] ?? '')
  // In GraphQL's own media type an answer is an answer whatever its status.
  if (response.statusCode >= 300 && !type.startsWith('application/graphql-response+json')) {
    await response.body.dump()
    throw new StatusError(response.statusCode)
  }
  const answer: unknown = parsed(await response.body.text())
  if (!isObject(answer)) throw new GraphQLError('A subgraph answered with something else than JSON.')
  return received === undefined ? answer : received(answer, context)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
