import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toInstant } from '../../core/clock.ts'
import { type Category, categories, isWithin } from '../../core/policy/categories.ts'
import { type Decision, decideAccess, type Reason } from '../../core/policy/decide-access.ts'
import { entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { isLegalMask } from '../../core/policy/masks.ts'
import type { Rule } from '../../core/policy/policy.ts'
import { type Purpose, purposes, separateConsents, viewerKinds } from '../../core/viewer.ts'
import {
  consentSets,
  overlaysOf,
  policies,
  regions,
  rulesOf,
  subjects,
  viewers,
  withIds,
} from '../support/drawn-policies.ts'
import { covers, referenceAccess, strictnessOf } from '../support/reference-access.ts'

const NOW = toInstant(new Date('2026-11-02T08:00:00Z'))

const CASES = Number(process.env.CASES ?? 2_000)
const runs = { numRuns: CASES }
const questions = fc.record({
  policy: policies,
  viewer: viewers,
  category: fc.constantFrom(...categories),
  subject: subjects,
})
type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never

const decide = ({ policy, viewer, category, subject }: Question) => decideAccess(policy, viewer, category, subject)
const strictness = (decision: Decision) => strictnessOf(decision.effect === 'MASK' ? decision.mask : decision.effect)
const TYPES = ['String', 'DateTime', 'Int', 'Boolean']
/** As strict as a field of this type is shown: a mask that it cannot carry withholds the value. */
const strictnessFor = (type: string, decision: Decision) =>
  decision.effect === 'MASK' && !isLegalMask(decision.mask, type) ? strictnessOf('NULL') : strictness(decision)
const reasonOf = (decision: Decision): Reason | undefined => (decision.effect === 'ALLOW' ? undefined : decision.reason)
const withRules = (question: Question, rules: readonly Omit<Rule, 'id'>[]): Question => ({
  ...question,
  policy: { ...question.policy, rules: withIds(rules) },
})
const isMatched = (question: Question) =>
  !['CATEGORY_NOT_GRANTED', 'PURPOSE_REQUIRED'].includes(reasonOf(decide(question))?.reasonCode ?? '')

// Equal as far as the rules say it: of several deciding rules either may be named.
function disagreement(question: Question): string | undefined {
  const { policy, viewer, category, subject } = question
  const decision = decide(question)
  const expected = referenceAccess(policy, viewer, category, subject)
  const reason = reasonOf(decision)
  const agrees =
    strictness(decision) === expected.strictness &&
    reason?.reasonCode === expected.reasonCode &&
    (reason === undefined || expected.legalBasis.includes(reason.legalBasis)) &&
    (reason === undefined || (expected.policyIds.includes(reason.policyId) && reason.policyVersion === policy.version))
  if (agrees) return undefined
  return JSON.stringify({
    viewer,
    category,
    subject: { ...subject, consents: [...subject.consents], byGuardian: [...(subject.byGuardian ?? [])] },
    decision,
    expected,
  })
}

describe('a category', () => {
  it('lies within another by whole words only', () => {
    const words = fc
      .array(fc.constantFrom('a', 'ab', 'abc'), { minLength: 1, maxLength: 3 })
      .map(list => list.join('.'))
    fc.assert(
      fc.property(words, words, (category, ancestor) => {
        expect(isWithin(category, ancestor)).toBe(covers(ancestor, category))
        expect(isWithin(category, '*')).toBe(true)
      }),
      runs,
    )
    expect(isWithin('identity.contact.phone', 'identity.contact')).toBe(true)
    expect(isWithin('identity.contact', 'identity.contact.phone')).toBe(false)
    expect(isWithin('identity.contactless', 'identity.contact')).toBe(false)
  })
})

describe('decideAccess', () => {
  it('agrees with a second implementation on any policy', () => {
    fc.assert(
      fc.property(questions, question => {
        expect(disagreement(question)).toBeUndefined()
      }),
      runs,
    )
  })

  it('agrees with it on the whole of the ground policy', () => {
    // Which consents can matter is the stated purpose's and those that rules name; all others are given or not at once.
    const named = new Set(groundPolicy.rules.flatMap(({ alsoConsent }) => alsoConsent ?? []))
    const disagreements: string[] = []
    let asked = 0
    for (const kind of viewerKinds) {
      for (const purpose of [undefined, ...purposes]) {
        const deciding = purposes.filter(each => each === purpose || named.has(each))
        const rest = purposes.filter(each => !deciding.includes(each))
        for (const consents of subsetsOf([...deciding.map(each => [each]), rest])) {
          for (const region of regions) {
            for (const category of categories) {
              const viewer = { kind, id: 'viewer', purpose }
              const found = disagreement({ policy: groundPolicy, viewer, category, subject: { region, consents } })
              if (found !== undefined) disagreements.push(found)
              asked++
            }
          }
        }
      }
    }
    expect(disagreements).toEqual([])
    expect(asked).toBeGreaterThan(50_000)
  })

  it('never shows more when a consent is withdrawn', () => {
    fc.assert(
      fc.property(questions, consentSets, (question, withdrawn) => {
        const { consents, byGuardian = new Set(), ...state } = question.subject
        const left = (held: ReadonlySet<Purpose>) => new Set([...held].filter(each => !withdrawn.has(each)))
        const fewer = { ...state, consents: left(consents), byGuardian: left(byGuardian) }
        expect(strictness(decide({ ...question, subject: fewer }))).toBeGreaterThanOrEqual(strictness(decide(question)))
      }),
      runs,
    )
  })

  it('never shows more when the purpose is not stated', () => {
    fc.assert(
      fc.property(questions, question => {
        const { purpose: _, ...viewer } = question.viewer
        const decision = decide({ ...question, viewer })
        expect(reasonOf(decision)).toMatchObject({ reasonCode: 'PURPOSE_REQUIRED', legalBasis: null })
      }),
      runs,
    )
  })

  it('never shows more when a rule that denies is added', () => {
    fc.assert(
      fc.property(questions, rulesOf(fc.constant('DENY')), fc.nat(6), (question, added, at) => {
        const rules = question.policy.rules.toSpliced(at, 0, { ...added, id: 'added' })
        expect(strictness(decide(withRules(question, rules)))).toBeGreaterThanOrEqual(strictness(decide(question)))
      }),
      runs,
    )
  })

  it('never shows more when a policy is added on top, whatever its rules say', () => {
    fc.assert(
      fc.property(questions, overlaysOf(), fc.nat(2), (question, rules, at) => {
        const onTop = (added: readonly Omit<Rule, 'id'>[]) => {
          const overlays = question.policy.overlays.toSpliced(at, 0, { id: 'added', rules: withIds(added) })
          return decide({ ...question, policy: { ...question.policy, overlays } })
        }
        const [before, after] = [decide(question), onTop(rules)]
        for (const type of TYPES) {
          expect(strictnessFor(type, after)).toBeGreaterThanOrEqual(strictnessFor(type, before))
        }
        const { kind, purpose } = question.viewer
        if (purpose === undefined) return
        const denies = { viewers: [kind], purposes: [purpose], categories: ['*'], effect: 'DENY' as const }
        expect(onTop([denies]).effect).toBe('DENY')
      }),
      runs,
    )
  })

  it('never shows more of who has a second residence: the stricter law decides', () => {
    fc.assert(
      fc.property(questions, question => {
        const { otherRegion = question.subject.region, ...subject } = question.subject
        const living = (region: string) => strictness(decide({ ...question, subject: { ...subject, region } }))
        const atBoth = strictness(decide(question))
        expect(atBoth).toBe(Math.max(living(subject.region), living(otherRegion)))
      }),
      runs,
    )
  })

  it('never shows more of who is younger', () => {
    fc.assert(
      fc.property(questions, fc.nat(20), (question, years) => {
        const { age, ...subject } = question.subject
        const aged = (of: number | undefined) => strictness(decide({ ...question, subject: { ...subject, age: of } }))
        expect(aged((age ?? 20) - years)).toBeGreaterThanOrEqual(aged(age))
      }),
      runs,
    )
  })

  it('never shows more when any rule is added where another one matches already', () => {
    let matched = 0
    fc.assert(
      fc.property(questions, rulesOf(), fc.nat(6), (question, added, at) => {
        if (!isMatched(question)) return
        matched++
        const rules = question.policy.rules.toSpliced(at, 0, { ...added, id: 'added' })
        expect(strictness(decide(withRules(question, rules)))).toBeGreaterThanOrEqual(strictness(decide(question)))
      }),
      runs,
    )
    expect(matched).toBeGreaterThan(CASES / 20)
  })

  it('is as strict as the strictest of its rules alone: any DENY wins, then the strictest mask', () => {
    fc.assert(
      fc.property(questions, question => {
        if (!isMatched(question)) return
        const alone = question.policy.rules.map(rule => withRules(question, [rule])).filter(isMatched)
        for (const type of TYPES) {
          const strictest = Math.max(...alone.map(each => strictnessFor(type, decide(each))))
          expect(strictnessFor(type, decide(question))).toBe(strictest)
        }
      }),
      runs,
    )
  })

  it('does not depend on the order of the rules', () => {
    const shuffled = questions.chain(question =>
      fc.tuple(
        fc.constant(question),
        fc.shuffledSubarray(question.policy.rules, { minLength: question.policy.rules.length }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([question, rules]) => {
        const reordered = { ...question, policy: { ...question.policy, rules } }
        expect(strictness(decide(reordered))).toBe(strictness(decide(question)))
        expect(reasonOf(decide(reordered))?.legalBasis).toBe(reasonOf(decide(question))?.legalBasis)
      }),
      runs,
    )
  })

  it('does not change with a rule for other viewers, purposes or categories', () => {
    fc.assert(
      fc.property(questions, rulesOf(), (question, added) => {
        if (isMatched(withRules(question, [added]))) return
        const rules = [...question.policy.rules, { ...added, id: 'added' }]
        const { policy } = question
        expect(decide({ ...question, policy: { ...policy, rules } })).toEqual(decide(question))
      }),
      runs,
    )
  })
})

describe('a reason', () => {
  it('has five parts and none of the subject: neither its region nor a consent that no rule asks for', () => {
    fc.assert(
      fc.property(questions, consentSets, (question, others) => {
        const { policy, viewer, subject } = question
        const rules = [...policy.rules, ...policy.overlays.flatMap(overlay => overlay.rules)]
        const asked = new Set([viewer.purpose, ...separateConsents, ...rules.map(rule => rule.alsoConsent)])
        const decision = decide(question)
        const consents = new Set([...subject.consents].filter(each => asked.has(each)))
        for (const each of others) if (!asked.has(each)) consents.add(each)
        expect(decide({ ...question, subject: { ...subject, consents } })).toEqual(decision)
        const reason = reasonOf(decision)
        if (reason === undefined) return
        expect(Object.keys(reason).sort()).toEqual(['legalBasis', 'policyId', 'policyVersion', 'reasonCode', 'remedy'])
        expect(JSON.stringify(reason)).not.toContain(subject.region)
      }),
      runs,
    )
  })

  it('is the same for all regions of one regime', () => {
    const regime = fc.constantFrom(...groundPolicy.regimes.map(each => each.regions))
    const pairs = regime.chain(each => fc.tuple(fc.constantFrom(...each), fc.constantFrom(...each)))
    fc.assert(
      fc.property(questions, pairs, (question, [one, other]) => {
        const inRegion = (region: string) => decide({ ...question, subject: { ...question.subject, region, age: 30 } })
        expect(inRegion(one)).toEqual(inRegion(other))
      }),
      runs,
    )
  })

  it('is reported for a field whether or not the value is there', () => {
    const fields = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.constantFrom<Category[]>(...categories)), {
      selector: ([field]) => field,
      minLength: 1,
      maxLength: 5,
    })
    const values = fc.oneof(fc.constant(null), fc.constant(undefined), fc.string(), fc.integer())
    fc.assert(
      fc.property(questions, fields, fc.infiniteStream(values), (question, drawn, stream) => {
        const { policy, viewer, subject } = question
        const personal = drawn.filter(([field]) => field !== 'id')
        const types = new Map([
          ['Thing', new Map(personal.map(([field, category]) => [field, { category, outputType: 'String' }]))],
        ])
        const reported = (makeValue: () => unknown) => {
          const masks = entityMasks(types, policy, viewer, () => 'hash', NOW)
          const record = { ...Object.fromEntries(drawn.map(([field]) => [field, makeValue()])), id: 'thing-1' }
          masks.apply('Thing', record, { id: 'subject', ...subject })
          return masks.withheld('Thing', 'thing-1')
        }
        const full = reported(() => 'a value')
        expect(reported(() => null)).toEqual(full)
        expect(reported(() => stream.next().value)).toEqual(full)
      }),
      { numRuns: Math.ceil(CASES / 4) },
    )
  })
})

function subsetsOf(groups: readonly (readonly Purpose[])[]): ReadonlySet<Purpose>[] {
  return groups.reduce<ReadonlySet<Purpose>[]>(
    (sets, group) => sets.flatMap(set => [set, new Set([...set, ...group])]),
    [new Set()],
  )
}
