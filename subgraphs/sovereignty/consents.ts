// A customer gives and withdraws consents. Who may is decided at the root; whose they are is the customer who asks.
import { type Recorded, recordChange } from '../../core/change.ts'
import type { ConsentRecord } from '../../core/consent/consent-store.ts'
import { requireMayConsent } from '../../core/consent/may-consent.ts'
import { followPart } from '../../core/consent/merged-consents.ts'
import { setConsent } from '../../core/consent/set-consent.ts'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { Viewer } from '../../core/viewer.ts'
import { consentProblem, type StatedConsent } from './rules.ts'

/** Sets one consent of the customer who asks. Throws BAD_USER_INPUT, FORBIDDEN, NOT_VISIBLE, CONFLICT. */
export async function changeConsent(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  stated: StatedConsent,
  given: boolean,
): Promise<Recorded<{ readonly consent: ConsentRecord }>> {
  const problem = consentProblem(stated)
  if (problem !== undefined) throw new ApiError('BAD_USER_INPUT', problem)
  const { purpose } = stated
  const recipient = stated.recipient ?? ''
  const mutation = given ? 'giveConsent' : 'withdrawConsent'
  const input = { purpose, recipient }
  const customerId = viewer.id
  return recordChange(services, { viewer, mutation, idempotencyKey, input }, async change => {
    const state = given ? 'GIVEN' : 'WITHDRAWN'
    if (given) await requireMayConsent(services, change, viewer, purpose)
    const { guardianId } = viewer
    const changed = await setConsent(services, change, { customerId, purpose, recipient, state, guardianId })
    if (changed === undefined) throw new ApiError('NOT_VISIBLE')
    const { consent, personId } = changed
    const followed = personId === undefined ? undefined : await followPart(services, change, customerId)
    return {
      evidence: {
        kind: given ? 'CONSENT_GIVEN' : 'CONSENT_WITHDRAWN',
        statement: { purpose, recipient, ...(viewer.guardianId !== undefined && { by: 'GUARDIAN' }) },
        facts: [...changed.facts, ...(followed?.facts ?? [])],
      },
      events: [{ kind: 'CONSENT_CHANGED' as const, body: { customerId, purpose, given } }, ...(followed?.events ?? [])],
      result: { consent },
    }
  })
}
