// What a metric answers for a period: its value with everything needed to judge it, or the reason why there is none.
import type { Services } from '../../core/context.ts'
import type { Countable } from '../../core/registry/facts.ts'
import { catalogue } from './catalogue.ts'
import { bundleKey, cellsOf } from './cell-store.ts'
import { NOW, type Place, sliceName, WHOLE } from './count.ts'
import { missingSources, stateMetrics } from './counted-facts.ts'
import type { Definition } from './definition.ts'
import { daysOf, type Period, plusDays } from './periods.ts'
import { type Slices, standingKey, standingsOf } from './standing-store.ts'
import { nothing, plus, type Tally } from './tally.ts'

/** Fewer people than this are not told of: a figure about four is a figure about each of them. */
const SMALLEST_COHORT = 5

export type NoValue = 'NOT_MEASURED_YET' | 'COHORT_TOO_SMALL' | 'NOTHING_TO_COUNT'

/** The figures of one metric, one period and one slice. */
export interface Figures {
  readonly value: number | null
  readonly reason: NoValue | null
  /** Null with the value, so that it cannot be worked out. */
  readonly numerator: number | null
  readonly denominator: number | null
  /** The share of the entities concerned that the law let be counted, in hundredths; null where there are none or too few. */
  readonly consentCoverage: number | null
}

/** What is asked: a metric over a period, of a slice or the whole. */
export interface Asked {
  readonly definition: Definition
  readonly period: Period
  readonly slice?: string
}

/** The tallies of all that is asked, whose cells are read once. */
export interface Tallies {
  of(asked: Asked): Tally
  /** By the value of the dimension, or of two that the definition crosses. */
  slicesOf(asked: Asked, dimension: string): ReadonlyMap<string, Tally>
}

/** Reads as of now: how things stand belongs to the periods in which `at` lies; to those before, how they stood at their end. */
export async function readTallies(
  { graph, countable }: Pick<Services, 'graph' | 'countable'>,
  at: string,
  asked: readonly Asked[],
): Promise<Tallies> {
  const reader = { run: graph.read.bind(graph) }
  const placesOf = ({ definition, period }: Asked) => places(definition, period, countable, at.slice(0, 10))
  const all = asked.flatMap(placesOf)
  const keysOf = (isStanding: boolean) => [
    ...new Set(all.filter(each => each.isStanding === isStanding).map(({ key }) => key)),
  ]
  const [cells, standings] = await Promise.all([cellsOf(reader, keysOf(false)), standingsOf(reader, keysOf(true))])
  const slicesIn = (each: Asked): readonly Slices[] =>
    placesOf(each).map(
      ({ key, from, isStanding }) => (isStanding ? standings.get(key) : cells.get(key)?.get(from)) ?? new Map(),
    )
  return {
    of: each => slicesIn(each).reduce((sum, slices) => plus(sum, slices.get(each.slice ?? WHOLE) ?? nothing), nothing),
    slicesOf: (each, dimension) => {
      const sums = new Map<string, Tally>()
      for (const [slice, tally] of slicesIn(each).flatMap(slices => [...slices])) {
        if (!slice.startsWith(sliceName(dimension, ''))) continue
        const value = slice.slice(sliceName(dimension, '').length)
        sums.set(value, plus(sums.get(value) ?? nothing, tally))
      }
      return sums
    },
  }
}

/** Where the tallies of what is asked lie: (grain, first day) each. */
export function placesAsked({ definition, period }: Asked, countable: Countable, at: string): ReadonlySet<string> {
  const found = places(definition, period, countable, at.slice(0, 10))
  return new Set(found.map(({ grain, from }) => placeName({ grain, from })))
}

export function placeName({ grain, from }: Pick<Place, 'grain' | 'from'>): string {
  return `${grain}|${from}`
}

/** Where the tallies of a metric lie: in the cell of the period, in its days, in how things stand now or stood then. */
function places(definition: Definition, period: Period, countable: Countable, today: string) {
  const place = (grain: Period['grain'] | 'NOW', from: string) => ({
    key: bundleKey(definition.id, grain, from),
    grain,
    from,
    isStanding: false,
  })
  if (stateMetrics([definition], countable).length > 0) {
    if (period.from <= today && today < period.to) return [place(NOW.grain, NOW.from)]
    const { grain, from } = period
    return [{ key: standingKey(definition.id, period), grain, from, isStanding: true }]
  }
  if (definition.type !== 'CUMULATIVE') return [place(period.grain, period.from)]
  const from = definition.windowDays === null ? EPOCH : plusDays(period.to, -definition.windowDays)
  return daysOf(from, period.to).map(day => place('DAY', day))
}

/** Before it there is nothing to add up. */
const EPOCH = '2015-01-01'

/** The definitions whose cells a metric is worked out from. */
export function partsOf(definition: Definition): readonly Definition[] {
  if (definition.type !== 'DERIVED') return [definition]
  return [definition.dividend, definition.divisor].flatMap(id => catalogue.get(id) ?? [])
}

/** The figures of a metric from the tallies of its parts. */
export function figuresOf(
  definition: Definition,
  countable: Countable,
  tallyOfPart: (part: Definition) => Tally,
): Figures {
  const parts = partsOf(definition)
  if (parts.some(part => missingSources(part, countable).length > 0)) return without('NOT_MEASURED_YET')
  if (definition.type === 'DERIVED') {
    const [dividend, divisor] = parts.map(part => figuresOf(part, countable, tallyOfPart))
    if (dividend?.value == null || !divisor?.value) {
      return without(dividend?.reason ?? divisor?.reason ?? 'NOTHING_TO_COUNT')
    }
    const value = (dividend.value / divisor.value) * definition.factor
    return { ...withFigures(value, dividend.value, divisor.value), consentCoverage: dividend.consentCoverage }
  }
  const tally = tallyOfPart(definition)
  const { numerator, denominator, counted, concerned } = tally
  if (isTooSmall(definition, tally)) return without('COHORT_TOO_SMALL')
  const consentCoverage = concerned === 0 ? null : Math.round((100 * counted) / concerned) / 100
  const isRatio = definition.type === 'RATIO' || definition.type === 'CONVERSION'
  if (isRatio ? denominator === 0 : counted === 0) {
    return definition.whenEmpty === 'ZERO'
      ? { ...withFigures(0, 0, isRatio ? 0 : null), consentCoverage }
      : without('NOTHING_TO_COUNT')
  }
  if (isRatio) return { ...withFigures(numerator / denominator, numerator, denominator), consentCoverage }
  return { ...withFigures(numerator, numerator, null), consentCoverage }
}

function withFigures(value: number, numerator: number, denominator: number | null) {
  return { value, reason: null, numerator, denominator }
}

function without(reason: NoValue): Figures {
  return { value: null, reason, numerator: null, denominator: null, consentCoverage: null }
}

/** Those of whom nothing is told while they are few. Entries of the log, tasks and products are about nobody in particular. */
const PEOPLE: readonly string[] = ['Customer', 'Seller']

/** People are somebody, counted or left out. */
function isTooSmall({ entity }: Definition, { counted, concerned }: Tally): boolean {
  if (!PEOPLE.includes(entity)) return false
  const leftOut = concerned - counted
  return (counted > 0 && counted < SMALLEST_COHORT) || (leftOut > 0 && leftOut < SMALLEST_COHORT && counted === 0)
}

/**
 * The figures of every slice of a partition. Where exactly one is too small to be told, it could be worked out from the whole and
 * the others: then the smallest of the others is withheld with it.
 */
export function figuresOfSlices(
  definition: Definition,
  countable: Countable,
  slices: ReadonlyMap<string, Tally>,
): ReadonlyMap<string, Figures> {
  const figures = new Map([...slices].map(([value, tally]) => [value, figuresOf(definition, countable, () => tally)]))
  const small = [...figures].filter(([, { reason }]) => reason === 'COHORT_TOO_SMALL')
  if (small.length !== 1) return figures
  const [next] = [...slices]
    .filter(([value]) => figures.get(value)?.value !== null)
    .sort(([a, { counted: x }], [b, { counted: y }]) => x - y || (a < b ? -1 : 1))
  return next === undefined ? figures : figures.set(next[0], without('COHORT_TOO_SMALL'))
}
