import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import type { RequestContext } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { Page, pageRequest, toConnection } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import type { Dimension } from '../../core/registry/facts.ts'
import { board, breakdown, healthCheck, toMetric, valuesOver } from './boards.ts'
import { catalogue, governanceIndicators, regulatorIndicators } from './catalogue.ts'
import { boardHeatMap, boardRows } from './charts/heat-map.ts'
import { healthRadar, healthRows } from './charts/radar.ts'
import type { Language } from './charts/svg.ts'
import type { Definition } from './definition.ts'
import { lastPeriods, type Period, periodAsked } from './periods.ts'
import {
  ChartRow,
  DimensionEnum,
  GovernanceBoard,
  HealthCheck,
  LanguageEnum,
  MetricConnection,
  MetricValue,
  PeriodArgs,
} from './types.ts'

const MOST_PERIODS = 60

const LANGUAGE = { defaultValue: LanguageEnum.EN, description: 'In which language the picture speaks.' }

const METRIC_ID = 'A metric of the query metrics, such as graph-completeness.'

@Resolver()
export class MetricsResolver {
  @Query(() => MetricConnection, { nullable: true, description: 'Every metric that is defined, by id.' })
  @Public()
  metrics(@Args(() => Page) { first, after }: Page, @Ctx() { services }: RequestContext) {
    const page = pageRequest('metrics', first, after)
    const all = [...catalogue.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    const next = all.filter(({ id }) => id > (page.afterId ?? '')).slice(0, first + 1)
    return toConnection(
      'metrics',
      page,
      next.map(definition => toMetric(definition, services)),
    )
  }

  @Query(() => MetricValue, { description: 'A metric over one period. BAD_USER_INPUT for an unknown metric or day.' })
  @Public()
  async metric(
    @Arg('id', () => ID, { description: METRIC_ID }) id: string,
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<MetricValue> {
    const [value] = await valuesOver(services, at, definitionAsked(id), [toPeriod(period, at)])
    if (value === undefined) throw new Error('one period has one value')
    return value
  }

  @Query(() => [MetricValue], {
    description: `The same metric over several periods up to this one, oldest first; at most ${MOST_PERIODS}.`,
  })
  @Public()
  async metricTrend(
    @Arg('id', () => ID, { description: METRIC_ID }) id: string,
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Arg('periods', () => Int, { defaultValue: 12, description: `How many, 1 to ${MOST_PERIODS}.` }) periods: number,
    @Ctx() { services, at }: RequestContext,
  ): Promise<readonly MetricValue[]> {
    if (periods < 1 || periods > MOST_PERIODS) {
      throw new ApiError('BAD_USER_INPUT', { at: 'periods', expected: `1 to ${MOST_PERIODS}`, got: String(periods) })
    }
    return valuesOver(services, at, definitionAsked(id), lastPeriods(toPeriod(period, at), periods))
  }

  @Query(() => [MetricValue], {
    description:
      'A metric by the values of a dimension, in their order. A value about fewer than 5 customers is withheld, and with a single such one the next smallest, so that it cannot be worked out.',
  })
  @Public()
  async metricBreakdown(
    @Arg('id', () => ID, { description: METRIC_ID }) id: string,
    @Arg('by', () => DimensionEnum, { description: 'The dimension.' }) by: Dimension,
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<readonly MetricValue[]> {
    return breakdown(services, at, { definition: definitionAsked(id), period: toPeriod(period, at) }, by)
  }

  @Query(() => HealthCheck, { description: 'The six dimensions of the health check against the industry.' })
  @Public()
  healthCheck(
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<HealthCheck> {
    return healthCheck(services, at, toPeriod(period, at))
  }

  @Query(() => GovernanceBoard, { description: 'The twelve indicators of governance, region by region.' })
  @Public()
  governanceBoard(
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<GovernanceBoard> {
    return board(services, at, governanceIndicators, toPeriod(period, at))
  }

  @Query(() => GovernanceBoard, { description: 'What regulators ask for, region by region.' })
  @Public()
  regulatorIndicators(
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<GovernanceBoard> {
    return board(services, at, regulatorIndicators, toPeriod(period, at))
  }
}

@Resolver(() => HealthCheck)
export class HealthChartResolver {
  @FieldResolver(() => String, {
    description: 'A radar of the six dimensions as SVG, at most 20 KB; it describes itself.',
  })
  @Public()
  chart(@Root() check: HealthCheck, @Arg('language', () => LanguageEnum, LANGUAGE) language: Language): string {
    return healthRadar(check, language)
  }

  @FieldResolver(() => [ChartRow], { description: 'What the radar shows, as a table.' })
  @Public()
  table(@Root() check: HealthCheck, @Arg('language', () => LanguageEnum, LANGUAGE) language: Language) {
    return healthRows(check, language)
  }
}

@Resolver(() => GovernanceBoard)
export class BoardChartResolver {
  @FieldResolver(() => String, { description: 'A heat map of indicators and regions as SVG; it describes itself.' })
  @Public()
  chart(@Root() shown: GovernanceBoard, @Arg('language', () => LanguageEnum, LANGUAGE) language: Language): string {
    return boardHeatMap(shown, language)
  }

  @FieldResolver(() => [ChartRow], { description: 'What the heat map shows, as a table.' })
  @Public()
  table(@Root() shown: GovernanceBoard, @Arg('language', () => LanguageEnum, LANGUAGE) language: Language) {
    return boardRows(shown, language)
  }
}

function definitionAsked(id: string): Definition {
  const definition = catalogue.get(id)
  if (definition === undefined)
    throw new ApiError('BAD_USER_INPUT', { at: 'id', expected: 'a metric of the query metrics' })
  return definition
}

function toPeriod({ grain, day }: PeriodArgs, at: string): Period {
  return periodAsked(grain, day ?? at.slice(0, 10))
}
