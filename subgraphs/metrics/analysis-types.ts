// The GraphQL types of what is said about values: comparisons, drivers, diagnosis, lineage, scorecards and closings.
import { GraphQLDateTime } from 'graphql-scalars'
import { Directive, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { reportForms } from '../../core/evidence/sealed-report.ts'
import { connectionOf } from '../../core/paging.ts'
import { Personal, Public } from '../../core/policy/directives.ts'
import type { Dimension } from '../../core/registry/facts.ts'
import { AdoptionStep, PlannedStep } from './adoption-types.ts'
import { enumOf } from './enums.ts'
import { DimensionEnum, GrainEnum, HealthDimension, Metric, MetricValue } from './types.ts'

export const ReportFormEnum = enumOf(reportForms)
registerEnumType(ReportFormEnum, {
  name: 'ReportForm',
  description: 'For programs, for spreadsheets, or to be printed. Each proves itself.',
})

@ObjectType({ description: 'A value before and after a module was switched on.' })
@Public()
export class ModuleComparison {
  @Field(() => ID, { simple: true, description: 'The module.' })
  module!: string

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was switched on, UTC.' })
  enabledAt!: string

  @Field(() => MetricValue, { simple: true, description: 'The last whole period before.' })
  before!: MetricValue

  @Field(() => MetricValue, {
    nullable: true,
    simple: true,
    description: 'The first whole period after, once it is over.',
  })
  after!: MetricValue | null

  @Field(() => Float, { nullable: true, simple: true, description: 'after − before.' })
  change!: number | null
}

@ObjectType({
  description: 'A value beside what it can be measured against. Distances are negative where it falls short.',
})
@Public()
export class MetricComparison {
  @Field(() => MetricValue, { simple: true, description: 'In the period that was asked for.' })
  current!: MetricValue

  @Field(() => MetricValue, { simple: true, description: 'Of the period before.' })
  previous!: MetricValue

  @Field(() => Float, { nullable: true, simple: true, description: 'current − previous, in the unit of the metric.' })
  change!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'From the target.' })
  toTarget!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'From the mean of the industry.' })
  toMean!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'From what is healthy.' })
  toHealthy!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'From the leader.' })
  toLeader!: number | null

  @Field(() => [ModuleComparison], { simple: true, description: 'One for each module that was switched on.' })
  byModule!: readonly ModuleComparison[]
}

@ObjectType({
  description: 'What moved a value from the period before to this one. Branches of one kind add up to the change.',
})
@Public()
export class DriverBranch {
  @Field(() => String, {
    simple: true,
    description: 'NUMERATOR or DENOMINATOR, a metric, a value of the dimension, or OTHER.',
  })
  name!: string

  @Field(() => Float, { nullable: true, simple: true, description: 'Its value before, where it may be told.' })
  before!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'Its value now, where it may be told.' })
  after!: number | null

  @Field(() => Float, { simple: true, description: 'How much of the change comes from it.' })
  contribution!: number
}

@ObjectType({ description: 'What moved a metric.' })
@Public()
export class DriverTree {
  @Field(() => MetricValue, { simple: true, description: 'In the period that was asked for.' })
  current!: MetricValue

  @Field(() => MetricValue, { simple: true, description: 'Of the period before.' })
  previous!: MetricValue

  @Field(() => Float, { nullable: true, simple: true, description: 'current − previous; null where one has no value.' })
  change!: number | null

  @Field(() => [DriverBranch], { simple: true, description: 'What is above the line and what is below it.' })
  sides!: readonly DriverBranch[]

  @Field(() => DimensionEnum, { nullable: true, simple: true, description: 'By what the slices are.' })
  by!: Dimension | null

  @Field(() => [DriverBranch], {
    simple: true,
    description: 'By the dimension; what is withheld or has no value of it is together in OTHER.',
  })
  slices!: readonly DriverBranch[]
}

@ObjectType('Customer')
@Directive('@key(fields: "id", resolvable: false)')
export class CountedCustomer {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string
}

const DRAWN_FROM = ['behaviour.time', 'commercial.deal', 'governance.consent', 'inference.intent'] as const

@ObjectType({ description: 'What one customer adds to a value. Without it the value would be that much less.' })
@Public()
export class MetricContribution {
  @Field(() => ID, { simple: true, description: 'The id of the customer.' })
  id!: string

  @Field(() => CountedCustomer, {
    nullable: true,
    simple: true,
    description: 'Of whom the rest of the graph tells what may be told.',
  })
  customer!: CountedCustomer | null

  @Field(() => Float, { nullable: true, simple: true, description: 'What it adds above the line.' })
  @Personal('behaviour.kind', DRAWN_FROM)
  numerator!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'What it adds below it.' })
  @Personal('behaviour.kind', DRAWN_FROM)
  denominator!: number | null
}

export const MetricContributionConnection = connectionOf('MetricContribution', () => MetricContribution)

@ObjectType({ description: 'A slice that keeps a weak dimension from being healthy.' })
@Public()
export class WeakSlice {
  @Field(() => DimensionEnum, { simple: true, description: 'By what.' })
  by!: Dimension

  @Field(() => MetricValue, { simple: true, description: 'The value of the slice.' })
  current!: MetricValue

  @Field(() => Float, {
    simple: true,
    description: 'How much of the distance from healthy comes from it: negative where it pulls the value away.',
  })
  contribution!: number
}

@ObjectType({ description: 'Why a dimension is below the mean of the industry.' })
@Public()
export class DiagnosedDimension {
  @Field(() => HealthDimension, { simple: true, description: 'What is weak.' })
  dimension!: HealthDimension

  @Field(() => [WeakSlice], {
    simple: true,
    description: 'The slices that pull it down most, at most 5, the worst first.',
  })
  drivers!: readonly WeakSlice[]

  @Field(() => [MetricContribution], {
    nullable: true,
    simple: true,
    description: 'At most 3 customers who are below the value, of whom this viewer is shown what they add.',
  })
  examples!: readonly MetricContribution[] | null
}

@ObjectType({ description: 'What is weak, what it comes from, and what to do about it.' })
@Public()
export class Diagnosis {
  @Field(() => [DiagnosedDimension], { simple: true, description: 'Those below the mean of the industry.' })
  weak!: readonly DiagnosedDimension[]

  @Field(() => [AdoptionStep], {
    simple: true,
    description: 'The adoption pack where three or more are weak; else empty.',
  })
  adoptionPack!: readonly AdoptionStep[]
}

@ObjectType({ description: 'A plan that begins with one pain and one trend, proves it, then widens.' })
@Public()
export class AdoptionPlan {
  @Field(() => Int, { simple: true, description: 'The version of the pack.' })
  version!: number

  @Field(() => [MetricValue], {
    simple: true,
    description: 'The trend that proves the first step: six periods, oldest first.',
  })
  trend!: readonly MetricValue[]

  @Field(() => [PlannedStep], { simple: true, description: 'In the order in which to take them.' })
  steps!: readonly PlannedStep[]
}

@ObjectType({ description: 'A metric of a scorecard with its weight.' })
@Public()
export class ScorecardLine {
  @Field(() => MetricValue, { simple: true, description: 'In the period that was asked for.' })
  current!: MetricValue

  @Field(() => Float, { simple: true, description: 'Its share of the score, 0 to 1.' })
  weight!: number

  @Field(() => Float, {
    simple: true,
    description: 'The value that earns all of the weight, in the unit of the metric.',
  })
  full!: number

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'How much of `full` is reached, 0 to 1; null without a value.',
  })
  reached!: number | null
}

@ObjectType({ description: 'A weighted set of metrics for a role.' })
@Public()
export class Scorecard {
  @Field(() => ID, { simple: true, description: 'The role.' })
  id!: string

  @Field(() => Int, { simple: true, description: 'Raised whenever the set changes.' })
  version!: number

  @Field(() => String, { simple: true, description: 'In English.' })
  title!: string

  @Field(() => String, { simple: true, description: 'In Chinese.' })
  titleZh!: string

  @Field(() => [ScorecardLine], { simple: true, description: 'Its metrics.' })
  lines!: readonly ScorecardLine[]

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'The weighted mean of what has a value, 0 to 1; null where nothing has.',
  })
  score!: number | null

  @Field(() => Float, { simple: true, description: 'How much of the weight has a value, 0 to 1.' })
  measuredWeight!: number
}

@ObjectType({ description: 'The report to regulators of a closed period, with its proof.' })
@Public()
export class RegulatorReport {
  @Field(() => ID, { simple: true, description: 'The entry that proves it.' })
  id!: string

  @Field(() => GraphQLDateTime, { simple: true, description: 'When the period was closed, UTC.' })
  closedAt!: string

  @Field(() => String, { simple: true, description: 'One file to keep, for `sovereign evidence verify`.' })
  document!: string
}

@InputType({ description: 'What is aimed at.' })
export class TargetInput {
  @Field(() => ID, { description: 'A metric of the query metrics.' })
  metric!: string

  @Field(() => Float, { nullable: true, description: 'In the unit of the metric; null takes the target back.' })
  target?: number | null
}

@ObjectType({ description: 'The target as it now stands, and its proof.' })
@Public()
export class TargetPayload {
  @Field(() => Metric, { simple: true, description: 'What the target is of.' })
  metric!: Metric

  @Field(() => Float, { nullable: true, simple: true, description: 'What holds now.' })
  target!: number | null

  @Field(() => Int, { simple: true, description: 'How often a target was set for this metric.' })
  version!: number

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@InputType({ description: 'The period to close.' })
export class PeriodInput {
  @Field(() => GrainEnum, { description: 'How long it is.' })
  grain!: keyof typeof GrainEnum

  @Field(() => String, { description: 'Any day in it, YYYY-MM-DD.' })
  day!: string
}

@ObjectType({ description: 'The period as it was closed, and its proof.' })
@Public()
export class ClosingPayload {
  @Field(() => String, { simple: true, description: 'Its first day.' })
  from!: string

  @Field(() => String, { simple: true, description: 'The day after its last.' })
  to!: string

  @Field(() => GraphQLDateTime, { simple: true, description: 'UTC.' })
  closedAt!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
