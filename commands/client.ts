// The commands' way to the API. Commands never open the store: they ask the server, and start one when none runs.
import { connect as connectSocket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Config } from '../core/config.ts'
import { ApiError, type ErrorCode } from '../core/errors.ts'
import type { Purpose } from '../core/viewer.ts'
import { serviceBearer } from './bearer.ts'
import { CommandError } from './command-error.ts'

const REQUEST_TIMEOUT_MS = 120_000
const PROBE_TIMEOUT_MS = 3_000
/** About twenty seconds in all: enough for a server that starts again. */
const BACKOFF_MS: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 6_000, 6_000]

const RETRYABLE_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'GRAPH_UNAVAILABLE',
  'GRAPH_TIMEOUT',
  'EVIDENCE_UNAVAILABLE',
  'POLICY_CHANGED',
])
/** What a proxy or an overloaded server answers in the place of GraphQL. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504])

const graphqlError = z.looseObject({
  message: z.string(),
  extensions: z.looseObject({ code: z.string().optional() }).optional(),
})
const graphqlAnswer = z
  .looseObject({
    data: z.record(z.string(), z.unknown()).nullable().optional(),
    errors: z.array(graphqlError).optional(),
  })
  .refine(({ data, errors }) => data !== undefined || errors !== undefined)

/** A GraphQL answer as it came, errors included. */
export type Answer = z.infer<typeof graphqlAnswer>

export interface Request {
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly purpose?: Purpose | undefined
}

/** Nobody answered, or somebody who asks to come again: the same request may succeed later. */
export class TryAgainError extends CommandError {}

export interface Client {
  /** Sends once. Throws TryAgainError without an answer, CommandError when the answer is not GraphQL. */
  execute(request: Request): Promise<Answer>
  close(): Promise<void>
}

/** A client of the server at SOVEREIGN_URL; when nothing listens on this machine there, of one that it starts in this process. */
export async function connect(config: Config, bearer = () => serviceBearer(config)): Promise<Client> {
  await bearer()
  if (await isListening(config.sovereignUrl)) return clientAt(config.sovereignUrl, bearer)
  if (!isThisMachine(config.sovereignUrl)) {
    throw new CommandError(
      `Nothing answers at ${config.sovereignUrl}. Start the server there, or correct SOVEREIGN_URL.`,
    )
  }
  const server = await startHere(config)
  return clientAt(server.url, bearer, () => server.close())
}

/** A client of the server at this address. `bearer` is asked before each request, so that no token grows old. */
export function clientAt(url: string, bearer: () => Promise<string>, close = async () => {}): Client {
  const endpoint = graphqlEndpoint(url)
  return {
    close,
    execute: async ({ document, variables, purpose }) => {
      const response = await post(endpoint, JSON.stringify({ query: document, variables }), {
        authorization: `Bearer ${await bearer()}`,
        ...(purpose === undefined ? {} : { 'x-purpose': purpose }),
      })
      const answer = graphqlAnswer.safeParse(parsedJson(response.text))
      if (answer.success) return answer.data
      if (RETRYABLE_STATUSES.has(response.status)) {
        throw new TryAgainError(`The server at ${url} answered ${response.status} and takes no requests for now.`)
      }
      throw new CommandError(`What answered at ${url} is not this API: HTTP ${response.status} without GraphQL in it.`)
    },
  }
}

/**
 * Sends the same request, and with it the same idempotency key, until an answer comes that waiting does not improve.
 * Throws TryAgainError when the last try has none.
 */
export async function executeUntilAnswered(
  client: Client,
  request: Request,
  backoffMs: readonly number[] = BACKOFF_MS,
): Promise<Answer> {
  for (const delay of backoffMs) {
    const answer = await triedOnce(client, request)
    if (answer !== undefined) return answer
    await pause(delay)
  }
  const last = await client.execute(request)
  if (isRetryable(last)) throw new TryAgainError(sentencesOf(last))
  return last
}

/** The answer's errors as code and sentence; the server keeps personal values out of them. */
export function sentencesOf({ errors = [] }: Answer): string {
  return errors.map(({ extensions, message }) => `${extensions?.code ?? 'error'}: ${message}`).join('\n')
}

async function triedOnce(client: Client, request: Request): Promise<Answer | undefined> {
  try {
    const answer = await client.execute(request)
    return isRetryable(answer) ? undefined : answer
  } catch (error) {
    if (error instanceof TryAgainError) return undefined
    throw error
  }
}

function isRetryable({ errors = [] }: Answer): boolean {
  return errors.some(({ extensions }) => RETRYABLE_CODES.has(extensions?.code ?? ''))
}

async function post(
  endpoint: URL,
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
      },
      body,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    throw new TryAgainError(`No answer from ${endpoint.origin}. Is the server running? Start it with: npm start`, {
      cause: error,
    })
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function graphqlEndpoint(url: string): URL {
  const endpoint = new URL(url)
  if (endpoint.pathname === '/') endpoint.pathname = '/graphql'
  return endpoint
}

function isListening(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url)
  return new Promise(resolve => {
    const socket = connectSocket({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
      timeout: PROBE_TIMEOUT_MS,
    })
    const settle = (listening: boolean) => {
      socket.destroy()
      resolve(listening)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}

function isThisMachine(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}

async function startHere(config: Config): Promise<{ url: string; close(): Promise<void> }> {
  const { startServer } = await import('../gateway/server.ts')
  try {
    // Only what went wrong: its log shares stderr with the progress.
    return await startServer({ ...config, host: '127.0.0.1', port: 0, logLevel: 'warn' })
  } catch (error) {
    if (error instanceof ApiError && error.code === 'GRAPH_LOCKED') {
      throw new CommandError(
        `Nothing answers at ${config.sovereignUrl}, and another process holds the store in DATA_DIR. Set SOVEREIGN_URL to the address of that server, or end it.`,
      )
    }
    throw error
  }
}
