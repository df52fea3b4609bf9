// The same values counted another way, from scratch and for one period only, so that an auditor need not trust the cells. Shares
// with the incremental count the definition and the facts, and nothing else.
import type { Dimension, Fact } from '../../core/registry/facts.ts'
import { amountOf, type CountedFacts, factsOf, isFollowed } from './counted-facts.ts'
import type { Definition, Measure } from './definition.ts'
import { nothing, plus, type Tally } from './tally.ts'

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
  const isWithin = (fact: Fact): boolean => {
    if (
      slice !== undefined &&
      (fact.dimensions?.[slice.dimension] ?? counted.dimensions[slice.dimension]) !== slice.value
    ) {
      return false
    }
    if (span === undefined || fact.at === null) return span === undefined && fact.at === null
    return fact.at >= span.from && fact.at < span.to
  }
  const within = (measure: Measure) => factsOf(measure, counted).filter(isWithin)
  const isIn = counted.purposes.has(definition.purpose)
  const tally = (numerator: number, denominator: number, concerns: boolean): Tally => {
    if (!concerns) return nothing
    return isIn ? { numerator, denominator, counted: 1, concerned: 1 } : { ...nothing, concerned: 1 }
  }
  switch (definition.type) {
    case 'SIMPLE':
    case 'CUMULATIVE': {
      const facts = within(definition.measure)
      return tally(amountOf(definition.measure, facts), 0, facts.length > 0)
    }
    case 'RATIO': {
      const above = within(definition.numerator)
      const below = within(definition.denominator)
      const denominator = amountOf(definition.denominator, below)
      if (definition.numerator.aggregation !== 'ENTITIES') {
        return tally(amountOf(definition.numerator, above), denominator, above.length + below.length > 0)
      }
      const numerator = above.length > 0 && below.length > 0 ? 1 : 0
      return tally(numerator, denominator, below.length > 0)
    }
    case 'CONVERSION': {
      const base = within(definition.base)
      const followers = factsOf(definition.converted, counted)
      const followed = base.filter(fact => isFollowed(fact, followers, definition.withinHours))
      return tally(followed.length, base.length, base.length > 0)
    }
    case 'DERIVED':
      return nothing
  }
}
