// Pure: how a value stands against the industry, against the period before, and what the weak dimensions call for.
import type { Benchmark } from './catalogue.ts'
import type { Definition } from './definition.ts'
import type { AdoptionStep, HealthStatusName, TrendName } from './types.ts'

type Direction = Definition['direction']

/** From how many dimensions below the mean of the industry on the adoption pack is recommended. */
const WEAK_DIMENSIONS_FOR_ADOPTION = 3

const isAtLeast = (direction: Direction, value: number, bound: number): boolean =>
  direction === 'UP' ? value >= bound : value <= bound

/** Where a value stands; a bound itself belongs to the better side. */
export function statusOf(
  direction: Direction,
  value: number | null,
  bounds: Omit<Benchmark, 'metric'>,
): HealthStatusName {
  if (value === null) return 'UNKNOWN'
  if (isAtLeast(direction, value, bounds.leader)) return 'LEADING'
  if (isAtLeast(direction, value, bounds.healthy)) return 'HEALTHY'
  return isAtLeast(direction, value, bounds.mean) ? 'BELOW_HEALTHY' : 'BELOW_MEAN'
}

/** How far a value is from healthy: negative where it falls short. */
export function distanceOf(direction: Direction, value: number | null, healthy: number): number | null {
  if (value === null) return null
  return direction === 'UP' ? value - healthy : healthy - value
}

export function trendOf(direction: Direction, value: number | null, before: number | null): TrendName {
  if (value === null || before === null) return 'UNKNOWN'
  if (value === before) return 'SAME'
  return isAtLeast(direction, value, before) ? 'BETTER' : 'WORSE'
}

const PACK: readonly AdoptionStep[] = [
  {
    part: 'AI configuration wizard',
    because: 'Suggestions name their sources from the first day, so that decisions can be traced.',
    metrics: ['decision-traceability', 'graph-completeness'],
  },
  {
    part: 'Sovereignty portal generator',
    because: 'Customers see, correct and withdraw by themselves, and each operation passes the audit.',
    metrics: ['self-operation-penetration', 'sovereignty-audit-pass'],
  },
  {
    part: 'Liquid-organisation modelling tool',
    because: 'Tasks find people by skill and load, and capabilities are traded.',
    metrics: ['task-match-response', 'capability-trades'],
  },
]

/** The parts of the pack, those first that answer to most of the weak dimensions; empty while fewer than three are weak. */
export function adoptionPack(weak: readonly string[]): readonly AdoptionStep[] {
  if (weak.length < WEAK_DIMENSIONS_FOR_ADOPTION) return []
  const answersTo = ({ metrics }: AdoptionStep) => metrics.filter(each => weak.includes(each)).length
  return [...PACK].filter(step => answersTo(step) > 0).sort((a, b) => answersTo(b) - answersTo(a))
}
