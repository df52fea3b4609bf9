// When signals are inferred and removed: by the events of the change that calls for it, never within that change.
import type { EventConsumer } from '../../../core/events/outbox.ts'
import { inferCustomer, inferInteractions, removeSignals } from './infer.ts'

export const followsInteractionsAndConsent: EventConsumer = {
  name: 'customers/infers-signals',
  kinds: ['INTERACTIONS_RECORDED', 'CONSENT_CHANGED'],
  consume: async (event, services) => {
    if (event.kind === 'INTERACTIONS_RECORDED') {
      await inferInteractions(services, event.body.interactionIds, event.id)
    } else if (event.kind === 'CONSENT_CHANGED' && event.body.purpose === 'AI_DECISION') {
      const { customerId, given } = event.body
      if (given) await inferCustomer(services, customerId, event.id)
      else await removeSignals(services, customerId, event)
    }
  },
}
