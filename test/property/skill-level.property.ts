import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instant } from '../../core/clock.ts'
import {
  HIGHEST_LEVEL,
  learningCurve,
  levelAt,
  seenAt,
  standingOf,
  type WeighedEvidence,
} from '../../subgraphs/talent/profiles/level.ts'
import { CASES } from '../support/cases.ts'

const DAY = '2026-03-01T00:00:00.000Z' as Instant
const HALF_A_YEAR_LATER = '2026-08-28T00:00:00.000Z' as Instant

const seen = (outcome: number, complexity: number, at: Instant = DAY): WeighedEvidence => ({
  at,
  outcome,
  complexity,
  weight: 1,
})

describe('a level', () => {
  it('is that of a beginner where nothing was seen', () => {
    // 5 × 1 ÷ (1 + 3)
    expect(levelAt(undefined, DAY).level).toBe(1.25)
  })

  it('is the mean of what was seen with what nobody saw', () => {
    // One success of the highest complexity counts 5 ÷ 3: 5 × (1 + 1.667) ÷ (4 + 1.667) = 2.353.
    expect(levelAt(standingOf([seen(1, 5)]), DAY).level).toBeCloseTo(2.3529, 4)
    // One failure at the easiest counts 5 ÷ 3, too: 5 × 1 ÷ 5.667 = 0.882.
    expect(levelAt(standingOf([seen(0, 1)]), DAY).level).toBeCloseTo(0.8824, 4)
    // Half a success of middle complexity is a half of each: 5 × 1.5 ÷ 5.
    expect(levelAt(standingOf([seen(0.5, 3)]), DAY).level).toBeCloseTo(1.5, 10)
  })

  it("stands in Wilson's interval", () => {
    // S = 4, F = 0: p = 5 ÷ 8, n = 8. z² ÷ n = 0.33825; the center (0.625 + 0.16913) ÷ 1.33825 = 0.59341; half of it
    // 1.645 ÷ 1.33825 × √(0.625 × 0.375 ÷ 8 + 2.70603 ÷ 256) = 1.22922 × √0.039867 = 0.24544.
    const { level, low, high, confidence } = levelAt({ success: 4, failure: 0, asOf: DAY }, DAY)
    expect(level).toBe(3.125)
    expect(low).toBeCloseTo(1.7399, 3)
    expect(high).toBeCloseTo(4.1943, 3)
    expect(confidence).toBeCloseTo(0.5091, 3)
  })

  it('counts what was seen half after 180 days', () => {
    // S = 4 is 2 then: 5 × 3 ÷ 6.
    expect(levelAt({ success: 4, failure: 0, asOf: DAY }, HALF_A_YEAR_LATER).level).toBeCloseTo(2.5, 10)
  })
})

describe('a learning curve', () => {
  it('tells each time what was seen by then, and nothing of what came later', () => {
    const curve = learningCurve([seen(1, 3, '2026-02-20T00:00:00.000Z' as Instant), seen(1, 3, DAY)], DAY)
    expect(curve.map(({ at }) => at.slice(0, 10))).toEqual([
      '2025-09-02',
      '2025-10-02',
      '2025-11-01',
      '2025-12-01',
      '2025-12-31',
      '2026-01-30',
      '2026-03-01',
    ])
    expect(curve.slice(0, 6).map(({ level }) => level)).toEqual(Array(6).fill(1.25))
    // Nine days ago is 2 ^ −0.05 = 0.9659 of a success: 5 × 2.9659 ÷ 5.9659.
    expect(curve[6]?.level).toBeCloseTo(2.4857, 4)
  })
})

describe('what was seen in all', () => {
  it('is what has not faded of all of it', () => {
    const standing = { success: 3, failure: 1, asOf: DAY }
    expect(seenAt([standing, standing], DAY)).toBe(8)
    expect(seenAt([standing], HALF_A_YEAR_LATER)).toBeCloseTo(2, 10)
    expect(seenAt([], DAY)).toBe(0)
  })
})

const evidence = fc.array(
  fc.record({
    at: fc
      .integer({ min: 0, max: 1_000 })
      .map(day => new Date(Date.parse('2024-01-01T00:00:00.000Z') + day * 86_400_000).toISOString() as Instant),
    outcome: fc.double({ min: 0, max: 1, noNaN: true }),
    complexity: fc.integer({ min: 1, max: 5 }),
    weight: fc.double({ min: 0.05, max: 1, noNaN: true }),
  }),
  { maxLength: 12 },
)
const later = '2027-06-01T00:00:00.000Z' as Instant

describe('whatever was seen, a level', () => {
  it('lies in its interval, and that on the scale', () => {
    fc.assert(
      fc.property(evidence, all => {
        const { level, low, high, confidence } = levelAt(standingOf(all), later)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(level).toBeGreaterThanOrEqual(low)
        expect(high).toBeGreaterThanOrEqual(level)
        expect(high).toBeLessThanOrEqual(HIGHEST_LEVEL)
        expect(confidence).toBeGreaterThan(0)
        expect(confidence).toBeLessThan(1)
      }),
      { numRuns: CASES },
    )
  })

  it('is the same to the last bit in whatever order it was seen', () => {
    fc.assert(
      fc.property(
        evidence.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(standingOf(shuffled)).toEqual(standingOf(all))
        },
      ),
      { numRuns: CASES },
    )
  })

  it('rises with a success and falls with a failure', () => {
    fc.assert(
      fc.property(evidence, fc.integer({ min: 1, max: 5 }), (all, complexity) => {
        const before = levelAt(standingOf(all), later)
        const success = levelAt(standingOf([...all, seen(1, complexity, later)]), later)
        const failure = levelAt(standingOf([...all, seen(0, complexity, later)]), later)
        expect(success.level).toBeGreaterThan(before.level)
        expect(failure.level).toBeLessThan(before.level)
      }),
      { numRuns: CASES },
    )
  })

  it('goes back to that of a beginner in the long run', () => {
    fc.assert(
      fc.property(evidence, all => {
        const after = levelAt(standingOf(all), '2060-01-01T00:00:00.000Z' as Instant)
        expect(after.level).toBeCloseTo(1.25, 3)
      }),
      { numRuns: CASES },
    )
  })
})
