// What a stream of a stranger may cost: bytes in all, how much more it may be than was sent, and how long to wait for the next.
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { ApiError } from '../../core/errors.ts'

const LARGEST_STREAM_BYTES = 64 * 1024 * 1024
/** Above this many bytes, no stream is more than so many times what was sent. */
const LARGEST_RATIO = 20
const RATIO_FROM_BYTES = 1024 * 1024
const LONGEST_SILENCE_MS = 30_000

/**
 * The same bytes. Throws PAYLOAD_TOO_LARGE when they are too many, or too many for what `compressed` has sent of them so far.
 */
export async function* limited(chunks: AsyncIterable<Buffer>, compressed?: CountedSource): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > LARGEST_STREAM_BYTES) {
      throw new ApiError('PAYLOAD_TOO_LARGE', { expected: `at most ${LARGEST_STREAM_BYTES} bytes` })
    }
    if (compressed && bytes > RATIO_FROM_BYTES && bytes > LARGEST_RATIO * compressed.bytes()) {
      throw new ApiError('PAYLOAD_TOO_LARGE', { expected: `at most ${LARGEST_RATIO} times what was sent` })
    }
    yield chunk
  }
}

export interface CountedSource {
  readonly chunks: AsyncIterable<Buffer>
  /** How many bytes were read of it. */
  bytes(): number
}

/** The body of a request; one that falls silent while more is waited for is given up. Throws DEADLINE_EXCEEDED. */
export function bodyOf(raw: Readable): CountedSource {
  let bytes = 0
  async function* chunks(): AsyncGenerator<Buffer> {
    const iterator = raw[Symbol.asyncIterator]()
    for (;;) {
      const { value, done } = await withinTime(iterator.next())
      if (done === true) return
      bytes += (value as Buffer).length
      yield value as Buffer
    }
  }
  return { chunks: chunks(), bytes: () => bytes }
}

async function withinTime<T>(next: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const silence = pause(LONGEST_SILENCE_MS, undefined, { signal: timer.signal, ref: false }).then(
    () => {
      throw new ApiError('DEADLINE_EXCEEDED', { expected: `more within ${LONGEST_SILENCE_MS} ms` })
    },
    () => new Promise<never>(() => undefined),
  )
  try {
    return await Promise.race([next, silence])
  } finally {
    timer.abort()
  }
}
