// Sends one operation and tells what came: an answer, something else than an answer, or nothing. Never throws.
import type { MaskEntry } from '../docs/frontend/mask.ts'

const LONGEST_WAIT_MS = 35_000

export interface Asked {
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName?: string | undefined
  readonly token: string
  /** Empty for none. */
  readonly purpose: string
}

export interface AnswerError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: { readonly code?: string; readonly docUrl?: string }
}

/** An answer of GraphQL, of whatever status: with data, with errors, or with both. */
export interface Answer {
  readonly kind: 'answer'
  readonly status: number
  readonly data: unknown
  readonly errors: readonly AnswerError[]
  readonly masks: readonly MaskEntry[]
  readonly cost: unknown
  /** The access record of the answer, where it showed anything personal. */
  readonly evidenceEntryId: string | null
  readonly requestId: string | null
  /** Stage → milliseconds, by the server. */
  readonly timings: readonly (readonly [stage: string, ms: number])[]
  /** From the sending to the last byte. */
  readonly milliseconds: number
  readonly characters: number
}

export type Outcome =
  | Answer
  | { readonly kind: 'foreign'; readonly status: number; readonly text: string }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'late'; readonly seconds: number }

export async function send({ document, variables, operationName, token, purpose }: Asked): Promise<Outcome> {
  const started = performance.now()
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(purpose !== '' && { 'x-purpose': purpose }),
      },
      body: JSON.stringify({ query: document, variables, operationName }),
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    })
    const text = await response.text()
    return readOutcome(text, response, performance.now() - started)
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError'
    return isLate ? { kind: 'late', seconds: LONGEST_WAIT_MS / 1000 } : { kind: 'unreachable' }
  }
}

type Received = Pick<Response, 'status' | 'headers'>

/** What a text is that came with this status and these headers. */
export function readOutcome(text: string, { status, headers }: Received, milliseconds: number): Outcome {
  const answer = objectIn(text)
  if (answer === undefined || !('data' in answer || Array.isArray(answer.errors))) {
    return { kind: 'foreign', status, text }
  }
  const { data = null, errors, extensions } = answer as { data?: unknown; errors?: []; extensions?: Extensions }
  return {
    kind: 'answer',
    status,
    data,
    errors: errors ?? [],
    masks: extensions?.masks ?? [],
    cost: extensions?.cost,
    evidenceEntryId: headers.get('x-evidence-entry'),
    requestId: headers.get('x-request-id'),
    timings: readTimings(headers.get('server-timing') ?? ''),
    milliseconds: Math.round(milliseconds),
    characters: text.length,
  }
}

interface Extensions {
  readonly masks?: readonly MaskEntry[]
  readonly cost?: unknown
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function readTimings(header: string): [string, number][] {
  return [...header.matchAll(/([\w-]+);dur=([\d.]+)/g)].map(([, stage = '', ms]) => [stage, Number(ms)])
}
