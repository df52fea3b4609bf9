// A subgraph that is an HTTP service: connections are kept, equal requests of one operation are made once, and reads that
// failed on the way are tried again.
import type { FetchNode } from '@apollo/query-planner'
import { GraphQLError } from 'graphql'
import { type Dispatcher, errors, request } from 'undici'
import type { AskSubgraph, PlanRun, SubgraphAnswer } from './fetch.ts'
import type { SubgraphLink } from './link.ts'
import { copyOf, isObject } from './merge.ts'
import type { Variables } from './selection.ts'

export interface RemoteOptions {
  readonly url: string
  /** Keeps the connections; closed by whoever opened it. */
  readonly dispatcher: Dispatcher
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs: number
  /** Headers of each request, such as the signed viewer. */
  readonly headers?: (context: unknown) => Promise<Readonly<Record<string, string>>>
  /** Waits between tries. */
  readonly sleep?: (ms: number) => Promise<unknown>
}

const TRIES = 3
const FIRST_WAIT_MS = 50
/** What a proxy says when the service behind it is away. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504])
/** The connection failed before or while a request was sent. */
const LOST = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']

const slept = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

export function remoteLink(options: RemoteOptions): SubgraphLink {
  // Only the variables differ from call to call.
  const compile = (fetch: FetchNode): AskSubgraph => {
    const start = JSON.stringify({ query: fetch.operation, operationName: fetch.operationName }).slice(0, -1)
    const isRead = fetch.operationKind === 'query'
    return async (variables, run) => {
      const body = `${start},"variables":${JSON.stringify(variables satisfies Variables)}}`
      try {
        return await (isRead ? askOnce(options, body, run) : send(options, body, run))
      } catch (error) {
        throw onTheWay(error)
      }
    }
  }
  return { interpret: compile, compile }
}

/** Equal reads of one execution are one request; each asker has the answer to itself. */
async function askOnce(options: RemoteOptions, body: string, run: PlanRun): Promise<SubgraphAnswer> {
  const key = `${options.url} ${body}`
  const underWay = run.underWay.get(key)
  if (underWay !== undefined) return copyOf(await underWay)
  const asking = sendAgain(options, body, run)
  run.underWay.set(key, asking)
  try {
    return copyOf(await asking)
  } finally {
    run.underWay.delete(key)
  }
}

async function sendAgain(options: RemoteOptions, body: string, run: PlanRun): Promise<SubgraphAnswer> {
  const { sleep = slept } = options
  for (let tried = 1; ; tried++) {
    try {
      return await send(options, body, run)
    } catch (error) {
      if (tried === TRIES || !mayPass(error) || run.signal?.aborted) throw error
      await sleep(FIRST_WAIT_MS * 2 ** (tried - 1))
    }
  }
}

/** The service answered with a status that its answers do not have. */
class StatusError extends GraphQLError {
  readonly status: number

  constructor(status: number) {
    const code = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN' }[status]
    super(`A subgraph answered with HTTP status ${status}.`, code === undefined ? {} : { extensions: { code } })
    this.status = status
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof StatusError) return AWAY.has(error.status)
  return LOST.includes(String((error as { code?: unknown } | null)?.code))
}

async function send(
  { url, dispatcher, timeoutMs, headers }: RemoteOptions,
  body: string,
  run: PlanRun,
): Promise<SubgraphAnswer> {
  const response = await request(url, {
    method: 'POST',
    dispatcher,
    body,
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...(await headers?.(run.context)),
    },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: run.signal ?? null,
  })
  const type = String(response.headers['content-type'] ?? '')
  // In GraphQL's own media type an answer is an answer whatever its status.
  if (response.statusCode >= 300 && !type.startsWith('application/graphql-response+json')) {
    await response.body.dump()
    throw new StatusError(response.statusCode)
  }
  const answer: unknown = parsed(await response.body.text())
  if (!isObject(answer)) throw new GraphQLError('A subgraph answered with something else than JSON.')
  return answer
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A failure on the way without the addresses that the network's own words tell. */
function onTheWay(error: unknown): unknown {
  if (error instanceof GraphQLError || !(error instanceof Error)) return error
  const isLate = error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError
  return new GraphQLError(isLate ? 'A subgraph took too long.' : 'A subgraph could not be reached.', {
    originalError: error,
  })
}
