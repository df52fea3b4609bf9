// What every answer of the metrics is made from: cells, targets and closings, read once each.
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { type Countable, type Dimension, dimensions } from '../../core/registry/facts.ts'
import { freshnessOf } from './cell-store.ts'
import { closingKey, closingsOf } from './closing-store.ts'
import { missingSources } from './counted-facts.ts'
import { type Definition, measuresOf } from './definition.ts'
import { expectedSources } from './expected-sources.ts'
import { targetsIn } from './target-store.ts'
import { targetOf } from './targets.ts'
import type { ClosedValue, Metric, MetricValue } from './types.ts'
import { type Asked, type Figures, figuresOf, figuresOfSlices, partsOf, readTallies, type Tallies } from './values.ts'

export type AnswerServices = Pick<Services, 'graph' | 'countable'>

/** Everything that values of one answer have in common. */
export interface Answer {
  readonly tallies: Tallies
  readonly checkpointSize: number | null
  toMetric(definition: Definition): Metric
  figures(asked: Asked): Figures
  /** By the values of the dimension, in their order, small cohorts withheld; empty for a derived metric. */
  figuresBy(asked: Asked, dimension: Dimension): readonly (readonly [value: string, figures: Figures])[]
  toValue(asked: Asked, figures?: Figures): MetricValue
  valuesBy(asked: Asked, dimension: Dimension): readonly MetricValue[]
}

export async function open(services: AnswerServices, at: string, asked: readonly Asked[]): Promise<Answer> {
  const { graph, countable } = services
  const reader = { run: graph.read.bind(graph) }
  const ofParts = asked.flatMap(each => partsOf(each.definition).map(definition => ({ ...each, definition })))
  const [tallies, { freshnessSeconds, checkpointSize }, targets, closings] = await Promise.all([
    readTallies(services, at, ofParts),
    freshnessOf(reader, at),
    targetsIn(reader),
    closingsOf(
      reader,
      asked.map(({ period }) => period),
    ),
  ])

  const figures = ({ definition, period, slice }: Asked) =>
    figuresOf(definition, countable, part =>
      tallies.of({ definition: part, period, ...(slice !== undefined && { slice }) }),
    )
  const figuresBy: Answer['figuresBy'] = (each, dimension) => {
    // A derived metric is made from wholes: its parts need not have the same slices.
    if (each.definition.type === 'DERIVED') return []
    const slices = tallies.slicesOf(each, dimension)
    return [...figuresOfSlices(each.definition, countable, slices)].sort(([a], [b]) => (a < b ? -1 : 1))
  }
  const closedValue = ({ definition, period, slice }: Asked): ClosedValue | null => {
    const closing = closings.get(closingKey(period))
    const closed = closing?.figures.get(definition.id)
    if (slice !== undefined || closing === undefined || closed === undefined) return null
    const { metric: _, ...values } = closed
    return { ...values, closedAt: closing.closedAt, evidenceEntryId: closing.evidenceEntryId }
  }
  const toValue: Answer['toValue'] = (each, found = figures(each)) => {
    const closed = closedValue(each)
    return {
      metric: toMetric(each.definition, services),
      from: each.period.from,
      to: each.period.to,
      grain: each.period.grain,
      ...sliceParts(each.slice),
      ...found,
      target: targetOf(each.definition, targets),
      closed,
      isRestated: closed !== null && isRestated(closed, found, each.definition),
      asOf: at,
      freshnessSeconds,
      checkpointSize,
    }
  }
  return {
    tallies,
    checkpointSize,
    toMetric: definition => toMetric(definition, services),
    figures,
    figuresBy,
    toValue,
    valuesBy: (each, dimension) =>
      figuresBy(each, dimension).map(([value, found]) => toValue({ ...each, slice: `${dimension}=${value}` }, found)),
  }
}

/** The dimension and its value, of the name of a slice. */
function sliceParts(slice: string | undefined): Pick<MetricValue, 'by' | 'slice'> {
  const [by] = slice?.split('=', 1) ?? []
  const dimension = dimensions.find(each => each === by)
  if (slice === undefined || dimension === undefined) return { by: null, slice: null }
  return { by: dimension, slice: slice.slice(dimension.length + 1) }
}

/** Whether the period would be closed with other figures today. */
function isRestated(closed: ClosedValue, { value, numerator, denominator }: Figures, { hash }: Definition): boolean {
  return (
    closed.value !== value ||
    closed.numerator !== numerator ||
    closed.denominator !== denominator ||
    closed.definitionHash !== hash
  )
}

export function toMetric(definition: Definition, { countable }: Pick<Services, 'countable'>): Metric {
  const { id, version, hash, type, title, formula, unit, direction, owner, entity, purpose, whenEmpty } = definition
  const missing = [...new Set(partsOf(definition).flatMap(part => missingSources(part, countable)))].sort()
  return {
    id,
    version,
    hash,
    type,
    title: title.en,
    titleZh: title.zh,
    formula: formula.en,
    formulaZh: formula.zh,
    unit,
    direction,
    owner,
    entity,
    purpose,
    whenEmpty,
    benchmark: definition.benchmark ?? null,
    dimensions: dimensionsOfMetric(definition, countable),
    missingSources: missing.map(name => ({
      name,
      description: expectedSources[name]?.description ?? '',
      fields: expectedSources[name]?.fields ?? [],
    })),
  }
}

/**
 * By which a metric can be broken down: what its entities differ by, and what the facts of all its measures do. One that only
 * some of them have would compare what is above the line with what is not below it.
 */
export function dimensionsOfMetric(definition: Definition, { entities, facts }: Countable): readonly Dimension[] {
  if (definition.type === 'DERIVED') return []
  const ofEntity = entities.find(({ name }) => name === definition.entity)?.dimensions ?? []
  const ofMeasures = measuresOf(definition).map(
    ({ source }) => facts.find(({ name }) => name === source)?.dimensions ?? [],
  )
  return dimensions.filter(each => ofEntity.includes(each) || ofMeasures.every(has => has.includes(each)))
}

/** Throws BAD_USER_INPUT for a dimension by which this metric has no slices. */
export function requireDimension(definition: Definition, dimension: Dimension, countable: Countable): void {
  const known = dimensionsOfMetric(definition, countable)
  if (known.includes(dimension)) return
  const expected = known.length === 0 ? 'no dimension: this metric has none' : known.join(', ').toUpperCase()
  throw new ApiError('BAD_USER_INPUT', { at: 'by', expected, got: dimension.toUpperCase() })
}
