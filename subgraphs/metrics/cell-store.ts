// The cells of the metrics, and the facts that are in them, so that they can be taken out again. A cell holds the periods of one
// bundle, because a metric has a period for each day and few bundles.
import type { GraphValue, Params, Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { Migration } from '../../core/graph/migrations.ts'
import type { Fact } from '../../core/registry/facts.ts'
import type { Purpose } from '../../core/viewer.ts'
import type { Place } from './count.ts'
import type { CountedFacts } from './counted-facts.ts'
import { isNothing, nothing, plus, type Tally } from './tally.ts'

export const metricsMigrations: readonly Migration[] = [
  {
    id: 'metrics/001-keys',
    keys: ['MetricCell.key', 'MetricEntity.key', 'MetricChange.key', 'MetricState.name'],
  },
  { id: 'metrics/002-due', keys: ['MetricDue.key'] },
  { id: 'metrics/003-targets-and-closings', keys: ['MetricTarget.metric', 'MetricClosing.key'] },
  { id: 'metrics/004-standings', keys: ['MetricStanding.key'] },
]

const CELLS = `
UNWIND $keys AS key
MATCH (m:MetricCell {key: key})
RETURN m.key, m.periods`

const KEEP_CELLS = `
UNWIND $cells AS cell
MERGE (m:MetricCell {key: cell.key})
SET m.periods = cell.periods`

const COUNTED = `
UNWIND $keys AS key
MATCH (m:MetricEntity {key: key})
RETURN m.entityId, m.counted`

const KEEP_COUNTED = `
UNWIND $entities AS row
MERGE (m:MetricEntity {key: row.key})
SET m.entityId = row.entityId, m.counted = row.counted`

const FORGET_COUNTED = `
UNWIND $keys AS key
MATCH (m:MetricEntity {key: key})
DELETE m`

const MARK_CHANGED = `
UNWIND $ids AS entityId
MERGE (m:MetricChange {key: $kind + '/' + entityId})
ON CREATE SET m.kind = $kind, m.entityId = entityId, m.since = $at`

// Few: only what is about a time to come, such as a deadline that nobody has met yet.
const KEEP_DUE = `
UNWIND $due AS row
MERGE (d:MetricDue {key: row.key})
SET d.kind = row.kind, d.entityId = row.entityId, d.at = row.at`

const FORGET_DUE = `
UNWIND $keys AS key
MATCH (d:MetricDue {key: key})
DELETE d`

const DUE_BY = `
MATCH (d:MetricDue)
WHERE d.at <= $at
RETURN d.kind, d.entityId LIMIT $limit`

const CHANGED = `
MATCH (m:MetricChange)
RETURN m.kind, m.entityId LIMIT $limit`

const TAKE_CHANGES = `
UNWIND $keys AS key
MATCH (m:MetricChange {key: key})
DELETE m`

const OLDEST_CHANGE = `
MATCH (m:MetricChange)
RETURN min(m.since)`

const SIGNED_SIZE = `
MATCH (l:Log {name: 'evidence'})
RETURN l.signedSize`

const STATE = `
MATCH (m:MetricState {name: $name})
RETURN m.value`

const SET_STATE = `
MERGE (m:MetricState {name: $name})
SET m.value = $value`

const FORGET_CELLS = `
MATCH (m:MetricCell)
WITH m LIMIT $limit
DELETE m
RETURN count(*)`

const FORGET_ENTITIES = `
MATCH (m:MetricEntity)
WITH m LIMIT $limit
DELETE m
RETURN count(*)`

const BATCH = 2_000

/** Whoever changes cells or marks holds this guard: cells are read, added to and written back. */
export const CELLS_GUARD = 'metrics/cells'

/** The periods of one cell by their first day, each with its slices. */
export type Periods = ReadonlyMap<string, ReadonlyMap<string, Tally>>

/** Days are bundled by month, years all together, everything between by year. */
export function bundleKey(metric: string, grain: Place['grain'], from: string): string {
  const bundle = grain === 'DAY' ? from.slice(0, 7) : grain === 'YEAR' || grain === 'NOW' ? '' : from.slice(0, 4)
  return `${metric}|${grain}|${bundle}`
}

/** The cells of these keys; one in which nothing was ever counted is absent. */
export async function cellsOf(reader: Reader, keys: readonly string[]): Promise<ReadonlyMap<string, Periods>> {
  const found = new Map<string, Periods>()
  for (const batch of batchesOf(keys)) {
    for (const [key, periods] of await reader.run(CELLS, { keys: batch })) found.set(String(key), toPeriods(periods))
  }
  return found
}

/** Adds tallies to the cells where they belong. */
export async function addToCells(
  unit: UnitOfWork,
  additions: Iterable<{ readonly place: Place; readonly tally: Tally }>,
): Promise<void> {
  const byCell = new Map<string, { readonly place: Place; readonly tally: Tally }[]>()
  for (const each of additions) {
    const key = bundleKey(each.place.metric, each.place.grain, each.place.from)
    byCell.set(key, [...(byCell.get(key) ?? []), each])
  }
  const before = await cellsOf(unit, [...byCell.keys()])
  const cells = [...byCell].map(([key, added]) => ({ key, periods: textOf(withAdded(before.get(key), added)) }))
  for (const batch of batchesOf(cells)) await unit.run(KEEP_CELLS, { cells: batch })
}

function withAdded(before: Periods = new Map(), added: readonly { place: Place; tally: Tally }[]): Periods {
  const periods = new Map([...before].map(([from, slices]) => [from, new Map(slices)]))
  for (const { place, tally } of added) {
    const slices = periods.get(place.from) ?? new Map<string, Tally>()
    const sum = plus(slices.get(place.slice) ?? nothing, tally)
    if (isNothing(sum)) slices.delete(place.slice)
    else slices.set(place.slice, sum)
    if (slices.size === 0) periods.delete(place.from)
    else periods.set(place.from, slices)
  }
  return periods
}

function textOf(periods: Periods): string {
  return JSON.stringify([...periods].sort(byName).map(([from, slices]) => [from, slicesToJson(slices)]))
}

type SlicesAsJson = readonly (readonly [slice: string, ...tally: readonly [number, number, number, number]])[]

/** Slices as they are kept: lists, whose names need not stand in each of them. */
export function slicesToJson(slices: ReadonlyMap<string, Tally>): SlicesAsJson {
  return [...slices]
    .sort(byName)
    .map(([slice, each]) => [slice, each.numerator, each.denominator, each.counted, each.concerned])
}

export function slicesFrom(json: SlicesAsJson): ReadonlyMap<string, Tally> {
  return new Map(
    json.map(([slice, numerator, denominator, counted, concerned]) => [
      slice,
      { numerator, denominator, counted, concerned },
    ]),
  )
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)

function toPeriods(text: GraphValue | undefined): Periods {
  const periods = JSON.parse(String(text)) as [string, SlicesAsJson][]
  return new Map(periods.map(([from, slices]) => [from, slicesFrom(slices)]))
}

const keyOf = (kind: string, id: string): string => `${kind}/${id}`

/** What of these entities is in the cells, by their ids. */
export async function countedBefore(
  reader: Reader,
  kind: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CountedFacts>> {
  const rows = await reader.run(COUNTED, { keys: ids.map(id => keyOf(kind, id)) })
  return new Map(rows.map(([id, counted]) => [String(id), toCounted(String(counted))]))
}

/** Remembers what is in the cells of these entities, and forgets those that are gone. */
export async function rememberCounted(
  unit: UnitOfWork,
  kind: string,
  now: ReadonlyMap<string, CountedFacts>,
  gone: readonly string[],
): Promise<void> {
  const entities: Params[] = [...now].map(([entityId, counted]) => ({
    key: keyOf(kind, entityId),
    entityId,
    counted: textOfCounted(counted),
  }))
  if (entities.length > 0) await unit.run(KEEP_COUNTED, { entities })
  if (gone.length > 0) await unit.run(FORGET_COUNTED, { keys: gone.map(id => keyOf(kind, id)) })
  await unit.run(FORGET_DUE, { keys: [...now.keys(), ...gone].map(id => keyOf(kind, id)) })
  const due = [...now].flatMap(([entityId, { dueAt: at }]) =>
    at === undefined ? [] : [{ key: keyOf(kind, entityId), kind, entityId, at }],
  )
  if (due.length > 0) await unit.run(KEEP_DUE, { due })
}

/** Some of the entities about which a fact has come to pass that lay in the future when they were counted, by their kind. */
export async function someDue(
  reader: Reader,
  at: string,
  limit: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  return idsByKind(await reader.run(DUE_BY, { at, limit }))
}

function textOfCounted({ id, dimensions, purposes, facts }: CountedFacts): string {
  return JSON.stringify([id, dimensions, [...purposes], [...facts]])
}

function toCounted(text: string): CountedFacts {
  type Columns = [string, CountedFacts['dimensions'], readonly Purpose[], readonly [string, readonly Fact[]][]]
  const [id, dimensions, purposes, facts] = JSON.parse(text) as Columns
  return { id, dimensions, purposes: new Set(purposes), facts: new Map(facts) }
}

/** Notes that these entities have to be counted anew. */
export async function markChanged(
  unit: UnitOfWork,
  { kind, ids, at }: { readonly kind: string; readonly ids: readonly string[]; readonly at: string },
): Promise<void> {
  for (const batch of batchesOf(ids)) await unit.run(MARK_CHANGED, { kind, ids: batch, at })
}

/** Some of the entities that have to be counted anew, by their kind. */
export async function someChanged(reader: Reader, limit: number): Promise<ReadonlyMap<string, readonly string[]>> {
  return idsByKind(await reader.run(CHANGED, { limit }))
}

function idsByKind(rows: readonly Row[]): ReadonlyMap<string, readonly string[]> {
  const byKind = new Map<string, string[]>()
  for (const [kind, id] of rows) byKind.set(String(kind), [...(byKind.get(String(kind)) ?? []), String(id)])
  return byKind
}

export async function unmark(unit: UnitOfWork, kind: string, ids: readonly string[]): Promise<void> {
  await unit.run(TAKE_CHANGES, { keys: ids.map(id => keyOf(kind, id)) })
}

/** How long a change has waited to be counted, and how far the evidence log is signed. */
export async function freshnessOf(
  reader: Reader,
  at: string,
): Promise<{ readonly freshnessSeconds: number; readonly checkpointSize: number | null }> {
  const [[oldest], [log]] = await Promise.all([reader.run(OLDEST_CHANGE), reader.run(SIGNED_SIZE)])
  const since = oldest?.[0]
  const waited = typeof since === 'string' ? Math.max(0, Date.parse(at) - Date.parse(since)) : 0
  const size = log?.[0]
  return { freshnessSeconds: Math.ceil(waited / 1_000), checkpointSize: typeof size === 'number' ? size : null }
}

/** A word that the projection keeps about itself, such as how far it has come; undefined where it never did. */
export async function stateOf(reader: Reader, name: string): Promise<string | undefined> {
  const [row] = await reader.run(STATE, { name })
  return row && String(row[0])
}

export async function setState(unit: UnitOfWork, name: string, value: string): Promise<void> {
  await unit.run(SET_STATE, { name, value })
}

/** Deletes some of what was counted, and answers whether anything was left to delete. */
export async function forgetSome(unit: UnitOfWork): Promise<boolean> {
  const [cells] = await unit.run(FORGET_CELLS, { limit: BATCH })
  const [entities] = await unit.run(FORGET_ENTITIES, { limit: BATCH })
  return Number(cells?.[0] ?? 0) + Number(entities?.[0] ?? 0) > 0
}

function batchesOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  const batches: (readonly T[])[] = []
  for (let start = 0; start < all.length; start += BATCH) batches.push(all.slice(start, start + BATCH))
  return batches
}
