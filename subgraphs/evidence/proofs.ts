// Proofs out of the tiles in the graph, for the latest checkpoint. Each runs at most three statements, however large the log.
import { ApiError } from '../../core/errors.ts'
import type { Proofs } from '../../core/evidence/evidence.ts'
import { consistencyProof, inclusionProof } from '../../core/evidence/merkle-tree.ts'
import { onlySignedBy, parseVerifierKey } from '../../core/evidence/signed-note.ts'
import {
  hashReaderOver,
  type Tiles,
  tileKey,
  tilesForConsistency,
  tilesForInclusion,
} from '../../core/evidence/tiles.ts'
import { tlogProofText } from '../../core/evidence/tlog-proof.ts'
import type { Graph, Reader } from '../../core/graph/graph.ts'
import {
  entriesById,
  entryAt,
  firstCheckpointOver,
  type LoggedEntry,
  latestCheckpoint,
  readTiles,
  type StoredCheckpoint,
} from './log-store.ts'
import type { Checkpoint, ConsistencyProof, InclusionProof } from './types.ts'

/** The part of the proofs that other subgraphs make receipts with. */
export function proofsOver(graph: Graph): Proofs {
  const reader: Reader = { run: graph.read.bind(graph) }
  return { documentOf: async entryId => (await proveInclusion(reader, entryId))?.document }
}

export async function checkpointOf(reader: Reader): Promise<Checkpoint | null> {
  const stored = await latestCheckpoint(reader)
  return stored === undefined ? null : toCheckpoint(stored)
}

/**
 * Of this entry, or of the newest under the checkpoint; null where there is none. Throws BAD_USER_INPUT for one that is
 * not under a checkpoint yet.
 */
export async function proveInclusion(
  reader: Reader,
  entryId: string | null | undefined,
): Promise<InclusionProof | null> {
  const [checkpoint, named] = await Promise.all([
    latestCheckpoint(reader),
    entryId ? entryById(reader, entryId) : undefined,
  ])
  const size = checkpoint?.size ?? 0
  const found = entryId ? named : await entryAt(reader, size - 1)
  if (found === undefined) return null
  const { position, entry } = found
  if (checkpoint === undefined || position === null || position >= size) {
    throw new ApiError('BAD_USER_INPUT', {
      at: 'entryId',
      expected: 'an entry that is integrated',
      got: 'one that is not integrated yet; ask again in a second',
    })
  }
  const under = await checkpointFor(reader, found, checkpoint)
  const tiles = await readTiles(reader, tilesForInclusion(position, under.size))
  return proofOf({ position, entry }, under, tiles)
}

// A key is announced to who trusts the one before: under the one checkpoint that both signed. Everything else is proved
// under the latest, by the key in force alone.
async function checkpointFor(
  reader: Reader,
  { kind, position }: LoggedEntry,
  latest: StoredCheckpoint,
): Promise<StoredCheckpoint> {
  const announced = kind === 'LOG_KEY_ROTATED' ? await firstCheckpointOver(reader, Number(position)) : undefined
  return announced ?? signedByOne(latest)
}

function signedByOne(checkpoint: StoredCheckpoint): StoredCheckpoint {
  return { ...checkpoint, note: onlySignedBy(checkpoint.note, parseVerifierKey(checkpoint.verifierKey)) }
}

/** The proofs of those among these entries that are under the latest checkpoint, by id; none where there is none yet. */
export async function proveIntegrated(
  reader: Reader,
  entries: readonly LoggedEntry[],
  latest: StoredCheckpoint | undefined,
): Promise<ReadonlyMap<string, InclusionProof>> {
  if (latest === undefined) return new Map()
  const checkpoint = signedByOne(latest)
  const { size } = checkpoint
  const placed = entries.flatMap(({ id, entry, position }) =>
    position === null || position >= size ? [] : [{ id, entry, position }],
  )
  const places = new Map(
    placed.flatMap(({ position }) => tilesForInclusion(position, size)).map(place => [tileKey(place), place]),
  )
  const tiles = await readTiles(reader, [...places.values()])
  return new Map(placed.map(each => [each.id, proofOf(each, checkpoint, tiles)]))
}

function proofOf(
  { position, entry }: { readonly position: number; readonly entry: string },
  checkpoint: StoredCheckpoint,
  tiles: Tiles,
): InclusionProof {
  const hashes = inclusionProof(position, checkpoint.size, hashReaderOver(tiles))
  // The extra line holds the entry, so that one file is enough: its hash is the leaf that is proved.
  const document = tlogProofText({ extra: Buffer.from(entry), index: position, hashes, checkpoint: checkpoint.note })
  return { position, hashes: hashes.map(base64), checkpoint: toCheckpoint(checkpoint), document }
}

async function entryById(reader: Reader, id: string): Promise<LoggedEntry | undefined> {
  return (await entriesById(reader, [id])).get(id)
}

/** Null before the first checkpoint. Throws BAD_USER_INPUT for a size that was never signed. */
export async function proveConsistency(reader: Reader, fromSize: number): Promise<ConsistencyProof | null> {
  const checkpoint = await latestCheckpoint(reader)
  if (checkpoint === undefined) return null
  const { size } = checkpoint
  if (fromSize < 0 || fromSize > size) {
    throw new ApiError('BAD_USER_INPUT', { at: 'fromSize', expected: `0 to ${size}`, got: `${fromSize}` })
  }
  const tiles = await readTiles(reader, tilesForConsistency(fromSize, size))
  const hashes = consistencyProof(fromSize, size, hashReaderOver(tiles))
  return { fromSize, hashes: hashes.map(base64), checkpoint: toCheckpoint(checkpoint) }
}

export function toCheckpoint(stored: StoredCheckpoint): Checkpoint {
  return { ...stored, root: base64(stored.root) }
}

const base64 = (bytes: Buffer): string => bytes.toString('base64')
