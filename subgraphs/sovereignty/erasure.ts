// A customer asks to be erased. Who may is decided at the root; whose data goes is the customer who asks.
import { type Recorded, recordChange } from '../../core/change.ts'
import { eraseConsents } from '../../core/consent/consent-store.ts'
import type { Services } from '../../core/context.ts'
import type { SubjectEraser } from '../../core/erasure/eraser.ts'
import { type ErasureRequest, erasureRequestOf, requestErasureOf } from '../../core/erasure/erasure-store.ts'
import { ApiError } from '../../core/errors.ts'
import type { Viewer } from '../../core/viewer.ts'

/**
 * Records the request of the customer who asks; the work begins with the event. A customer has one such request: asked
 * again it goes on where it stopped, and is answered as it is once it is completed. Throws NOT_VISIBLE, CONFLICT.
 */
export async function requestErasure(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
): Promise<Recorded<{ readonly request: ErasureRequest }>> {
  const { graph, ids, policies } = services
  const subjectId = viewer.id
  const before = await erasureRequestOf({ run: graph.read.bind(graph) }, subjectId)
  // Nothing is left to change or to prove, and the key that would name the customer in an entry is gone.
  if (before?.state === 'COMPLETED') return { request: before, evidenceEntryId: before.evidenceEntryId }
  const asked = { viewer, mutation: 'requestErasure', idempotencyKey, input: {} }
  return recordChange(services, asked, async ({ unit, at, evidenceEntryId }) => {
    const newId = ids.next('RightsRequest')
    const { policy } = policies.current()
    const request = await requestErasureOf(unit, subjectId, { policy, newId, at, evidenceEntryId })
    if (request === undefined) throw new ApiError('NOT_VISIBLE')
    return {
      evidence: {
        kind: 'ERASURE_REQUESTED',
        statement: { request: request.id },
        facts: [{ subjectId, content: { erasure: request.id } }],
      },
      events: [{ kind: 'ERASURE_REQUESTED' as const, body: { requestId: request.id, subjectId } }],
      result: { request },
    }
  })
}

export const consentsEraser: SubjectEraser = { part: 'sovereignty', erase: eraseConsents }
