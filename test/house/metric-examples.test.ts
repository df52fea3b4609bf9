// Each metric of the catalogue with figures worked out by hand: a few facts, the value that they make, and the value after one more.
import { describe, expect, it } from 'vitest'
import type { Countable, Fact } from '../../core/registry/facts.ts'
import { purposes } from '../../core/viewer.ts'
import { countable } from '../../gateway/subgraphs.ts'
import { catalogue, definitionOf, governanceIndicators, healthDimensions } from '../../subgraphs/metrics/catalogue.ts'
import { countEntity, NOW, WHOLE } from '../../subgraphs/metrics/count.ts'
import type { CountedFacts } from '../../subgraphs/metrics/counted-facts.ts'
import { type Definition, measuresOf, parseDefinitions } from '../../subgraphs/metrics/definition.ts'
import { misfits } from '../../subgraphs/metrics/definition-check.ts'
import { expectedSources } from '../../subgraphs/metrics/expected-sources.ts'
import { periodAt, plusDays } from '../../subgraphs/metrics/periods.ts'
import { recount } from '../../subgraphs/metrics/recount.ts'
import { nothing, plus, type Tally } from '../../subgraphs/metrics/tally.ts'
import { figuresOf } from '../../subgraphs/metrics/values.ts'

interface Said {
  readonly source: string
  /** Of whom, a number. */
  readonly who: number
  readonly fact: Fact
}

const FEBRUARY = periodAt('MONTH', '2026-02-10T00:00:00.000Z')

type Values = Fact['values']
const happened = (source: string, who: number, values: Values = {}, at = '2026-02-10T09:00:00.000Z'): Said => ({
  source,
  who,
  fact: { at, values },
})
const is = (source: string, who: number, values: Values = {}): Said => ({ source, who, fact: { at: null, values } })

/** One of each of these values, each of another who. */
const each = (source: string, ...values: readonly Values[]): readonly Said[] =>
  values.map((value, who) => happened(source, who, value))

/** `good` facts with the mark and `bad` ones without it, each of another who. */
const marked = (source: string, mark: string, good: number, bad: number): readonly Said[] =>
  each(source, ...Array.from({ length: good + bad }, (_, index) => ({ [mark]: index < good ? 1 : 0 })))

/** Numerator, denominator and value. */
type Worked = readonly [numerator: number, denominator: number | null, value: number]

interface Example {
  readonly facts: readonly Said[]
  readonly before: Worked
  readonly added: Said
  readonly after: Worked
}

const share = (source: string, mark: string): Example => ({
  facts: marked(source, mark, 3, 3),
  before: [3, 6, 0.5],
  added: happened(source, 0, { [mark]: 1 }),
  after: [4, 7, 4 / 7],
})

const meanOf = (source: string, field: string): Example => ({
  facts: each(source, ...[2, 4, 6, 8, 10, 12].map(amount => ({ [field]: amount }))),
  before: [42, 6, 7],
  added: happened(source, 0, { [field]: 14 }),
  after: [56, 7, 8],
})

const people = (count: number) => Array.from({ length: count }, (_, who) => is('people', who))
const day = (number: number) => `2026-02-${number}T09:00:00.000Z`
const active = each('interactions', {}, {}, {}, {}, {})
const won = (who: number, cycleDays: number, at?: string) =>
  happened('opportunities-closed', who, { isWon: 1, cycleDays }, at)

const EXAMPLES: { readonly [id: string]: Example } = {
  'decision-traceability': share('decisions', 'isTraced'),
  'self-operation-penetration': {
    // Who did something itself and has no interaction is not active.
    facts: [...active, ...[0, 1, 9].map(who => happened('self-operations', who, { isCompleted: 1 }))],
    before: [2, 5, 0.4],
    added: happened('self-operations', 2, { isCompleted: 1 }),
    after: [3, 5, 0.6],
  },
  'task-match-response': meanOf('tasks-staffed', 'responseHours'),
  'sovereignty-audit-pass': share('accesses', 'hasPurpose'),
  'capability-trades': {
    facts: [...people(60), ...marked('trades', 'isCompleted', 3, 1)],
    before: [3, 60, 50],
    added: happened('trades', 7, { isCompleted: 1 }),
    after: [4, 60, 4_000 / 60],
  },
  'graph-completeness': {
    facts: [7, 5, 3, 1, 0].map((fieldsKnown, who) => is('profiles', who, { fieldsKnown, fieldsCounted: 7 })),
    before: [16, 35, 16 / 35],
    added: is('profiles', 5, { fieldsKnown: 5, fieldsCounted: 7 }),
    after: [21, 42, 0.5],
  },
  'trades-completed': {
    facts: marked('trades', 'isCompleted', 3, 1),
    before: [3, null, 3],
    added: happened('trades', 7, { isCompleted: 1 }),
    after: [4, null, 4],
  },
  people: { facts: people(6), before: [6, null, 6], added: is('people', 6), after: [7, null, 7] },
  'traced-sales-behaviour': share('stage-entries', 'isTraced'),
  'rights-timeliness': share('rights-requests-due', 'isInTime'),
  'cross-department-closure': share('cross-department-tasks', 'isInTime'),
  'consent-coverage': {
    facts: [
      ...[0, 1, 2, 3, 4, 5].map(who => is('profiles', who)),
      // Two consents of one customer are one customer.
      ...[0, 0, 1].map(who => is('consents', who, { isGiven: 1 })),
      is('consents', 2, { isGiven: 0 }),
    ],
    before: [2, 6, 1 / 3],
    added: is('consents', 2, { isGiven: 1 }),
    after: [3, 6, 0.5],
  },
  'consent-validity': {
    facts: [0, 1, 2, 3, 4].map(who => is('consents', who, { isGiven: 1, isTraced: who < 4 ? 1 : 0 })),
    before: [4, 5, 0.8],
    added: is('consents', 5, { isGiven: 1, isTraced: 0 }),
    after: [4, 6, 2 / 3],
  },
  'withdrawal-propagation': {
    facts: each('withdrawals-propagated', { hours: 0.1 }, { hours: 0.2 }, { hours: 0.3 }),
    before: [0.6, 3, 0.2],
    added: happened('withdrawals-propagated', 3, { hours: 1.4 }),
    after: [2, 4, 0.5],
  },
  'self-update-timeliness': share('self-updates', 'isInTime'),
  'cross-channel-consistency': {
    facts: [1, 1, 0, 0, 0].map((isConsistent, who) => is('channel-values', who, { isConsistent })),
    before: [2, 5, 0.4],
    added: is('channel-values', 0, { isConsistent: 1 }),
    after: [3, 6, 0.5],
  },
  'export-turnaround': meanOf('exports', 'turnaroundHours'),
  'rectification-turnaround': meanOf('rectifications', 'turnaroundHours'),
  'erasure-completion': {
    facts: [...each('erasure-requests', {}, {}, {}, {}), ...each('erasures', {}, {}, {})],
    before: [3, 4, 0.75],
    added: happened('erasures', 9),
    after: [4, 4, 1],
  },
  'rights-clause-coverage': share('private-domain-touchpoints', 'hasClause'),
  'evidence-completeness': share('interactions', 'isTraced'),
  'intervention-node-completion': share('intervention-nodes', 'isCompleted'),
  'purpose-stated-access': share('accesses', 'hasPurpose'),
  'follow-up-48h': {
    // The first is followed within 48 hours, the second after 49, the others by nothing.
    facts: [
      ...[0, 1, 2, 3, 4].map(who => happened('interactions', who, { isHighIntent: 1 }, day(10))),
      happened('interactions', 0, { isHighIntent: 0 }, '2026-02-12T09:00:00.000Z'),
      happened('interactions', 1, { isHighIntent: 0 }, '2026-02-12T10:00:00.000Z'),
    ],
    before: [1, 5, 0.2],
    added: happened('interactions', 2, { isHighIntent: 0 }, day(11)),
    after: [2, 5, 0.4],
  },
  'funnel-conversion': share('opportunities-opened', 'isWon'),
  'sales-cycle': {
    facts: [
      ...[10, 20, 30, 40, 50].map((days, who) => won(who, days)),
      happened('opportunities-closed', 0, { isWon: 0, cycleDays: 99 }),
    ],
    before: [150, 5, 30],
    added: won(0, 60),
    after: [210, 6, 35],
  },
  'signing-cycle': meanOf('signatures', 'cycleDays'),
  'second-purchase': {
    facts: [...[0, 1, 2, 3, 4].map(who => won(who, 1, day(10))), won(0, 1, '2026-09-01T00:00:00.000Z')],
    before: [1, 5, 0.2],
    added: won(1, 1, '2027-02-10T09:00:00.000Z'),
    after: [2, 5, 0.4],
  },
  'opportunities-won-a-year': {
    // The window is of 365 days before the first of March; what is older is not in it.
    facts: [
      ...[0, 1, 2, 3, 4].map(who => won(who, 1)),
      won(0, 1, '2025-03-01T00:00:00.000Z'),
      won(0, 1, '2025-02-28T23:59:59.999Z'),
    ],
    before: [6, null, 6],
    added: won(5, 1, '2025-12-01T00:00:00.000Z'),
    after: [7, null, 7],
  },
  'launch-attainment': {
    facts: each('launches', { unitsSold: 30, unitsPlanned: 100 }, { unitsSold: 50, unitsPlanned: 60 }),
    before: [80, 160, 0.5],
    added: happened('launches', 2, { unitsSold: 40, unitsPlanned: 40 }),
    after: [120, 200, 0.6],
  },
  renewal: share('renewals', 'isRenewed'),
  nps: {
    // Two promoters, two who are neither, one detractor.
    facts: each('ratings', ...[100, 100, 0, 0, -100].map(promoterPoints => ({ promoterPoints }))),
    before: [100, 5, 20],
    added: happened('ratings', 5, { promoterPoints: -100 }),
    after: [0, 6, 0],
  },
  'self-operation-frequency': {
    facts: [...active, ...[0, 0, 1].map(who => happened('self-operations', who, { isCompleted: 1 }))],
    before: [3, 5, 0.6],
    added: happened('self-operations', 0, { isCompleted: 1 }),
    after: [4, 5, 0.8],
  },
  'self-operation-completion': share('self-operations-started', 'isCompleted'),
  'self-decision-closure': share('self-decisions', 'isOwn'),
  'challenge-rate': share('decisions', 'isChallenged'),
  'correction-adoption': share('corrections', 'isAdopted'),
  'manual-plan-share': share('visit-plans', 'isManual'),
  'orchestration-response': meanOf('tasks-staffed', 'responseHours'),
  'cross-role-willingness': {
    facts: marked('surveys', 'isWilling', 2, 3),
    before: [2, 5, 0.4],
    // Who was not willing before is asked again and now is.
    added: happened('surveys', 4, { isWilling: 1 }),
    after: [3, 5, 0.6],
  },
}

/** As if every source were contributed; those of profiles and consents and their like are states as they are. */
const everything: Countable = {
  ...countable,
  facts: [...new Set([...catalogue.values()].flatMap(measuresOf).map(({ source }) => source))].map(name => {
    const found = countable.facts.find(source => source.name === name)
    const { entity = '', description = '', fields = [] } = expectedSources[name] ?? {}
    return found ?? { name, entity, description, fields, isState: name === 'people', read: async () => new Map() }
  }),
}

function entitiesOf(definition: Definition, facts: readonly Said[]): readonly CountedFacts[] {
  const sources = measuresOf(definition).map(({ source }) => source)
  const own = facts.filter(({ source }) => sources.includes(source))
  return [...new Set(own.map(({ who }) => who))].map(who => ({
    id: String(who),
    dimensions: {},
    purposes: new Set(purposes),
    facts: new Map(
      sources.map(name => [name, own.flatMap(each => (each.who === who && each.source === name ? [each.fact] : []))]),
    ),
  }))
}

function isOfState(definition: Definition): boolean {
  return measuresOf(definition).some(({ source }) => everything.facts.find(({ name }) => name === source)?.isState)
}

/** Event by event: what the cells of the period hold. */
function counted(definition: Definition, facts: readonly Said[]): Tally {
  let sum = nothing
  const first = definition.type === 'CUMULATIVE' ? plusDays(FEBRUARY.to, -(definition.windowDays ?? 0)) : ''
  for (const entity of entitiesOf(definition, facts)) {
    for (const { place, tally } of countEntity([definition], entity).values()) {
      const isWanted = isOfState(definition)
        ? place.grain === NOW.grain
        : definition.type === 'CUMULATIVE'
          ? place.grain === 'DAY' && place.from >= first && place.from < FEBRUARY.to
          : place.grain === 'MONTH' && place.from === FEBRUARY.from
      if (isWanted && place.slice === WHOLE) sum = plus(sum, tally)
    }
  }
  return sum
}

/** From scratch. */
function recounted(definition: Definition, facts: readonly Said[]): Tally {
  const from = definition.type === 'CUMULATIVE' ? plusDays(FEBRUARY.to, -(definition.windowDays ?? 0)) : FEBRUARY.from
  const span = isOfState(definition) ? undefined : { from, to: FEBRUARY.to }
  return recount(definition, entitiesOf(definition, facts), span)
}

const examples = Object.entries(EXAMPLES)

describe('the value of a metric', () => {
  it('is worked out by hand for every metric that is defined', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual([...catalogue.keys()].sort())
    expect(healthDimensions).toHaveLength(6)
    expect(governanceIndicators).toHaveLength(12)
  })

  it.each(examples)('%s is that, and moves by one event as it should, counted both ways', (id, example) => {
    const definition = definitionOf(id)
    for (const evaluate of [counted, recounted]) {
      for (const [facts, [numerator, denominator, value]] of [
        [example.facts, example.before],
        [[...example.facts, example.added], example.after],
      ] as const) {
        const found = figuresOf(definition, everything, part => evaluate(part, facts))
        expect({ reason: found.reason, numerator: found.numerator, denominator: found.denominator }).toEqual({
          reason: null,
          numerator,
          denominator,
        })
        expect(found.value).toBeCloseTo(value, 12)
      }
    }
  })
})

describe('the definitions', () => {
  it('fit what the subgraphs contribute, and what is waited for', () => {
    expect(misfits(catalogue.values(), countable)).toEqual([])
  })

  it('wait for no source that nobody defines a metric over', () => {
    const used = new Set([...catalogue.values()].flatMap(measuresOf).map(({ source }) => source))
    expect(Object.keys(expectedSources).filter(name => !used.has(name))).toEqual([])
  })

  it.each([
    ['entity', { entity: 'Task' }, 'metric x counts Task, and interactions is about Customer'],
    [
      'field',
      { measure: { source: 'interactions', aggregation: 'SUM', field: 'mood' } },
      'metric x reads mood, which interactions has not',
    ],
    [
      'source',
      { measure: { source: 'dreams', aggregation: 'FACTS' } },
      'metric x is over dreams, which nobody contributes and nobody is expected to',
    ],
  ])('that name a wrong %s are found', (_, change, expected) => {
    const {
      numerator: __,
      denominator: ___,
      ...common
    } = definitionOf('evidence-completeness') as never as {
      [key: string]: unknown
    }
    const { hash: ____, ...rest } = common
    const measure = { source: 'interactions', aggregation: 'FACTS' }
    const definitions = parseDefinitions([{ ...rest, id: 'x', type: 'SIMPLE', unit: 'COUNT', measure, ...change }])
    expect(misfits(definitions.values(), countable)).toEqual([expected])
  })
})
