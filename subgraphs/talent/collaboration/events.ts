// How talent learns who works with whom.
import { recordReaction } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import type { DomainEvent } from '../../../core/events/kinds.ts'
import type { EventConsumer } from '../../../core/events/outbox.ts'
import { collaborationById, jointWorkOf, keepCollaboration, sellersAmong } from './collaboration-store.ts'

const TALENT = { kind: 'SERVICE', id: 'talent' } as const

export const learnsWhoWorksWithWhom: EventConsumer = {
  name: 'talent/learns-who-works-with-whom',
  kinds: ['SELLERS_WORKED_TOGETHER'],
  consume: async (event, services) => {
    if (event.kind === 'SELLERS_WORKED_TOGETHER') await remember(event, services)
  },
}

/** Idempotent by source: told again as it is known, it changes nothing; told otherwise, it takes the place of that. */
async function remember(event: DomainEvent & { kind: 'SELLERS_WORKED_TOGETHER' }, services: Services): Promise<void> {
  await recordReaction(services, TALENT, async ({ unit, evidenceEntryId }) => {
    await unit.guard('talent/collaborations')
    const { sourceId: id } = event.body
    const told = await jointWorkOf(unit, id)
    if (told === undefined) return undefined
    const { outcome, at } = told
    const sellerIds = await sellersAmong(unit, [...new Set(told.sellerIds)])
    const before = await collaborationById(unit, id)
    const isKnown = before?.outcome === outcome && before.at === at && before.sellerIds.join() === sellerIds.join()
    if (isKnown || sellerIds.length < 2) return undefined
    await keepCollaboration(unit, evidenceEntryId, { id, outcome, at, sellerIds }, before)
    return {
      evidence: {
        kind: 'COLLABORATION_RECORDED',
        statement: { people: sellerIds.length, because: event.id },
        facts: sellerIds.map(subjectId => ({ subjectId, content: { collaboration: id, outcome, at } })),
      },
      events: [],
      result: {},
    }
  })
}
