// Why a dimension is below the mean, and which plan a firm follows.
import type { RequestContext, Services } from '../../core/context.ts'
import { ADOPTION_VERSION, adoptionPack, planFor } from './adoption.ts'
import type { AdoptedModule, AdoptionPainName, PlannedStep } from './adoption-types.ts'
import type { AdoptionPlan, DiagnosedDimension, Diagnosis, WeakSlice } from './analysis-types.ts'
import { type Answer, dimensionsOfMetric, open } from './answer.ts'
import { healthCheck, valuesOver, weakOf } from './boards.ts'
import { definitionOf } from './catalogue.ts'
import { contributionTo, lineOf } from './drivers.ts'
import { exampleContributions } from './lineage.ts'
import { type SwitchedModule, switchedModules } from './module-read.ts'
import { lastPeriods, type Period } from './periods.ts'
import type { HealthDimension } from './types.ts'
import type { Asked } from './values.ts'

const MOST_DRIVERS = 5
const MOST_EXAMPLES = 3
const PERIODS_OF_TREND = 6

export async function diagnose(context: RequestContext, period: Period): Promise<Diagnosis> {
  const { services, at } = context
  const { dimensions } = await healthCheck(services, at, period)
  const weak = dimensions.flatMap(dimension => {
    const definition = definitionOf(dimension.current.metric.id)
    return dimension.status === 'BELOW_MEAN' ? [{ dimension, asked: { definition, period } }] : []
  })
  const [answer, examples] = await Promise.all([
    open(
      services,
      at,
      weak.map(({ asked }) => asked),
    ),
    Promise.all(weak.map(({ asked, dimension }) => examplesOf(context, asked, dimension))),
  ])
  return {
    weak: weak.map(
      ({ dimension, asked }, index): DiagnosedDimension => ({
        dimension,
        drivers: weakSlices(answer, services, asked, dimension.healthy),
        examples: examples[index] ?? [],
      }),
    ),
    adoptionPack: adoptionPack(weakOf(dimensions)),
  }
}

/** The slices of all its dimensions that pull the value away from healthy, the worst first. */
function weakSlices(
  answer: Answer,
  { countable }: Pick<Services, 'countable'>,
  asked: Asked,
  healthy: number,
): readonly WeakSlice[] {
  const { definition } = asked
  const whole = lineOf(answer.figures(asked))
  if (whole === undefined) return []
  const sign = definition.direction === 'UP' ? 1 : -1
  const slices = dimensionsOfMetric(definition, countable).flatMap(by =>
    answer.valuesBy(asked, by).flatMap((current): readonly WeakSlice[] => {
      const part = lineOf(current)
      return part === undefined ? [] : [{ by, current, contribution: sign * contributionTo(healthy, part, whole) }]
    }),
  )
  return slices
    .filter(({ contribution }) => contribution < 0)
    .sort((a, b) => a.contribution - b.contribution)
    .slice(0, MOST_DRIVERS)
}

function examplesOf(context: RequestContext, asked: Asked, { current }: HealthDimension) {
  const value = current.value ?? 0
  const isUp = asked.definition.direction === 'UP'
  return exampleContributions(context, asked, MOST_EXAMPLES, ({ numerator, denominator }) => {
    if (denominator === 0) return false
    return isUp ? numerator / denominator < value : numerator / denominator > value
  })
}

/** The plan that begins with this pain, with how far the firm has come. */
export async function adoptionPlan(
  services: Services,
  at: string,
  pain: AdoptionPainName,
  period: Period,
): Promise<AdoptionPlan> {
  const { graph } = services
  const { trend, steps } = planFor(pain)
  const [values, { dimensions }, switched] = await Promise.all([
    valuesOver(services, at, definitionOf(trend), lastPeriods(period, PERIODS_OF_TREND)),
    healthCheck(services, at, period),
    switchedModules({ run: graph.read.bind(graph) }),
  ])
  const isHealthy = (metric: string) =>
    dimensions.some(
      ({ current, status }) => current.metric.id === metric && (status === 'HEALTHY' || status === 'LEADING'),
    )
  return {
    version: ADOPTION_VERSION,
    trend: values,
    steps: steps.map(
      (step): PlannedStep => ({
        step,
        modules: step.modules.map(name => toModule(services, name, switched)),
        healthyMetrics: step.metrics.filter(isHealthy).length,
        metrics: step.metrics.length,
      }),
    ),
  }
}

function toModule({ modules }: Services, id: string, switched: readonly SwitchedModule[]): AdoptedModule {
  const exists = modules.names.includes(id)
  return {
    id,
    exists,
    isEnabled: exists && !modules.isOff(id),
    since: switched.find(({ name }) => name === id)?.since ?? null,
  }
}
