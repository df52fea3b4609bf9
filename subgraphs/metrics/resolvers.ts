import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import type { RequestContext, Services } from '../../core/context.ts'
import { Page, pageRequest, toConnection } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import type { Dimension } from '../../core/registry/facts.ts'
import { toMetric } from './answer.ts'
import { definitionAsked, METRIC_ID, toPeriod } from './arguments.ts'
import { board, breakdown, healthCheck, trendsOf, valuesOver } from './boards.ts'
import { catalogue } from './catalogue.ts'
import { boardHeatMap, boardRows } from './charts/heat-map.ts'
import { healthRadar, healthRows } from './charts/radar.ts'
import type { Language } from './charts/svg.ts'
import { trendBoard, trendPicture, trendRows } from './charts/trend.ts'
import { lastPeriods, periodAsked, periodsFrom } from './periods.ts'
import {
  ChartRow,
  DimensionEnum,
  GovernanceBoard,
  HealthCheck,
  LanguageEnum,
  MetricConnection,
  MetricValue,
  PeriodArgs,
  TrendBoard,
} from './types.ts'

const MOST_PERIODS = 60

const LANGUAGE = { defaultValue: LanguageEnum.EN, description: 'In which language the picture speaks.' }
/** Of a trend that nobody says the beginning of. */
const PERIODS_OF_TREND = 12

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
    description: `A metric over the periods up to this one, oldest first: ${PERIODS_OF_TREND}, or those from a day on, at most ${MOST_PERIODS}. BAD_USER_INPUT where the first comes after the last.`,
  })
  @Public()
  metricTrend(
    @Arg('id', () => ID, { description: METRIC_ID }) id: string,
    @Arg('from', () => String, { nullable: true, description: 'Any day in the first period, YYYY-MM-DD.' })
    from: string | null | undefined,
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<readonly MetricValue[]> {
    const last = toPeriod(period, at)
    const periods = from
      ? periodsFrom(periodAsked(period.grain, from), last, MOST_PERIODS)
      : lastPeriods(last, PERIODS_OF_TREND)
    return valuesOver(services, at, definitionAsked(id), periods)
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

  @Query(() => TrendBoard, { description: `The six dimensions over the last ${PERIODS_OF_TREND} periods.` })
  @Public()
  healthTrends(
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<TrendBoard> {
    return trendsOf(services, at, lastPeriods(toPeriod(period, at), PERIODS_OF_TREND))
  }

  @Query(() => GovernanceBoard, { description: 'The twelve indicators of governance, region by region.' })
  @Public()
  governanceBoard(
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<GovernanceBoard> {
    return board(services, at, 'governance', toPeriod(period, at))
  }

  @Query(() => GovernanceBoard, {
    description:
      'What customers do themselves, region by region: whether they do anything, how often, where they give up, and whether they decide alone.',
  })
  @Public()
  sovereigntyHeatMap(
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<GovernanceBoard> {
    return board(services, at, 'sovereignty', toPeriod(period, at))
  }

  @Query(() => GovernanceBoard, { description: 'What regulators ask for, region by region.' })
  @Public()
  regulatorIndicators(
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<GovernanceBoard> {
    return board(services, at, 'regulators', toPeriod(period, at))
  }
}

@Resolver(() => MetricValue)
export class TrendChartResolver {
  @FieldResolver(() => String, {
    description: `The metric over the last ${PERIODS_OF_TREND} periods as SVG; it describes itself.`,
  })
  @Public()
  async chart(
    @Root() value: MetricValue,
    @Arg('language', () => LanguageEnum, LANGUAGE) language: Language,
    @Ctx() { services, at }: RequestContext,
  ): Promise<string> {
    return trendPicture(await trendOf(value, services, at), language)
  }

  @FieldResolver(() => [ChartRow], { description: 'What the picture shows, as a table.' })
  @Public()
  async table(
    @Root() value: MetricValue,
    @Arg('language', () => LanguageEnum, LANGUAGE) language: Language,
    @Ctx() { services, at }: RequestContext,
  ): Promise<readonly ChartRow[]> {
    return trendRows([await trendOf(value, services, at)], language)
  }
}

function trendOf({ metric, grain, from, by, slice }: MetricValue, services: Services, at: string) {
  const periods = lastPeriods(periodAsked(grain, from), PERIODS_OF_TREND)
  return valuesOver(services, at, definitionAsked(metric.id), periods, by === null ? undefined : `${by}=${slice}`)
}

@Resolver(() => TrendBoard)
export class TrendBoardResolver {
  @FieldResolver(() => String, { description: 'A panel for each dimension as SVG; it describes itself.' })
  @Public()
  chart(@Root() { trends }: TrendBoard, @Arg('language', () => LanguageEnum, LANGUAGE) language: Language): string {
    return trendBoard(
      trends.map(({ values }) => values),
      language,
    )
  }

  @FieldResolver(() => [ChartRow], { description: 'What the panels show, as a table.' })
  @Public()
  table(@Root() { trends }: TrendBoard, @Arg('language', () => LanguageEnum, LANGUAGE) language: Language) {
    return trendRows(
      trends.map(({ values }) => values),
      language,
    )
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
