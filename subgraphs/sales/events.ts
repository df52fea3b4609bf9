// What sales does when records that concern it were accepted.
import { recordReaction } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import type { DomainEvent } from '../../core/events/kinds.ts'
import type { EventConsumer } from '../../core/events/outbox.ts'
import { recordsToTakeIn, writeOpportunities } from './opportunity-store.ts'
import { dealStepOf } from './rules.ts'

const SALES = { kind: 'SERVICE', id: 'sales' } as const

export const takesInDeals: EventConsumer = {
  name: 'sales/takes-in-deals',
  kinds: ['RECORDS_ACCEPTED'],
  consume: async (event, services) => {
    if (event.kind === 'RECORDS_ACCEPTED' && event.body.source === 'crm-deal') await takeInDeals(event, services)
  },
}

/** Idempotent by record: one that has its stage entry already is not read again. */
async function takeInDeals(event: DomainEvent & { kind: 'RECORDS_ACCEPTED' }, services: Services): Promise<void> {
  await recordReaction(services, SALES, async ({ unit, evidenceEntryId }) => {
    // A process that lost its lease may still be at the same event: it waits here and then finds nothing left to do.
    await unit.guard('sales/takes-in-deals')
    const records = await recordsToTakeIn(unit, event.body.recordIds)
    if (records.length === 0) return undefined
    const steps = records.map(({ recordId, customerId, payload }) => ({ recordId, customerId, ...dealStepOf(payload) }))
    const { opportunityIds, facts } = await writeOpportunities(unit, evidenceEntryId, steps, services.ids)
    return {
      evidence: {
        kind: 'OPPORTUNITIES_RECORDED' as const,
        statement: { opportunities: opportunityIds.length, because: event.id },
        facts,
      },
      events: [{ kind: 'OPPORTUNITIES_CHANGED' as const, body: { opportunityIds: [...opportunityIds] } }],
      result: {},
    }
  })
}
