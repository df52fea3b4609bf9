// Pure: which policy an operator asks for, and how much is told of how many.
import type { ErrorDetail } from '../../core/errors.ts'
import { checkPolicy, type Policy } from '../../core/policy/policy.ts'

export interface StatedPolicy {
  readonly data?: unknown
  readonly policyId?: string | null | undefined
  readonly version?: number | null | undefined
}

export type PolicyChoice =
  | { readonly kind: 'data'; readonly policy: Policy }
  | { readonly kind: 'known'; readonly policyId: string; readonly version: number }

const MOST_PROBLEMS_TOLD = 5

/** What is asked for, or what is wrong with it: null and absent both mean not given. */
export function toPolicyChoice({
  data,
  policyId,
  version,
}: StatedPolicy): PolicyChoice | { readonly kind: 'refused'; readonly problem: ErrorDetail } {
  const isNamed = typeof policyId === 'string' && typeof version === 'number'
  const isGiven = data !== undefined && data !== null
  if (isGiven && policyId == null && version == null) {
    const checked = checkPolicy(data)
    if ('policy' in checked) return { kind: 'data', policy: checked.policy }
    const told = checked.problems.slice(0, MOST_PROBLEMS_TOLD).map(({ at, expected }) => `${at}: ${expected}`)
    return { kind: 'refused', problem: { at: 'input.data', expected: `a valid policy; ${told.join('; ')}` } }
  }
  if (isNamed && !isGiven) return { kind: 'known', policyId, version }
  return { kind: 'refused', problem: { at: 'input', expected: 'either data, or policyId and version' } }
}

export const customerShares = [
  'FEWER_THAN_FIVE',
  'UP_TO_A_QUARTER',
  'UP_TO_HALF',
  'UP_TO_THREE_QUARTERS',
  'MORE_THAN_THREE_QUARTERS',
] as const
export type CustomerShare = (typeof customerShares)[number]

/** A smaller group is a few people whom somebody may know. */
export const SMALLEST_COHORT = 5

/**
 * The share of so many of so many customers, in quarters. Of fewer than five it tells nothing, and neither of fewer than five
 * that are left out: then it is as if there were none.
 * @example 5 of 8 are MORE_THAN_THREE_QUARTERS, because of the other three nothing is told; 5 of 10 are UP_TO_HALF.
 */
export function shareOf(part: number, whole: number): CustomerShare {
  if (part < SMALLEST_COHORT) return 'FEWER_THAN_FIVE'
  const ratio = whole - part < SMALLEST_COHORT ? 1 : part / whole
  if (ratio <= 0.25) return 'UP_TO_A_QUARTER'
  if (ratio <= 0.5) return 'UP_TO_HALF'
  return ratio <= 0.75 ? 'UP_TO_THREE_QUARTERS' : 'MORE_THAN_THREE_QUARTERS'
}
