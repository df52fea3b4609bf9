import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '../../core/errors.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { board, breakdown, healthCheck, valuesOver } from '../../subgraphs/metrics/boards.ts'
import { catalogue } from '../../subgraphs/metrics/catalogue.ts'
import { readFacts } from '../../subgraphs/metrics/counted-facts.ts'
import type { Definition } from '../../subgraphs/metrics/definition.ts'
import { type Period, periodAt, plusDays } from '../../subgraphs/metrics/periods.ts'
import { countAll, forgetAndMarkAll } from '../../subgraphs/metrics/projection.ts'
import { recount } from '../../subgraphs/metrics/recount.ts'
import { readTallies } from '../../subgraphs/metrics/values.ts'
import { changeConsent } from '../../subgraphs/sovereignty/consents.ts'
import { requestErasure } from '../../subgraphs/sovereignty/erasure.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { portOf } from '../support/faulty-graph.ts'
import { aChat, aDeal } from '../support/records.ts'
import { deliverAll, NOW, openServices, type TestServices } from '../support/services.ts'

const SENDER = { kind: 'SERVICE', id: 'wecom' } as const
const CELLS = 'MATCH (m:MetricCell) RETURN m.key, m.periods ORDER BY m.key'
const CUSTOMERS = 'MATCH (c:Customer) RETURN c.number, c.id ORDER BY c.number'
const MARCH = periodAt('MONTH', NOW)
const FEBRUARY = periodAt('MONTH', '2026-02-10T00:00:00.000Z')

/** Metrics follow the events, and have the values that a count from scratch has. */
export function describeMetrics(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const send = (source: string, ...events: readonly SentEvent[]) =>
    ingest(services, SENDER, `metrics-${++sent}`, { source, events })
  const chat = (number: string, day: string, more: object = {}) =>
    send(
      'wecom-chat',
      aChat(`${number}/${++sent}`, {
        customer: { number, region: 'CN-SH' },
        message: { occurredAt: `${day}T09:00:00.000Z`, ...more },
      }),
    )
  const won = (number: string, openedAt: string, closedAt: string) =>
    send(
      'crm-deal',
      aDeal(
        `${number}/${++sent}`,
        {
          number: `D-${number}-${sent}`,
          openedAt: `${openedAt}T00:00:00.000Z`,
          closedAt: `${closedAt}T00:00:00.000Z`,
          stage: 'WON',
        },
        { number },
      ),
    )
  const idOf = async (number: string) =>
    String((await services.read(CUSTOMERS)).find(([each]) => each === number)?.[1] ?? '')
  const consent = async (number: string, given = true) => {
    const viewer = { kind: 'SUBJECT', id: await idOf(number) } as const
    await changeConsent(services, viewer, `consent-${++sent}`, { purpose: 'ANALYTICS' }, given)
  }
  const count = async () => {
    await deliverAll(services)
    await countAll(services)
  }
  const definitionOf = (id: string) => catalogue.get(id) as Definition
  const figures = async (id: string, period: Period = FEBRUARY) => {
    const [value] = await valuesOver(services, services.clock.now(), definitionOf(id), [period])
    return value
  }
  const numbers = ['C-1', 'C-2', 'C-3', 'C-4', 'C-5', 'C-6']

  /** Six customers with a chat each in February; five of them consent to statistics. */
  const sixCustomers = async () => {
    for (const number of numbers) await chat(number, '2026-02-10')
    await deliverAll(services)
    for (const number of numbers.slice(0, 5)) await consent(number)
  }

  /** Every cell of every metric, from the facts in the graph. */
  const requireEqualToRecount = async () => {
    const reader = { run: services.graph.read.bind(services.graph) }
    for (const { name, idsAfter } of services.countable.entities) {
      const counted = await readFacts(reader, services, name, await idsAfter(reader, '', 1_000))
      for (const definition of [...catalogue.values()].filter(({ entity }) => entity === name)) {
        for (const period of [FEBRUARY, MARCH, periodAt('DAY', '2026-02-10T00:00:00.000Z'), periodAt('YEAR', NOW)]) {
          const tallies = await readTallies(services, services.clock.now(), [{ definition, period }])
          const isState = services.countable.facts.some(
            each => each.isState && JSON.stringify(definition).includes(`"${each.name}"`),
          )
          const from =
            definition.type === 'CUMULATIVE' ? plusDays(period.to, -(definition.windowDays ?? 0)) : period.from
          const isNow = period.from <= NOW.slice(0, 10) && NOW.slice(0, 10) < period.to
          const span = isState ? undefined : { from, to: period.to }
          const expected =
            isState && !isNow ? recount(definition, [], undefined) : recount(definition, counted.values(), span)
          const found = tallies.of({ definition, period })
          // How many customers are behind a window cannot be told from its days.
          const comparable = definition.type === 'CUMULATIVE' ? ['numerator'] : Object.keys(expected)
          for (const part of comparable as (keyof typeof expected)[]) {
            expect(found[part], `${definition.id} ${period.grain} ${part}`).toBe(expected[part])
          }
        }
      }
    }
  }

  it('move by one event by a known amount', async () => {
    await sixCustomers()
    await count()
    expect(await figures('evidence-completeness')).toMatchObject({
      numerator: 6,
      denominator: 6,
      value: 1,
      reason: null,
    })
    expect(await figures('follow-up-48h')).toMatchObject({ value: null, reason: 'NOTHING_TO_COUNT' })
    await chat('C-1', '2026-02-11')
    await count()
    expect(await figures('evidence-completeness')).toMatchObject({ numerator: 7, denominator: 7, value: 1 })
    expect(await figures('evidence-completeness', MARCH)).toMatchObject({ value: null, reason: 'NOTHING_TO_COUNT' })
  })

  it('count a customer for statistics only while it consents to them', async () => {
    await sixCustomers()
    await deliverAll(services)
    for (const number of numbers) await won(number, '2026-02-01', '2026-02-11')
    await count()
    expect(await figures('sales-cycle')).toMatchObject({
      value: 10,
      numerator: 50,
      denominator: 5,
      consentCoverage: 0.83,
    })
    await consent('C-6')
    await count()
    expect(await figures('sales-cycle')).toMatchObject({ value: 10, numerator: 60, denominator: 6, consentCoverage: 1 })
    await consent('C-6', false)
    await consent('C-5', false)
    await count()
    expect(await figures('sales-cycle')).toMatchObject({ value: null, reason: 'COHORT_TOO_SMALL', numerator: null })
  })

  it('take in what comes late, what is won again, and give up who is erased', async () => {
    await sixCustomers()
    await count()
    await chat('C-2', '2026-01-15')
    await won('C-1', '2026-01-10', '2026-02-20')
    await won('C-1', '2026-02-21', '2026-03-01')
    await count()
    // An opportunity passes from one customer to another.
    const passed = (number: string, stageAt: string) =>
      send('crm-deal', aDeal(`passed/${++sent}`, { number: 'D-PASSED', stage: 'PROPOSAL', stageAt }, { number }))
    await passed('C-3', '2026-02-01T00:00:00.000Z')
    await count()
    await passed('C-4', '2026-02-05T00:00:00.000Z')
    await count()
    await requireEqualToRecount()
    const subjectId = await idOf('C-1')
    await requestErasure(services, { kind: 'SUBJECT', id: subjectId }, 'erase-1')
    await count()
    await requireEqualToRecount()
    expect(
      (await services.read('MATCH (m:MetricEntity) RETURN m.counted')).some(([text]) =>
        String(text).includes(subjectId),
      ),
    ).toBe(false)
  })

  it(
    'are those of a count from scratch after histories of late, corrected, withdrawn and erased facts',
    async () => {
      const someone = fc.constantFrom('C-1', 'C-2', 'C-3', 'C-4', 'C-5', 'C-6')
      const day = fc.constantFrom('2025-12-31', '2026-02-01', '2026-02-10', '2026-02-28')
      const step = fc.oneof(
        fc.record({ does: fc.constant('chat' as const), number: someone, day }),
        fc.record({ does: fc.constant('correct' as const), number: someone, day }),
        fc.record({ does: fc.constant('consent' as const), number: someone, given: fc.boolean() }),
        fc.record({ does: fc.constant('erase' as const), number: someone }),
        fc.record({ does: fc.constant('count' as const) }),
      )
      const take = async (each: typeof step extends fc.Arbitrary<infer Step> ? Step : never) => {
        switch (each.does) {
          case 'chat':
            return chat(each.number, each.day)
          case 'correct':
            // The same deal says something else each time, and passes from one customer to another.
            return send(
              'crm-deal',
              aDeal(
                `correct/${++sent}`,
                { number: 'D-SHARED', stage: 'WON', closedAt: `${each.day}T12:00:00.000Z` },
                each,
              ),
            )
          case 'consent':
          case 'erase': {
            await deliverAll(services)
            const id = await idOf(each.number)
            if (id === '') return undefined
            if (each.does === 'consent') return consent(each.number, each.given)
            return requestErasure(services, { kind: 'SUBJECT', id }, `erase-${++sent}`)
          }
          case 'count':
            return count()
        }
      }
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async steps => {
          await services.empty()
          for (const each of steps) await take(each)
          await count()
          await requireEqualToRecount()
        }),
        { numRuns: Math.ceil(CASES / 12) },
      )
    },
    CASES_TIMEOUT_MS,
  )

  it('are the same when everything is counted again', async () => {
    await sixCustomers()
    await won('C-1', '2026-01-10', '2026-02-20')
    await count()
    const before = await services.read(CELLS)
    expect(before.length).toBeGreaterThan(10)
    await forgetAndMarkAll(services)
    await countAll(services)
    expect(await services.read(CELLS)).toEqual(before)
  })

  it('are the same where the store does not end in time what is counted of many at once', async () => {
    await sixCustomers()
    await count()
    const before = await services.read(CELLS)
    await forgetAndMarkAll(services)
    const limits: number[] = []
    const graph: Graph = {
      ...portOf(services.graph),
      write: work =>
        services.graph.write(unit =>
          work({
            guard: name => unit.guard(name),
            run: async (statement, params = {}) => {
              if ('limit' in params) limits.push(Number(params.limit))
              if (Number(params.limit) > 2) throw new ApiError('GRAPH_TIMEOUT')
              return unit.run(statement, params)
            },
          }),
        ),
    }
    await countAll({ ...services, graph })
    expect(await services.read(CELLS)).toEqual(before)
    // What was once too much is not tried again.
    expect(limits.slice(0, 9)).toEqual([200, 100, 50, 25, 13, 7, 4, 2, 2])
  })

  it('are the same when an event is delivered twice', async () => {
    await sixCustomers()
    await count()
    const before = await services.read(CELLS)
    await services.graph.write(unit =>
      unit.run("MATCH (c:Consumer {name: 'metrics/marks-what-changed'}) SET c.position = 0"),
    )
    await count()
    expect(await services.read(CELLS)).toEqual(before)
  })

  describe('by region', () => {
    it('withhold a region of few, and with it the smallest of the others', async () => {
      await sixCustomers()
      for (const number of ['D-1', 'D-2', 'D-3', 'D-4', 'D-5', 'D-6', 'D-7']) {
        await send('wecom-chat', aChat(`${number}`, { customer: { number, region: 'EU-DE' } }))
      }
      await send('wecom-chat', aChat('F-1', { customer: { number: 'F-1', region: 'EU-FR' } }))
      await count()
      const asked = { definition: definitionOf('evidence-completeness'), period: FEBRUARY }
      const values = await breakdown(services, NOW, asked, 'region')
      expect(values.map(({ slice, denominator, reason }) => [slice, denominator, reason])).toEqual([
        ['CN-SH', null, 'COHORT_TOO_SMALL'],
        ['EU-DE', 7, null],
        ['EU-FR', null, 'COHORT_TOO_SMALL'],
      ])
    })
  })

  it('without a source say which one, and never a number', async () => {
    const value = await figures('decision-traceability')
    expect(value).toMatchObject({ value: null, reason: 'NOT_MEASURED_YET', numerator: null })
    expect(value?.metric.missingSources).toEqual([
      {
        name: 'decisions',
        description: 'An AI suggestion, when it was shown to a person.',
        fields: ['isTraced', 'isChallenged'],
      },
    ])
  })

  it('make the health check of six dimensions and the board of twelve indicators', async () => {
    await sixCustomers()
    await count()
    const check = await healthCheck(services, NOW, MARCH)
    expect(check.dimensions.map(({ current, status }) => [current.metric.id, status])).toEqual([
      ['decision-traceability', 'UNKNOWN'],
      ['self-operation-penetration', 'UNKNOWN'],
      ['task-match-response', 'UNKNOWN'],
      ['sovereignty-audit-pass', 'UNKNOWN'],
      ['capability-trades', 'UNKNOWN'],
      ['graph-completeness', 'BELOW_MEAN'],
    ])
    // Region only, of seven fields.
    expect(check.dimensions.at(-1)?.current).toMatchObject({ numerator: 6, denominator: 42 })
    expect(check).toMatchObject({ belowMean: 1, adoptionPack: [] })
    const { indicators } = await board(services, NOW, 'governance', MARCH)
    expect(indicators).toHaveLength(12)
    expect(indicators[0]?.whole).toMatchObject({ numerator: 5, denominator: 6 })
  })
}
