import { describe, expect, it } from 'vitest'
import { benchmarks, catalogue } from '../../subgraphs/metrics/catalogue.ts'
import { boardHeatMap } from '../../subgraphs/metrics/charts/heat-map.ts'
import { healthRadar } from '../../subgraphs/metrics/charts/radar.ts'
import { escaped } from '../../subgraphs/metrics/charts/svg.ts'
import type { Definition } from '../../subgraphs/metrics/definition.ts'
import { adoptionPack, distanceOf, statusOf, trendOf } from '../../subgraphs/metrics/health.ts'
import type { GovernanceBoard, HealthCheck, Metric, MetricValue } from '../../subgraphs/metrics/types.ts'

function metricOf(id: string): Metric {
  const { title, formula, ...definition } = catalogue.get(id) as Definition
  return {
    ...definition,
    title: title.en,
    titleZh: title.zh,
    formula: formula.en,
    formulaZh: formula.zh,
    missingSources: [],
  }
}

function aValue(id: string, value: number | null, slice: string | null = null): MetricValue {
  return {
    metric: metricOf(id),
    from: '2026-03-01',
    to: '2026-04-01',
    slice,
    value,
    reason: value === null ? 'COHORT_TOO_SMALL' : null,
    numerator: null,
    denominator: null,
    consentCoverage: null,
    asOf: '2026-03-02T08:00:00.000Z',
    freshnessSeconds: 0,
    checkpointSize: null,
  }
}

const check: HealthCheck = {
  dimensions: benchmarks.map(({ metric, healthy, mean, leader }, index) => ({
    current: aValue(metric, index === 0 ? null : healthy),
    status: 'HEALTHY',
    trend: 'SAME',
    healthy,
    industryMean: mean,
    leader,
    distance: 0,
  })),
  belowMean: 0,
  adoptionPack: [],
  benchmarkSource: 'a survey',
}
const board: GovernanceBoard = {
  indicators: [
    {
      metric: metricOf('consent-coverage'),
      whole: aValue('consent-coverage', 0.5),
      regions: [aValue('consent-coverage', 0.25, 'CN-SH'), aValue('consent-coverage', null, '<EU> & "DE"')],
    },
  ],
}

describe('a picture', () => {
  it('of the health check tells every dimension with its value, in English and in Chinese', () => {
    const english = healthRadar(check, 'en')
    expect(english).toContain('role="img"')
    expect(english).toContain('<title id="title">Six-dimension health check</title>')
    expect(english).toContain('AI decision traceability: too few; Customer self-operation penetration: 40.0 %')
    expect(english).toContain('Dynamic task-match response time: 6.0 h')
    const chinese = healthRadar(check, 'zh')
    expect(chinese).toContain('AI 决策可追溯率: 样本过少; 客户自主操作渗透率: 40.0 %')
    expect(chinese).not.toContain('industry')
  })

  it('of a board tells every field, and what it holds cannot leave its place', () => {
    const svg = boardHeatMap(board, 'en')
    expect(svg).toContain('Consent coverage, all: 50.0 %; Consent coverage, CN-SH: 25.0 %')
    expect(svg).toContain('Consent coverage, &lt;EU&gt; &amp; &quot;DE&quot;: too few')
    expect(svg).not.toContain('<EU>')
    expect(escaped(`<script>'"&`)).toBe('&lt;script&gt;&#39;&quot;&amp;')
  })

  it('holds no number that is none', () => {
    const nothing = {
      ...check,
      dimensions: check.dimensions.map(each => ({ ...each, current: { ...each.current, value: null } })),
    }
    for (const svg of [healthRadar(check, 'en'), healthRadar(nothing, 'zh'), boardHeatMap({ indicators: [] }, 'en')]) {
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

  it('calls for the adoption pack with two others that are weak, and for the part first that answers to most', () => {
    expect(adoptionPack(['graph-completeness', 'capability-trades'])).toEqual([])
    const pack = adoptionPack(['graph-completeness', 'capability-trades', 'task-match-response'])
    expect(pack.map(({ part }) => part)).toEqual(['Liquid-organisation modelling tool', 'AI configuration wizard'])
  })
})
