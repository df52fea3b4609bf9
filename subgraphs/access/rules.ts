// Pure: which policy an operator asks for.
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
