// Policies, viewers and customers as they may come, for properties of decisions.
import fc from 'fast-check'
import { categories } from '../../core/policy/categories.ts'
import type { SubjectState } from '../../core/policy/decide-access.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { maskKinds } from '../../core/policy/masks.ts'
import type { Policy, Rule } from '../../core/policy/policy.ts'
import { type Purpose, purposes, type Viewer, viewerKinds } from '../../core/viewer.ts'

const NOT_IN_ANY_REGIME = 'US-CA'
export const regions = [...groundPolicy.regimes.flatMap(regime => regime.regions), NOT_IN_ANY_REGIME]

const someOf = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 })
const ancestors = [
  '*',
  ...new Set(categories.flatMap(each => each.split('.').map((_, n, all) => all.slice(0, n + 1).join('.')))),
]

const effects = fc.constantFrom<Rule['effect'][]>('ALLOW', 'ALLOW', 'DENY', ...maskKinds)
export const rulesOf = (effect = effects) =>
  fc.record({
    viewers: someOf(viewerKinds),
    purposes: someOf(purposes),
    categories: fc.uniqueArray(fc.constantFrom(...ancestors), { minLength: 1, maxLength: 3 }),
    effect,
    alsoConsent: fc.option(fc.constantFrom(...purposes), { nil: undefined, freq: 3 }),
  })
export const withIds = (rules: readonly Omit<Rule, 'id'>[]) =>
  rules.map((rule, index) => ({ ...rule, id: `rule-${index}` }))

const consentBases = fc.record(
  Object.fromEntries(purposes.map(each => [each, fc.boolean()])) as Record<Purpose, fc.Arbitrary<boolean>>,
)
export const overlaysOf = (effect = effects) => fc.array(rulesOf(effect), { minLength: 1, maxLength: 3 })
export const policies = fc
  .record({
    rules: fc.array(rulesOf(), { maxLength: 6 }),
    overlays: fc.array(overlaysOf(), { maxLength: 2 }),
    gdpr: consentBases,
    pipl: consentBases,
  })
  .map(({ rules, overlays, gdpr, pipl }) => policyWith(withIds(rules), overlays.map(withIds), [gdpr, pipl]))

export const viewers: fc.Arbitrary<Viewer> = fc.record({
  kind: fc.constantFrom(...viewerKinds),
  id: fc.uuid(),
  purpose: fc.option(fc.constantFrom(...purposes), { nil: undefined, freq: 9 }),
  region: fc.option(fc.constantFrom(...regions), { nil: undefined }),
})
export const consentSets = fc.subarray([...purposes]).map(held => new Set(held))
export const subjects: fc.Arbitrary<SubjectState> = fc
  .record({
    region: fc.constantFrom(...regions),
    otherRegion: fc.option(fc.constantFrom(...regions), { nil: undefined, freq: 2 }),
    age: fc.option(fc.integer({ min: 10, max: 20 }), { nil: undefined }),
    consents: consentSets,
    guardians: consentSets,
  })
  .map(({ guardians, consents, ...state }) => {
    // What a guardian gave is among the consents.
    const byGuardian = new Set([...guardians].filter(each => consents.has(each)))
    return { ...state, consents, byGuardian }
  })
function policyWith(
  rules: readonly Rule[],
  overlays: readonly (readonly Rule[])[],
  bases: readonly Record<Purpose, boolean>[],
): Policy {
  const regimes = groundPolicy.regimes.map((regime, index) => ({
    ...regime,
    bases: Object.fromEntries(
      purposes.map(each => {
        const { statutory } = regime.bases[each]
        return [each, { article: `${regime.id} on ${each}`, consent: bases[index]?.[each] ?? true, statutory }]
      }),
    ),
  }))
  const named = overlays.map((own, index) => ({ id: `overlay-${index}`, rules: [...own] }))
  return { ...groundPolicy, id: 'drawn', rules: [...rules], overlays: named, regimes } as Policy
}
