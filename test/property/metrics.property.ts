import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fact } from '../../core/registry/facts.ts'
import { purposes } from '../../core/viewer.ts'
import { countEntity, NOW, sliceName, WHOLE } from '../../subgraphs/metrics/count.ts'
import type { CountedFacts } from '../../subgraphs/metrics/counted-facts.ts'
import { parseDefinitions } from '../../subgraphs/metrics/definition.ts'
import { grains, lastPeriods, periodAt, previous } from '../../subgraphs/metrics/periods.ts'
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
])

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
    values: fc.record({ isGood: fc.constantFrom(0, 1), days: fc.option(fc.integer({ min: 0, max: 9 })) }),
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
        // Who goes leaves nothing behind.
        for (const id of [...now.keys()]) add(now.get(id), negative)
        expect([...cells.values()].every(isNothing)).toBe(true)
      }),
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
