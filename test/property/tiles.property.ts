import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifyConsistency, verifyInclusion } from '../../core/evidence/merkle-proofs.ts'
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  nodeHash,
  rootFrom,
  rootOf,
} from '../../core/evidence/merkle-tree.ts'
import {
  appendToTiles,
  hashReaderOver,
  TILE_WIDTH,
  type TilePlace,
  tileKey,
  tilesForAppend,
  tilesForConsistency,
  tilesForInclusion,
  tilesForRoot,
} from '../../core/evidence/tiles.ts'
import log from '../vectors/tessera-log.json' with { type: 'json' }

const runs = { numRuns: Number(process.env.CASES ?? 500) }
const fewRuns = { numRuns: Math.ceil(runs.numRuns / 20) }
const accepted = { kind: 'accepted' }
const BILLION = 10 ** 9
const MOST = Number.MAX_SAFE_INTEGER

const leaves = Array.from({ length: 70_000 }, (_, index) => leafHash(`entry ${index}`))

/** What an append may see and no more: the tiles that `tilesForAppend` names, cut to the width it names. */
function read(store: ReadonlyMap<string, Buffer>, places: readonly TilePlace[]): Map<string, Buffer> {
  return new Map(
    places.map(place => [tileKey(place), store.get(tileKey(place))?.subarray(0, place.width * 32) ?? Buffer.alloc(0)]),
  )
}

function storeOf(batches: readonly number[]): { size: number; store: Map<string, Buffer> } {
  const store = new Map<string, Buffer>()
  let size = 0
  for (const batch of batches) {
    const changed = appendToTiles(size, leaves.slice(size, size + batch), read(store, tilesForAppend(size)))
    for (const tile of changed) store.set(tileKey(tile), tile.hashes)
    size += batch
  }
  return { size, store }
}

/** A tree of one leaf many times over has one hash per level, so that trees of any size cost nothing. */
const levels = [leafHash('the same')]
for (let level = 1; level < 53; level++) levels.push(nodeHash(levels[level - 1] as Buffer, levels[level - 1] as Buffer))
function tilesOfTheSame(places: readonly TilePlace[]): Map<string, Buffer> {
  return new Map(
    places.map(place => {
      const hash = levels[place.level * 8] as Buffer
      return [tileKey(place), Buffer.concat(Array.from({ length: place.width }, () => hash))]
    }),
  )
}

const largeSizes = fc.oneof(
  fc.integer({ min: 1, max: BILLION }),
  fc.integer({ min: 1, max: 70_000 }),
  fc
    .integer({ min: 0, max: 3 })
    .chain(level => fc.integer({ min: -1, max: 1 }).map(by => Math.max(1, 256 ** level + by))),
)
const sizesAndIndex = (sizes: fc.Arbitrary<number>) =>
  sizes.chain(size => fc.record({ size: fc.constant(size), index: fc.maxSafeNat().map(any => any % size) }))

function ceilLog256(size: number): number {
  let [power, level] = [1, 0]
  for (; power < size; power *= 256) level += 1
  return level
}

describe('tiles', () => {
  it('are those of the examples of c2sp.org/tlog-tiles', () => {
    const { store } = storeOf([70_000])
    const widths = [...store].map(([key, hashes]) => `${key} of ${hashes.length / 32}`)
    const full = Array.from({ length: 273 }, (_, index) => `0/${index} of 256`)
    expect(widths).toEqual([...full, '0/273 of 112', '1/0 of 256', '1/1 of 17', '2/0 of 1'])
    const atFull = appendToTiles(0, leaves.slice(0, 256), new Map())
    expect(atFull.map(tile => `${tileKey(tile)} of ${tile.width}`)).toEqual(['0/0 of 256', '1/0 of 1'])
    expect(atFull[1]?.hashes).toEqual(rootOf(leaves.slice(0, 256)))
  })

  it('hold what the tiles of another log server hold', () => {
    const [tile, ...more] = appendToTiles(0, log.entries.map(leafHash), new Map())
    expect(tile?.hashes.toString('base64')).toBe(log.tile)
    expect(more).toEqual([])
  })

  it('give the reference root and proofs, whatever the batches that built them', () => {
    const batchSizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 1_500 })), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(batchSizes, fc.nat(), fc.nat(), (batches, anyIndex, anySize) => {
        const { size, store } = storeOf(batches)
        const [index, oldSize] = [anyIndex % size, 1 + (anySize % size)]
        const root = rootOf(leaves.slice(0, size))
        expect(rootFrom(size, hashReaderOver(read(store, tilesForRoot(size))))).toEqual(root)
        const proof = inclusionProof(index, size, hashReaderOver(read(store, tilesForInclusion(index, size))))
        expect(verifyInclusion({ leaf: leaves[index] as Buffer, index, size, root, proof })).toEqual(accepted)
        const growth = consistencyProof(oldSize, size, hashReaderOver(read(store, tilesForConsistency(oldSize, size))))
        const oldRoot = rootOf(leaves.slice(0, oldSize))
        expect(verifyConsistency({ oldSize, oldRoot, newSize: size, newRoot: root, proof: growth })).toEqual(accepted)
        // Tiles that have grown since still serve the smaller tree.
        expect(rootFrom(oldSize, hashReaderOver(store))).toEqual(oldRoot)
        const atOnce = storeOf([size]).store
        expect([...store.keys()].sort()).toEqual([...atOnce.keys()].sort())
        for (const [key, hashes] of atOnce) expect(store.get(key)?.equals(hashes)).toBe(true)
      }),
      fewRuns,
    )
  }, 300_000)

  it('that an append changes are all that the new root needs beside the partial ones before it', () => {
    fc.assert(
      fc.property(sizesAndIndex(largeSizes), fc.integer({ min: 1, max: 2_000 }), ({ size }, batch) => {
        const before = tilesOfTheSame(tilesForAppend(size))
        const changed = appendToTiles(
          size,
          Array.from({ length: batch }, () => levels[0] as Buffer),
          before,
        )
        const after = new Map([...before, ...changed.map(tile => [tileKey(tile), tile.hashes] as const)])
        const expected = rootFrom(size + batch, ({ level }) => levels[level] as Buffer)
        expect(rootFrom(size + batch, hashReaderOver(after))).toEqual(expected)
      }),
      fewRuns,
    )
  })

  it('read for a proof are at most 2·⌈log256(n)⌉ + 2, to a billion entries', () => {
    fc.assert(
      fc.property(sizesAndIndex(largeSizes), ({ size, index }) => {
        const most = 2 * ceilLog256(size) + 2
        for (const places of [
          tilesForInclusion(index, size),
          tilesForConsistency(index + 1, size),
          tilesForRoot(size),
        ]) {
          expect(places.length).toBeLessThanOrEqual(most)
          expect(new Set(places.map(tileKey)).size).toBe(places.length)
          expect(places.every(({ width }) => width >= 1 && width <= TILE_WIDTH)).toBe(true)
        }
      }),
      { numRuns: runs.numRuns * 10 },
    )
  })

  it.each([
    [1, 0],
    [256, 1],
    [257, 2],
    [1_000, 3],
    [70_000, 4],
    [1_000_000, 5],
    [BILLION, 6],
  ])('read for a proof in a tree of %d entries are %d', (size, count) => {
    expect(tilesForInclusion(Math.floor(size / 3), size)).toHaveLength(count)
  })

  it('prove trees of up to 2^53 - 1 entries', () => {
    const sizes = fc.oneof(largeSizes, fc.constant(MOST), fc.integer({ min: BILLION, max: MOST }))
    fc.assert(
      fc.property(sizesAndIndex(sizes), ({ size, index }) => {
        const root = rootFrom(size, hashReaderOver(tilesOfTheSame(tilesForRoot(size))))
        const proof = inclusionProof(index, size, hashReaderOver(tilesOfTheSame(tilesForInclusion(index, size))))
        expect(verifyInclusion({ leaf: levels[0] as Buffer, index, size, root, proof })).toEqual(accepted)
        const oldSize = index + 1
        const oldRoot = rootFrom(oldSize, hashReaderOver(tilesOfTheSame(tilesForRoot(oldSize))))
        const places = tilesForConsistency(oldSize, size)
        const growth = consistencyProof(oldSize, size, hashReaderOver(tilesOfTheSame(places)))
        expect(verifyConsistency({ oldSize, oldRoot, newSize: size, newRoot: root, proof: growth })).toEqual(accepted)
      }),
      fewRuns,
    )
  })

  it('that are missing, torn, too narrow or too wide are named', () => {
    const { store } = storeOf([300])
    const rootOver = (hashes?: Buffer) => () => {
      const tiles = new Map(store)
      tiles.delete('0/1')
      if (hashes !== undefined) tiles.set('0/1', hashes)
      return rootFrom(300, hashReaderOver(tiles))
    }
    const whole = store.get('0/1') as Buffer
    expect(rootOver(whole)()).toEqual(rootOf(leaves.slice(0, 300)))
    for (const wrong of [
      undefined,
      whole.subarray(1),
      whole.subarray(32),
      Buffer.concat([whole, Buffer.of(0)]),
      Buffer.alloc(257 * 32),
    ]) {
      expect(rootOver(wrong)).toThrow('At: tile 0/1.')
    }
    expect(() => appendToTiles(300, leaves.slice(0, 1), new Map())).toThrow('At: tile 0/1.')
    expect(() => appendToTiles(MOST, leaves.slice(0, 1), new Map())).toThrow(RangeError)
  })
})
