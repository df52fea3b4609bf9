// Recomputes the whole log from its entries, as a second party does who trusts nothing but the verifier key.
import { z } from 'zod'
import { verifyCheckpoint } from '../core/evidence/checkpoint.ts'
import { leafHash, rootFrom } from '../core/evidence/merkle-tree.ts'
import type { NoteKey } from '../core/evidence/signed-note.ts'
import { appendToTiles, hashReaderOver, TILE_WIDTH, tileKey } from '../core/evidence/tiles.ts'
import type { Client } from './client.ts'
import { CommandError } from './command-error.ts'
import { ask, checkpointAnswer, nodesOf } from './evidence-client.ts'

const ENTRIES = `query Entries($first: Int!, $after: String) {
  auditTrail(first: $first, after: $after) {
    edges { node { position id entry } }
    pageInfo { hasNextPage endCursor }
  }
}`

const CHECKPOINTS = `query Checkpoints($first: Int!, $after: String) {
  checkpoints(first: $first, after: $after) {
    edges { node { size note } }
    pageInfo { hasNextPage endCursor }
  }
}`

const LEAVES = 'query Leaves($index: Int!) { tile(level: 0, index: $index) }'

const entryAnswer = z.object({ position: z.number(), id: z.string(), entry: z.string() })

/** What was recomputed. Throws CommandError, which names the first entry or checkpoint that does not hold. */
export async function audit(
  client: Client,
  keys: readonly NoteKey[],
  advance: (entries: number) => void,
): Promise<{ readonly entries: number; readonly checkpoints: number }> {
  const tiles = new Map<string, Buffer>()
  let size = 0
  let checkpoints = 0
  let batch: z.infer<typeof entryAnswer>[] = []
  // All signed sizes first: an entry that is signed later is still read below.
  const signed: z.infer<typeof checkpointAnswer>[] = []
  for await (const checkpoint of nodesOf(client, CHECKPOINTS, checkpointAnswer)) signed.push(checkpoint)

  async function takeBatch(): Promise<void> {
    const index = Math.floor(size / TILE_WIDTH)
    const logged = Buffer.from((await ask(client, LEAVES, { index }, z.string().nullable())) ?? '', 'base64')
    const leaves = batch.map(({ entry }) => leafHash(entry))
    for (const [at, leaf] of leaves.entries()) {
      const position = size + at
      const { id } = batch[at] ?? { id: '' }
      if (batch[at]?.position !== position) throw new CommandError(`Refused. Entry ${position} is missing.`)
      if (!logged.subarray(at * leaf.length, (at + 1) * leaf.length).equals(leaf)) {
        throw new CommandError(`Refused. Entry ${position} (${id}) is not what was logged at its place.`)
      }
    }
    for (const tile of appendToTiles(size, leaves, tiles)) tiles.set(tileKey(tile), tile.hashes)
    size += leaves.length
    batch = []
    advance(size)
    requireCheckpoints()
  }

  function requireCheckpoints(): void {
    for (let next = signed[checkpoints]; next !== undefined && next.size <= size; next = signed[checkpoints]) {
      requireCheckpoint(next)
      checkpoints += 1
    }
  }

  function requireCheckpoint({ size: signedSize, note }: z.infer<typeof checkpointAnswer>): void {
    const verified = verifyCheckpoint(note, keys)
    if (verified.kind === 'refused') {
      const { at, expected, got } = verified
      throw new CommandError(`Refused. Checkpoint of ${signedSize}. At: ${at}. Expected: ${expected}. Got: ${got}.`)
    }
    const { checkpoint } = verified
    const before = signed[checkpoints - 1]?.size ?? 0
    if (checkpoint.size !== signedSize || !rootFrom(signedSize, hashReaderOver(tiles)).equals(checkpoint.root)) {
      throw new CommandError(
        `Refused. The entries ${before} to ${signedSize - 1} are not those that the checkpoint of ${signedSize} signed.`,
      )
    }
  }

  requireCheckpoints()
  for await (const entry of nodesOf(client, ENTRIES, entryAnswer)) {
    batch.push(entry)
    if (batch.length === TILE_WIDTH) await takeBatch()
  }
  if (batch.length > 0) await takeBatch()
  const missing = signed[checkpoints]
  if (missing !== undefined) {
    throw new CommandError(`Refused. Entry ${size} is missing: a checkpoint signed ${missing.size} entries.`)
  }
  return { entries: size, checkpoints }
}
