// At start: does the graph still hold the log that was signed? A lost tail or a restored backup is never silent.
import { recordReaction } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { LogSigner } from '../../core/evidence/log-signer.ts'
import { rootFrom } from '../../core/evidence/merkle-tree.ts'
import { MalformedEvidence } from '../../core/evidence/strict-text.ts'
import { hashReaderOver, tilesForRoot } from '../../core/evidence/tiles.ts'
import type { Reader } from '../../core/graph/graph.ts'
import type { Viewer } from '../../core/viewer.ts'
import { displaceEntriesFrom, type LogHead, latestCheckpoint, logHead, readTiles } from './log-store.ts'

const WHO_STARTS: Viewer = { kind: 'OPERATOR', id: 'start --accept-loss' }

/**
 * Throws EVIDENCE_ROLLED_BACK when the tree in the graph is smaller than the last signed checkpoint or has another root
 * at that size, or when it was signed before, but not by the key of this DATA_DIR.
 */
export async function requireIntactLog({ graph }: Pick<Services, 'graph'>, signer: LogSigner): Promise<void> {
  const reader: Reader = { run: graph.read.bind(graph) }
  const head = await logHead(reader)
  const signed = signer.lastSigned()
  const latest = await latestCheckpoint(reader)
  if (
    latest !== undefined &&
    (signed === undefined || ![signer.verifierKey, ...signer.retiredKeys].includes(latest.verifierKey))
  ) {
    throw new ApiError('EVIDENCE_ROLLED_BACK', {
      at: 'DATA_DIR',
      expected: 'the key and the checkpoint that signed this log',
    })
  }
  if (signed === undefined) return
  if (head.size < signed.size) {
    throw new ApiError('EVIDENCE_ROLLED_BACK', { expected: `${signed.size} entries`, got: `${head.size}` })
  }
  await requireRoot(reader, signed)
}

/**
 * Goes on with the tree that is there, after an entry that says what was signed before. Throws EVIDENCE_ROLLED_BACK when
 * that tree is torn itself, so that nothing could be proved with it.
 */
export async function acceptLoss(services: Services, signer: LogSigner): Promise<void> {
  const reader: Reader = { run: services.graph.read.bind(services.graph) }
  const head = await logHead(reader)
  await requireRoot(reader, head)
  const signed = signer.lastSigned() ?? (await latestCheckpoint(reader))
  await recordReaction(services, WHO_STARTS, async ({ unit }) => {
    await displaceEntriesFrom(unit, head.size)
    return {
      evidence: {
        kind: 'LOSS_ACCEPTED',
        statement: {
          signedSize: signed?.size ?? null,
          signedRoot: signed?.root.toString('base64') ?? null,
          foundSize: head.size,
          foundRoot: head.root.toString('base64'),
        },
        facts: [],
      },
      events: [],
      result: {},
    }
  })
  // Last: until the loss is recorded, the next start refuses as this one would have.
  await signer.startOverFrom(head.size, head.root)
}

async function requireRoot(reader: Reader, { size, root }: LogHead): Promise<void> {
  const tiles = await readTiles(reader, tilesForRoot(size))
  try {
    if (rootFrom(size, hashReaderOver(tiles)).equals(root)) return
  } catch (error) {
    if (!(error instanceof MalformedEvidence)) throw error
  }
  throw new ApiError('EVIDENCE_ROLLED_BACK', { expected: `the root ${root.toString('base64')} of ${size} entries` })
}
