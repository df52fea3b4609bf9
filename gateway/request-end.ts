// How a request ends before its answer.
import type { FastifyReply } from 'fastify'
import { ApiError } from '../core/errors.ts'

/** Aborted when the request's time is up, or when its client has left before the answer. */
export function endOf(reply: FastifyReply, deadlineMs: number): AbortSignal {
  const ending = new AbortController()
  const expected = `an answer within ${deadlineMs} ms`
  const timer = setTimeout(() => ending.abort(new ApiError('DEADLINE_EXCEEDED', { expected })), deadlineMs)
  reply.raw.once('close', () => {
    clearTimeout(timer)
    if (!reply.raw.writableFinished) ending.abort(new ApiError('CANCELLED'))
  })
  return ending.signal
}
