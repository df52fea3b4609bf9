// How a personal field looks to a viewer before it is known whose it is: what a list filters and orders by. Pure.
import { type Purpose, purposes, type Viewer } from '../viewer.ts'
import type { Category } from './categories.ts'
import { decideAccessToAll } from './decide-access.ts'
import { leastConsents } from './least-consents.ts'
import type { MaskKind } from './masks.ts'
import type { Policy } from './policy.ts'

/** NEVER is shown of nobody. SHOWN is shown, unmasked where `mask` is undefined, of whom the law of each residence lets it. */
export type FieldImage =
  | { readonly effect: 'NEVER' }
  | {
      readonly effect: 'SHOWN'
      readonly mask: MaskKind | undefined
      readonly laws: readonly Law[]
      /**
       * Where the age decides as well: the latest date of birth of those whom a list is filtered and ordered by. Of the
       * younger ones it tells nothing.
       */
      readonly bornUntil?: string
    }

/** What has to be consented to where the customer lives. */
export interface Law {
  /** OTHERS are all that no other law names. */
  readonly regions: readonly string[] | 'OTHERS'
  /** All consents of one of these sets; of an empty one everybody has all, and without a set the value is shown of nobody. */
  readonly anyOf: readonly (readonly Purpose[])[]
}

export const PUBLIC_IMAGE: FieldImage = { effect: 'SHOWN', mask: undefined, laws: [{ regions: 'OTHERS', anyOf: [[]] }] }

/** Stands for every region that no regime names. */
const ELSEWHERE = ''
/** No law takes anybody of this age for a minor. */
const OF_AGE = 18
const AGES = [undefined, ...Array.from({ length: OF_AGE }, (_, age) => age)]

export interface DecidedImage {
  readonly image: FieldImage
  /** Whether it looks otherwise of customers who are not of age. */
  readonly isByAge: boolean
}

/**
 * The image of a field of these categories. It is asked of the decision itself which consents are enough, so that the two
 * cannot disagree. A consent only ever shows more.
 */
export function fieldImage(policy: Policy, viewer: Viewer, drawnFrom: readonly Category[]): DecidedImage {
  const decide = (region: string, consents: readonly Purpose[], age?: number) =>
    decideAccessToAll(policy, viewer, drawnFrom, { region, consents: new Set(consents), age })
  const lawsAt = (age: number | undefined) => {
    const enoughIn = (region: string) =>
      leastConsents(purposes, consents => decide(region, consents, age).effect !== 'DENY')
    return together(
      enoughIn(ELSEWHERE),
      policy.regimes.flatMap(each => each.regions).map(region => ({ region, anyOf: enoughIn(region) })),
    )
  }
  const laws = lawsAt(undefined)
  if (laws.every(({ anyOf }) => anyOf.length === 0)) return { image: { effect: 'NEVER' }, isByAge: false }
  const seen = laws.find(({ anyOf }) => anyOf.length > 0)
  const decision = decide(seen?.regions === 'OTHERS' ? ELSEWHERE : (seen?.regions[0] ?? ELSEWHERE), purposes)
  const mask = decision.effect === 'MASK' ? decision.mask : undefined
  const isByAge = AGES.some(age => JSON.stringify(lawsAt(age)) !== JSON.stringify(laws))
  return { image: { effect: 'SHOWN', mask, laws }, isByAge }
}

/** One law for all regions that ask for the same; those that ask for what is asked for elsewhere are not named. */
function together(
  elsewhere: Law['anyOf'],
  named: readonly { readonly region: string; readonly anyOf: Law['anyOf'] }[],
): readonly Law[] {
  const laws = new Map<string, { readonly regions: string[]; readonly anyOf: Law['anyOf'] }>()
  for (const { region, anyOf } of named) {
    const key = JSON.stringify(anyOf)
    if (key === JSON.stringify(elsewhere)) continue
    const law = laws.get(key) ?? { regions: [], anyOf }
    law.regions.push(region)
    laws.set(key, law)
  }
  return [...laws.values(), { regions: 'OTHERS', anyOf: elsewhere }]
}
