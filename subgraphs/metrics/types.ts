// The GraphQL types of the metrics subgraph. A value is about five customers or more, or about nobody, so all of it is public to
// whoever may ask.
import { GraphQLDateTime } from 'graphql-scalars'
import { ArgsType, Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import { type Dimension, dimensions } from '../../core/registry/facts.ts'
import { AdoptionStep } from './adoption-types.ts'
import { enumOf } from './enums.ts'
import { grains } from './periods.ts'
import type { NoValue } from './values.ts'

export const GrainEnum = enumOf(grains)
/** GraphQL's names are in capitals; the registry's are not. */
export const DimensionEnum = Object.fromEntries(dimensions.map(each => [each.toUpperCase(), each])) as Record<
  string,
  Dimension
>
const MetricUnit = enumOf(['RATIO', 'COUNT', 'DAYS', 'HOURS', 'PER_THOUSAND', 'POINTS'])
const MetricType = enumOf(['SIMPLE', 'RATIO', 'CUMULATIVE', 'CONVERSION', 'DERIVED'])
const WhenEmpty = enumOf(['NULL', 'ZERO'])
const MetricDirection = enumOf(['UP', 'DOWN'])
export const MetricReason: { [K in NoValue]: K } = enumOf(['NOT_MEASURED_YET', 'COHORT_TOO_SMALL', 'NOTHING_TO_COUNT'])
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
  description: 'RATIO is 0 to 1; PER_THOUSAND is in the period per 1,000 people; POINTS are −100 to 100.',
})
registerEnumType(MetricType, {
  name: 'MetricType',
  description:
    'How a value is made: a measure, a measure ÷ a measure, a measure over a window up to the end of the period, the share of facts followed by another, or a metric ÷ a metric.',
})
registerEnumType(WhenEmpty, { name: 'WhenEmpty', description: 'What a period without anything to count answers.' })
registerEnumType(MetricDirection, { name: 'MetricDirection', description: 'UP where more is better.' })
registerEnumType(MetricReason, {
  name: 'MetricReason',
  description:
    'Why there is no value: a source that nobody contributes yet, fewer than 5 customers, or nothing in the period.',
})
// Named as in the schema: a default of an argument is taken by its name, whatever value stands behind that.
export const LanguageEnum = enumOf(['EN', 'ZH'])

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

@ObjectType({ description: 'The figures of the industry for a metric, in its unit.' })
@Public()
export class Benchmark {
  @Field(() => Float, { simple: true, description: 'From here on it is healthy.' })
  healthy!: number

  @Field(() => Float, { simple: true, description: 'The mean of the industry.' })
  mean!: number

  @Field(() => Float, { simple: true, description: "The leader's." })
  leader!: number

  @Field(() => String, { simple: true, description: 'Where the figures come from.' })
  source!: string
}

@ObjectType({ description: 'A source of facts that a metric needs and that this release does not have.' })
@Public()
export class MissingSource {
  @Field(() => String, { simple: true, description: 'As definitions name it.' })
  name!: string

  @Field(() => String, { simple: true, description: 'What one fact of it would be.' })
  description!: string

  @Field(() => [String], { simple: true, description: 'What it would tell of each.' })
  fields!: readonly string[]
}

@ObjectType({ description: 'What a metric is: its formula, how it is to be read, and who answers for it.' })
@Public()
export class Metric {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => MetricType, { simple: true, description: 'How a value is made.' })
  type!: keyof typeof MetricType

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

  @Field(() => WhenEmpty, { simple: true, description: 'What a period without anything to count answers.' })
  whenEmpty!: keyof typeof WhenEmpty

  @Field(() => Benchmark, {
    nullable: true,
    simple: true,
    description: 'The figures of the industry, where it has any.',
  })
  benchmark!: Benchmark | null

  @Field(() => [DimensionEnum], { simple: true, description: 'By what it can be broken down.' })
  dimensions!: readonly Dimension[]

  @Field(() => [MissingSource], {
    simple: true,
    description: 'What is missing where it answers NOT_MEASURED_YET; else empty.',
  })
  missingSources!: readonly MissingSource[]
}

@ObjectType({ description: 'What a value was when its period was closed.' })
@Public()
export class ClosedValue {
  @Field(() => Float, { nullable: true, simple: true, description: 'In the unit of the metric.' })
  value!: number | null

  @Field(() => MetricReason, { nullable: true, simple: true, description: 'Why there was none.' })
  reason!: NoValue | null

  @Field(() => Float, { nullable: true, simple: true, description: 'What stood above the line.' })
  numerator!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'What stood below it.' })
  denominator!: number | null

  @Field(() => Int, { simple: true, description: 'The version of the definition that it was counted by.' })
  definitionVersion!: number

  @Field(() => String, { simple: true, description: 'The hash of that definition.' })
  definitionHash!: string

  @Field(() => GraphQLDateTime, { simple: true, description: 'When the period was closed, UTC.' })
  closedAt!: string

  @Field(() => ID, { simple: true, description: 'The entry that proves it.' })
  evidenceEntryId!: string
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

  @Field(() => GrainEnum, { simple: true, description: 'How long the period is.' })
  grain!: keyof typeof GrainEnum

  @Field(() => DimensionEnum, {
    nullable: true,
    simple: true,
    description: 'By which dimension it is a slice; null for the whole.',
  })
  by!: Dimension | null

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

  @Field(() => Float, { nullable: true, simple: true, description: 'What is aimed at, in the unit of the metric.' })
  target!: number | null

  @Field(() => ClosedValue, {
    nullable: true,
    simple: true,
    description: 'What the period was closed with, over all slices; null while it is open.',
  })
  closed!: ClosedValue | null

  @Field(() => Boolean, {
    simple: true,
    description:
      'True where what came after the closing, or another definition, makes the value another one than was closed.',
  })
  isRestated!: boolean

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

@ObjectType({ description: 'A metric over time.' })
@Public()
export class MetricTrend {
  @Field(() => [MetricValue], { simple: true, description: 'Oldest first.' })
  values!: readonly MetricValue[]
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

@ObjectType({ description: 'Indicators, region by region.' })
@Public()
export class GovernanceBoard {
  /** Which of the boards it is; said by its picture. */
  name!: 'governance' | 'regulators' | 'sovereignty'

  @Field(() => [GovernanceIndicator], { simple: true, description: 'In the order of the board.' })
  indicators!: readonly GovernanceIndicator[]
}

@ObjectType({ description: 'The six dimensions of the health check over time.' })
@Public()
export class TrendBoard {
  @Field(() => [MetricTrend], { simple: true, description: 'One a dimension.' })
  trends!: readonly MetricTrend[]
}
