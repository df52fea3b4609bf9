import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fact } from '../../core/registry/facts.ts'
import { purposes } from '../../core/viewer.ts'
import { countEntity, NOW, sliceName, WHOLE } from '../../subgraphs/metrics/count.ts'
import type { CountedFacts } from '../../subgraphs/metrics/counted-facts.ts'
import { type Definition, parseDefinitions } from '../../subgraphs/metrics/definition.ts'
import { contributionTo, type Line, moved, share } from '../../subgraphs/metrics/drivers.ts'
import { daysOf, grains, lastPeriods, next, periodAt, plusDays, previous } from '../../subgraphs/metrics/periods.ts'
import { recount } from '../../subgraphs/metrics/recount.ts'
import { isNothing, negative, nothing, plus, type Tally } from '../../subgraphs/metrics/tally.ts'
import { CASES } from '../support/cases.ts'

const common = {
  version: 1,
  title: { en: 'title', zh: '标题' },
  formula: { en: 'formula', zh: '公式' },
  unit: 'RATIO',
  direction: 'UP',
  owner: 'MANAGER',
  entity: 'Customer',
  whenEmpty: 'NULL',
}
const happened = { source: 'happened', aggregation: 'FACTS' }
const good = { field: 'isGood', is: 'EQUALS', value: 1 }

/** One of each form and each way to add up. */
const definitions = parseDefinitions([
  { ...common, id: 'all', type: 'SIMPLE', purpose: 'COMPLIANCE_AUDIT', measure: happened },
  { ...common, id: 'who', type: 'SIMPLE', purpose: 'ANALYTICS', measure: { ...happened, aggregation: 'ENTITIES' } },
  {
    ...common,
    id: 'sum',
    type: 'SIMPLE',
    purpose: 'ANALYTICS',
    measure: { ...happened, aggregation: 'SUM', field: 'days' },
  },
  {
    ...common,
    id: 'share',
    type: 'RATIO',
    purpose: 'ANALYTICS',
    numerator: { ...happened, where: [good] },
    denominator: happened,
  },
  {
    ...common,
    id: 'share-of-who',
    type: 'RATIO',
    purpose: 'ANALYTICS',
    numerator: { source: 'other', aggregation: 'ENTITIES' },
    denominator: { ...happened, aggregation: 'ENTITIES' },
  },
  {
    ...common,
    id: 'mean',
    type: 'RATIO',
    purpose: 'COMPLIANCE_AUDIT',
    numerator: { ...happened, aggregation: 'SUM', field: 'days' },
    denominator: { source: 'other', aggregation: 'FACTS' },
  },
  {
    ...common,
    id: 'followed',
    type: 'CONVERSION',
    purpose: 'ANALYTICS',
    base: { ...happened, where: [good] },
    converted: { source: 'other', aggregation: 'FACTS' },
    withinHours: 48,
  },
  { ...common, id: 'month', type: 'CUMULATIVE', purpose: 'ANALYTICS', measure: happened, windowDays: 30 },
  { ...common, id: 'per-all', type: 'DERIVED', purpose: 'ANALYTICS', dividend: 'month', divisor: 'all', factor: 10 },
])
const definitionOf = (id: string) => definitions.get(id) as Definition

const facts: fc.Arbitrary<readonly Fact[]> = fc.array(
  fc.record({
    at: fc.option(
      fc.constantFrom(
        '2025-12-31T23:59:59.999Z',
        '2026-01-01T00:00:00.000Z',
        '2026-01-04T12:00:00.000Z',
        '2026-01-05T00:00:00.000Z',
        '2026-02-10T09:00:00.000Z',
      ),
      { freq: 6 },
    ),
    dimensions: fc.oneof(fc.constant({}), fc.record({ channel: fc.constantFrom('PHONE', 'WECOM') })),
    values: fc.record({ isGood: fc.constantFrom(0, 1), days: fc.option(fc.constantFrom(0, 1, 9, 0.1, 1 / 3, 2 / 7)) }),
  }),
  { maxLength: 6 },
)

const entity: fc.Arbitrary<Omit<CountedFacts, 'id'>> = fc.record({
  dimensions: fc.oneof(fc.constant({}), fc.record({ region: fc.constantFrom('CN-SH', 'EU-DE') })),
  purposes: fc.constantFrom(new Set(purposes), new Set(purposes.filter(each => each !== 'ANALYTICS'))),
  facts: fc.record({ happened: facts, other: facts }).map(bySource => new Map(Object.entries(bySource))),
})

/** A customer comes, changes, loses a consent, is corrected, or goes: each time it is counted anew. */
const histories = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), becomes: fc.option(entity, { freq: 5 }) }), {
  maxLength: 12,
})

const slices = [undefined, { dimension: 'region', value: 'CN-SH' }, { dimension: 'channel', value: 'PHONE' }] as const

describe('a metric', () => {
  it('has the same value counted event by event as counted from scratch', () => {
    fc.assert(
      fc.property(histories, history => {
        const now = new Map<string, CountedFacts>()
        const cells = new Map<string, Tally>()
        const add = (counted: CountedFacts | undefined, signed: (tally: Tally) => Tally) => {
          if (counted === undefined) return
          for (const [place, { tally }] of countEntity(definitions.values(), counted)) {
            cells.set(place, plus(cells.get(place) ?? nothing, signed(tally)))
          }
        }
        for (const { id, becomes } of history) {
          add(now.get(id), negative)
          if (becomes === null) now.delete(id)
          else now.set(id, { ...becomes, id })
          add(now.get(id), tally => tally)
        }
        for (const definition of definitions.values()) {
          if (definition.type === 'CUMULATIVE' || definition.type === 'DERIVED') continue
          for (const slice of slices) {
            const name = slice === undefined ? WHOLE : sliceName(slice.dimension, slice.value)
            const spans = ['2025-12-31', '2026-01-01', '2026-01-05', '2026-02-10'].flatMap(day =>
              grains.map(grain => periodAt(grain, day)),
            )
            for (const span of [undefined, ...spans]) {
              const { grain, from } = span ?? NOW
              const cell = cells.get(`${definition.id}|${grain}|${from}|${name}`) ?? nothing
              expect(cell, `${definition.id} ${grain} ${from} ${name}`).toEqual(
                recount(definition, now.values(), span, slice),
              )
            }
          }
        }
        // A window is the sum of its days, and a derived metric is made from its parts, whichever way they were counted.
        const cellOf = (id: string, grain: string, from: string) => cells.get(`${id}|${grain}|${from}|`) ?? nothing
        for (const period of ['2026-01-05', '2026-02-10'].map(at => periodAt('MONTH', at))) {
          const window = { from: plusDays(period.to, -30), to: period.to }
          const ways = [
            (id: string) =>
              id === 'month'
                ? daysOf(window.from, window.to).reduce((sum, from) => plus(sum, cellOf(id, 'DAY', from)), nothing)
                : cellOf(id, 'MONTH', period.from),
            (id: string) => recount(definitionOf(id), now.values(), id === 'month' ? window : period),
          ]
          const [cell, again] = ways.map(way => {
            const { numerator } = way('month')
            const { numerator: all } = way('all')
            return { month: numerator, perAll: all === 0 ? null : (numerator / all) * 10 }
          })
          expect(cell).toEqual(again)
        }
        // Who goes leaves nothing behind.
        for (const id of [...now.keys()]) add(now.get(id), negative)
        expect([...cells.values()].every(isNothing)).toBe(true)
      }),
      { numRuns: CASES },
    )
  })
})

describe('what a change comes from', () => {
  const counts = fc.integer({ min: 0, max: 1_000 })
  const lines = fc.record({ numerator: counts, denominator: fc.integer({ min: 1, max: 1_000 }) })
  const sumOf = (parts: readonly Line[]): Line => ({
    numerator: parts.reduce((sum, { numerator }) => sum + numerator, 0),
    denominator: parts.reduce((sum, { denominator }) => sum + denominator, 0),
  })
  const quotient = ({ numerator, denominator }: Line) => numerator / denominator

  it('adds up to the change, over both sides and over all slices', () => {
    expect(moved({ numerator: 2, denominator: 4 }, { numerator: 6, denominator: 8 })).toEqual({
      numerator: 0.75,
      denominator: -0.5,
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(lines, lines), { minLength: 1, maxLength: 5 }), slices => {
        const before = sumOf(slices.map(([each]) => each))
        const after = sumOf(slices.map(([, each]) => each))
        const change = quotient(after) - quotient(before)
        const both = moved(before, after)
        expect(both.numerator + both.denominator).toBeCloseTo(change, 9)
        const parts = slices.map(([was, is]) => share(before, after, was, is))
        const total = parts.reduce((sum, part) => sum + part.numerator + part.denominator, 0)
        expect(total).toBeCloseTo(change, 9)
      }),
      { numRuns: CASES },
    )
  })

  it('adds up to the distance from a bound', () => {
    expect(contributionTo(0.4, { numerator: 5, denominator: 40 }, { numerator: 30, denominator: 100 })).toBeCloseTo(
      -0.11,
      12,
    )
    fc.assert(
      fc.property(
        fc.array(lines, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (parts, bound) => {
          const whole = sumOf(parts)
          const total = parts.reduce((sum, part) => sum + contributionTo(bound, part, whole), 0)
          expect(total).toBeCloseTo(quotient(whole) - bound, 9)
        },
      ),
      { numRuns: CASES },
    )
  })
})

describe('a period', () => {
  const days = fc.date({ min: new Date('2016-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
  it('holds its days, and follows the one before without a gap', () => {
    fc.assert(
      fc.property(days, fc.constantFrom(...grains), (date, grain) => {
        const at = date.toISOString()
        const period = periodAt(grain, at)
        expect(period.from <= at && at < period.to).toBe(true)
        expect(previous(period).to).toBe(period.from)
        expect(next(previous(period))).toEqual(period)
        expect(periodAt(grain, `${period.from}T00:00:00.000Z`)).toEqual(period)
        expect(lastPeriods(period, 3).map(({ from }) => from)).toEqual(
          [previous(previous(period)), previous(period), period].map(({ from }) => from),
        )
      }),
      { numRuns: CASES },
    )
  })

  it('is a week from Monday to Sunday, also over the turn of a year', () => {
    expect(periodAt('WEEK', '2026-01-01T08:00:00.000Z')).toEqual({
      grain: 'WEEK',
      from: '2025-12-29',
      to: '2026-01-05',
    })
    expect(periodAt('QUARTER', '2026-12-31T23:00:00.000Z')).toEqual({
      grain: 'QUARTER',
      from: '2026-10-01',
      to: '2027-01-01',
    })
  })
})

describe('a definition', () => {
  it.each([
    [
      'is made from itself',
      [{ ...common, id: 'x', type: 'DERIVED', purpose: 'ANALYTICS', dividend: 'x', divisor: 'x', factor: 1 }],
    ],
    [
      'is made from one that is not defined',
      [{ ...common, id: 'x', type: 'DERIVED', purpose: 'ANALYTICS', dividend: 'y', divisor: 'z', factor: 1 }],
    ],
    [
      'sums nothing in particular',
      [{ ...common, id: 'x', type: 'SIMPLE', purpose: 'ANALYTICS', measure: { ...happened, aggregation: 'SUM' } }],
    ],
    [
      'adds up customers over days',
      [
        {
          ...common,
          id: 'x',
          type: 'CUMULATIVE',
          purpose: 'ANALYTICS',
          windowDays: 7,
          measure: { ...happened, aggregation: 'ENTITIES' },
        },
      ],
    ],
  ])('that %s is refused', (_, data) => {
    expect(() => parseDefinitions(data)).toThrow()
  })

  it('changes its hash with every change', () => {
    const [one, two] = [1, 2].map(version =>
      parseDefinitions([{ ...common, version, id: 'x', type: 'SIMPLE', purpose: 'ANALYTICS', measure: happened }]),
    )
    expect(one?.get('x')?.hash).not.toBe(two?.get('x')?.hash)
  })
})
