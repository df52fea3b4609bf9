// Pure: what an evidence entry says instead of the data.
import { createHash, createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import { leafHash, rootOf } from './merkle-tree.ts'

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

/** A keyed commitment: the holder of the subject's key can show what it stands for, and nobody else can guess it. */
export function commitment(key: Buffer, content: string): string {
  return createHmac('sha256', key).update(content).digest('base64url')
}

/** The root of the Merkle tree over these leaves in this order (RFC 9162 §2.1.1). */
export function merkleRoot(leaves: readonly string[]): string {
  return rootOf(leaves.map(leafHash)).toString('base64url')
}
