// What the log may know of an engine's error. Its message is left out, because it quotes values of customers; only errors that an
// engine finds before it sees a value (syntax, missing parameter) keep theirs, for whoever writes the statement.
import { ApiError, type ErrorCode } from '../errors.ts'

/** The cause of an ApiError: the engine's code and where it was raised. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly engineCode: string

  constructor(engineCode: string, message = engineCode) {
    super(message)
    this.engineCode = engineCode
  }
}

/** The catalogue's error for an engine's code; an unknown code is a failure on our side. */
export function apiErrorFor(
  engineCode: string,
  codes: Readonly<Record<string, ErrorCode>>,
  messageOfStatement?: string,
): ApiError {
  return new ApiError(codes[engineCode] ?? 'INTERNAL_SERVER_ERROR', {}, new EngineError(engineCode, messageOfStatement))
}
