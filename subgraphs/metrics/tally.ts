// What a count adds up to. Every value of a metric is the sum of the tallies of its entities, so that one entity's can be taken
// out again.

export interface Tally {
  readonly numerator: number
  /** 0 where the metric is no ratio. */
  readonly denominator: number
  /** Entities that were counted. */
  readonly counted: number
  /** Entities that there were to count, those included whose consent is missing. */
  readonly concerned: number
}

export const nothing: Tally = { numerator: 0, denominator: 0, counted: 0, concerned: 0 }

/**
 * To the millionth. Amounts such as hours are no whole numbers; so rounded, sums are the same in whatever order they are made,
 * and what is taken out again leaves nothing behind, no minus before a zero either.
 */
export function exact(amount: number): number {
  return Math.round(amount * 1e6) / 1e6 + 0
}

export function plus(a: Tally, b: Tally): Tally {
  return {
    numerator: exact(a.numerator + b.numerator),
    denominator: exact(a.denominator + b.denominator),
    counted: a.counted + b.counted,
    concerned: a.concerned + b.concerned,
  }
}

export function negative({ numerator, denominator, counted, concerned }: Tally): Tally {
  return { numerator: -numerator, denominator: -denominator, counted: -counted, concerned: -concerned }
}

export function isNothing({ numerator, denominator, counted, concerned }: Tally): boolean {
  return numerator === 0 && denominator === 0 && counted === 0 && concerned === 0
}
