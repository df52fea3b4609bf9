// The receipt of what a customer said: the step as the log commits to it, its opening, and the proof.
import { stepOf, visibleRows } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { receiptText } from '../../core/evidence/receipt.ts'
import type { ConsentReceipt } from './types.ts'

/**
 * The receipt of this entry, or of the newest step of the customer who asks; null where it has none. Throws
 * BAD_USER_INPUT within the second in which the entry is not integrated yet.
 */
export async function consentReceipt(
  { services, policy, viewer, masks }: RequestContext,
  entryId: string | null | undefined,
): Promise<ConsentReceipt | null> {
  const { graph, evidence, proofs } = services
  const reader = { run: graph.read.bind(graph) }
  const found = await stepOf(reader, visibleRows(policy, viewer), viewer.id, entryId ?? '')
  if (found === undefined) return null
  const { step, subject, evidenceEntryId: id } = found
  const { purpose, state, at } = step
  const opening = await evidence.openingFor(id, subject.id)
  const proof = await proofs.documentOf(id)
  if (opening === undefined || proof === undefined) throw new ApiError('EVIDENCE_UNAVAILABLE')
  const document = receiptText({
    kind: state === 'GIVEN' ? 'CONSENT_GIVEN' : 'CONSENT_WITHDRAWN',
    entryId: id,
    at,
    subjectId: subject.id,
    content: step,
    opening: opening.toString('base64'),
    proof,
  })
  return masks.apply('ConsentReceipt', { id, purpose, state, at, document }, subject)
}
