// Reads lines of JSON as they come, without holding more than one of them: one bad line costs one line.
import { type JsonFault, strictJson } from './strict-json.ts'

const LONGEST_LINE_BYTES = 1_000_000

export type LineFault = JsonFault | 'LINE_TOO_LONG' | 'INVALID_UTF8'

/** One line, counted from 1, and its JSON, or why it cannot be read. Empty lines are no lines. */
export type NdjsonLine =
  | { readonly number: number; readonly value: unknown; readonly bytes: number }
  | { readonly number: number; readonly fault: LineFault; readonly bytes: number }

const LINE_FEED = 0x0a
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The lines in their order; reads on only when asked for the next. */
export async function* readNdjson(chunks: AsyncIterable<Buffer>): AsyncGenerator<NdjsonLine> {
  let pieces: Buffer[] = []
  let bytes = 0
  let number = 0

  /** What is beyond the limit is counted and not held. */
  function take(piece: Buffer): void {
    bytes += piece.length
    if (bytes <= LONGEST_LINE_BYTES) pieces.push(piece)
    else pieces = []
  }

  function finish(): NdjsonLine | undefined {
    const [line, length] = [Buffer.concat(pieces), bytes]
    pieces = []
    bytes = 0
    const read = length > LONGEST_LINE_BYTES ? ({ fault: 'LINE_TOO_LONG' } as const) : readLine(line)
    if (read === undefined) return undefined
    number += 1
    return { number, bytes: length, ...read }
  }

  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end))
      start = end + 1
      const line = finish()
      if (line !== undefined) yield line
    }
    take(chunk.subarray(start))
  }
  const last = finish()
  if (last !== undefined) yield last
}

function readLine(line: Buffer): { readonly value: unknown } | { readonly fault: LineFault } | undefined {
  let text: string
  try {
    text = utf8.decode(line)
  } catch {
    return { fault: 'INVALID_UTF8' }
  }
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  return trimmed === '' ? undefined : strictJson(trimmed)
}
