// The answers of the metrics subgraph: one value, a trend, a break-down, the health check and the boards. Each reads the cells that
// it needs once.
import type { Services } from '../../core/context.ts'
import type { Dimension } from '../../core/registry/facts.ts'
import { BENCHMARK_SOURCE, type Benchmark, benchmarks, catalogue } from './catalogue.ts'
import { freshnessOf } from './cell-store.ts'
import { missingSources } from './counted-facts.ts'
import type { Definition } from './definition.ts'
import { adoptionPack, distanceOf, statusOf, trendOf } from './health.ts'
import { type Period, previous } from './periods.ts'
import type { GovernanceBoard, HealthCheck, HealthDimension, Metric, MetricValue } from './types.ts'
import { type Asked, type Figures, figuresOf, figuresOfSlices, partsOf, readTallies, type Tallies } from './values.ts'

type BoardServices = Pick<Services, 'graph' | 'countable'>

/** Everything that values of one answer have in common. */
interface Answer {
  readonly tallies: Tallies
  toMetric(definition: Definition): Metric
  figures(asked: Asked): Figures
  toValue(asked: Asked, figures?: Figures): MetricValue
}

export function toMetric(definition: Definition, { countable }: Pick<Services, 'countable'>): Metric {
  const { id, version, hash, title, formula, unit, direction, owner, entity, purpose } = definition
  const missing = [...new Set(partsOf(definition).flatMap(part => missingSources(part, countable)))].sort()
  return {
    id,
    version,
    hash,
    title: title.en,
    titleZh: title.zh,
    formula: formula.en,
    formulaZh: formula.zh,
    unit,
    direction,
    owner,
    entity,
    purpose,
    missingSources: missing,
  }
}

async function open(services: BoardServices, at: string, asked: readonly Asked[]): Promise<Answer> {
  const ofParts = asked.flatMap(each => partsOf(each.definition).map(definition => ({ ...each, definition })))
  const [tallies, { freshnessSeconds, checkpointSize }] = await Promise.all([
    readTallies(services, at, ofParts),
    freshnessOf({ run: services.graph.read.bind(services.graph) }, at),
  ])
  const figures = ({ definition, period, slice }: Asked) =>
    figuresOf(definition, services.countable, part =>
      tallies.of({ definition: part, period, ...(slice !== undefined && { slice }) }),
    )
  return {
    tallies,
    toMetric: definition => toMetric(definition, services),
    figures,
    toValue: (each, found = figures(each)) => ({
      metric: toMetric(each.definition, services),
      from: each.period.from,
      to: each.period.to,
      slice: each.slice === undefined ? null : each.slice.slice(each.slice.indexOf('=') + 1),
      ...found,
      asOf: at,
      freshnessSeconds,
      checkpointSize,
    }),
  }
}

/** The value of one metric over each of these periods. */
export async function valuesOver(
  services: BoardServices,
  at: string,
  definition: Definition,
  periods: readonly Period[],
): Promise<readonly MetricValue[]> {
  const asked = periods.map(period => ({ definition, period }))
  const answer = await open(services, at, asked)
  return asked.map(each => answer.toValue(each))
}

/** The values of a metric by the values of a dimension, in their order. */
export async function breakdown(
  services: BoardServices,
  at: string,
  asked: Asked,
  dimension: Dimension,
): Promise<readonly MetricValue[]> {
  return slicesOfOne(services, await open(services, at, [asked]), asked, dimension)
}

function slicesOfOne(
  services: BoardServices,
  answer: Answer,
  asked: Asked,
  dimension: Dimension,
): readonly MetricValue[] {
  // A derived metric is made from wholes: its parts need not have the same slices.
  if (asked.definition.type === 'DERIVED') return []
  const slices = answer.tallies.slicesOf(asked, dimension)
  return [...figuresOfSlices(asked.definition, services.countable, slices)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([value, figures]) => answer.toValue({ ...asked, slice: `${dimension}=${value}` }, figures))
}

export async function healthCheck(services: BoardServices, at: string, period: Period): Promise<HealthCheck> {
  const before = previous(period)
  const all = benchmarks.map(bounds => ({ bounds, definition: definitionOf(bounds.metric) }))
  const answer = await open(
    services,
    at,
    all.flatMap(({ definition }) => [period, before].map(each => ({ definition, period: each }))),
  )
  const dimensions = all.map(({ bounds, definition }) => toDimension(answer, definition, bounds, period, before))
  const weak = dimensions.filter(({ status }) => status === 'BELOW_MEAN').map(({ current }) => current.metric.id)
  return { dimensions, belowMean: weak.length, adoptionPack: adoptionPack(weak), benchmarkSource: BENCHMARK_SOURCE }
}

function toDimension(
  answer: Answer,
  definition: Definition,
  bounds: Benchmark,
  period: Period,
  before: Period,
): HealthDimension {
  const current = answer.toValue({ definition, period })
  const { direction } = definition
  return {
    current,
    status: statusOf(direction, current.value, bounds),
    trend: trendOf(direction, current.value, answer.figures({ definition, period: before }).value),
    healthy: bounds.healthy,
    industryMean: bounds.mean,
    leader: bounds.leader,
    distance: distanceOf(direction, current.value, bounds.healthy),
  }
}

/** These metrics over all regions and region by region. */
export async function board(
  services: BoardServices,
  at: string,
  ids: readonly string[],
  period: Period,
): Promise<GovernanceBoard> {
  const asked = ids.map(id => ({ definition: definitionOf(id), period }))
  const answer = await open(services, at, asked)
  return {
    indicators: asked.map(each => ({
      metric: answer.toMetric(each.definition),
      whole: answer.toValue(each),
      regions: slicesOfOne(services, answer, each, 'region'),
    })),
  }
}

function definitionOf(id: string): Definition {
  const definition = catalogue.get(id)
  if (definition === undefined) throw new Error(`no metric ${id} is defined`)
  return definition
}
