// Weighted sets of metrics per role, as versioned data. The school's set is the example that the weight of 30 % comes from.
import type { Services } from '../../core/context.ts'
import type { Scorecard, ScorecardLine } from './analysis-types.ts'
import { open } from './answer.ts'
import { definitionOf } from './catalogue.ts'
import type { Period } from './periods.ts'

interface LineData {
  readonly metric: string
  readonly weight: number
  /** The value that earns all of the weight where nobody set a target. */
  readonly full: number
}

interface ScorecardData {
  readonly id: string
  readonly version: number
  readonly title: string
  readonly titleZh: string
  readonly lines: readonly LineData[]
}

export const SCORECARDS: readonly ScorecardData[] = [
  {
    id: 'course-advisor',
    version: 1,
    title: 'Course advisor of a school',
    titleZh: '学校课程顾问',
    lines: [
      { metric: 'self-operation-frequency', weight: 0.3, full: 1 },
      { metric: 'funnel-conversion', weight: 0.3, full: 0.5 },
      { metric: 'follow-up-48h', weight: 0.2, full: 0.914 },
      { metric: 'renewal', weight: 0.2, full: 0.947 },
    ],
  },
  {
    id: 'seller',
    version: 1,
    title: 'Seller',
    titleZh: '销售',
    lines: [
      { metric: 'follow-up-48h', weight: 0.3, full: 0.914 },
      { metric: 'funnel-conversion', weight: 0.3, full: 0.5 },
      { metric: 'sales-cycle', weight: 0.2, full: 30 },
      { metric: 'graph-completeness', weight: 0.2, full: 0.85 },
    ],
  },
  {
    id: 'privacy-officer',
    version: 1,
    title: 'Privacy officer',
    titleZh: '隐私负责人',
    lines: [
      { metric: 'sovereignty-audit-pass', weight: 0.4, full: 1 },
      { metric: 'rights-timeliness', weight: 0.3, full: 1 },
      { metric: 'consent-validity', weight: 0.3, full: 1 },
    ],
  },
]

export const scorecardRoles: readonly string[] = SCORECARDS.map(({ id }) => id)

/** Of a whole firm, or of the customers of one seller. Undefined for a role that has none. */
export async function scorecardOf(
  services: Pick<Services, 'graph' | 'countable'>,
  at: string,
  role: string,
  period: Period,
  seller: string | null | undefined,
): Promise<Scorecard | undefined> {
  const data = SCORECARDS.find(({ id }) => id === role)
  if (data === undefined) return undefined
  const asked = data.lines.map(line => ({
    line,
    asked: { definition: definitionOf(line.metric), period, ...(seller && { slice: `seller=${seller}` }) },
  }))
  const answer = await open(
    services,
    at,
    asked.map(each => each.asked),
  )
  const lines = asked.map(({ line, asked: each }): ScorecardLine => {
    const current = answer.toValue(each)
    const full = current.target ?? line.full
    return {
      current,
      weight: line.weight,
      full,
      reached: current.value === null ? null : reachedOf(each.definition.direction, current.value, full),
    }
  })
  const { id, version, title, titleZh } = data
  return { id, version, title, titleZh, lines, ...scoreOf(lines) }
}

/** How much of `full` a value is, 0 to 1: above all of it counts as all of it. */
export function reachedOf(direction: 'UP' | 'DOWN', value: number, full: number): number {
  const share = direction === 'UP' ? value / full : value <= 0 ? 1 : full / value
  return Math.min(1, Math.max(0, share))
}

/** The weighted mean of what has a value: what has none neither helps nor hurts, and `measuredWeight` says how much that is. */
export function scoreOf(
  lines: readonly Pick<ScorecardLine, 'weight' | 'reached'>[],
): Pick<Scorecard, 'score' | 'measuredWeight'> {
  const measured = lines.flatMap(({ weight, reached }) => (reached === null ? [] : [{ weight, reached }]))
  const measuredWeight = measured.reduce((sum, { weight }) => sum + weight, 0)
  const earned = measured.reduce((sum, { weight, reached }) => sum + weight * reached, 0)
  return { score: measuredWeight === 0 ? null : earned / measuredWeight, measuredWeight }
}
