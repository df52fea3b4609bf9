// What counting starts from: an entity with all the facts about it, and which of them a measure is about.
import type { Services } from '../../core/context.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { type Policy, regimeOf } from '../../core/policy/policy.ts'
import type { Countable, DimensionValues, Entity, Fact } from '../../core/registry/facts.ts'
import { type Purpose, purposes } from '../../core/viewer.ts'
import { type Condition, type Definition, type Measure, measuresOf } from './definition.ts'
import { exact } from './tally.ts'

export interface CountedFacts {
  readonly id: string
  readonly dimensions: DimensionValues
  /** Those for which the law lets it be counted. */
  readonly purposes: ReadonlySet<Purpose>
  /** By the name of their source. */
  readonly facts: ReadonlyMap<string, readonly Fact[]>
  /** When the next fact comes that lies in the future and is not counted before; absent where none does. */
  readonly dueAt?: string
}

/** What reading facts takes. */
type FactServices = Pick<Services, 'countable' | 'policies' | 'clock'>

/** The entities among these ids that exist, with the facts of all sources: a fixed number of statements a source. */
export async function readFacts(
  reader: Reader,
  { countable: { entities, facts: sources }, policies, clock }: FactServices,
  kind: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CountedFacts>> {
  const found = await entities.find(each => each.name === kind)?.read(reader, ids)
  const bySource = new Map<string, ReadonlyMap<string, readonly Fact[]>>()
  for (const source of sources) {
    if (source.entity === kind) bySource.set(source.name, await source.read(reader, ids))
  }
  const now = clock.now()
  return new Map(
    (found ?? []).map(entity => {
      const { id, dimensions } = entity
      const all = [...bySource].map(([name, byEntity]) => [name, byEntity.get(id) ?? []] as const)
      const facts = new Map(all.map(([name, each]) => [name, each.filter(({ at }) => at === null || at <= now)]))
      const [dueAt] = all.flatMap(([, each]) => each.flatMap(({ at }) => (at !== null && at > now ? [at] : []))).sort()
      const purposes = purposesOf(policies.current().policy, entity)
      return [id, { id, dimensions, purposes, facts, ...(dueAt !== undefined && { dueAt }) }]
    }),
  )
}

/** Of a data subject the purposes that rest on no consent in its region, and those that it consents to; of others all. */
function purposesOf(policy: Policy, { dimensions, consents }: Entity): ReadonlySet<Purpose> {
  if (consents === undefined) return new Set(purposes)
  const { bases } = regimeOf(policy, dimensions.region ?? '')
  return new Set(purposes.filter(each => !bases[each].consent || consents.has(each)))
}

/** The facts that a measure is about. */
export function factsOf({ source, where }: Measure, { facts }: CountedFacts): readonly Fact[] {
  return (facts.get(source) ?? []).filter(({ values }) => where.every(each => holds(each, values[each.field])))
}

function holds({ is, value }: Condition, found: string | number | null | undefined): boolean {
  if (found === null || found === undefined) return false
  switch (is) {
    case 'EQUALS':
      return found === value
    case 'AT_LEAST':
      return value !== undefined && found >= value
    case 'AT_MOST':
      return value !== undefined && found <= value
    case 'KNOWN':
      return true
  }
}

/** What these facts of one entity add up to. */
export function amountOf({ aggregation, field = '' }: Measure, facts: readonly Fact[]): number {
  switch (aggregation) {
    case 'FACTS':
      return facts.length
    case 'ENTITIES':
      return Math.min(1, facts.length)
    case 'SUM':
      return facts.reduce((sum, { values }) => sum + exact(typeof values[field] === 'number' ? values[field] : 0), 0)
  }
}

/** Whether a fact was followed by one of these within so many hours. */
export function isFollowed(fact: Fact, followers: readonly Fact[], withinHours: number): boolean {
  if (fact.at === null) return false
  const at = Date.parse(fact.at)
  return followers.some(({ at: next }) => {
    const after = next === null ? -1 : Date.parse(next) - at
    return after > 0 && after <= withinHours * 3_600_000
  })
}

/** The metrics of what has no time and tells how things stand now, by id. */
export function stateMetrics(definitions: Iterable<Definition>, { facts }: Countable): readonly string[] {
  const states = new Set(facts.filter(({ isState }) => isState).map(({ name }) => name))
  return [...definitions].flatMap(definition =>
    measuresOf(definition).some(({ source }) => states.has(source)) ? [definition.id] : [],
  )
}

/** The sources that a definition needs and nobody contributes. */
export function missingSources(definition: Definition, { facts }: Countable): readonly string[] {
  const known = new Set(facts.map(({ name }) => name))
  return [...new Set(measuresOf(definition).map(({ source }) => source))].filter(source => !known.has(source)).sort()
}
