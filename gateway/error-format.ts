// What an error looks like outside: a code of the catalogue and its sentence. Anything else is INTERNAL_SERVER_ERROR,
// and its cause goes to the log under the request's id.
import { unwrapResolverError } from '@apollo/server/errors'
import type { GraphQLError, GraphQLFormattedError } from 'graphql'
import { ApiError, type ErrorCode, errorCatalogue } from '../core/errors.ts'
import { docUrlOfError } from './explorer/doc-pages.ts'

/** Apollo's own refusals of a document, in the catalogue's words. */
const DOCUMENT_CODES: { readonly [code: string]: ErrorCode } = {
  GRAPHQL_PARSE_FAILED: 'BAD_USER_INPUT',
  GRAPHQL_VALIDATION_FAILED: 'BAD_USER_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_USER_INPUT',
  BAD_REQUEST: 'BAD_USER_INPUT',
  BAD_USER_INPUT: 'BAD_USER_INPUT',
  PERSISTED_QUERY_NOT_FOUND: 'BAD_USER_INPUT',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_USER_INPUT',
}

export type LogCause = (cause: unknown) => void

/** Never throws. Messages of Apollo's refusals speak of the document, which the client wrote; all others are ours. */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  logCause: LogCause,
): GraphQLFormattedError {
  const original = unwrapResolverError(error)
  const code = codeOf(formatted)
  if (code === undefined) {
    logCause(original)
    return shown(formatted, 'INTERNAL_SERVER_ERROR', errorCatalogue.INTERNAL_SERVER_ERROR.sentence)
  }
  if (code === 'GRAPH_UNAVAILABLE' || code === 'EVIDENCE_UNAVAILABLE') logCause(original)
  return shown(formatted, code, formatted.message)
}

/**
 * The errors by the places they speak of. Fetches run beside each other, so that in the order in which they failed two equal
 * answers would differ by what the store took longer for.
 */
export function inOrderOfPlace(errors: readonly GraphQLError[]): GraphQLError[] {
  return errors.toSorted((a, b) => comparePlaces(a.path ?? [], b.path ?? []))
}

function comparePlaces(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  const at = a.findIndex((part, index) => part !== b[index])
  const [one, other] = [a[at], b[at]]
  if (at < 0 || other === undefined || one === undefined) return a.length - b.length
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one) < String(other) ? -1 : 1
}

/** An error that was thrown before a document was read, in the shape that GraphQL answers have. */
export function formatEarlyError(
  error: unknown,
  requestId: string,
  logCause: LogCause,
): { status: number; body: object } {
  if (!(error instanceof ApiError)) logCause(error)
  const known = error instanceof ApiError ? error : new ApiError('INTERNAL_SERVER_ERROR')
  const { status } = errorCatalogue[known.code]
  return {
    // Without an operation there is no partial answer that a 200 would announce.
    status: status === 200 ? (known.code === 'FORBIDDEN' ? 403 : 400) : status,
    body: {
      errors: [
        { message: known.message, extensions: { code: known.code, docUrl: docUrlOfError(known.code), requestId } },
      ],
    },
  }
}

function codeOf({ extensions }: GraphQLFormattedError): ErrorCode | undefined {
  const code = String(extensions?.code ?? '')
  if (code === 'INTERNAL_SERVER_ERROR') return undefined
  return Object.hasOwn(errorCatalogue, code) ? (code as ErrorCode) : DOCUMENT_CODES[code]
}

function shown({ path, locations }: GraphQLFormattedError, code: ErrorCode, message: string): GraphQLFormattedError {
  return {
    message,
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { code, docUrl: docUrlOfError(code) },
  }
}
