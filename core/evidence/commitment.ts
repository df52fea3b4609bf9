// Pure: what an evidence entry says instead of the data.
import { createHash, createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import { leafHash, rootOf } from './merkle-tree.ts'

const TAG_BYTES = 16

// A CommonJS module whose types promise a default export that it does not have.
const canonicalize = createRequire(import.meta.url)('canonicalize') as (value: unknown) => string | undefined

/** JSON as RFC 8785 (JCS) orders and writes it: equal values have equal text. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('only JSON has a canonical form')
  return text
}

export function sha256(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/**
 * Opens what one entry commits to about one subject, and nothing of any other entry: whoever is given it can check a
 * statement against the entry. HMAC of the entry's id under the subject's key.
 */
export function openingOf(subjectKey: Buffer, entryId: string): Buffer {
  return hmac(subjectKey, entryId)
}

/** A keyed commitment: the holder of the opening can show what it stands for, and nobody else can guess it. */
export function commitment(opening: Buffer, content: unknown): string {
  return hmac(opening, canonicalJson(content)).toString('base64url')
}

/** The subject's pseudonym in the log's index, by which the holder of its key finds the entries about it. */
export function subjectTag(subjectKey: Buffer): string {
  return hmac(subjectKey, 'subject').subarray(0, TAG_BYTES).toString('base64url')
}

/** The root of the Merkle tree over these leaves in this order (RFC 9162 §2.1.1). */
export function merkleRoot(leaves: readonly string[]): string {
  return rootOf(leaves.map(leafHash)).toString('base64url')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
