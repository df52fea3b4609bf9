// What sellers were seen at, as it was told. Events name it by its source; whoever learns from them reads it here.
import { z } from 'zod'
import { type BehaviourTold, behaviours } from '../../../core/events/kinds.ts'
import type { EventDraft } from '../../../core/events/outbox.ts'
import type { Reader, UnitOfWork } from '../../../core/graph/graph.ts'
import { sourceName } from './evidence-store.ts'

/** One thing that a seller did, in no words of anybody. */
const observation = z.strictObject({
  /** Of what was seen, such as the id of a meeting note. */
  sourceId: z.string().min(1).max(200),
  sellerId: z.string().min(1),
  behaviour: z.enum(behaviours),
  /** URIs of the skills that it tells of; those that the behaviour stands for where it is left out. */
  skills: z.array(z.string().min(1)).max(10).optional(),
  /** 0 failed to 1 succeeded. */
  outcome: z.number().min(0).max(1),
  /** 1 easy to 5 as hard as it gets. */
  complexity: z.int().min(1).max(5),
  at: z.iso.datetime(),
})
export type ToldObservation = z.infer<typeof observation>

const FORGET = `
UNWIND $sources AS wanted
MATCH (o:Observation {source: wanted})
DELETE o`

const KEEP = `
UNWIND $rows AS row
CREATE (o:Observation {source: row.source, sourceId: row.sourceId, sellerId: row.sellerId, behaviour: row.behaviour,
  skills: row.skills, outcome: row.outcome, complexity: row.complexity, at: row.at, place: row.place})`

const FROM_SOURCES = `
UNWIND $sources AS wanted
MATCH (o:Observation {source: wanted})
RETURN o.source, o.sourceId, o.sellerId, o.behaviour, o.skills, o.outcome, o.complexity, o.at
ORDER BY o.place`

/** Keeps what was seen, all of each source: told again, it takes the place of what was told. Answers the event that names it. */
export async function tellObservations(
  { unit }: { readonly unit: UnitOfWork },
  told: readonly ToldObservation[],
): Promise<EventDraft<'SELLERS_OBSERVED'>> {
  const rows = told.map((each, place) => {
    const { skills = null, ...others } = observation.parse(each)
    return { ...others, skills, place, source: nameOf(each) }
  })
  const sources = new Map(rows.map(({ source, behaviour, sourceId }) => [source, { behaviour, sourceId }]))
  await unit.run(FORGET, { sources: [...sources.keys()] })
  await unit.run(KEEP, { rows })
  return { kind: 'SELLERS_OBSERVED', body: { sources: [...sources.values()] } }
}

/** Forgets what was told of these sources, which is not so. Answers the event that names them. */
export async function retractObservations(
  { unit }: { readonly unit: UnitOfWork },
  behaviour: BehaviourTold,
  sourceIds: readonly string[],
): Promise<EventDraft<'OBSERVATIONS_RETRACTED'>> {
  await unit.run(FORGET, { sources: sourceIds.map(sourceId => nameOf({ behaviour, sourceId })) })
  return { kind: 'OBSERVATIONS_RETRACTED', body: { behaviour, sourceIds: [...sourceIds] } }
}

/** All that is told of each of these sources, by its name, in the order in which it was told; of one that was taken back nothing. */
export async function observationsFrom(
  reader: Reader,
  sources: readonly string[],
): Promise<ReadonlyMap<string, readonly ToldObservation[]>> {
  const found = new Map<string, ToldObservation[]>(sources.map(source => [source, []]))
  if (sources.length === 0) return found
  for (const [source, sourceId, sellerId, behaviour, skills, outcome, complexity, at] of await reader.run(
    FROM_SOURCES,
    { sources },
  )) {
    const told = { sourceId, sellerId, behaviour, outcome, complexity, at, ...(skills !== null && { skills }) }
    found.get(String(source))?.push(observation.parse(told))
  }
  return found
}

const nameOf = ({ behaviour, sourceId }: Pick<ToldObservation, 'behaviour' | 'sourceId'>) =>
  sourceName(behaviour, sourceId)
