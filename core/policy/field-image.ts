// How a personal field looks to a viewer before it is known whose it is: what a list filters and orders by. Pure.
import { type Purpose, purposes, type Viewer } from '../viewer.ts'
import type { Category } from './categories.ts'
import { type Decision, decideAccessToAll } from './decide-access.ts'
import type { MaskKind } from './masks.ts'
import type { Policy } from './policy.ts'

/**
 * NEVER is shown of nobody. SHOWN is shown of each customer who consents to what it `needs`, unmasked where `mask` is
 * undefined.
 */
export type FieldImage =
  | { readonly effect: 'NEVER' }
  | { readonly effect: 'SHOWN'; readonly mask: MaskKind | undefined; readonly needs: readonly ConsentNeed[] }

/** A consent without which the value is hidden. */
export interface ConsentNeed {
  readonly purpose: Purpose
  /** Whose: EVERYBODY, those of these regions, or all but those of these regions. */
  readonly of: 'EVERYBODY' | { readonly in: readonly string[] } | { readonly notIn: readonly string[] }
}

export const PUBLIC_IMAGE: FieldImage = { effect: 'SHOWN', mask: undefined, needs: [] }

/** Stands for every region that no regime names. */
const ELSEWHERE = ''

/**
 * The image of a field of these categories. Asks the decision itself what it says of customers who consent to everything
 * and to everything but one purpose, so that it can never disagree with it.
 */
export function fieldImage(policy: Policy, viewer: Viewer, drawnFrom: readonly Category[]): FieldImage {
  const regions = policy.regimes.flatMap(regime => regime.regions)
  const decide = (region: string, without?: Purpose): Decision =>
    decideAccessToAll(policy, viewer, drawnFrom, {
      region,
      consents: new Set(purposes.filter(purpose => purpose !== without)),
    })
  const decisions = [ELSEWHERE, ...regions].map(region => decide(region))
  const [decision] = decisions
  if (decision === undefined || decision.effect === 'DENY') return { effect: 'NEVER' }
  const needs = purposes.flatMap((purpose): ConsentNeed[] => {
    const needing = regions.filter(region => decide(region, purpose).effect === 'DENY')
    if (decide(ELSEWHERE, purpose).effect !== 'DENY')
      return needing.length === 0 ? [] : [{ purpose, of: { in: needing } }]
    const free = regions.filter(region => !needing.includes(region))
    return [{ purpose, of: free.length === 0 ? 'EVERYBODY' : { notIn: free } }]
  })
  return { effect: 'SHOWN', mask: decision.effect === 'MASK' ? decision.mask : undefined, needs }
}
