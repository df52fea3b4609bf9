// Gives pending entries their places in the tree, in batches, and signs what came of it. One process at a time does it.
import { type BackgroundWork, inRounds } from '../../core/background.ts'
import type { Services } from '../../core/context.ts'
import type { LogSigner } from '../../core/evidence/log-signer.ts'
import { leafHash, rootFrom } from '../../core/evidence/merkle-tree.ts'
import { appendToTiles, hashReaderOver, tileKey, tilesForAppend } from '../../core/evidence/tiles.ts'
import type { UnitOfWork } from '../../core/graph/graph.ts'
import {
  announcedKey,
  extendLog,
  hasPendingEntries,
  keepCheckpoint,
  type LogHead,
  latestCheckpoint,
  logHead,
  pendingEntries,
  readTiles,
} from './log-store.ts'

type SequencerServices = Pick<Services, 'graph' | 'clock'>

const BATCH = 1_000
const PAUSE_MS = 200

/** Looks for pending entries every 200 ms; `failed` is told the first of a row of failures. */
export function sequencerOf(
  services: SequencerServices,
  signer: LogSigner,
  failed: (cause: unknown) => void,
): BackgroundWork {
  const { graph } = services
  async function round(isStopped: () => boolean): Promise<void> {
    while (!isStopped() && (await hasPendingEntries({ run: graph.read.bind(graph) }))) {
      await graph.write(integrateBatch)
      await signHead(services, signer)
    }
  }

  const rounds = inRounds({ everyMs: PAUSE_MS, round, failed })
  return {
    settle: async () => {
      await rounds.settle()
      // It may have been another process, or one that ended, that integrated entries without signing yet.
      await signHead(services, signer)
    },
    stop: rounds.stop,
  }
}

/** Gives the oldest pending entries, up to a thousand, their places. Under a guard: two at a time would give one place twice. */
export async function integrateBatch(unit: UnitOfWork): Promise<void> {
  await unit.guard('evidence-log')
  const pending = await pendingEntries(unit, BATCH)
  if (pending.length === 0) return
  const { size } = await logHead(unit)
  const edge = await readTiles(unit, tilesForAppend(size))
  const leaves = pending.map(({ entry }) => leafHash(entry))
  const changed = appendToTiles(size, leaves, edge)
  const tiles = new Map([...edge, ...changed.map(tile => [tileKey(tile), tile.hashes] as const)])
  const root = rootFrom(size + pending.length, hashReaderOver(tiles))
  await extendLog(unit, size, pending, changed, root)
}

/**
 * Signs the head of the tree, the empty one too, and keeps the checkpoint in the graph. Signing again gives the same
 * note, so that a crash between the two, or a second run of the unit, does no harm. The first checkpoint over an entry
 * that announces a new key is signed by the old and the new one.
 */
export async function signHead({ graph, clock }: SequencerServices, signer: LogSigner): Promise<void> {
  await graph.write(async unit => {
    await unit.guard('evidence-log')
    const { size, root } = await logHead(unit)
    const kept = await latestCheckpoint(unit)
    const keep = (signed: LogHead & { readonly note: string }) =>
      keepCheckpoint(unit, { ...signed, verifierKey: signer.verifierKey, at: clock.now() })
    const last = signer.lastSigned()
    // Signed before, and then the store was away. If both keys signed it, there will be no other of its kind.
    if (last !== undefined && last.size < size && last.size > (kept?.size ?? -1)) await keep(last)
    const next = await announcedKey(unit, size)
    const isNew = next !== undefined && ![signer.verifierKey, ...signer.retiredKeys].includes(next)
    const note = isNew ? await signer.rotateTo(next, size, root) : await signer.sign(size, root)
    if (kept?.note !== note) await keep({ size, root, note })
  })
}
