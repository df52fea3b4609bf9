// What a difference of two policies tells is what changes, and all of it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { categories } from '../../core/policy/categories.ts'
import { decideAccessToAll, type SubjectState } from '../../core/policy/decide-access.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { isLegalMask } from '../../core/policy/masks.ts'
import type { PersonalField, PersonalFields } from '../../core/policy/personal.ts'
import { type Policy, regimeOf } from '../../core/policy/policy.ts'
import { type ChangedSituation, type FieldChange, policyDiff } from '../../core/policy/policy-diff.ts'
import { type Purpose, purposes, type Viewer, viewerKinds } from '../../core/viewer.ts'
import { CASES } from '../support/cases.ts'
import { policies, regions, rulesOf, subjects, viewers, withIds } from '../support/drawn-policies.ts'

const STATED = ['SERVICE_DELIVERY', 'SALES_FOLLOW_UP', 'AI_DECISION', 'PARTNER_SHARING'] as const
const FIELDS: ReadonlyMap<string, PersonalField> = new Map<string, PersonalField>([
  ...categories.map(
    (category, n) =>
      [
        category.replaceAll('.', '_'),
        { category, outputType: ['String', 'DateTime', 'Int', '[String]'][n % 4] ?? '' },
      ] as const,
  ),
  [
    'derived',
    { category: 'inference.intent', drawnFrom: ['behaviour.content', 'identity.name'], outputType: 'String' },
  ],
])
const TABLE: PersonalFields = new Map([['Thing', FIELDS]])

const ages = fc.integer({ min: 0, max: 18 })
type Change = (policy: Policy) => Policy
const inRegime =
  (index: number, change: (regime: Policy['regimes'][number]) => object): Change =>
  policy => ({
    ...policy,
    regimes: policy.regimes.map((regime, at) => (at === index ? { ...regime, ...change(regime) } : regime)),
  })

/** One change of what a policy can say, as an operator makes it. */
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.array(rulesOf(), { maxLength: 3 }).map(
    (added): Change =>
      policy => ({
        ...policy,
        rules: withIds([...policy.rules, ...added]),
      }),
  ),
  fc.nat(5).map(
    (at): Change =>
      policy => ({ ...policy, rules: policy.rules.toSpliced(at, 1) }),
  ),
  fc.tuple(fc.nat(5), fc.constantFrom(...purposes)).map(
    ([at, alsoConsent]): Change =>
      policy => ({
        ...policy,
        rules: policy.rules.map((rule, n) => (n === at ? { ...rule, alsoConsent } : rule)),
      }),
  ),
  fc.array(rulesOf(), { minLength: 1, maxLength: 2 }).map(
    (rules): Change =>
      policy => ({
        ...policy,
        overlays: [...policy.overlays, { id: 'added', rules: withIds(rules) }],
      }),
  ),
  fc.tuple(fc.nat(1), ages, ages).map(([index, belowAge, inOne]) =>
    inRegime(index, ({ minors, regions: [one = ''] }) => ({
      minors: { ...minors, belowAge, belowAgeIn: { [one]: inOne } },
    })),
  ),
  fc
    .tuple(fc.nat(1), fc.constantFrom('CONSENT', 'EVERYTHING'), fc.subarray([...purposes]), fc.boolean())
    .map(([index, guardianFor, closedTo, areSensitive]) =>
      inRegime(index, ({ minors }) => ({ minors: { ...minors, guardianFor, closedTo, areSensitive } })),
    ),
  fc
    .tuple(fc.nat(1), fc.constantFrom('US', 'CN', 'EU'), fc.boolean(), fc.boolean())
    .map(([index, territory, needsConsent, consentSuffices]) =>
      inRegime(index, ({ crossBorder }) => ({
        crossBorder: { ...crossBorder, safeguards: { [territory]: 'article' }, needsConsent, consentSuffices },
      })),
    ),
  fc
    .tuple(fc.nat(1), fc.constantFrom(...purposes), fc.constantFrom(...purposes))
    .map(([index, from, to]) => inRegime(index, () => ({ compatible: [{ from, to, article: 'article' }] }))),
  fc
    .tuple(fc.nat(1), fc.constantFrom(...purposes), fc.boolean(), fc.boolean())
    .map(([index, purpose, consent, statutory]) =>
      inRegime(index, ({ bases }) => ({ bases: { ...bases, [purpose]: { article: 'article', consent, statutory } } })),
    ),
  fc
    .tuple(fc.nat(1), fc.subarray([...categories]))
    .map(([index, sensitive]) => inRegime(index, () => ({ sensitive: { article: 'article', categories: sensitive } }))),
  fc.constant<Change>(policy => {
    const [first, second] = policy.regimes
    const moved = first?.regions[0] ?? ''
    return inRegime(1, () => ({ regions: [...(second?.regions ?? []), moved] }))(
      inRegime(0, () => ({ regions: first?.regions.slice(1) ?? [] }))(policy),
    )
  }),
  fc.subarray([...STATED]).map(
    (granted): Change =>
      policy => ({ ...policy, grants: { ...policy.grants, REP: granted } }),
  ),
)

/** What a viewer is shown of a field; nothing where it may not state its purpose. */
function imageOf(
  policy: Policy,
  viewer: Viewer,
  { category, drawnFrom = [], outputType }: PersonalField,
  subject: SubjectState,
) {
  if (viewer.purpose === undefined || !policy.grants[viewer.kind].includes(viewer.purpose)) return 'NOTHING'
  const decision = decideAccessToAll(policy, viewer, [category, ...drawnFrom], subject)
  if (decision.effect === 'ALLOW') return 'ALLOW'
  if (decision.effect === 'DENY' || decision.mask === 'NULL' || !isLegalMask(decision.mask, outputType))
    return 'NOTHING'
  return decision.mask
}
const asTold = (image: FieldChange['from']) => (image === 'HIDDEN' || image === 'NOT_GRANTED' ? 'NOTHING' : image)

/** Only sellers may ask, for some purposes: what others are shown is decided alike. */
const grantingAll = (policy: Policy): Policy => ({
  ...policy,
  grants: Object.fromEntries(
    viewerKinds.map(kind => [kind, kind === 'REP' ? [...STATED] : []]),
  ) as unknown as Policy['grants'],
})
/** Most policies that are drawn show next to nothing; half of these show something of everything. */
const open = fc.tuple(policies, fc.boolean(), fc.constantFrom('ALLOW', 'LAST4')).map(([policy, isOpen, effect]) => {
  const all = { id: 'open', viewers: ['REP'], purposes: [...purposes], categories: ['*'], effect }
  return grantingAll(isOpen ? ({ ...policy, rules: [...policy.rules, all] } as Policy) : policy)
})
/** Half of them consent to everything, those who are young through a guardian. */
const people = fc.tuple(subjects, fc.boolean()).map(([subject, isConsenting]): SubjectState => {
  const all = new Set(purposes)
  return isConsenting ? { ...subject, consents: all, byGuardian: all } : subject
})
const PEOPLE = 400
const sellers = fc
  .tuple(viewers, fc.constantFrom(...STATED))
  .map(([viewer, purpose]): Viewer => ({ ...viewer, kind: 'REP', purpose }))
const questions = fc.array(fc.tuple(sellers, people, fc.constantFrom(...FIELDS.keys())), {
  minLength: PEOPLE,
  maxLength: PEOPLE,
})

describe('a difference of two policies', () => {
  it('names the viewer, purpose and field of whatever anybody is shown otherwise, and how', () => {
    let seen = 0
    fc.assert(
      fc.property(open, fc.array(changes, { minLength: 1, maxLength: 2 }), questions, (before, made, asked) => {
        const after = made.reduce((policy, change) => change(policy), before)
        const { fields } = policyDiff(before, after, TABLE)
        for (const [viewer, subject, field] of asked) {
          const [from, to] = [before, after].map(policy =>
            imageOf(policy, viewer, FIELDS.get(field) as PersonalField, subject),
          )
          if (from === to) continue
          seen++
          const told = fields.filter(
            each => each.viewer === viewer.kind && each.purpose === viewer.purpose && each.field === `Thing.${field}`,
          )
          if (subject.otherRegion === undefined || subject.otherRegion === subject.region) {
            expect(told.map(each => [asTold(each.from), asTold(each.to)])).toContainEqual([from, to])
          } else expect(told.length).toBeGreaterThan(0)
        }
      }),
      { numRuns: CASES },
    )
    expect(seen).toBeGreaterThan(CASES)
  }, 240_000)

  it('names nothing that is not so: of each situation a customer in it is shown otherwise', () => {
    let told = 0
    fc.assert(
      fc.property(open, changes, (before, change) => {
        const after = change(before)
        for (const { viewer, purpose, field, from, to, where } of policyDiff(before, after, TABLE).fields) {
          const personal = FIELDS.get(field.replace('Thing.', '')) as PersonalField
          for (const { region, situations } of where) {
            for (const situation of situations) {
              for (const consents of situation.consents) {
                told++
                const subject = subjectIn(situation, region, consents)
                const who: Viewer = { kind: viewer, id: 'viewer', purpose, region: situation.seenFrom }
                const images = [before, after].map(policy => imageOf(policy, who, personal, subject))
                expect(images).toEqual([asTold(from), asTold(to)])
              }
            }
          }
        }
      }),
      { numRuns: CASES },
    )
    expect(told).toBeGreaterThan(CASES)
  }, 240_000)

  it('is empty between a policy and itself, and after an overlay names nothing wider', () => {
    fc.assert(
      fc.property(open, fc.array(rulesOf(), { minLength: 1, maxLength: 2 }), (policy, rules) => {
        expect(policyDiff(policy, policy, TABLE)).toEqual({ fields: [], grants: [], rows: [], others: [] })
        const overlays = [...policy.overlays, { id: 'added', rules: withIds(rules) }]
        expect(policyDiff(policy, { ...policy, overlays }, TABLE).fields.filter(({ isWider }) => isWider)).toEqual([])
      }),
      { numRuns: CASES },
    )
  }, 240_000)
})

function subjectIn(
  { age, isByGuardian }: ChangedSituation,
  region: string,
  consents: readonly Purpose[],
): SubjectState {
  const held = new Set(consents)
  return { region, age, consents: held, ...(isByGuardian && { byGuardian: held }) }
}

it('the laws that ship know the regions that are drawn', () => {
  expect(regions.map(region => regimeOf(groundPolicy, region).id)).toEqual(['GDPR', 'GDPR', 'PIPL', 'PIPL', 'PIPL'])
})
