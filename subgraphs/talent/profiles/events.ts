// How talent learns: from what happened, and never because somebody asked.
import { recordReaction } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import type { DomainEvent } from '../../../core/events/kinds.ts'
import type { EventConsumer } from '../../../core/events/outbox.ts'
import type { UnitOfWork } from '../../../core/graph/graph.ts'
import { sourceName } from './evidence-store.ts'
import { observationsFrom } from './observation-store.ts'
import { observe, PROFILES_GUARD, type Told } from './observe.ts'
import { outcomesOf } from './sales-store.ts'

const TALENT = { kind: 'SERVICE', id: 'talent' } as const

export const learnsFromBehaviour: EventConsumer = {
  name: 'talent/learns-from-behaviour',
  kinds: ['OPPORTUNITIES_CHANGED', 'SELLERS_OBSERVED', 'OBSERVATIONS_RETRACTED'],
  consume: (event, services) => learn(services, toldBy(event), event.id),
}

/** Of what events tell: of opportunities that they ended otherwise, of other sources that something was observed or taken back. */
export interface News {
  readonly opportunityIds: readonly string[]
  /** By name. */
  readonly sources: readonly string[]
}

export function toldBy(event: DomainEvent): News {
  switch (event.kind) {
    case 'OPPORTUNITIES_CHANGED':
      return { opportunityIds: event.body.opportunityIds, sources: [] }
    case 'SELLERS_OBSERVED': {
      const { sources } = event.body
      return { opportunityIds: [], sources: sources.map(({ behaviour, sourceId }) => sourceName(behaviour, sourceId)) }
    }
    case 'OBSERVATIONS_RETRACTED': {
      const { behaviour, sourceIds } = event.body
      return { opportunityIds: [], sources: sourceIds.map(id => sourceName(behaviour, id)) }
    }
    default:
      return { opportunityIds: [], sources: [] }
  }
}

/** Idempotent by source: what is known as it is told is not written again. `because` is the event, or the request, that tells. */
export async function learn(services: Services, news: News, because: string): Promise<void> {
  await recordReaction(services, TALENT, async change => {
    await change.unit.guard(PROFILES_GUARD)
    const { facts, sellerIds, unknown } = await observe(change, services.ids, await gathered(change.unit, news))
    if (facts.length === 0) return undefined
    return {
      evidence: { kind: 'SKILL_EVIDENCE_RECORDED', statement: { pieces: facts.length, unknown, because }, facts },
      events: [{ kind: 'SELLER_SKILLS_CHANGED' as const, body: { sellerIds: [...sellerIds] } }],
      result: {},
    }
  })
}

async function gathered(unit: UnitOfWork, { opportunityIds, sources }: News): Promise<Told> {
  const ofSales = await outcomesOf(unit, opportunityIds)
  const told = await observationsFrom(unit, sources)
  const takenBack = [...told].filter(([, observations]) => observations.length === 0).map(([name]) => name)
  return {
    observations: [...ofSales.observations, ...[...told.values()].flat()],
    retracted: [...ofSales.retracted, ...takenBack],
  }
}
