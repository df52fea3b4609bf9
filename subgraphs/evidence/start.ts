import type { BackgroundWork } from '../../core/background.ts'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { BackgroundMeans } from '../../core/subgraph.ts'
import { acceptLoss, requireIntactLog } from './intact.ts'
import { sequencerOf, signHead } from './sequencer.ts'

/** Checks that the log is whole, signs it as it is, and begins to integrate. Throws EVIDENCE_ROLLED_BACK. */
export async function start(services: Services, means: BackgroundMeans): Promise<BackgroundWork> {
  const { signer, failed } = means
  try {
    await requireIntactLog(services, signer)
  } catch (error) {
    const isLoss = error instanceof ApiError && error.code === 'EVIDENCE_ROLLED_BACK'
    if (!isLoss || !means.acceptLoss) throw error
    await acceptLoss(services, signer)
  }
  // Before the first entry the empty tree is signed, so that a log without any signature beside its key is noticed.
  await signHead(services, signer)
  return sequencerOf(services, signer, failed)
}
