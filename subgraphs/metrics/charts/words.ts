// What pictures say, in both languages.
import type { Definition } from '../definition.ts'
import type { Metric } from '../types.ts'
import type { NoValue } from '../values.ts'
import type { Language } from './svg.ts'

const WORDS = {
  EN: {
    health: 'Six-dimension health check',
    governance: 'Governance board by region',
    regulators: 'Indicators for regulators by region',
    sovereignty: 'Sovereignty heat map: what customers do themselves, by region',
    trends: 'Trends of the six dimensions',
    target: 'target',
    healthy: 'healthy',
    mean: 'industry mean',
    here: 'this company',
    whole: 'all',
    worstShare: 'shares: the lighter, the worse',
    bestShare: 'shares: the darker, the better',
    noShare: 'times and counts: not shaded',
    withheld: 'withheld: of fewer than 5 customers, or it would tell of them',
    noFigure: 'no value: the field says why; – without a figure for the region',
    noValues: 'no value in these periods',
    HOURS: 'h',
    DAYS: 'd',
    NOT_MEASURED_YET: 'not measured yet',
    COHORT_TOO_SMALL: 'withheld, under 5',
    NOTHING_TO_COUNT: 'nothing to count',
  },
  ZH: {
    health: '六维健康检查',
    governance: '分地区治理看板',
    regulators: '分地区监管指标',
    sovereignty: '主权热力图：分地区客户自主操作',
    trends: '六维趋势',
    target: '目标',
    healthy: '健康值',
    mean: '行业均值',
    here: '本企业',
    whole: '全部',
    worstShare: '比率：颜色越浅越差',
    bestShare: '比率：颜色越深越好',
    noShare: '时长与计数：不着色',
    withheld: '不予显示：涉及客户少于 5 位，或可由此推算',
    noFigure: '无数值：格内注明原因；– 表示该地区没有数据',
    noValues: '各期均无数值',
    HOURS: '小时',
    DAYS: '天',
    NOT_MEASURED_YET: '尚未度量',
    COHORT_TOO_SMALL: '少于 5，不显示',
    NOTHING_TO_COUNT: '无可计数',
  },
} as const satisfies {
  readonly [language in Language]: { readonly [word in NoValue]: string } & Record<string, string>
}

export function word(language: Language, name: keyof (typeof WORDS)['EN']): string {
  return WORDS[language][name]
}

export function titleOf({ title, titleZh }: Pick<Metric, 'title' | 'titleZh'>, language: Language): string {
  return language === 'ZH' ? titleZh : title
}

/** A value as people read it, or why there is none. */
export function shown(
  language: Language,
  unit: Definition['unit'],
  { value, reason }: { readonly value: number | null; readonly reason: NoValue | null },
): string {
  if (value === null) return word(language, reason ?? 'NOTHING_TO_COUNT')
  switch (unit) {
    case 'RATIO':
      return `${(100 * value).toFixed(1)} %`
    case 'HOURS':
    case 'DAYS':
      return `${value.toFixed(1)} ${word(language, unit)}`
    case 'COUNT':
    case 'PER_THOUSAND':
    case 'POINTS':
      return Number.isInteger(value) ? String(value) : value.toFixed(1)
  }
}
