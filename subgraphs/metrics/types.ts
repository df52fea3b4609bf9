// The GraphQL types of the metrics subgraph. A value is about five customers or more, or about nobody, so all of it is public to
// whoever may ask.
import { GraphQLDateTime } from 'graphql-scalars'
import { ArgsType, Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import { dimensions } from '../../core/registry/facts.ts'
import { grains } from './periods.ts'
import type { NoValue } from './values.ts'

function enumOf<T extends string>(values: readonly T[]): { [K in T]: K } {
  return Object.fromEntries(values.map(value => [value, value])) as { [K in T]: K }
}

export const GrainEnum = enumOf(grains)
/** GraphQL's names are in capitals; the registry's are not. */
export const DimensionEnum = Object.fromEntries(dimensions.map(each => [each.toUpperCase(), each])) as Record<
  string,
  (typeof dimensions)[number]
>
const MetricUnit = enumOf(['RATIO', 'COUNT', 'DAYS', 'HOURS', 'PER_THOUSAND'])
const MetricDirection = enumOf(['UP', 'DOWN'])
const MetricReason: { [K in NoValue]: K } = enumOf(['NOT_MEASURED_YET', 'COHORT_TOO_SMALL', 'NOTHING_TO_COUNT'])
const healthStatuses = ['LEADING', 'HEALTHY', 'BELOW_HEALTHY', 'BELOW_MEAN', 'UNKNOWN'] as const
export type HealthStatusName = (typeof healthStatuses)[number]
const HealthStatus = enumOf(healthStatuses)
const Trend = enumOf(['BETTER', 'SAME', 'WORSE', 'UNKNOWN'])
export type TrendName = keyof typeof Trend

registerEnumType(GrainEnum, {
  name: 'Grain',
  description: 'How long a period is, by the calendar in UTC; weeks begin on Monday.',
})
registerEnumType(DimensionEnum, { name: 'Dimension', description: 'By what a metric can be broken down.' })
registerEnumType(MetricUnit, {
  name: 'MetricUnit',
  description: 'RATIO is 0 to 1; PER_THOUSAND is a month per 1,000 people.',
})
registerEnumType(MetricDirection, { name: 'MetricDirection', description: 'UP where more is better.' })
registerEnumType(MetricReason, {
  name: 'MetricReason',
  description:
    'Why there is no value: a source that nobody contributes yet, fewer than 5 customers, or nothing in the period.',
})
export const LanguageEnum = { EN: 'en', ZH: 'zh' } as const

registerEnumType(LanguageEnum, { name: 'Language', description: 'The language of a picture.' })
registerEnumType(HealthStatus, {
  name: 'HealthStatus',
  description: "Where a value stands among the leader's, the healthy one and the industry's mean.",
})
registerEnumType(Trend, { name: 'Trend', description: 'Against the period before.' })

@ArgsType()
export class PeriodArgs {
  @Field(() => GrainEnum, { defaultValue: GrainEnum.MONTH, description: 'How long the period is.' })
  grain!: keyof typeof GrainEnum

  @Field(() => String, { nullable: true, description: 'Any day in the period, YYYY-MM-DD; without it today.' })
  day?: string | null
}

@ObjectType({ description: 'What a metric is: its formula, how it is to be read, and who answers for it.' })
@Public()
export class Metric {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => Int, { simple: true, description: 'Raised whenever the definition changes.' })
  version!: number

  @Field(() => String, {
    simple: true,
    description: 'SHA-256 of the definition as canonical JSON (RFC 8785), base64url.',
  })
  hash!: string

  @Field(() => String, { simple: true, description: 'In English.' })
  title!: string

  @Field(() => String, { simple: true, description: 'In Chinese.' })
  titleZh!: string

  @Field(() => String, { simple: true, description: 'The formula in words, in English.' })
  formula!: string

  @Field(() => String, { simple: true, description: 'The formula in words, in Chinese.' })
  formulaZh!: string

  @Field(() => MetricUnit, { simple: true, description: 'In what a value is given.' })
  unit!: keyof typeof MetricUnit

  @Field(() => MetricDirection, { simple: true, description: 'Whether more is better.' })
  direction!: keyof typeof MetricDirection

  @Field(() => String, { simple: true, description: 'The kind of viewer that answers for it.' })
  owner!: string

  @Field(() => String, { simple: true, description: 'What is counted, such as Customer.' })
  entity!: string

  @Field(() => String, {
    simple: true,
    description: 'For which purpose: whose law asks for consent to it counts only with that.',
  })
  purpose!: string

  @Field(() => [String], { simple: true, description: 'Sources that it needs and that nobody contributes yet.' })
  missingSources!: readonly string[]
}

export const MetricConnection = connectionOf('Metric', () => Metric)

@ObjectType({ description: 'The value of a metric over a period, or the reason why there is none.' })
@Public()
export class MetricValue {
  @Field(() => Metric, { simple: true, description: 'What was measured.' })
  metric!: Metric

  @Field(() => String, { simple: true, description: 'The first day of the period, YYYY-MM-DD.' })
  from!: string

  @Field(() => String, { simple: true, description: 'The day after its last.' })
  to!: string

  @Field(() => String, { nullable: true, simple: true, description: 'The value of the dimension; null for the whole.' })
  slice!: string | null

  @Field(() => Float, { nullable: true, simple: true, description: 'In the unit of the metric.' })
  value!: number | null

  @Field(() => MetricReason, { nullable: true, simple: true, description: 'Why there is no value.' })
  reason!: NoValue | null

  @Field(() => Float, { nullable: true, simple: true, description: 'What stands above the line.' })
  numerator!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'What stands below it; null for what is no ratio.' })
  denominator!: number | null

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'The share of the customers concerned whom the law let be counted, 0 to 1 in hundredths.',
  })
  consentCoverage!: number | null

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was asked, UTC.' })
  asOf!: string

  @Field(() => Int, {
    simple: true,
    description: 'For how many seconds a change has waited to be counted; 0 when all are.',
  })
  freshnessSeconds!: number

  @Field(() => Int, {
    nullable: true,
    simple: true,
    description: 'The size of the latest signed checkpoint of the evidence log.',
  })
  checkpointSize!: number | null
}

@ObjectType({ description: 'A line of the table that says what a picture shows.' })
@Public()
export class ChartRow {
  @Field(() => String, { simple: true })
  name!: string

  @Field(() => String, { simple: true, description: 'With its unit, or why there is none.' })
  value!: string
}

@ObjectType({ description: 'One of the six dimensions of the health check.' })
@Public()
export class HealthDimension {
  @Field(() => MetricValue, { simple: true, description: 'Its value in the period.' })
  current!: MetricValue

  @Field(() => HealthStatus, { simple: true, description: 'UNKNOWN without a value.' })
  status!: HealthStatusName

  @Field(() => Trend, { simple: true, description: 'Against the period before.' })
  trend!: TrendName

  @Field(() => Float, { simple: true, description: 'From here on it is healthy.' })
  healthy!: number

  @Field(() => Float, { simple: true, description: 'The mean of the industry.' })
  industryMean!: number

  @Field(() => Float, { simple: true, description: "The leader's." })
  leader!: number

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'How far it is from healthy, in the unit of the metric: negative where it falls short.',
  })
  distance!: number | null
}

@ObjectType({ description: 'One part of the adoption pack, in the order in which to take them.' })
@Public()
export class AdoptionStep {
  @Field(() => String, { simple: true, description: 'The part of the pack.' })
  part!: string

  @Field(() => String, { simple: true, description: 'What it does for the weak dimensions.' })
  because!: string

  @Field(() => [ID], { simple: true, description: 'The metrics that it answers to.' })
  metrics!: readonly string[]
}

@ObjectType({ description: 'The six dimensions against the industry, and what to do.' })
@Public()
export class HealthCheck {
  @Field(() => [HealthDimension], { simple: true, description: 'Six.' })
  dimensions!: readonly HealthDimension[]

  @Field(() => Int, {
    simple: true,
    description: 'How many are below the mean of the industry; the unknown are not among them.',
  })
  belowMean!: number

  @Field(() => [AdoptionStep], {
    simple: true,
    description: 'The adoption pack where three or more are below the mean; else empty.',
  })
  adoptionPack!: readonly AdoptionStep[]

  @Field(() => String, { simple: true, description: 'Where the figures of the industry come from.' })
  benchmarkSource!: string
}

@ObjectType({ description: 'An indicator of the governance board in one region.' })
@Public()
export class GovernanceIndicator {
  @Field(() => Metric, { simple: true, description: 'What was measured.' })
  metric!: Metric

  @Field(() => MetricValue, { simple: true, description: 'Over all regions.' })
  whole!: MetricValue

  @Field(() => [MetricValue], { simple: true, description: 'One a region that has any, by name; at most 200.' })
  regions!: readonly MetricValue[]
}

@ObjectType({ description: 'The twelve indicators of governance, region by region.' })
@Public()
export class GovernanceBoard {
  @Field(() => [GovernanceIndicator], { simple: true, description: 'Twelve.' })
  indicators!: readonly GovernanceIndicator[]
}
