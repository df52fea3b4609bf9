// The tree as c2sp.org/tlog-tiles keeps it: tile n of level l holds up to 256 hashes, each of a perfect subtree of
// 256^l leaves. Tiles only grow, so the tiles of a larger tree serve every smaller one.
import {
  type Fold,
  foldForRoot,
  foldsForConsistency,
  foldsForInclusion,
  HASH_BYTES,
  type HashReader,
  rootOf,
  type Subtree,
} from './merkle-tree.ts'
import { MalformedEvidence, refused } from './strict-text.ts'

export const TILE_WIDTH = 256
const TILE_HEIGHT = 8

/** A tile of a tree of some size: of that size it holds width hashes, of a larger one maybe more. */
export interface TilePlace {
  readonly level: number
  readonly index: number
  readonly width: number
}

export interface Tile extends TilePlace {
  /** width·32 bytes */
  readonly hashes: Buffer
}

/** Contents of tiles by `tileKey`; one may be wider than the tree at hand needs, never narrower. */
export type Tiles = ReadonlyMap<string, Buffer>

export function tileKey({ level, index }: Pick<TilePlace, 'level' | 'index'>): string {
  return `${level}/${index}`
}

/** The tiles to read before the root of this size is computed. */
export function tilesForRoot(size: number): TilePlace[] {
  return tilesUnder([foldForRoot(size)], size)
}

export function tilesForInclusion(index: number, size: number): TilePlace[] {
  return tilesUnder(foldsForInclusion(index, size), size)
}

export function tilesForConsistency(oldSize: number, newSize: number): TilePlace[] {
  return tilesUnder(foldsForConsistency(oldSize, newSize), newSize)
}

/** The partial tiles of a tree of this size: what an append reads, and all that it overwrites. */
export function tilesForAppend(size: number): TilePlace[] {
  const tiles: TilePlace[] = []
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH
    if (width > 0) tiles.push({ level, index: Math.floor(count / TILE_WIDTH), width })
  }
  return tiles
}

/** Every tile that appending these leaves to a tree of this size changes or begins, with its new content. */
export function appendToTiles(size: number, leaves: readonly Buffer[], tiles: Tiles): Tile[] {
  if (!Number.isSafeInteger(size + leaves.length)) throw new RangeError('expected a size below 2^53')
  const changed: Tile[] = []
  let added = leaves
  for (let level = 0; added.length > 0; level++) {
    const count = Math.floor(size / TILE_WIDTH ** level)
    const width = count % TILE_WIDTH
    const first = Math.floor(count / TILE_WIDTH)
    const kept = width === 0 ? [] : hashesIn({ level, index: first }, 0, width, tiles)
    const hashes = [...kept, ...added]
    const full: Buffer[] = []
    for (let at = 0; at < hashes.length; at += TILE_WIDTH) {
      const content = hashes.slice(at, at + TILE_WIDTH)
      const index = first + at / TILE_WIDTH
      changed.push({ level, index, width: content.length, hashes: Buffer.concat(content) })
      if (content.length === TILE_WIDTH) full.push(rootOf(content))
    }
    added = full
  }
  return changed
}

/** Reads subtrees from tiles. Throws MalformedEvidence that names the tile where one is missing, torn or too narrow. */
export function hashReaderOver(tiles: Tiles): HashReader {
  return subtree => {
    const { place, first, span } = placeOf(subtree)
    return rootOf(hashesIn(place, first, span, tiles))
  }
}

/** A subtree of level 8l + r is the root over 2^r neighbours in one tile of level l. */
function placeOf({ level, index }: Subtree) {
  const span = 2 ** (level % TILE_HEIGHT)
  const position = index * span
  const place = { level: Math.floor(level / TILE_HEIGHT), index: Math.floor(position / TILE_WIDTH) }
  return { place, first: position % TILE_WIDTH, span }
}

function tilesUnder(folds: readonly Fold[], size: number): TilePlace[] {
  const tiles = new Map<string, TilePlace>()
  for (const subtree of folds.flat()) {
    const { place } = placeOf(subtree)
    const count = Math.floor(size / TILE_WIDTH ** place.level)
    const width = Math.min(TILE_WIDTH, count - place.index * TILE_WIDTH)
    tiles.set(tileKey(place), { ...place, width })
  }
  return [...tiles.values()]
}

function hashesIn(place: Omit<TilePlace, 'width'>, first: number, count: number, tiles: Tiles): Buffer[] {
  const content = tiles.get(tileKey(place)) ?? Buffer.alloc(0)
  const end = (first + count) * HASH_BYTES
  if (content.length < end || content.length > TILE_WIDTH * HASH_BYTES || content.length % HASH_BYTES !== 0) {
    const expected = `whole hashes, at least ${first + count}, at most ${TILE_WIDTH}`
    throw new MalformedEvidence(refused('TILE', `tile ${tileKey(place)}`, expected, `${content.length} bytes`))
  }
  return Array.from({ length: count }, (_, at) =>
    content.subarray((first + at) * HASH_BYTES, (first + at + 1) * HASH_BYTES),
  )
}
