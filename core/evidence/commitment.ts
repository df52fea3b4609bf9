// Pure: what an evidence entry says instead of the data.
import { createHash, createHmac } from 'node:crypto'
import { createRequire } from 'node:module'

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

const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

/** The root of the Merkle tree over these leaves in this order (RFC 9162 §2.1.1): leaf H(0x00‖d), node H(0x01‖l‖r). */
export function merkleRoot(leaves: readonly string[]): string {
  return rootOf(leaves.map(leaf => sha256(LEAF, leaf))).toString('base64url')
}

function rootOf(hashes: readonly Buffer[]): Buffer {
  const [first] = hashes
  if (first === undefined) return sha256()
  if (hashes.length === 1) return first
  // The largest power of two below the count splits the tree.
  const split = 2 ** (Math.ceil(Math.log2(hashes.length)) - 1)
  return sha256(NODE, rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)))
}
