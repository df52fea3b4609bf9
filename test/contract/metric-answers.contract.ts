import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { switchModule } from '../../subgraphs/automation/modules.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { healthCheck, valuesOver } from '../../subgraphs/metrics/boards.ts'
import { definitionOf } from '../../subgraphs/metrics/catalogue.ts'
import { closePeriod } from '../../subgraphs/metrics/closing.ts'
import { compare, driverTree } from '../../subgraphs/metrics/comparison.ts'
import { graphCompleteness } from '../../subgraphs/metrics/completeness.ts'
import { adoptionPlan, diagnose } from '../../subgraphs/metrics/diagnosis.ts'
import { lineage } from '../../subgraphs/metrics/lineage.ts'
import { type Period, periodAt } from '../../subgraphs/metrics/periods.ts'
import { countAll } from '../../subgraphs/metrics/projection.ts'
import { scorecardOf } from '../../subgraphs/metrics/scorecards.ts'
import { keepYesterday } from '../../subgraphs/metrics/standings.ts'
import { setTarget } from '../../subgraphs/metrics/targets.ts'
import { changeConsent } from '../../subgraphs/sovereignty/consents.ts'
import { requestErasure } from '../../subgraphs/sovereignty/erasure.ts'
import { aChat, aDeal } from '../support/records.ts'
import { deliverAll, NOW, openServices, requestOf, type TestServices } from '../support/services.ts'

const SENDER = { kind: 'SERVICE', id: 'wecom' } as const
const OPERATOR = { kind: 'OPERATOR', id: 'operator' } as const
const MANAGER = { kind: 'MANAGER', id: 'manager', region: 'CN-SH', purpose: 'SALES_FOLLOW_UP' } as const
const JANUARY = periodAt('MONTH', '2026-01-10T00:00:00.000Z')
const FEBRUARY = periodAt('MONTH', '2026-02-10T00:00:00.000Z')
const MARCH = periodAt('MONTH', NOW)
const CUSTOMERS = 'MATCH (c:Customer) RETURN c.number, c.id ORDER BY c.number'
const numbers = ['C-1', 'C-2', 'C-3', 'C-4', 'C-5', 'C-6']

/** What is said about values: who is behind them, what moved them, what they were closed with. */
export function describeMetricAnswers(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(async () => {
    await services.empty()
    services.modules.take([])
  })
  afterAll(() => services.close())

  const send = (source: string, ...events: readonly SentEvent[]) =>
    ingest(services, SENDER, `answers-${++sent}`, { source, events })
  const chat = (number: string, day: string, more: { customer?: object; seller?: object; message?: object } = {}) =>
    send(
      'wecom-chat',
      aChat(`${number}/${++sent}`, {
        customer: { number, region: 'CN-SH', ...more.customer },
        message: { occurredAt: `${day}T09:00:00.000Z`, ...more.message },
        ...(more.seller && { seller: more.seller }),
      }),
    )
  const opened = (number: string, day: string, stage: string) =>
    send(
      'crm-deal',
      aDeal(
        `${number}/${++sent}`,
        {
          number: `D-${number}-${sent}`,
          openedAt: `${day}T00:00:00.000Z`,
          stage,
          ...(stage === 'WON' && { closedAt: `${day}T12:00:00.000Z` }),
        },
        { number },
      ),
    )
  const idOf = async (number: string) =>
    String((await services.read(CUSTOMERS)).find(([each]) => each === number)?.[1] ?? '')
  const count = async () => {
    await deliverAll(services)
    await countAll(services)
  }
  const consentAll = async () => {
    await deliverAll(services)
    for (const number of numbers) {
      const viewer = { kind: 'SUBJECT', id: await idOf(number) } as const
      await changeConsent(services, viewer, `consent-${++sent}`, { purpose: 'ANALYTICS' }, true)
    }
  }
  const valueIn = async (id: string, period: Period = FEBRUARY) => {
    const [value] = await valuesOver(services, services.clock.now(), definitionOf(id), [period])
    return value
  }
  const request = (viewer: Parameters<typeof requestOf>[1]) => requestOf(services, viewer)

  describe('targets', () => {
    it('are set, replace that of the definition, and are taken back, each in a version', async () => {
      const definition = definitionOf('orchestration-response')
      expect((await valueIn(definition.id))?.target).toBe(4)
      expect(await setTarget(services, OPERATOR, 'target-1', definition, 3)).toMatchObject({ version: 1 })
      expect((await valueIn(definition.id))?.target).toBe(3)
      expect(await setTarget(services, OPERATOR, 'target-2', definition, null)).toMatchObject({ version: 2 })
      expect((await valueIn(definition.id))?.target).toBe(4)
      const entries = await services.read(
        "MATCH (e:EvidenceEntry) WHERE e.kind = 'METRIC_TARGET_SET' RETURN e.entry ORDER BY e.at, e.id",
      )
      expect(entries.map(([entry]) => JSON.parse(String(entry)).statement.version).sort()).toEqual([1, 2])
    })

    it.each([
      ['funnel-conversion', 1.5, '0 to 1'],
      ['sales-cycle', -1, 'at least 0'],
    ])('of %s cannot be %d', async (id, target, expected) => {
      await expect(setTarget(services, OPERATOR, 'target-3', definitionOf(id), target)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining(expected),
      })
    })
  })

  describe('a closed period', () => {
    it('keeps its values beside what comes late', async () => {
      for (const number of numbers) await chat(number, '2026-02-10')
      await count()
      const { closedAt } = await closePeriod(request(OPERATOR), 'close-1', FEBRUARY)
      expect(await valueIn('evidence-completeness')).toMatchObject({
        value: 1,
        numerator: 6,
        isRestated: false,
        closed: { value: 1, numerator: 6, denominator: 6, closedAt, definitionVersion: 1 },
      })
      await chat('C-1', '2026-02-27')
      await count()
      expect(await valueIn('evidence-completeness')).toMatchObject({
        numerator: 7,
        denominator: 7,
        isRestated: true,
        closed: { numerator: 6, denominator: 6 },
      })
      // Of another period nothing was closed.
      expect(await valueIn('evidence-completeness', JANUARY)).toMatchObject({ closed: null, isRestated: false })
    })

    it('is closed once, and not before it is over', async () => {
      await expect(closePeriod(request(OPERATOR), 'close-2', MARCH)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
      const first = await closePeriod(request(OPERATOR), 'close-3', FEBRUARY)
      expect(await closePeriod(request(OPERATOR), 'close-3', FEBRUARY)).toEqual(first)
      await expect(closePeriod(request(OPERATOR), 'close-4', FEBRUARY)).rejects.toMatchObject({ code: 'CONFLICT' })
    })

    it('commits to its figures without telling of anybody', async () => {
      for (const number of numbers.slice(0, 4)) await chat(number, '2026-02-10')
      await count()
      await closePeriod(request(OPERATOR), 'close-5', FEBRUARY)
      const [[figures]] = (await services.read('MATCH (c:MetricClosing) RETURN c.figures')) as [[string]]
      const closed = JSON.parse(figures).find(({ metric }: { metric: string }) => metric === 'evidence-completeness')
      expect(closed).toMatchObject({ value: null, reason: 'COHORT_TOO_SMALL', numerator: null, denominator: null })
    })
  })

  describe('lineage', () => {
    it('names who is behind a value, and without one of them the value is less by what it adds', async () => {
      for (const number of numbers) await chat(number, '2026-02-10')
      await chat('C-2', '2026-02-11')
      await count()
      const asked = { definition: definitionOf('evidence-completeness'), period: FEBRUARY }
      const page = { first: 50, afterId: undefined }
      const { edges } = await lineage(request(MANAGER), asked, page)
      const before = await valueIn('evidence-completeness')
      expect(edges).toHaveLength(6)
      expect(edges.reduce((sum, { node }) => sum + (node.numerator ?? 0), 0)).toBe(before?.numerator)
      const gone = await idOf('C-2')
      const contribution = edges.find(({ node }) => node.id === gone)?.node
      expect(contribution).toMatchObject({ numerator: 2, denominator: 2, customer: { id: gone } })
      await requestErasure(services, { kind: 'SUBJECT', id: gone }, 'erase-lineage')
      await count()
      const after = await valueIn('evidence-completeness')
      expect(after?.numerator).toBe(Number(before?.numerator) - Number(contribution?.numerator))
      expect(after?.denominator).toBe(Number(before?.denominator) - Number(contribution?.denominator))
      expect((await lineage(request(MANAGER), asked, page)).edges.map(({ node }) => node.id)).not.toContain(gone)
    })

    it('is of the rows of the viewer, and pages without losing any', async () => {
      for (const number of numbers) await chat(number, '2026-02-10')
      await chat('D-1', '2026-02-10', { customer: { number: 'D-1', region: 'EU-DE' } })
      await count()
      const asked = { definition: definitionOf('evidence-completeness'), period: FEBRUARY }
      const found: string[] = []
      let afterId: string | undefined
      for (let hasMore = true; hasMore; ) {
        const { edges, pageInfo } = await lineage(request(MANAGER), asked, { first: 2, afterId })
        found.push(...edges.map(({ node }) => node.id))
        afterId = edges.at(-1)?.node.id
        hasMore = pageInfo.hasNextPage
      }
      const inRegion = await Promise.all(numbers.map(idOf))
      expect(found).toEqual([...inRegion].sort())
    })

    it.each(['purpose-stated-access', 'capability-trades'])(
      'of %s, which counts no customers, is refused',
      async id => {
        const asked = { definition: definitionOf(id), period: FEBRUARY }
        await expect(lineage(request(MANAGER), asked, { first: 5, afterId: undefined })).rejects.toMatchObject({
          code: 'BAD_USER_INPUT',
        })
      },
    )
  })

  describe('what moved a value', () => {
    it('adds up, by its sides and by product', async () => {
      // January: 1 of 5 won. February: 3 of 6 won.
      for (const number of numbers) await chat(number, '2026-01-02')
      await consentAll()
      for (const [index, number] of numbers.slice(0, 5).entries()) {
        await opened(number, '2026-01-10', index === 0 ? 'WON' : 'PROPOSAL')
      }
      for (const [index, number] of numbers.entries())
        await opened(number, '2026-02-10', index < 3 ? 'WON' : 'PROPOSAL')
      await count()
      const asked = { definition: definitionOf('funnel-conversion'), period: FEBRUARY }
      const tree = await driverTree(services, NOW, asked, 'product')
      expect(tree.change).toBeCloseTo(0.3, 12)
      // Above: 2·(1/6+1/5)/2, below: (1/6−1/5)·(3+1)/2.
      expect(tree.sides.map(({ name, contribution }) => [name, contribution])).toEqual([
        ['NUMERATOR', expect.closeTo(11 / 30, 12)],
        ['DENOMINATOR', expect.closeTo(-1 / 15, 12)],
      ])
      expect(tree.slices).toEqual([{ name: 'Server', before: 0.2, after: 0.5, contribution: expect.closeTo(0.3, 12) }])
      await expect(driverTree(services, NOW, asked, 'channel')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    })

    it('is seen before and after a module was switched on', async () => {
      for (const number of numbers) await chat(number, '2026-01-10')
      for (const number of [...numbers, 'C-1']) await chat(number, '2026-03-01')
      services.clock.set('2026-02-10T08:00:00.000Z')
      await switchModule(services, OPERATOR, 'module-1', { name: 'sales', isEnabled: true })
      services.clock.set('2026-04-02T08:00:00.000Z')
      await count()
      const now = services.clock.now()
      const found = await compare(services, now, definitionOf('evidence-completeness'), periodAt('MONTH', now))
      expect(found.byModule).toMatchObject([
        {
          module: 'sales',
          enabledAt: '2026-02-10T08:00:00.000Z',
          before: { from: '2026-01-01', numerator: 6 },
          after: { from: '2026-03-01', numerator: 7 },
          change: 0,
        },
      ])
      expect(found).toMatchObject({ change: null, toTarget: null, toMean: null })
      const completeness = await compare(services, now, definitionOf('graph-completeness'), periodAt('MONTH', now))
      // One of seven fields is known, the region.
      expect(completeness.toMean).toBeCloseTo(1 / 7 - 0.438, 12)
      expect(completeness.toHealthy).toBeCloseTo(1 / 7 - 0.85, 12)
    })
  })

  describe('the completeness of the graph', () => {
    const inClass = async (count: number, region: string, name?: string) => {
      for (let n = 0; n < count; n++) {
        const account = name === undefined ? {} : { account: { name, sector: name } }
        const customer = { number: `${region}/${name}/${n}`, region, ...(n === 0 && { name: 'Name' }) }
        await send('wecom-chat', aChat(`${customer.number}/${++sent}`, { customer, ...account }))
      }
    }
    const cells = async () => {
      await count()
      const { whole, cells } = await graphCompleteness(services, services.clock.now(), MARCH)
      return [
        whole.denominator,
        ...cells.map(({ customerClass, region, numerator, denominator, reason }) =>
          [customerClass, region, ...(reason ? [reason] : [numerator, denominator])].join(' '),
        ),
      ]
    }

    it('is told class by class and region by region', async () => {
      await inClass(6, 'CN-SH', 'healthcare')
      await inClass(5, 'CN-SH')
      await inClass(5, 'EU-DE', 'healthcare')
      // Region and company of each are known, and the name of one.
      expect(await cells()).toEqual([112, 'healthcare CN-SH 13 42', 'healthcare EU-DE 11 35', ' CN-SH 6 35'])
    })

    it('says nothing of fewer than five, nor whatever else would tell them', async () => {
      for (const region of ['CN-SH', 'EU-DE', 'EU-FR']) await inClass(6, region, 'healthcare')
      for (const [region, people] of [['CN-SH', 2] as const, ['EU-DE', 5] as const, ['EU-FR', 7] as const]) {
        await inClass(people, region, 'retail')
      }
      expect(await cells()).toEqual([
        224,
        'healthcare CN-SH COHORT_TOO_SMALL',
        'healthcare EU-DE COHORT_TOO_SMALL',
        'healthcare EU-FR 13 42',
        'retail CN-SH COHORT_TOO_SMALL',
        'retail EU-DE COHORT_TOO_SMALL',
        'retail EU-FR 15 49',
      ])
    })

    it('follows a customer that is erased', async () => {
      await inClass(6, 'CN-SH', 'healthcare')
      expect(await cells()).toEqual([42, 'healthcare CN-SH 13 42'])
      const id = await idOf('CN-SH/healthcare/5')
      await requestErasure(services, { kind: 'SUBJECT', id, purpose: 'SUBJECT_REQUEST' }, 'erase-of-class')
      expect(await cells()).toEqual([35, 'healthcare CN-SH 11 35'])
    })
  })

  it('a diagnosis names the slices that pull a weak dimension down, and examples', async () => {
    const known = { name: 'Name', phone: '+8613900000001', email: 'a@example.org', weComId: 'w' }
    const seller = { number: 'S-1', name: 'One', region: 'North' }
    await chat('C-1', '2026-03-01')
    for (const number of numbers.slice(1)) await chat(number, '2026-03-01', { seller })
    for (const number of ['K-1', 'K-2', 'K-3', 'K-4', 'K-5']) {
      const customer = { number, region: 'EU-DE', ...known }
      await chat(number, '2026-03-01', { customer, seller: { number: 'S-2', name: 'Two', region: 'South' } })
    }
    await count()
    const { weak, adoptionPack } = await diagnose(request(MANAGER), MARCH)
    expect(weak.map(({ dimension }) => dimension.current.metric.id)).toEqual(['self-operation-penetration'])
    expect(adoptionPack).toEqual([])
    // Of the six region and owner are known, of C-1 the region alone, of the five others six fields: (11 + 5·6) ÷ 77 is above the
    // mean, and 11 ÷ 42 is not.
    for (const number of ['K-1', 'K-2', 'K-3', 'K-4', 'K-5']) {
      await requestErasure(services, { kind: 'SUBJECT', id: await idOf(number) }, `erase-${number}`)
    }
    await count()
    const again = await diagnose(request(MANAGER), MARCH)
    expect(again.weak.map(({ dimension }) => dimension.current.metric.id)).toEqual([
      'self-operation-penetration',
      'graph-completeness',
    ])
    const completeness = again.weak[1]
    // Against 0.85 the region that holds all of them, and the seller and the team that five of them have.
    const ofFive = (10 - 0.85 * 35) / 42
    expect(completeness?.drivers.map(({ by, current, contribution }) => [by, current.slice, contribution])).toEqual([
      ['region', 'CN-SH', expect.closeTo(11 / 42 - 0.85, 12)],
      ['team', 'North', expect.closeTo(ofFive, 12)],
      ['seller', expect.any(String), expect.closeTo(ofFive, 12)],
    ])
    expect(completeness?.examples?.map(({ id, numerator }) => [id, numerator])).toEqual([[await idOf('C-1'), 1]])
  })

  it('a plan begins with one pain and tells how far each step has come', async () => {
    await switchModule(services, OPERATOR, 'module-2', { name: 'talent', isEnabled: false })
    const plan = await adoptionPlan(services, NOW, 'TASKS_WAIT_FOR_PEOPLE', MARCH)
    expect(plan.trend).toHaveLength(6)
    expect(plan.steps.map(({ step }) => step.part)[0]).toBe('LIQUID_ORGANISATION_MODELLING_TOOL')
    expect(
      plan.steps.map(({ modules }) => modules.map(({ id, exists, isEnabled }) => [id, exists, isEnabled])),
    ).toEqual([
      [['talent', true, false]],
      [
        ['sales', true, true],
        ['decisions', false, false],
      ],
      [['portal', false, false]],
    ])
  })

  it('a scorecard weighs what has a value and says how much that is', async () => {
    for (const number of numbers) await chat(number, '2026-02-10')
    await deliverAll(services)
    services.clock.set('2026-02-12T00:00:00.000Z')
    const viewer = { kind: 'SUBJECT', id: await idOf('C-1') } as const
    for (const given of [true, false, true]) {
      await changeConsent(services, viewer, `card-${++sent}`, { purpose: 'MARKETING' }, given)
    }
    await count()
    const card = await scorecardOf(services, services.clock.now(), 'course-advisor', FEBRUARY, undefined)
    // Three self-operations of six active customers, of which one each would be full; the rest has no value.
    expect(card).toMatchObject({ score: 0.5, measuredWeight: 0.3 })
    expect(card?.lines[0]).toMatchObject({ weight: 0.3, reached: 0.5, current: { value: 0.5 } })
    expect(await scorecardOf(services, NOW, 'astronaut', FEBRUARY, undefined)).toBeUndefined()
  })

  it('what has no time has a past: how it stood when the period ended', async () => {
    for (const number of numbers) await chat(number, '2026-02-10')
    await keepYesterday(services)
    await count()
    expect(await valueIn('graph-completeness', MARCH)).toMatchObject({ numerator: 6, denominator: 42 })
    services.clock.set('2026-04-01T00:00:05.000Z')
    await keepYesterday(services)
    const known = { name: 'Name', phone: '+8613900000001', email: 'a@example.org', weComId: 'w' }
    await chat('C-1', '2026-04-01', { customer: { number: 'C-1', ...known } })
    // The same day once more, and a clock that is set back, keep what was kept.
    await count()
    await keepYesterday(services)
    services.clock.set('2026-03-15T00:00:00.000Z')
    await keepYesterday(services)
    services.clock.set('2026-04-01T00:01:00.000Z')
    const april = periodAt('MONTH', services.clock.now())
    expect(await valueIn('graph-completeness', april)).toMatchObject({ numerator: 10, denominator: 42 })
    expect(await valueIn('graph-completeness', MARCH)).toMatchObject({ numerator: 6, denominator: 42 })
    expect(await valueIn('graph-completeness', FEBRUARY)).toMatchObject({ value: null, reason: 'NOTHING_TO_COUNT' })
    const { dimensions } = await healthCheck(services, services.clock.now(), april)
    expect(dimensions.at(-1)).toMatchObject({ trend: 'BETTER' })
  })

  describe('the sources', () => {
    it('tell whether channels agree on a customer', async () => {
      for (const number of numbers) {
        await chat(number, '2026-02-10', { customer: { number, region: 'CN-SH', name: `Name ${number}` } })
        const name = number === 'C-1' ? 'Another' : `Name ${number}`
        await send('crm-deal', aDeal(`${number}/${++sent}`, { number: `D-${number}` }, { number, name }))
      }
      await count()
      // Name and region of six customers, of which one is called otherwise.
      expect(await valueIn('cross-channel-consistency', MARCH)).toMatchObject({ numerator: 11, denominator: 12 })
    })

    it('count a request by right when it is answered, and one that nobody answers at its deadline', async () => {
      for (const number of numbers) await chat(number, '2026-02-10')
      await count()
      // As a crash right after the request would leave it.
      await services.graph.write(unit =>
        unit.run(`CREATE (:RightsRequest {id: 'r-late', key: 'ERASURE/late', kind: 'ERASURE', subjectId: 'nobody',
          state: 'REQUESTED', requestedAt: '2026-03-01T00:00:00.000Z', dueBefore: '2026-03-20T00:00:00.000Z',
          evidenceEntryId: 'e-late'})`),
      )
      await services.graph.write(unit =>
        unit.run(
          "CREATE (:MetricChange {key: 'RightsRequest/r-late', kind: 'RightsRequest', entityId: 'r-late', since: $at})",
          {
            at: NOW,
          },
        ),
      )
      await count()
      expect(await valueIn('rights-timeliness', MARCH)).toMatchObject({ value: null, reason: 'NOTHING_TO_COUNT' })
      await requestErasure(services, { kind: 'SUBJECT', id: await idOf('C-1') }, 'erase-in-time')
      await count()
      expect(await valueIn('rights-timeliness', MARCH)).toMatchObject({ numerator: 1, denominator: 1, value: 1 })
      services.clock.set('2026-03-20T00:00:00.000Z')
      await count()
      expect(await valueIn('rights-timeliness', MARCH)).toMatchObject({ numerator: 1, denominator: 2, value: 0.5 })
    })
  })
}
