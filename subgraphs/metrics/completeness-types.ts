// How much of the customer graph is filled, class by class and region by region.
import { Field, Float, ObjectType } from 'type-graphql'
import { Public } from '../../core/policy/directives.ts'
import { Metric, MetricReason, MetricValue } from './types.ts'
import type { NoValue } from './values.ts'

@ObjectType({ description: 'How much is known of the customers of one class in one region.' })
@Public()
export class CompletenessCell {
  @Field(() => String, {
    nullable: true,
    simple: true,
    description:
      'The class of the customers: the line of business of the company that they belong to. Null for those who belong to none, or to one whose line is not known.',
  })
  customerClass!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'Where they live; null where that is not known.' })
  region!: string | null

  @Field(() => Float, { nullable: true, simple: true, description: 'Fields known ÷ fields counted, 0 to 1.' })
  value!: number | null

  @Field(() => MetricReason, {
    nullable: true,
    simple: true,
    description:
      'Why there is no value. COHORT_TOO_SMALL also where the value of fewer than 5 customers could be worked out from this one.',
  })
  reason!: NoValue | null

  @Field(() => Float, { nullable: true, simple: true, description: 'The fields that are known.' })
  numerator!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'The fields that are counted: 7 a customer.' })
  denominator!: number | null

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'The share of these customers whom the law let be counted, 0 to 1 in hundredths.',
  })
  consentCoverage!: number | null
}

@ObjectType({
  description:
    'How much of the customer graph is filled: of name, phone, email, WeCom id, region, company and owner the fields that are known, over 7 × the customers, whatever source told them. A field is known that is not empty; customers who are one person count once. Healthy from 0.85 on.',
})
@Public()
export class GraphCompleteness {
  @Field(() => Metric, { simple: true, description: 'The definition: formula, version, hash and benchmark.' })
  metric!: Metric

  @Field(() => MetricValue, { simple: true, description: 'Over all classes and regions.' })
  whole!: MetricValue

  @Field(() => [CompletenessCell], {
    simple: true,
    description: 'One a class and region that has any, in their order.',
  })
  cells!: readonly CompletenessCell[]
}
