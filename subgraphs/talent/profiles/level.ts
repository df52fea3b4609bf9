// Pure: how good somebody is at something, and how sure that is, from what was seen of it. docs/talent.md tells it with figures.
import { type Instant, toInstant } from '../../../core/clock.ts'

/** Levels go from 0 to this. */
export const HIGHEST_LEVEL = 5
export const HIGHEST_COMPLEXITY = 5
/** After so many days a piece of evidence counts half. */
const HALF_LIFE_DAYS = 180
/** Of whom nothing is known counts as a beginner: a success and three failures that nobody saw. */
const UNSEEN = { success: 1, failure: 3 } as const
/** Of the interval, which holds the level with a confidence of 90 %. */
const Z = 1.645
const DAY_MS = 86_400_000

/** One thing that was seen. */
export interface WeighedEvidence {
  readonly at: Instant
  /** 0 failed to 1 succeeded. */
  readonly outcome: number
  /** 1 easy to 5 as hard as it gets. */
  readonly complexity: number
  /** How much it counts beside others; something that was done counts 1. */
  readonly weight: number
}

/** All of it together, as two sums that fade alike: what the graph keeps of a person's skill. */
export interface Standing {
  readonly success: number
  readonly failure: number
  /** When the newest of it was seen. */
  readonly asOf: Instant
}

export interface SkillLevel {
  /** 0 to 5. */
  readonly level: number
  readonly low: number
  readonly high: number
  /** 1 minus the interval's share of the scale: 0 knows nothing, 1 is certain. */
  readonly confidence: number
}

/** The sums of this evidence; undefined where there is none. The order in which it is given does not matter. */
export function standingOf(evidence: readonly WeighedEvidence[]): Standing | undefined {
  const inOrder = [...evidence].sort(byTimeThenValue)
  const asOf = inOrder.at(-1)?.at
  if (asOf === undefined) return undefined
  let success = 0
  let failure = 0
  for (const { at, outcome, complexity, weight } of inOrder) {
    const counted = weight * faded(at, asOf)
    // A hard thing that succeeds tells as much as an easy one that fails; the other two tell little.
    success += (counted * outcome * complexity) / MIDDLE
    failure += (counted * (1 - outcome) * (HIGHEST_COMPLEXITY + 1 - complexity)) / MIDDLE
  }
  return { success, failure, asOf }
}

/** Of a thing of this complexity success and failure tell the same. */
const MIDDLE = (1 + HIGHEST_COMPLEXITY) / 2

/**
 * The level at a time: the mean of the sums with what nobody saw, and Wilson's interval about it. Where nothing new is seen
 * it goes back to that of a beginner, and the interval opens.
 * @example levelAt({ success: 4, failure: 0, asOf }, asOf) has level 3.125: 5 × (1 + 4) ÷ (1 + 4 + 3).
 */
export function levelAt(standing: Standing | undefined, now: Instant): SkillLevel {
  const share = standing === undefined ? 0 : faded(standing.asOf, now)
  const success = UNSEEN.success + share * (standing?.success ?? 0)
  const n = success + UNSEEN.failure + share * (standing?.failure ?? 0)
  const mean = success / n
  const center = (mean + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n)
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((mean * (1 - mean)) / n + (Z * Z) / (4 * n * n))
  return {
    level: HIGHEST_LEVEL * mean,
    low: HIGHEST_LEVEL * (center - half),
    high: HIGHEST_LEVEL * (center + half),
    confidence: 1 - 2 * half,
  }
}

/** What is left of something's weight. What lies ahead of the clock counts in full. */
function faded(at: Instant, now: Instant): number {
  const days = Math.max(0, (Date.parse(now) - Date.parse(at)) / DAY_MS)
  return 2 ** (-days / HALF_LIFE_DAYS)
}

// Sums of floats depend on their order, and the same evidence is to give the same level to the last bit.
function byTimeThenValue(a: WeighedEvidence, b: WeighedEvidence): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  return a.outcome - b.outcome || a.complexity - b.complexity || a.weight - b.weight
}

/** How much was seen in all, as far as it has not faded: a thing of middle complexity that was done counts 1. */
export function seenAt(standings: readonly Standing[], now: Instant): number {
  const left = standings.map(({ success, failure, asOf }) => (success + failure) * faded(asOf, now))
  return left.sort((a, b) => a - b).reduce((sum, each) => sum + each, 0)
}

const CURVE_MONTHS = 6
const MONTH_MS = 30 * DAY_MS

/** What the level was at a time, as far as it was seen by then. */
export interface PastLevel extends SkillLevel {
  readonly at: Instant
}

/** How somebody learns: the level every 30 days over the last 180, the oldest first and now last. */
export function learningCurve(evidence: readonly WeighedEvidence[], now: Instant): readonly PastLevel[] {
  return Array.from({ length: CURVE_MONTHS + 1 }, (_, index) => {
    const at = toInstant(new Date(Date.parse(now) - (CURVE_MONTHS - index) * MONTH_MS))
    return { at, ...levelAt(standingOf(evidence.filter(each => each.at <= at)), at) }
  })
}
