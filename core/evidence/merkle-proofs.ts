// Whether a proof over the Merkle tree holds, as RFC 9162 §2.1.3.2 and §2.1.4.2 say it, step by step. A proof binds the
// index and the old size, but not the size of the tree: take it from the signed checkpoint that the root is from.
import { emptyRoot, foldsForConsistency, foldsForInclusion, HASH_BYTES, isCount, nodeHash } from './merkle-tree.ts'
import { type Refusal, refused } from './strict-text.ts'

export type Verdict = { readonly kind: 'accepted' } | Refusal

export interface Inclusion {
  readonly leaf: Buffer
  readonly index: number
  readonly size: number
  readonly root: Buffer
  readonly proof: readonly Buffer[]
}

/** Whether the leaf stands at that index of the tree with that root (§2.1.3.2). */
export function verifyInclusion({ leaf, index, size, root, proof }: Inclusion): Verdict {
  if (!isCount(index) || !isCount(size) || index >= size) {
    return refused('MALFORMED', 'index', `below the size ${size}`, `${index}`)
  }
  const misfit = misfitOf([leaf, root, ...proof]) ?? misfitOfLength(proof, foldsForInclusion(index, size).length)
  if (misfit !== undefined) return misfit
  let [position, last, hash] = [index, size - 1, leaf]
  for (const sibling of proof) {
    if (isOdd(position) || position === last) {
      hash = nodeHash(sibling, hash)
      while (!isOdd(position) && position !== 0) [position, last] = [half(position), half(last)]
    } else {
      hash = nodeHash(hash, sibling)
    }
    ;[position, last] = [half(position), half(last)]
  }
  return verdictOn('ROOT', 'root', root, hash)
}

export interface Consistency {
  readonly oldSize: number
  readonly oldRoot: Buffer
  readonly newSize: number
  readonly newRoot: Buffer
  readonly proof: readonly Buffer[]
}

/**
 * Whether the old tree is a prefix of the new one (§2.1.4.2). Beyond the RFC: trees of one size are the same tree, and
 * the empty tree, known by its root, is a prefix of any; both need no hash.
 */
export function verifyConsistency({ oldSize, oldRoot, newSize, newRoot, proof }: Consistency): Verdict {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) {
    return refused('MALFORMED', 'old size', `at most the new size ${newSize}`, `${oldSize}`)
  }
  const length = foldsForConsistency(oldSize, newSize).length
  const misfit = misfitOf([oldRoot, newRoot, ...proof]) ?? misfitOfLength(proof, length)
  if (misfit !== undefined) return misfit
  // The old root is a subtree of the new tree, and so not in the proof, where its size is a power of two or the new one.
  const startsAtOldRoot = oldSize > 0 && (oldSize === newSize || isPowerOfTwo(oldSize))
  const [first = emptyRoot(), ...rest] = startsAtOldRoot ? [oldRoot, ...proof] : proof
  let [position, last, oldHash, newHash] = [oldSize - 1, newSize - 1, first, first]
  while (isOdd(position)) [position, last] = [half(position), half(last)]
  for (const sibling of rest) {
    if (isOdd(position) || position === last) {
      oldHash = nodeHash(sibling, oldHash)
      newHash = nodeHash(sibling, newHash)
      while (!isOdd(position) && position !== 0) [position, last] = [half(position), half(last)]
    } else {
      newHash = nodeHash(newHash, sibling)
    }
    ;[position, last] = [half(position), half(last)]
  }
  const oldVerdict = verdictOn('OLD_ROOT', 'old root', oldRoot, oldHash)
  if (oldVerdict.kind === 'refused' || (oldSize === 0 && newSize > 0)) return oldVerdict
  return verdictOn('ROOT', 'new root', newRoot, newHash)
}

const isOdd = (value: number): boolean => value % 2 === 1
const half = (value: number): number => Math.floor(value / 2)

function isPowerOfTwo(value: number): boolean {
  let power = 1
  while (power < value) power *= 2
  return power === value
}

function misfitOf(hashes: readonly Buffer[]): Refusal | undefined {
  const wrong = hashes.find(each => each.length !== HASH_BYTES)
  return wrong && refused('MALFORMED', 'hash', `${HASH_BYTES} bytes`, `${wrong.length} bytes`)
}

function misfitOfLength(proof: readonly Buffer[], length: number): Refusal | undefined {
  if (proof.length === length) return undefined
  return refused('PROOF_LENGTH', 'proof', `${length} hashes for these sizes`, `${proof.length}`)
}

function verdictOn(reason: 'ROOT' | 'OLD_ROOT', at: string, claimed: Buffer, computed: Buffer): Verdict {
  if (computed.equals(claimed)) return { kind: 'accepted' }
  return refused(reason, at, claimed.toString('base64'), computed.toString('base64'))
}
