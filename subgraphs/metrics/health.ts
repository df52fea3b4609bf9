// Pure: how a value stands against the industry and against the period before.
import type { Benchmark, Definition } from './definition.ts'
import type { HealthStatusName, TrendName } from './types.ts'

type Direction = Definition['direction']

const isAtLeast = (direction: Direction, value: number, bound: number): boolean =>
  direction === 'UP' ? value >= bound : value <= bound

/** Where a value stands; a bound itself belongs to the better side. */
export function statusOf(
  direction: Direction,
  value: number | null,
  bounds: Omit<Benchmark, 'source'>,
): HealthStatusName {
  if (value === null) return 'UNKNOWN'
  if (isAtLeast(direction, value, bounds.leader)) return 'LEADING'
  if (isAtLeast(direction, value, bounds.healthy)) return 'HEALTHY'
  return isAtLeast(direction, value, bounds.mean) ? 'BELOW_HEALTHY' : 'BELOW_MEAN'
}

/** How far a value is from a bound such as the healthy one: negative where it falls short. */
export function distanceOf(direction: Direction, value: number | null, bound: number | null): number | null {
  if (value === null || bound === null) return null
  return direction === 'UP' ? value - bound : bound - value
}

export function trendOf(direction: Direction, value: number | null, before: number | null): TrendName {
  if (value === null || before === null) return 'UNKNOWN'
  if (value === before) return 'SAME'
  return isAtLeast(direction, value, before) ? 'BETTER' : 'WORSE'
}
