import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../support/start-api.ts'

const operation = (name: string) =>
  readFile(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8')

let api: TestApi
beforeAll(async () => {
  api = await startApi({ customers: 24 })
  await api.settle()
})
afterAll(() => api.close())

const board = async (viewer: string, address: string) =>
  fetch(`${api.url}/boards/${address}`, { headers: { authorization: `Bearer ${await api.tokenOf(viewer)}` } })

describe('the manager', () => {
  it('is answered the health check, and what is not measured yet says so', async () => {
    const { data, errors } = await api.ask('manager', await operation('HealthCheck'))
    expect(errors).toEqual([])
    const { dimensions } = data.healthCheck
    expect(dimensions).toHaveLength(6)
    const completeness = dimensions.at(-1)
    // Seven fields of 24 customers.
    expect(completeness.current).toMatchObject({ denominator: 168, freshnessSeconds: 0, reason: null })
    expect(completeness.current.value).toBe(completeness.current.numerator / 168)
    expect(dimensions[0].current).toMatchObject({
      value: null,
      reason: 'NOT_MEASURED_YET',
      metric: { missingSources: [{ name: 'decisions' }] },
    })
  })

  it('sees the board region by region, and nothing about few customers', async () => {
    const { data } = await api.ask('manager', await operation('GovernanceBoard'))
    const { indicators } = data.governanceBoard
    expect(indicators).toHaveLength(12)
    for (const { regions } of indicators) {
      for (const { value, reason } of regions) expect(value === null).toBe(reason !== null)
    }
  })

  it('has the health check as a picture that says what it shows, and as a page with a table', async () => {
    const picture = await board('manager', 'health.svg?lang=zh')
    expect(picture.headers.get('content-type')).toContain('image/svg+xml')
    const svg = await picture.text()
    expect(svg).toContain('role="img"')
    expect(svg).toContain('客户图谱字段完整率')
    const page = await (await board('manager', 'health.html')).text()
    expect(page).toContain('<th scope="row">Customer graph field completeness</th>')
  })

  it.each([
    ['governance', 'en', 'Governance board by region', 'Consent coverage, CN-SH'],
    ['governance', 'zh', '分地区治理看板', '授权覆盖率, CN-SH'],
    [
      'heatmap',
      'en',
      'Sovereignty heat map: what customers do themselves, by region',
      'Customer self-operation penetration, CN-SH',
    ],
    ['heatmap', 'zh', '主权热力图：分地区客户自主操作', '客户自主操作渗透率, CN-SH'],
  ])('has the board %s by region with its twin, in %s', async (name, lang, title, row) => {
    const svg = await (await board('manager', `${name}.svg?lang=${lang}&grain=YEAR`)).text()
    expect(svg).toContain('role="img"')
    expect(svg).toContain(`<title id="title">${title}</title>`)
    const page = await (await board('manager', `${name}.html?lang=${lang}&grain=YEAR`)).text()
    expect(page).toContain(`<th scope="row">${row}</th>`)
  })

  it('says of where customers give up that nothing tells of it yet', async () => {
    const { data } = await api.ask(
      'manager',
      '{ sovereigntyHeatMap { indicators { metric { id } whole { reason } } } }',
    )
    const [, , completion] = data.sovereigntyHeatMap.indicators
    expect(completion).toEqual({ metric: { id: 'self-operation-completion' }, whole: { reason: 'NOT_MEASURED_YET' } })
  })

  it('has trends and single metrics as pictures, too', async () => {
    const page = await (await board('manager', 'trends.html?lang=zh')).text()
    expect(page).toContain('客户图谱字段完整率, 2026-11')
    const { data, errors } = await api.ask(
      'manager',
      '{ metric(id: "graph-completeness") { chart(language: ZH) table { name value } } }',
    )
    expect(errors).toEqual([])
    expect(data.metric.chart).toContain('role="img"')
    expect(data.metric.table).toHaveLength(12)
  })

  it.each([
    ['health.png', 404],
    ['nothing.svg', 404],
    ['health.svg?lang=de', 400],
    ['health.svg?grain=CENTURY', 400],
    ['health.svg?day=2026-02-30', 400],
  ])('is told what is wrong with %s', async (address, status) => {
    const answer = await board('manager', address)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
  })
})

describe('access to metrics', () => {
  it('counts as an operation that showed data for a purpose', async () => {
    const query = '{ metric(id: "sovereignty-audit-pass", grain: DAY) { value numerator denominator } }'
    const audited = async () => {
      await api.settle()
      return (await api.ask('auditor', query)).data.metric
    }
    const before = await audited()
    await api.ask('rep', '{ customers(first: 1) { edges { node { id name } } } }', { purpose: 'SALES_FOLLOW_UP' })
    const after = await audited()
    expect(after).toEqual({ value: 1, numerator: before.numerator + 1, denominator: before.denominator + 1 })
  })

  it.each(['rep', 'subject', 'partner', 'analyst'])('is not for the %s', async viewer => {
    const { errors } = await api.ask(viewer, await operation('HealthCheck'))
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await board(viewer, 'health.svg')).status).toBe(403)
  })

  it('by nobody in particular is refused', async () => {
    expect((await fetch(`${api.url}/boards/health.svg`)).status).toBe(401)
  })

  it('of regulators shows their indicators to the auditor, and not to the manager', async () => {
    const { data } = await api.ask('auditor', await operation('RegulatorIndicators'))
    expect(data.regulatorIndicators.indicators.map((each: { metric: { id: string } }) => each.metric.id)).toEqual([
      'traced-sales-behaviour',
      'rights-timeliness',
      'cross-department-closure',
    ])
    const refused = await api.ask('manager', await operation('RegulatorIndicators'))
    expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })
})

describe('a dimension that nobody knows', () => {
  it('is refused before anything is read', async () => {
    const { errors } = await api.ask('manager', '{ metricBreakdown(id: "sales-cycle", by: MOOD) { value } }')
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('an unknown metric or period', () => {
  it.each([
    ['{ metric(id: "nothing") { value } }', 'a metric of the query metrics'],
    ['{ metric(id: "sales-cycle", day: "2026-02-30") { value } }', 'a day as YYYY-MM-DD'],
    ['{ metricTrend(id: "sales-cycle", from: "2026-12-01") { value } }', 'a day before 2026-12-01'],
    ['{ metricTrend(id: "sales-cycle", grain: DAY, from: "2026-01-01") { value } }', 'at most 60 periods'],
    ['{ metricBreakdown(id: "sales-cycle", by: CHANNEL) { value } }', 'REGION, TEAM, SELLER, SEGMENT, PRODUCT'],
    ['{ metricBreakdown(id: "capability-trades", by: REGION) { value } }', 'no dimension'],
    ['{ lineage(id: "purpose-stated-access") { edges { cursor } } }', 'a metric that counts customers'],
    ['{ scorecard(role: "astronaut") { score } }', 'course-advisor'],
    [
      'mutation { setTarget(input: { metric: "sales-cycle", target: -1 }, idempotencyKey: "bad") { version } }',
      'at least 0',
    ],
  ])('in %s is refused with what would be right', async (query, expected) => {
    const { errors } = await api.ask('manager', query)
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining(expected),
      extensions: { code: 'BAD_USER_INPUT' },
    })
  })
})
