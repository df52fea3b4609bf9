import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isNewcomer,
  isStretch,
  type MentorCandidate,
  mentorFor,
  needsGuide,
  planOf,
  STRETCH,
} from '../../subgraphs/talent/newcomers/rules.ts'
import { CASES } from '../support/cases.ts'

const candidate = (id: string, more: Partial<MentorCandidate> = {}): MentorCandidate => ({
  id,
  low: 3,
  isOfRegion: false,
  together: 0,
  outcome: 0,
  inCommon: 0,
  ...more,
})

describe('a guide is needed', () => {
  it('by who is new whatever is asked, and by others where more is asked than they have', () => {
    expect(needsGuide({ isNew: true, lacks: 0 })).toBe(true)
    expect(needsGuide({ isNew: false, lacks: 0 })).toBe(false)
    expect(needsGuide({ isNew: false, lacks: 0.1 })).toBe(true)
    expect([isNewcomer(4.9), isNewcomer(5)]).toEqual([true, false])
  })

  it('for every task to learn from', () => {
    const level = fc.double({ min: 0, max: 5, noNaN: true })
    fc.assert(
      fc.property(level, level, fc.double({ min: 0, max: 50, noNaN: true }), (own, required, seen) => {
        const needs = needsGuide({ isNew: isNewcomer(seen), lacks: required - own })
        if (isStretch(own, required) || isNewcomer(seen)) expect(needs).toBe(true)
        expect(isStretch(own, required)).toBe(required > own && required - own <= STRETCH + 1e-12)
      }),
      { numRuns: CASES },
    )
  })
})

describe('who guides', () => {
  it('is good enough for sure, and never the newcomer', () => {
    expect(mentorFor('new', [candidate('new', { low: 5 }), candidate('a', { low: 2.4 })])).toBe(undefined)
  })

  it('is who is better, or nearer by so much that it makes up for it', () => {
    expect(mentorFor('new', [candidate('a'), candidate('b', { low: 3.2 })])?.id).toBe('b')
    expect(mentorFor('new', [candidate('a', { isOfRegion: true }), candidate('b', { low: 3.2 })])?.id).toBe('a')
    expect(mentorFor('new', [candidate('a', { together: 3, outcome: 1 }), candidate('b', { low: 3.9 })])?.id).toBe('a')
    expect(mentorFor('new', [candidate('a', { together: 3, outcome: 0.2 }), candidate('b', { low: 3.9 })])?.id).toBe(
      'b',
    )
    expect(mentorFor('new', [candidate('b', { inCommon: 3 }), candidate('a')])?.id).toBe('b')
    expect(mentorFor('new', [candidate('b'), candidate('a')])?.id).toBe('a')
  })

  it('is the same in whatever order they are asked', () => {
    const candidates = fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        low: fc.constantFrom(2, 2.5, 3, 3.5),
        isOfRegion: fc.boolean(),
        together: fc.nat(4),
        outcome: fc.constantFrom(0, 0.5, 1),
        inCommon: fc.nat(4),
      }),
      { selector: ({ id }) => id },
    )
    fc.assert(
      fc.property(
        candidates.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(mentorFor('a', shuffled)).toEqual(mentorFor('a', all))
        },
      ),
      { numRuns: CASES },
    )
  })
})

describe('a plan', () => {
  const skill = (uri: string, level: number, confidence = 0.5) => ({ uri, level, confidence })

  it('begins with what is weakest, then with what is least known, and leaves out what is good enough', () => {
    const plan = planOf([skill('a', 2), skill('b', 1, 0.9), skill('c', 1, 0.2), skill('d', 3), skill('e', 2.5)])
    expect(plan.map(({ uri, nextLevel }) => [uri, nextLevel])).toEqual([
      ['c', 2],
      ['b', 2],
      ['a', 3],
    ])
  })
})
