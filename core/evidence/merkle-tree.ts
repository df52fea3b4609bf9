// The Merkle tree of RFC 9162 §2.1. Sizes and indices reach 2^53 - 1, so nothing here uses bit operators.
import { hash } from 'node:crypto'

export const HASH_BYTES = 32
const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

/** H(0x00‖entry) */
export function leafHash(entry: string | Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([LEAF, typeof entry === 'string' ? Buffer.from(entry) : entry]), 'buffer')
}

/** H(0x01‖left‖right) */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer')
}

export function emptyRoot(): Buffer {
  return hash('sha256', '', 'buffer')
}

/** The root over these leaf hashes in this order: the definition of §2.1.1, which all else here must agree with. */
export function rootOf(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves
  if (first === undefined) return emptyRoot()
  if (leaves.length === 1) return first
  const split = splitOf(leaves.length)
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}

/** The perfect subtree over the 2^level leaves from leaf index·2^level on. */
export interface Subtree {
  readonly level: number
  readonly index: number
}

/** Answers the hash of a perfect subtree that lies within the tree. */
export type HashReader = (subtree: Subtree) => Buffer

/** The perfect subtrees, left to right, that fold into one hash: a root, or one hash of a proof. */
export type Fold = readonly Subtree[]

/** What the root of a tree of this size is folded from; nothing for the empty tree. */
export function foldForRoot(size: number): Fold {
  requireThat(isCount(size), 'a size')
  return foldOver(0, size)
}

/** What each hash of the inclusion proof (§2.1.3.1) is folded from, from the leaf's sibling up. */
export function foldsForInclusion(index: number, size: number): readonly Fold[] {
  requireThat(isCount(index) && isCount(size) && index < size, 'an index within the tree')
  const folds: Fold[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    folds.push(index < middle ? foldOver(middle, end) : foldOver(start, middle))
    if (index < middle) end = middle
    else start = middle
  }
  return folds.reverse()
}

/** What each hash of the consistency proof (§2.1.4.1) is folded from; nothing where a tree is empty or is the same. */
export function foldsForConsistency(oldSize: number, newSize: number): readonly Fold[] {
  requireThat(isCount(oldSize) && isCount(newSize) && oldSize <= newSize, 'an old size up to the new one')
  if (oldSize === 0) return []
  const folds: Fold[] = []
  let [start, end] = [0, newSize]
  while (end !== oldSize) {
    const middle = start + splitOf(end - start)
    folds.push(oldSize <= middle ? foldOver(middle, end) : foldOver(start, middle))
    if (oldSize <= middle) end = middle
    else start = middle
  }
  // From the first leaf on, it is the old root, which the verifier has.
  if (start > 0) folds.push(foldOver(start, end))
  return folds.reverse()
}

export function rootFrom(size: number, read: HashReader): Buffer {
  return size === 0 ? emptyRoot() : folded(foldForRoot(size), read)
}

export function inclusionProof(index: number, size: number, read: HashReader): Buffer[] {
  return foldsForInclusion(index, size).map(fold => folded(fold, read))
}

export function consistencyProof(oldSize: number, newSize: number, read: HashReader): Buffer[] {
  return foldsForConsistency(oldSize, newSize).map(fold => folded(fold, read))
}

function folded(fold: Fold, read: HashReader): Buffer {
  return fold.map(read).reduceRight((right, left) => nodeHash(left, right))
}

/** The largest perfect subtrees that cover the leaves from start to end; start is a multiple of the largest one. */
function foldOver(start: number, end: number): Fold {
  const subtrees: Subtree[] = []
  for (let at = start; at < end; ) {
    const level = floorLog2(end - at)
    subtrees.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return subtrees
}

/** The largest power of two below the size, where the definition cuts a tree in two. */
function splitOf(size: number): number {
  return 2 ** floorLog2(size - 1)
}

// Math.log2 rounds up near 2^53, this does not.
function floorLog2(value: number): number {
  let level = 0
  for (let power = 2; power <= value; power *= 2) level += 1
  return level
}

export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

function requireThat(holds: boolean, expected: string): void {
  if (!holds) throw new RangeError(`expected ${expected}`)
}
