// Learns everything again from the events that are kept, and counts every standing from its evidence.
import { type Recorded, recordChange } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import type { Outbox } from '../../../core/events/outbox.ts'
import type { Reader } from '../../../core/graph/graph.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { learn, type News, toldBy } from './events.ts'
import { sellersAfter, standingsOf } from './evidence-store.ts'
import { countAnew, PROFILES_GUARD } from './observe.ts'

const BATCH = 100

/**
 * Goes through all that happened and repairs what is not as it would be: gives the same where nothing was lost.
 * What persons contested and what was decided on it is not learned from events, and stays.
 */
export async function rebuildProfiles(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
): Promise<Recorded<{ readonly sellers: number }>> {
  const { graph, outbox, ids } = services
  const { opportunityIds, sources } = await everTold({ run: graph.read.bind(graph) }, outbox)
  for (const batch of batchesOf(opportunityIds)) {
    await learn(services, { opportunityIds: batch, sources: [] }, 'rebuild')
  }
  for (const batch of batchesOf(sources)) {
    await learn(services, { opportunityIds: [], sources: batch }, 'rebuild')
  }
  const asked = { viewer, mutation: 'rebuildProfiles', idempotencyKey, input: {} }
  return recordChange(services, asked, async ({ unit }) => {
    await unit.guard(PROFILES_GUARD)
    let sellers = 0
    for (let after = ''; ; ) {
      const found = await sellersAfter(unit, after, BATCH)
      const last = found.at(-1)
      if (last === undefined) break
      await countAnew(unit, ids, await standingsOf(unit, found))
      sellers += found.length
      after = last
    }
    return {
      evidence: { kind: 'PROFILES_REBUILT', statement: { sellers }, facts: [] },
      events: [],
      result: { sellers },
    }
  })
}

/** Everything of which something was ever told; what holds of it is read when it is learned. */
async function everTold(reader: Reader, outbox: Outbox): Promise<News> {
  const opportunityIds = new Set<string>()
  const sources = new Set<string>()
  for (let sequence = 0; ; ) {
    const events = await outbox.after(reader, sequence, BATCH)
    const last = events.at(-1)
    if (last === undefined) return { opportunityIds: [...opportunityIds], sources: [...sources] }
    for (const news of events.map(toldBy)) {
      for (const id of news.opportunityIds) opportunityIds.add(id)
      for (const name of news.sources) sources.add(name)
    }
    sequence = last.sequence
  }
}

function batchesOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, n) => items.slice(n * BATCH, (n + 1) * BATCH))
}
