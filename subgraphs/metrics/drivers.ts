// Pure: what moved a value, and what keeps it from where it should be. Contributions of a partition add up to the whole.
import type { Figures } from './values.ts'

/** What is above and below the line; a count has nothing below it, which is as one. */
export interface Line {
  readonly numerator: number
  readonly denominator: number
}

/** What a change of a quotient comes from. */
export interface Moved {
  readonly numerator: number
  readonly denominator: number
}

/** Undefined where there is no value to take apart. */
export function lineOf({ numerator, denominator }: Pick<Figures, 'numerator' | 'denominator'>): Line | undefined {
  return numerator === null || denominator === 0 ? undefined : { numerator, denominator: denominator ?? 1 }
}

/**
 * How much of the change from `before` to `after` comes from what is above the line and how much from what is below it: each
 * with the other at the mean of both, so that nothing is left over and none goes first.
 *
 * @example 2/4 → 6/8: above (6−2)·(1/8+1/4)/2 = 0.75, below (1/8−1/4)·(6+2)/2 = −0.5, together 0.25.
 */
export function moved(before: Line, after: Line): Moved {
  return share(before, after, before, after)
}

/** The same for a part of the whole: its own figures against the whole's. All parts add up to the change of the whole. */
export function share(before: Line, after: Line, partBefore: Line, partAfter: Line): Moved {
  const perUnit = (1 / after.denominator + 1 / before.denominator) / 2
  const meanAbove = (after.numerator + before.numerator) / 2
  return {
    numerator: (partAfter.numerator - partBefore.numerator) * perUnit,
    denominator:
      (-(partAfter.denominator - partBefore.denominator) * meanAbove) / (after.denominator * before.denominator),
  }
}

/**
 * How much a part of the whole contributes to the distance of a quotient from a bound: what it has above the line less what it
 * would have at the bound. All parts add up to value − bound.
 *
 * @example 30 of 100 against a bound of 0.4; a part with 5 of 40 contributes (5 − 0.4·40)/100 = −0.11 of the −0.1.
 */
export function contributionTo(bound: number, part: Line, whole: Line): number {
  return (part.numerator - bound * part.denominator) / whole.denominator
}
