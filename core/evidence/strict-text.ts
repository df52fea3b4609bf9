// Reads what a stranger may have written: each value has exactly one accepted text, and nothing may follow it.

export type RefusalReason =
  | 'MALFORMED'
  | 'UNKNOWN_KEY'
  | 'SIGNATURE'
  | 'ORIGIN'
  | 'EXTRA'
  | 'PROOF_LENGTH'
  | 'OLD_ROOT'
  | 'ROOT'
  | 'TILE'
  | 'RECEIPT'
  | 'COMMITMENT'

/** What was looked at, what it had to be and what it was; hashes, sizes and key ids, never the text that was read. */
export interface Refusal {
  readonly kind: 'refused'
  readonly reason: RefusalReason
  readonly at: string
  readonly expected: string
  readonly got: string
}

export function refused(reason: RefusalReason, at: string, expected: string, got: string): Refusal {
  return { kind: 'refused', reason, at, expected, got }
}

/** Thrown by parsers and by readers of tiles: evidence that is not of its form. */
export class MalformedEvidence extends Error {
  override readonly name = 'MalformedEvidence'
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(`At: ${refusal.at}. Expected: ${refusal.expected}. Got: ${refusal.got}.`)
    this.refusal = refusal
  }
}

export function malformed(at: string, expected: string, got: string): MalformedEvidence {
  return new MalformedEvidence(refused('MALFORMED', at, expected, got))
}

/** The answer of the work, or the refusal that a parser inside it threw. */
export function orRefused<T>(work: () => T): T | Refusal {
  try {
    return work()
  } catch (error) {
    if (error instanceof MalformedEvidence) return error.refusal
    throw error
  }
}

/** No note, proof or key of ours comes near it; a stranger's file above it is not read. */
const MAX_TEXT_BYTES = 1_000_000

/** Printable UTF-8 and line feeds, exactly as they came: no byte order mark is dropped, nothing is replaced. */
export function decodeText(input: string | Uint8Array, at: string): string {
  const bytes = typeof input === 'string' ? Buffer.byteLength(input) : input.length
  if (bytes > MAX_TEXT_BYTES) throw malformed(at, `at most ${MAX_TEXT_BYTES} bytes`, `${bytes} bytes`)
  const text = typeof input === 'string' ? input : utf8(input)
  if (!text?.isWellFormed()) throw malformed(at, 'UTF-8', 'bytes that are not')
  const control = [...text].findIndex(character => character < ' ' && character !== '\n')
  if (control >= 0) throw malformed(at, 'no control character but the line feed', `one as character ${control + 1}`)
  return text
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Standard base64 (RFC 4648 §4) with its padding and zero trailing bits, of that many bytes where a number is given. */
export function decodeBase64(text: string, at: string, bytes?: number): Buffer {
  const decoded = Buffer.from(text, 'base64')
  if (decoded.toString('base64') !== text) throw malformed(at, 'canonical base64', `${text.length} characters`)
  if (bytes !== undefined && decoded.length !== bytes) throw malformed(at, `${bytes} bytes`, `${decoded.length} bytes`)
  return decoded
}

/** A decimal from 0 to 2^53 - 1 without sign and leading zeros. */
export function decodeCount(text: string, at: string): number {
  const count = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(count)) {
    throw malformed(at, 'a decimal from 0 to 2^53 - 1 without leading zeros', `${text.length} characters`)
  }
  return count
}
