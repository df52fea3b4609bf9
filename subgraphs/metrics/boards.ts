// The answers of the metrics subgraph that are several values: a trend, a break-down, the health check and the boards.
import type { Dimension } from '../../core/registry/facts.ts'
import { adoptionPack } from './adoption.ts'
import { type Answer, type AnswerServices, open, requireDimension } from './answer.ts'
import {
  definitionOf,
  governanceIndicators,
  healthDimensions,
  regulatorIndicators,
  selfOperationIndicators,
} from './catalogue.ts'
import type { Definition } from './definition.ts'
import { distanceOf, statusOf, trendOf } from './health.ts'
import { type Period, previous } from './periods.ts'
import type { GovernanceBoard, HealthCheck, HealthDimension, MetricValue, TrendBoard } from './types.ts'
import type { Asked } from './values.ts'

/** The value of one metric over each of these periods. */
export async function valuesOver(
  services: AnswerServices,
  at: string,
  definition: Definition,
  periods: readonly Period[],
  slice?: string,
): Promise<readonly MetricValue[]> {
  const asked = periods.map(period => ({ definition, period, ...(slice !== undefined && { slice }) }))
  const answer = await open(services, at, asked)
  return asked.map(each => answer.toValue(each))
}

/** The values of a metric by the values of a dimension, in their order. Throws BAD_USER_INPUT for a dimension that it has not. */
export async function breakdown(
  services: AnswerServices,
  at: string,
  asked: Asked,
  dimension: Dimension,
): Promise<readonly MetricValue[]> {
  requireDimension(asked.definition, dimension, services.countable)
  return (await open(services, at, [asked])).valuesBy(asked, dimension)
}

/** The six dimensions over these periods. */
export async function trendsOf(services: AnswerServices, at: string, periods: readonly Period[]): Promise<TrendBoard> {
  const asked = healthDimensions.map(id => periods.map(period => ({ definition: definitionOf(id), period })))
  const answer = await open(services, at, asked.flat())
  return { trends: asked.map(each => ({ values: each.map(one => answer.toValue(one)) })) }
}

export async function healthCheck(services: AnswerServices, at: string, period: Period): Promise<HealthCheck> {
  const before = previous(period)
  const all = healthDimensions.map(definitionOf)
  const answer = await open(
    services,
    at,
    all.flatMap(definition => [period, before].map(each => ({ definition, period: each }))),
  )
  const dimensions = all.map(definition => toDimension(answer, definition, period, before))
  const weak = weakOf(dimensions)
  return { dimensions, belowMean: weak.length, adoptionPack: adoptionPack(weak), benchmarkSource: sourceOf(all) }
}

/** The metrics that are below the mean of the industry. */
export function weakOf(dimensions: readonly HealthDimension[]): readonly string[] {
  return dimensions.filter(({ status }) => status === 'BELOW_MEAN').map(({ current }) => current.metric.id)
}

function sourceOf(definitions: readonly Definition[]): string {
  return [...new Set(definitions.flatMap(({ benchmark }) => benchmark?.source ?? []))].join('; ')
}

function toDimension(answer: Answer, definition: Definition, period: Period, before: Period): HealthDimension {
  const { direction, benchmark, id } = definition
  if (benchmark === undefined) throw new Error(`the health check has no figures of the industry for ${id}`)
  const current = answer.toValue({ definition, period })
  return {
    current,
    status: statusOf(direction, current.value, benchmark),
    trend: trendOf(direction, current.value, answer.figures({ definition, period: before }).value),
    healthy: benchmark.healthy,
    industryMean: benchmark.mean,
    leader: benchmark.leader,
    distance: distanceOf(direction, current.value, benchmark.healthy),
  }
}

const indicatorsOf = {
  governance: governanceIndicators,
  regulators: regulatorIndicators,
  sovereignty: selfOperationIndicators,
} as const

/** The metrics of this board over all regions and region by region. */
export async function board(
  services: AnswerServices,
  at: string,
  name: GovernanceBoard['name'],
  period: Period,
): Promise<GovernanceBoard> {
  const asked = indicatorsOf[name].map(id => ({ definition: definitionOf(id), period }))
  const answer = await open(services, at, asked)
  return {
    name,
    indicators: asked.map(each => ({
      metric: answer.toMetric(each.definition),
      whole: answer.toValue(each),
      regions: answer.valuesBy(each, 'region'),
    })),
  }
}
