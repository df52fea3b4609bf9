// The whole list of errors that leave this service, and the one class that carries them.
// It imports nothing of ours on purpose: everything else may import it.
import { GraphQLError } from 'graphql'

export const errorCatalogue = {
  UNAUTHENTICATED: { sentence: 'No valid token or API key.', status: 401 },
  FORBIDDEN: { sentence: 'This viewer may not call this operation.', status: 200 },
  PURPOSE_REQUIRED: { sentence: 'State the purpose of use in the header x-purpose.', status: 200 },
  PURPOSE_NOT_GRANTED: { sentence: 'This viewer is not granted that purpose.', status: 403 },
  FIELDS_NOT_GRANTED: {
    sentence: 'The operation asks for fields that this key can never be shown for its purpose.',
    status: 200,
  },
  NOT_VISIBLE: { sentence: 'There is no such record that this viewer may see.', status: 200 },
  BAD_USER_INPUT: { sentence: 'An argument is outside its domain.', status: 200 },
  PAYLOAD_TOO_LARGE: { sentence: 'The request is larger than the limit.', status: 413 },
  CONFLICT: { sentence: 'The request contradicts what is recorded.', status: 200 },
  POLICY_CHANGED: {
    sentence: 'Another policy was put in force meanwhile. Send the request again.',
    status: 503,
  },
  MODULE_DISABLED: { sentence: 'The module of this operation is switched off.', status: 200 },
  DEADLINE_EXCEEDED: { sentence: 'The request took longer than its limit.', status: 503 },
  CANCELLED: { sentence: 'The client left before the answer.', status: 499 },
  GRAPH_UNAVAILABLE: { sentence: 'The graph store cannot be reached.', status: 503 },
  GRAPH_TIMEOUT: { sentence: 'The graph store took too long.', status: 503 },
  GRAPH_LOCKED: { sentence: 'Another process holds the graph store.', status: 503 },
  EVIDENCE_UNAVAILABLE: { sentence: 'The evidence could not be recorded, so nothing was done.', status: 503 },
  EVIDENCE_ROLLED_BACK: { sentence: 'The graph does not hold the evidence that was signed.', status: 503 },
  INTERNAL_SERVER_ERROR: { sentence: 'Something failed on our side.', status: 500 },
} as const

export type ErrorCode = keyof typeof errorCatalogue

/** What was expected and what came, in words free of personal values. */
export interface ErrorDetail {
  readonly expected?: string
  readonly got?: string
  /** The argument, header or file place that the error speaks of. */
  readonly at?: string
}

/** An error of the catalogue. Its message is the catalogue's sentence and the detail, never a value of a customer. */
export class ApiError extends GraphQLError {
  override readonly name = 'ApiError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, detail: ErrorDetail = {}, cause?: unknown) {
    super(sentenceFor(code, detail), { extensions: { code } })
    this.code = code
    if (cause !== undefined) this.cause = cause
  }
}

function sentenceFor(code: ErrorCode, { at, expected, got }: ErrorDetail): string {
  const parts: string[] = [errorCatalogue[code].sentence]
  if (at !== undefined) parts.push(`At: ${at}.`)
  if (expected !== undefined) parts.push(`Expected: ${expected}.`)
  if (got !== undefined) parts.push(`Got: ${got}.`)
  return parts.join(' ')
}

/** Closes an exhaustive switch: a new case that nobody handles is a type error. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`)
}
