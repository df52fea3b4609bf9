// What is said about values, and what people set and close.
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../core/change.ts'
import type { RequestContext } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { ReportForm } from '../../core/evidence/sealed-report.ts'
import { type Connection, Page, pageRequest } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import type { Dimension } from '../../core/registry/facts.ts'
import { adoptionPart } from './adoption.ts'
import {
  AdoptionPainEnum,
  type AdoptionPainName,
  AdoptionPart,
  AdoptionPartEnum,
  type AdoptionPartName,
} from './adoption-types.ts'
import {
  AdoptionPlan,
  ClosingPayload,
  Diagnosis,
  DriverTree,
  MetricComparison,
  type MetricContribution,
  MetricContributionConnection,
  PeriodInput,
  RegulatorReport,
  ReportFormEnum,
  Scorecard,
  TargetInput,
  TargetPayload,
} from './analysis-types.ts'
import { toMetric } from './answer.ts'
import { definitionAsked, METRIC_ID, toPeriod } from './arguments.ts'
import { closePeriod, regulatorReport } from './closing.ts'
import { compare, driverTree } from './comparison.ts'
import { graphCompleteness } from './completeness.ts'
import { GraphCompleteness } from './completeness-types.ts'
import { adoptionPlan, diagnose } from './diagnosis.ts'
import { lineage, lineageOf } from './lineage.ts'
import { periodAsked } from './periods.ts'
import { scorecardOf, scorecardRoles } from './scorecards.ts'
import { targetOf, setTarget as writeTarget } from './targets.ts'
import { DimensionEnum, PeriodArgs } from './types.ts'

@Resolver()
export class AnalysisResolver {
  @Query(() => MetricComparison, {
    description:
      'A value beside the period before, its target, the industry, and itself before and after each module was switched on.',
  })
  @Public()
  metricComparison(
    @Arg('id', () => ID, { description: METRIC_ID }) id: string,
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<MetricComparison> {
    return compare(services, at, definitionAsked(id), toPeriod(period, at))
  }

  @Query(() => GraphCompleteness, {
    description:
      'How much of the customer graph is filled, by customer class and region: as things stand, or as they stood when a past period ended.',
  })
  @Public()
  graphCompleteness(
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<GraphCompleteness> {
    return graphCompleteness(services, at, toPeriod(period, at))
  }

  @Query(() => DriverTree, {
    description: 'What moved a metric from the period before: by its two sides, and by the values of a dimension.',
  })
  @Public()
  driverTree(
    @Arg('id', () => ID, { description: METRIC_ID }) id: string,
    @Arg('by', () => DimensionEnum, { nullable: true, description: 'The dimension of the slices; none without it.' })
    by: Dimension | null | undefined,
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<DriverTree> {
    return driverTree(services, at, { definition: definitionAsked(id), period: toPeriod(period, at) }, by ?? null)
  }

  @Query(() => MetricContributionConnection, {
    nullable: true,
    description:
      'The customers behind a value whom this viewer may know of, with what each adds, in the order of their ids; of whom that is withheld, each is listed, whether it adds anything or not. A page may hold fewer than were asked for: hasNextPage says whether to go on. For managers and privacy officers.',
  })
  @Public()
  lineage(
    @Arg('id', () => ID, { description: 'A metric that counts customers.' }) id: string,
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<MetricContribution>> {
    const asked = { definition: definitionAsked(id), period: toPeriod(period, context.at) }
    return lineage(context, asked, pageRequest(lineageOf(asked), first, after))
  }

  @Query(() => Diagnosis, {
    description:
      'The dimensions below the mean of the industry with what pulls them down, and the adoption pack where three or more are. For managers and privacy officers.',
  })
  @Public()
  diagnosis(@Args(() => PeriodArgs) period: PeriodArgs, @Ctx() context: RequestContext): Promise<Diagnosis> {
    return diagnose(context, toPeriod(period, context.at))
  }

  @Query(() => AdoptionPlan, {
    description: 'The parts of the adoption pack in the order in which they help against one pain, with progress.',
  })
  @Public()
  adoptionPlan(
    @Arg('pain', () => AdoptionPainEnum, { description: 'What hurts.' }) pain: AdoptionPainName,
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<AdoptionPlan> {
    return adoptionPlan(services, at, pain, toPeriod(period, at))
  }

  @Query(() => AdoptionPart, { description: 'What a part of the adoption pack sets up, as data.' })
  @Public()
  adoptionPart(
    @Arg('part', () => AdoptionPartEnum, { description: 'The part.' }) part: AdoptionPartName,
  ): AdoptionPart {
    return adoptionPart(part)
  }

  @Query(() => Scorecard, {
    description: `A weighted set of metrics for a role: ${scorecardRoles.join(', ')}. BAD_USER_INPUT for another.`,
  })
  @Public()
  async scorecard(
    @Arg('role', () => ID, { description: 'The role.' }) role: string,
    @Arg('seller', () => ID, { nullable: true, description: 'Over the customers of this seller; without it over all.' })
    seller: string | null | undefined,
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Ctx() { services, at }: RequestContext,
  ): Promise<Scorecard> {
    const found = await scorecardOf(services, at, role, toPeriod(period, at), seller)
    if (found === undefined) {
      throw new ApiError('BAD_USER_INPUT', { at: 'role', expected: scorecardRoles.join(', ') })
    }
    return found
  }

  @Query(() => RegulatorReport, {
    nullable: true,
    description:
      'What regulators ask for of a closed period, as one file that proves itself; null while the period is open. For privacy officers, operators and auditors.',
  })
  @Public()
  regulatorReport(
    @Args(() => PeriodArgs) period: PeriodArgs,
    @Arg('form', () => ReportFormEnum, { defaultValue: ReportFormEnum.JSON_LD, description: 'In which form.' })
    form: ReportForm,
    @Ctx() { services, at }: RequestContext,
  ): Promise<RegulatorReport | null> {
    return regulatorReport(services, toPeriod(period, at), form)
  }

  @Mutation(() => TargetPayload, {
    description:
      'Says what is aimed at. BAD_USER_INPUT for an unknown metric or a value outside its unit. For managers and operators.',
  })
  @Public()
  async setTarget(
    @Arg('input', () => TargetInput, { description: 'The metric and the target.' }) input: TargetInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TargetPayload> {
    const definition = definitionAsked(input.metric)
    const target = input.target ?? null
    const { version, setAt, evidenceEntryId } = await writeTarget(services, viewer, idempotencyKey, definition, target)
    const record = { metric: definition.id, version, target, setAt, evidenceEntryId }
    const holds = targetOf(definition, new Map([[definition.id, record]]))
    return { metric: toMetric(definition, services), target: holds, version, evidenceEntryId }
  }

  @Mutation(() => ClosingPayload, {
    description:
      'Closes a period that is over: its values stay as they are told now, beside what comes late. BAD_USER_INPUT before it is over, CONFLICT for one that is closed. For privacy officers and operators.',
  })
  @Public()
  async closePeriod(
    @Arg('input', () => PeriodInput, { description: 'The period.' }) { grain, day }: PeriodInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() context: RequestContext,
  ): Promise<ClosingPayload> {
    const period = periodAsked(grain, day)
    const { closedAt, evidenceEntryId } = await closePeriod(context, idempotencyKey, period)
    return { from: period.from, to: period.to, closedAt, evidenceEntryId }
  }
}
