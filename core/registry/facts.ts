// What a subgraph contributes for metrics to count: its entities with their dimensions, and the facts about them. Metrics are
// defined over these names and never over labels.
import type { EventBody, EventKind } from '../events/kinds.ts'
import type { Reader } from '../graph/graph.ts'
import type { Purpose } from '../viewer.ts'

/** By which a metric can be broken down. A fact has those of its entity and its own. */
export const dimensions = ['region', 'team', 'seller', 'channel', 'segment', 'product'] as const
export type Dimension = (typeof dimensions)[number]
export type DimensionValues = { readonly [dimension in Dimension]?: string }

/** One of the things that metrics count, such as a customer. */
export interface Entity {
  readonly id: string
  readonly dimensions: DimensionValues
  /** The purposes that a data subject consents to, which decide for which metrics it is counted; absent for who is none. */
  readonly consents?: ReadonlySet<Purpose>
}

export interface EntityKind {
  /** As definitions name it, such as Customer. */
  readonly name: string
  /** By which they differ; absent where by none. */
  readonly dimensions?: readonly Dimension[]
  /** Those of these ids that exist, in no order. */
  read(reader: Reader, ids: readonly string[]): Promise<readonly Entity[]>
  /** Ids after this one in their order, at most `limit`: every entity, for a count from scratch. */
  idsAfter(reader: Reader, afterId: string, limit: number): Promise<readonly string[]>
  /** True where new ids come after all others and nothing about an entity ever changes. */
  readonly isAppendOnly: boolean
}

/** Events after which entities of a kind have to be counted anew. */
export interface EntityChange<K extends EventKind = EventKind> {
  readonly entity: string
  readonly kind: K
  /** The entities that the event is about. */
  idsChanged(reader: Reader, body: EventBody<K>): Promise<readonly string[]>
}

/** A change of any kind of event, each with the body of its own. */
export type AnyEntityChange = { [K in EventKind]: EntityChange<K> }[EventKind]

/** Something that happened, or that is so, concerning one entity. */
export interface Fact {
  /** UTC; null for a state, which holds now. */
  readonly at: string | null
  readonly dimensions?: DimensionValues
  /** What measures sum and filters compare. */
  readonly values: { readonly [field: string]: string | number | null }
}

/** Facts of one kind about entities of one kind. */
export interface FactSource {
  readonly name: string
  readonly entity: string
  /** What one fact is, for whoever reads a definition. */
  readonly description: string
  readonly fields: readonly string[]
  /** Those that its facts have of their own, beside those of the entity; absent where they have none. */
  readonly dimensions?: readonly Dimension[]
  /** Whether its facts have no time and tell how things stand now. */
  readonly isState: boolean
  /** The facts of each of these entities, by its id; who has none is absent. Costs a fixed number of statements. */
  read(reader: Reader, entityIds: readonly string[]): Promise<ReadonlyMap<string, readonly Fact[]>>
}

/** What a subgraph lets metrics count. */
export interface Countable {
  readonly entities: readonly EntityKind[]
  readonly facts: readonly FactSource[]
  readonly changes: readonly AnyEntityChange[]
}

/** Rows of (entity id, what a fact is made from …), as facts by entity. */
export function factsByEntity<R extends readonly unknown[]>(
  rows: readonly R[],
  toFact: (row: R) => Fact | readonly Fact[],
): ReadonlyMap<string, readonly Fact[]> {
  const found = new Map<string, Fact[]>()
  for (const row of rows) {
    const id = String(row[0])
    const facts = found.get(id) ?? []
    facts.push(...[toFact(row)].flat())
    found.set(id, facts)
  }
  return found
}

/** Dimensions of the values that are known. */
export function dimensionsOf(values: { readonly [dimension in Dimension]?: unknown }): DimensionValues {
  return Object.fromEntries(
    Object.entries(values).flatMap(([dimension, value]) =>
      value === null || value === undefined || value === '' ? [] : [[dimension, String(value)]],
    ),
  )
}
