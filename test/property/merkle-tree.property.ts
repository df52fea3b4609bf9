import { CoMETRE } from '@transmute/rfc9162'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { merkleRoot } from '../../core/evidence/commitment.ts'
import { verifyConsistency, verifyInclusion } from '../../core/evidence/merkle-proofs.ts'
import {
  consistencyProof,
  emptyRoot,
  type HashReader,
  inclusionProof,
  leafHash,
  rootFrom,
  rootOf,
} from '../../core/evidence/merkle-tree.ts'
import probes from '../vectors/merkle-proofs.json' with { type: 'json' }
import trees from '../vectors/merkle-trees.json' with { type: 'json' }
import example from '../vectors/rfc9162-example.json' with { type: 'json' }

const runs = { numRuns: Number(process.env.CASES ?? 500) }
const LARGEST = 256
const leaves = Array.from({ length: LARGEST }, (_, index) => leafHash(`entry ${index}`))
const roots = Array.from({ length: LARGEST + 1 }, (_, size) => rootOf(leaves.slice(0, size)))
const oracle = CoMETRE.RFC9162_SHA256

const base64 = (text: string) => Buffer.from(text, 'base64')
const accepted = { kind: 'accepted' }
const rootAt = (size: number) => roots[size] ?? emptyRoot()
const leafAt = (index: number) => leaves[index] ?? emptyRoot()
const isPowerOfTwo = (size: number) => Number.isInteger(Math.log2(size))

/** Perfect subtrees of the leaves by the definition, each computed once. */
function readerOf(of: readonly Buffer[]): HashReader {
  const known = new Map<string, Buffer>()
  return ({ level, index }) => {
    const key = `${level}/${index}`
    const hash = known.get(key) ?? rootOf(of.slice(index * 2 ** level, (index + 1) * 2 ** level))
    known.set(key, hash)
    return hash
  }
}

const read = readerOf(leaves)

const sizesAndIndex = fc
  .integer({ min: 1, max: LARGEST })
  .chain(size => fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }))
const sizePairs = sizesAndIndex.map(({ size, index }) => ({ newSize: size, oldSize: index + 1 }))
const flips = fc.record({ at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) })

/** The hashes with one bit of one of them turned. */
function turned(hashes: readonly Buffer[], { at, bit }: { at: number; bit: number }): Buffer[] {
  const whole = Buffer.concat(hashes)
  const place = at % whole.length
  whole.writeUInt8(whole.readUInt8(place) ^ (1 << bit), place)
  return hashes.map((_, index) => whole.subarray(index * 32, (index + 1) * 32))
}

describe('the Merkle tree of RFC 9162', () => {
  it('has the published roots', () => {
    const published = trees.leaves.map(leaf => leafHash(Buffer.from(leaf, 'hex')))
    for (const [size, root] of trees.roots.entries()) {
      expect(rootOf(published.slice(0, size)).toString('hex')).toBe(root)
      expect(rootFrom(size, readerOf(published)).toString('hex')).toBe(root)
    }
  })

  it('proves the example of the RFC with the nodes that the RFC names', () => {
    const nodes = new Map(
      Object.entries(example.nodes).map(([name, [start, end]]) => [name, rootOf(leaves.slice(start, end))]),
    )
    const named = (names: readonly string[]) => names.map(name => nodes.get(name))
    for (const { index, proof } of example.inclusion) {
      expect(inclusionProof(index, example.leaves, read)).toEqual(named(proof))
    }
    for (const { oldSize, proof } of example.consistency) {
      expect(consistencyProof(oldSize, example.leaves, read)).toEqual(named(proof))
    }
  })

  it.each(probes.inclusion)(
    'judges the published inclusion probe $name',
    ({ index, size, leaf, root, proof, ...probe }) => {
      const claim = { index, size, leaf: base64(leaf), root: base64(root), proof: proof.map(base64) }
      expect(verifyInclusion(claim).kind).toBe(probe.accepted ? 'accepted' : 'refused')
    },
  )

  // Its roots are words and no hashes, which we refuse and its authors do not.
  const looser = 'additional/sizes-are-equal-one-and-proof-is-empty'
  it.each(probes.consistency)('judges the published consistency probe $name', ({ oldSize, newSize, ...probe }) => {
    const [oldRoot, newRoot] = [base64(probe.oldRoot), base64(probe.newRoot)]
    const verdict = verifyConsistency({ oldSize, oldRoot, newSize, newRoot, proof: probe.proof.map(base64) })
    expect(verdict.kind).toBe(probe.accepted && probe.name !== looser ? 'accepted' : 'refused')
  })

  it('proves every entry of every tree up to 256 entries', () => {
    for (let size = 1; size <= LARGEST; size++) {
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(index, size, read)
        const verdict = verifyInclusion({ leaf: leafAt(index), index, size, root: rootAt(size), proof })
        if (verdict.kind === 'refused') expect.fail(`${index} of ${size}: ${verdict.reason}`)
      }
    }
  })

  it('proves every tree up to 256 entries a prefix of every larger one', () => {
    for (let newSize = 0; newSize <= LARGEST; newSize++) {
      for (let oldSize = 0; oldSize <= newSize; oldSize++) {
        const proof = consistencyProof(oldSize, newSize, read)
        const claim = { oldSize, oldRoot: rootAt(oldSize), newSize, newRoot: rootAt(newSize), proof }
        const verdict = verifyConsistency(claim)
        if (verdict.kind === 'refused') expect.fail(`${oldSize} in ${newSize}: ${verdict.reason}`)
      }
    }
  })

  it('makes the proofs that an independent implementation makes, and that one accepts ours', async () => {
    await fc.assert(
      fc.asyncProperty(sizesAndIndex, async ({ size, index }) => {
        const theirs = await oracle.inclusion_proof(index, leaves.slice(0, size))
        const ours = inclusionProof(index, size, read)
        expect(ours.map(hex)).toEqual(theirs.inclusion_path.map(hex))
        const proven = { log_id: '', tree_size: size, leaf_index: index, inclusion_path: ours }
        expect(hex(await oracle.verify_inclusion_proof(leafAt(index), proven))).toBe(hex(rootAt(size)))
      }),
      { numRuns: Math.ceil(runs.numRuns / 10) },
    )
  }, 300_000)

  it('makes the consistency proofs that an independent implementation makes', async () => {
    const larger = sizePairs.filter(({ oldSize, newSize }) => oldSize < newSize)
    await fc.assert(
      fc.asyncProperty(larger, async ({ oldSize, newSize }) => {
        const old = { log_id: '', tree_size: oldSize, leaf_index: 0, inclusion_path: [] }
        const theirs = await oracle.consistency_proof(old, leaves.slice(0, newSize))
        // It writes the old root into the proof where the RFC lets the verifier put it in front (§2.1.4.2, step 2).
        const ours = [...(isPowerOfTwo(oldSize) ? [rootAt(oldSize)] : []), ...consistencyProof(oldSize, newSize, read)]
        expect(ours.map(hex)).toEqual(theirs.consistency_path.map(hex))
        const proven = { ...theirs, consistency_path: ours }
        expect(await oracle.verify_consistency_proof(rootAt(oldSize), rootAt(newSize), proven)).toBe(true)
      }),
      { numRuns: Math.ceil(runs.numRuns / 10) },
    )
  }, 300_000)

  it('refuses an inclusion in which one bit, the index or the length differs', () => {
    fc.assert(
      fc.property(sizesAndIndex, flips, fc.nat(LARGEST), ({ size, index }, flip, other) => {
        const proof = inclusionProof(index, size, read)
        const claim = { leaf: leafAt(index), index, size, root: rootAt(size), proof }
        const [leaf = emptyRoot(), root = emptyRoot(), ...hashes] = turned([claim.leaf, claim.root, ...proof], flip)
        expect(verifyInclusion({ ...claim, leaf, root, proof: hashes })).not.toEqual(accepted)
        if (other !== index) expect(verifyInclusion({ ...claim, index: other })).not.toEqual(accepted)
        expect(verifyInclusion({ ...claim, proof: [...proof, leaf] })).not.toEqual(accepted)
        if (proof.length > 0) expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).not.toEqual(accepted)
      }),
      runs,
    )
  })

  it('refuses a consistency in which one bit, the old size or the length differs', () => {
    fc.assert(
      fc.property(sizePairs, flips, fc.nat(LARGEST), ({ oldSize, newSize }, flip, other) => {
        const proof = consistencyProof(oldSize, newSize, read)
        const claim = { oldSize, oldRoot: rootAt(oldSize), newSize, newRoot: rootAt(newSize), proof }
        const hashes = turned([claim.oldRoot, claim.newRoot, ...proof], flip)
        const [oldRoot = emptyRoot(), newRoot = emptyRoot(), ...changed] = hashes
        expect(verifyConsistency({ ...claim, oldRoot, newRoot, proof: changed })).not.toEqual(accepted)
        if (other !== oldSize) expect(verifyConsistency({ ...claim, oldSize: other })).not.toEqual(accepted)
        expect(verifyConsistency({ ...claim, proof: [...proof, oldRoot] })).not.toEqual(accepted)
        if (proof.length > 0) expect(verifyConsistency({ ...claim, proof: proof.slice(1) })).not.toEqual(accepted)
      }),
      runs,
    )
  })

  it('takes the empty tree for a prefix of any tree, but only under its own root', () => {
    const claim = { oldSize: 0, oldRoot: emptyRoot(), newSize: 5, newRoot: rootAt(5), proof: [] }
    expect(verifyConsistency(claim)).toEqual(accepted)
    expect(verifyConsistency({ ...claim, oldRoot: rootAt(1) })).toMatchObject({ reason: 'OLD_ROOT' })
    expect(verifyConsistency({ ...claim, newSize: 0 })).toMatchObject({ reason: 'ROOT' })
    const forged = { ...claim, newSize: 0, oldRoot: rootAt(1), newRoot: rootAt(1) }
    expect(verifyConsistency(forged)).toMatchObject({ reason: 'OLD_ROOT' })
  })

  it.each([-1, 1.5, 2 ** 53, Number.NaN])('refuses %d as an index and as a size', wrong => {
    const claim = { leaf: leafAt(0), index: 0, size: 1, root: rootAt(1), proof: [] }
    expect(verifyInclusion({ ...claim, index: wrong })).toMatchObject({ reason: 'MALFORMED' })
    expect(verifyInclusion({ ...claim, size: wrong })).toMatchObject({ reason: 'MALFORMED' })
    expect(() => inclusionProof(wrong, 5, read)).toThrow(RangeError)
    expect(() => consistencyProof(0, wrong, read)).toThrow(RangeError)
  })

  it('gives commitments the root that it always gave', () => {
    expect(merkleRoot([])).toBe(emptyRoot().toString('base64url'))
    expect(merkleRoot(Array.from({ length: 7 }, (_, index) => `entry ${index}`))).toBe(rootAt(7).toString('base64url'))
  })
})

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
