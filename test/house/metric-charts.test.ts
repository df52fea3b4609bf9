import { describe, expect, it } from 'vitest'
import { countable } from '../../gateway/subgraphs.ts'
import { toMetric } from '../../subgraphs/metrics/answer.ts'
import { definitionOf, healthDimensions } from '../../subgraphs/metrics/catalogue.ts'
import { boardHeatMap, boardRows } from '../../subgraphs/metrics/charts/heat-map.ts'
import { healthRadar } from '../../subgraphs/metrics/charts/radar.ts'
import { escaped } from '../../subgraphs/metrics/charts/svg.ts'
import { trendBoard, trendPicture } from '../../subgraphs/metrics/charts/trend.ts'
import { distanceOf, statusOf, trendOf } from '../../subgraphs/metrics/health.ts'
import type { GovernanceBoard, HealthCheck, Metric, MetricValue } from '../../subgraphs/metrics/types.ts'

const metricOf = (id: string): Metric => ({ ...toMetric(definitionOf(id), { countable }), missingSources: [] })

function aValue(id: string, value: number | null, slice: string | null = null): MetricValue {
  return {
    metric: metricOf(id),
    from: '2026-03-01',
    to: '2026-04-01',
    grain: 'MONTH',
    by: slice === null ? null : 'region',
    slice,
    value,
    reason: value === null ? 'COHORT_TOO_SMALL' : null,
    numerator: null,
    denominator: null,
    consentCoverage: null,
    target: null,
    closed: null,
    isRestated: false,
    asOf: '2026-03-02T08:00:00.000Z',
    freshnessSeconds: 0,
    checkpointSize: null,
  }
}

const check: HealthCheck = {
  dimensions: healthDimensions.map((id, index) => {
    const { healthy = 0, mean = 0, leader = 0 } = definitionOf(id).benchmark ?? {}
    return {
      current: aValue(id, index === 0 ? null : healthy),
      status: 'HEALTHY',
      trend: 'SAME',
      healthy,
      industryMean: mean,
      leader,
      distance: 0,
    }
  }),
  belowMean: 0,
  adoptionPack: [],
  benchmarkSource: 'a survey',
}
const board: GovernanceBoard = {
  name: 'governance',
  indicators: [
    {
      metric: metricOf('consent-coverage'),
      whole: aValue('consent-coverage', 0.5),
      regions: [aValue('consent-coverage', 0.25, 'CN-SH'), aValue('consent-coverage', null, '<EU> & "DE"')],
    },
  ],
}

describe('a picture', () => {
  it('is as wide as its title, where no region has anything to count', () => {
    const indicators = board.indicators.map(each => ({ ...each, regions: [] }))
    const map = boardHeatMap({ ...board, name: 'sovereignty', indicators }, 'EN')
    const title = /<title id="title">([^<]+)</.exec(map)?.[1] ?? ''
    const width = Number(/ width="(\d+)"/.exec(map)?.[1])
    expect(title).toContain('what customers do themselves')
    // Letters of 18 pixels are 10 wide on the average.
    expect(width).toBeGreaterThanOrEqual(12 + 10 * title.length)
  })

  it('of the health check tells every dimension with its value, in English and in Chinese', () => {
    const english = healthRadar(check, 'EN')
    expect(english).toContain('role="img"')
    expect(english).toContain('<title id="title">Six-dimension health check</title>')
    expect(english).toContain(
      'AI decision traceability: withheld, under 5; Customer self-operation penetration: 40.0 %',
    )
    expect(english).toContain('Dynamic task-match response time: 6.0 h')
    // One of six is not known: no shape, five points, and the four sides between neighbours that are.
    expect(english.match(/<circle/g)).toHaveLength(5)
    expect(english).not.toContain('fill-opacity')
    const chinese = healthRadar(check, 'ZH')
    expect(chinese).toContain('AI 决策可追溯率: 少于 5，不显示; 客户自主操作渗透率: 40.0 %')
    expect(chinese).not.toContain('industry')
  })

  it('of a board tells every field, and what it holds cannot leave its place', () => {
    const svg = boardHeatMap(board, 'EN')
    expect(svg).toContain('Consent coverage, all: 50.0 %; Consent coverage, &lt;EU&gt;')
    expect(svg).toContain('Consent coverage, CN-SH: 25.0 %')
    expect(svg).toContain('Consent coverage, &lt;EU&gt; &amp; &quot;DE&quot;: withheld, under 5')
    expect(svg).not.toContain('<EU>')
    expect(escaped(`<script>'"&`)).toBe('&lt;script&gt;&#39;&quot;&amp;')
  })

  it.each(['EN', 'ZH'] as const)(
    'of a board has in each field the text that its twin has in a row, in %s',
    language => {
      const wide: GovernanceBoard = {
        name: 'regulators',
        indicators: [
          ...board.indicators,
          { metric: metricOf('export-turnaround'), whole: aValue('export-turnaround', 12), regions: [] },
        ],
      }
      const rows = boardRows(wide, language)
      // Two indicators, each over all and in two regions; of the second the regions have no figure.
      expect(rows.map(({ value }) => value)).toEqual(
        language === 'EN'
          ? ['50.0 %', 'withheld, under 5', '25.0 %', '12.0 h', '–', '–']
          : ['50.0 %', '少于 5，不显示', '25.0 %', '12.0 小时', '–', '–'],
      )
      const svg = boardHeatMap(wide, language)
      const fields = [...svg.matchAll(/text-anchor="middle"[^>]*>([^<]*)</g)].map(([, content]) => content)
      // Three names of columns come first.
      expect(fields.slice(3)).toEqual(rows.map(({ value }) => value))
      expect(svg).toContain(language === 'EN' ? '>Indicators for regulators by region<' : '>分地区监管指标<')
    },
  )

  it('of a board shades shares alone, draws what is withheld by another line, and explains both', () => {
    const rectangles = (svg: string) => [...svg.matchAll(/<rect x=[^>]*>/g)].map(([each]) => each)
    const [whole, withheld, quarter, ...legend] = rectangles(boardHeatMap(board, 'EN'))
    expect(whole).toContain('hsl(210 60% 84%)')
    expect(quarter).toContain('hsl(210 60% 90%)')
    expect(withheld).toContain('stroke-dasharray')
    expect(withheld).not.toContain('hsl')
    expect(legend).toHaveLength(5)
    expect(boardHeatMap(board, 'EN')).toContain('withheld: of fewer than 5 customers')
    expect(boardHeatMap(board, 'ZH')).toContain('不予显示：涉及客户少于 5 位')
  })

  it('of a trend leaves a gap where there is no value, and names its bounds', () => {
    const months = ['2026-01', '2026-02', '2026-03'].map((month, index) => ({
      ...aValue('graph-completeness', index === 1 ? null : 0.5),
      from: `${month}-01`,
      target: 0.9,
    }))
    const svg = trendPicture(months, 'EN')
    expect(svg).toContain('Customer graph field completeness, 2026-02: withheld, under 5')
    expect(svg).toContain('healthy 85.0 %')
    expect(svg).toContain('target 90.0 %')
    // Two runs of one point each, and no line across the gap.
    expect(svg.match(/<polyline/g)).toHaveLength(2)
    expect(svg).toContain('>0.0 %<')
    expect(svg).not.toContain('no value in these periods')
    expect(trendPicture([aValue('nps', null)], 'EN')).toContain('no value in these periods')
    const quarter = trendPicture([{ ...aValue('nps', -20), grain: 'QUARTER' }], 'ZH')
    expect(quarter).toContain('净推荐值, 2026 Q1: -20')
    expect(trendBoard([months, months, months], 'ZH')).toContain('健康值 85.0 %')
  })

  it('holds no number that is none', () => {
    const nothing = {
      ...check,
      dimensions: check.dimensions.map(each => ({ ...each, current: { ...each.current, value: null } })),
    }
    for (const svg of [
      healthRadar(check, 'EN'),
      healthRadar(nothing, 'ZH'),
      boardHeatMap({ name: 'governance', indicators: [] }, 'EN'),
      trendPicture([], 'EN'),
      trendPicture([aValue('sales-cycle', null)], 'EN'),
      trendBoard([[aValue('sales-cycle', 0)]], 'EN'),
    ]) {
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    }
  })
})

describe('a dimension of the health check', () => {
  const rising = { healthy: 0.85, mean: 0.438, leader: 0.962 }
  const falling = { healthy: 6, mean: 28.4, leader: 2.3 }

  it.each([
    ['UP', rising, null, 'UNKNOWN'],
    ['UP', rising, 0.437, 'BELOW_MEAN'],
    ['UP', rising, 0.438, 'BELOW_HEALTHY'],
    ['UP', rising, 0.85, 'HEALTHY'],
    ['UP', rising, 0.962, 'LEADING'],
    ['DOWN', falling, 28.5, 'BELOW_MEAN'],
    ['DOWN', falling, 28.4, 'BELOW_HEALTHY'],
    ['DOWN', falling, 6, 'HEALTHY'],
    ['DOWN', falling, 2.3, 'LEADING'],
  ] as const)('going %s within %o is at %d %s', (direction, bounds, value, status) => {
    expect(statusOf(direction, value, bounds)).toBe(status)
  })

  it('falls short by a negative distance, whichever way is better', () => {
    expect(distanceOf('UP', 0.5, 0.75)).toBe(-0.25)
    expect(distanceOf('DOWN', 8, 6)).toBe(-2)
    expect(distanceOf('DOWN', null, 6)).toBeNull()
  })

  it('has a trend only where there are two values', () => {
    expect([trendOf('UP', 2, 1), trendOf('DOWN', 2, 1), trendOf('UP', 1, 1), trendOf('UP', 1, null)]).toEqual([
      'BETTER',
      'WORSE',
      'SAME',
      'UNKNOWN',
    ])
  })
})
