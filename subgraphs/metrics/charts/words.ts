// What pictures say, in both languages.
import type { Definition } from '../definition.ts'
import type { Metric } from '../types.ts'
import type { NoValue } from '../values.ts'
import type { Language } from './svg.ts'

const WORDS = {
  EN: {
    health: 'Six-dimension health check',
    governance: 'Governance board by region',
    trends: 'Trends of the six dimensions',
    target: 'target',
    healthy: 'healthy',
    mean: 'industry mean',
    here: 'here',
    whole: 'all',
    HOURS: 'h',
    DAYS: 'd',
    NOT_MEASURED_YET: 'not measured yet',
    COHORT_TOO_SMALL: 'too few',
    NOTHING_TO_COUNT: 'nothing to count',
  },
  ZH: {
    health: '六维健康检查',
    governance: '分地区治理看板',
    trends: '六维趋势',
    target: '目标',
    healthy: '健康值',
    mean: '行业均值',
    here: '本企业',
    whole: '全部',
    HOURS: '小时',
    DAYS: '天',
    NOT_MEASURED_YET: '尚未度量',
    COHORT_TOO_SMALL: '样本过少',
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
