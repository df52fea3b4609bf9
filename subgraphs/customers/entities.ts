// Customers and interactions as this viewer sees them, made of what was found: each is masked once and leads to the other.
import type { EntityMasks, Subject } from '../../core/policy/entity-masks.ts'
import type { FoundCustomer, FoundInteraction } from './customer-store.ts'
import type { CustomerSelection, InteractionSelection } from './selection.ts'
import type { Customer, Interaction } from './types.ts'

export function entitiesSeen(masks: Pick<EntityMasks, 'apply'>) {
  function toCustomer(found: FoundCustomer, { timeline }: CustomerSelection): Customer {
    const customer = masks.apply('Customer', found.record, found.subject)
    if (timeline !== undefined) {
      const interactions = found.timeline.map(each => toInteraction(each, found.subject, customer))
      customer.timelineRead = { page: timeline.page, interactions }
    }
    return customer
  }

  function toInteraction(record: Interaction, subject: Subject, customer: Customer): Interaction {
    const interaction = masks.apply('Interaction', record, subject)
    interaction.customerRead = customer
    return interaction
  }

  function withCustomer({ record, customer }: FoundInteraction, selected: InteractionSelection): Interaction {
    return toInteraction(record, customer.subject, toCustomer(customer, selected.customer))
  }

  return { toCustomer, toInteraction, withCustomer }
}
