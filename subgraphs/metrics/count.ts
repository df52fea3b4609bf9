// What one entity adds to the cells of a metric, period by period and slice by slice. The incremental count takes it out as it
// was and puts it in as it is.
import type { DimensionValues, Fact } from '../../core/registry/facts.ts'
import { amountOf, type CountedFacts, factsOf, isFollowed } from './counted-facts.ts'
import type { Definition } from './definition.ts'
import { type Grain, grains, periodAt } from './periods.ts'
import { nothing, type Tally } from './tally.ts'

/** The cell of what has no time: how things stand now. */
export const NOW = { grain: 'NOW', from: '' } as const

/** Where a tally belongs: one period, and one slice of the facts in it. */
export interface Place {
  readonly metric: string
  readonly grain: Grain | 'NOW'
  readonly from: string
  /** `region=CN-SH`; empty for the whole. */
  readonly slice: string
}

export const WHOLE = ''

export function sliceName(dimension: string, value: string): string {
  return `${dimension}=${value}`
}

type Crossing = NonNullable<Definition['crossedBy']>

/** As which dimension the slices of two together are named: the beginning of no other. */
export function crossingName(crossedBy: Crossing): string {
  return crossedBy.join('&')
}

/** The value of a slice of two dimensions; who has none of one of them is in a slice with the others who have none. */
function crossedValue(crossedBy: Crossing, values: DimensionValues): string {
  return JSON.stringify(crossedBy.map(each => values[each] ?? null))
}

/** The values of both dimensions, from the value of such a slice. */
export function valuesCrossed(value: string): readonly [string | null, string | null] {
  return JSON.parse(value) as [string | null, string | null]
}

/** The tallies of one entity under these definitions. Derived ones have none: their value comes from those of others. */
export function countEntity(
  definitions: Iterable<Definition>,
  counted: CountedFacts,
): ReadonlyMap<string, { readonly place: Place; readonly tally: Tally }> {
  const tallies = new Map<string, { place: Place; tally: Tally }>()
  for (const definition of definitions) {
    const isIn = counted.purposes.has(definition.purpose)
    for (const { grain, from, slice, sides } of slicesOf(definition, counted)) {
      const tally = tallyOf(definition, sides, isIn)
      const place = { metric: definition.id, grain, from, slice }
      if (tally !== nothing) tallies.set(`${place.metric}|${grain}|${from}|${slice}`, { place, tally })
    }
  }
  return tallies
}

/** The facts on each side of a definition; one that is no ratio has one side. */
interface Sides {
  readonly numerator: readonly Fact[]
  readonly denominator: readonly Fact[]
}

interface Slice {
  readonly grain: Grain | 'NOW'
  readonly from: string
  readonly slice: string
  readonly sides: Sides
}

function slicesOf(definition: Definition, counted: CountedFacts): readonly Slice[] {
  const slices = new Map<string, { grain: Grain | 'NOW'; from: string; slice: string; sides: MutableSides }>()
  const add = (side: keyof Sides, facts: readonly Fact[]) => {
    for (const fact of facts) {
      for (const { grain, from } of periodsOf(definition, fact)) {
        for (const slice of sliceNames(definition, counted.dimensions, fact.dimensions)) {
          const key = `${grain}|${from}|${slice}`
          const known = slices.get(key) ?? { grain, from, slice, sides: { numerator: [], denominator: [] } }
          known.sides[side].push(fact)
          slices.set(key, known)
        }
      }
    }
  }
  const { numerator, denominator } = sidesOf(definition, counted)
  add('numerator', numerator)
  add('denominator', denominator)
  return [...slices.values()]
}

interface MutableSides {
  readonly numerator: Fact[]
  readonly denominator: Fact[]
}

function sidesOf(definition: Definition, counted: CountedFacts): Sides {
  switch (definition.type) {
    case 'SIMPLE':
    case 'CUMULATIVE':
      return { numerator: factsOf(definition.measure, counted), denominator: [] }
    case 'RATIO':
      return {
        numerator: factsOf(definition.numerator, counted),
        denominator: factsOf(definition.denominator, counted),
      }
    case 'CONVERSION': {
      const base = factsOf(definition.base, counted)
      const followers = factsOf(definition.converted, counted)
      return { numerator: base.filter(each => isFollowed(each, followers, definition.withinHours)), denominator: base }
    }
    case 'DERIVED':
      return { numerator: [], denominator: [] }
  }
}

function periodsOf({ type }: Definition, { at }: Fact): readonly { grain: Grain | 'NOW'; from: string }[] {
  if (at === null) return [NOW]
  // What runs over a window is added up from its days.
  return (type === 'CUMULATIVE' ? (['DAY'] as const) : grains).map(grain => periodAt(grain, at))
}

function sliceNames(
  { crossedBy }: Definition,
  ofEntity: DimensionValues,
  ofFact: DimensionValues = {},
): readonly string[] {
  const values = { ...ofEntity, ...ofFact }
  const crossed = crossedBy ? [sliceName(crossingName(crossedBy), crossedValue(crossedBy, values))] : []
  return [WHOLE, ...Object.entries(values).map(([dimension, value]) => sliceName(dimension, value)), ...crossed]
}

function tallyOf(definition: Definition, { numerator, denominator }: Sides, isIn: boolean): Tally {
  const isRatio = definition.type === 'RATIO' || definition.type === 'CONVERSION'
  // What stands only above the line concerns nobody who is counted below it.
  if (isRatio ? denominator.length === 0 && !countsApart(definition) : numerator.length === 0) return nothing
  if (!isIn) return { ...nothing, concerned: 1 }
  return { ...amountsOf(definition, { numerator, denominator }), counted: 1, concerned: 1 }
}

/** Whether the numerator counts something of its own, such as one count divided by another. */
function countsApart(definition: Definition): boolean {
  return definition.type === 'RATIO' && definition.numerator.aggregation !== 'ENTITIES'
}

function amountsOf(definition: Definition, { numerator, denominator }: Sides) {
  switch (definition.type) {
    case 'SIMPLE':
    case 'CUMULATIVE':
      return { numerator: amountOf(definition.measure, numerator), denominator: 0 }
    case 'RATIO': {
      const isShare = !countsApart(definition)
      const above = isShare
        ? Math.min(1, numerator.length, denominator.length)
        : amountOf(definition.numerator, numerator)
      return { numerator: above, denominator: amountOf(definition.denominator, denominator) }
    }
    case 'CONVERSION':
      return { numerator: numerator.length, denominator: denominator.length }
    case 'DERIVED':
      return { numerator: 0, denominator: 0 }
  }
}
