// The same values counted another way, from scratch and for one period only, so that an auditor need not trust the cells. Shares
// with the incremental count the definition and the facts, and nothing else.
import type { Dimension, Fact } from '../../core/registry/facts.ts'
import type { CountedFacts } from './counted-facts.ts'
import type { Definition, Measure } from './definition.ts'
import { exact, nothing, plus, type Tally } from './tally.ts'

/** From a day to before another, YYYY-MM-DD; undefined for how things stand now. */
export interface Span {
  readonly from: string
  readonly to: string
}

export interface SliceOf {
  readonly dimension: Dimension
  readonly value: string
}

/** What all these entities add up to in the span. */
export function recount(
  definition: Definition,
  entities: Iterable<CountedFacts>,
  span: Span | undefined,
  slice?: SliceOf,
): Tally {
  let sum = nothing
  for (const each of entities) sum = plus(sum, recountEntity(definition, each, span, slice))
  return sum
}

/** What one entity adds. */
function recountEntity(definition: Definition, counted: CountedFacts, span: Span | undefined, slice?: SliceOf): Tally {
  const within = (measure: Measure) =>
    matching(measure, counted).filter(fact => isInSpan(fact, span) && isInSlice(fact, counted, slice))
  const isIn = counted.purposes.has(definition.purpose)
  const tally = (numerator: number, denominator: number, concerns: boolean): Tally => {
    if (!concerns) return nothing
    return isIn ? { numerator, denominator, counted: 1, concerned: 1 } : { ...nothing, concerned: 1 }
  }
  switch (definition.type) {
    case 'SIMPLE':
    case 'CUMULATIVE': {
      const facts = within(definition.measure)
      return tally(total(definition.measure, facts), 0, facts.length > 0)
    }
    case 'RATIO': {
      const above = within(definition.numerator)
      const below = within(definition.denominator)
      const denominator = total(definition.denominator, below)
      if (definition.numerator.aggregation !== 'ENTITIES') {
        return tally(total(definition.numerator, above), denominator, above.length + below.length > 0)
      }
      return tally(above.length > 0 && below.length > 0 ? 1 : 0, denominator, below.length > 0)
    }
    case 'CONVERSION': {
      const base = within(definition.base)
      const times = matching(definition.converted, counted).flatMap(({ at }) => (at === null ? [] : [Date.parse(at)]))
      const hoursUntilNext = ({ at }: Fact) =>
        Math.min(...times.filter(next => next > Date.parse(at ?? '')).map(next => next - Date.parse(at ?? ''))) /
        3_600_000
      const followed = base.filter(fact => hoursUntilNext(fact) <= definition.withinHours)
      return tally(followed.length, base.length, base.length > 0)
    }
    case 'DERIVED':
      return nothing
  }
}

function isInSpan({ at }: Fact, span: Span | undefined): boolean {
  if (at === null || span === undefined) return at === null && span === undefined
  return at >= span.from && at < span.to
}

function isInSlice({ dimensions }: Fact, counted: CountedFacts, slice: SliceOf | undefined): boolean {
  if (slice === undefined) return true
  return { ...counted.dimensions, ...dimensions }[slice.dimension] === slice.value
}

function matching({ source, where }: Measure, { facts }: CountedFacts): readonly Fact[] {
  let found = facts.get(source) ?? []
  for (const { field, is, value } of where) {
    found = found.filter(({ values }) => {
      const held = values[field] ?? null
      if (held === null || is === 'KNOWN') return held !== null
      if (is === 'EQUALS') return held === value
      if (value === undefined) return false
      return is === 'AT_LEAST' ? held >= value : held <= value
    })
  }
  return found
}

function total({ aggregation, field }: Measure, facts: readonly Fact[]): number {
  if (aggregation === 'FACTS') return facts.length
  if (aggregation === 'ENTITIES') return facts.length > 0 ? 1 : 0
  let sum = 0
  for (const { values } of facts) {
    const amount = field === undefined ? null : values[field]
    if (typeof amount === 'number') sum = exact(sum + exact(amount))
  }
  return sum
}
