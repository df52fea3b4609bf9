// The GraphQL types of the market: what everybody may compare before a choice. Nothing of it is personal.
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../core/money.ts'
import { connectionOf } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'

const StockHolder = { WAREHOUSE: 'WAREHOUSE', SHOP: 'SHOP' } as const
registerEnumType(StockHolder, { name: 'StockHolder', description: 'Who has the goods.' })

@ObjectType({ description: 'How much of a product a warehouse or shop has, as last read.' })
@Public()
export class StockLevel {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true, description: 'The warehouse or shop.' })
  holder!: string

  @Field(() => StockHolder, { simple: true, description: 'Which of the two.' })
  holderKind!: keyof typeof StockHolder

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'Where it is, or delivers to; null is everywhere.',
  })
  place!: string | null

  @Field(() => String, { simple: true, description: 'The product, by its name.' })
  product!: string

  @Field(() => Int, { simple: true, description: 'In pieces.' })
  quantity!: number

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was read, UTC.' })
  asOf!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'What a shop asks for a product, as it last said.' })
@Public()
export class Quote {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true, description: 'The shop, by its name.' })
  shop!: string

  @Field(() => String, { simple: true, description: 'Where the shop is.' })
  place!: string

  @Field(() => String, { simple: true, description: 'The product, by its name.' })
  product!: string

  @Field(() => Money, { simple: true, description: 'For one piece.' })
  price!: Money

  @Field(() => GraphQLDateTime, { simple: true, description: 'When the shop said so, UTC.' })
  quotedAt!: string

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description: 'Until when it holds, UTC; null is open.',
  })
  validUntil!: string | null

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: "One parameter of a competitor's product, as last told." })
@Public()
export class CompetitorParameter {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true, description: 'Whose product it is.' })
  competitor!: string

  @Field(() => String, { simple: true, description: 'The product of the competitor.' })
  product!: string

  @Field(() => String, { nullable: true, simple: true, description: 'Our product that it is compared with.' })
  comparedWith!: string | null

  @Field(() => String, { simple: true, description: 'The parameter, such as warranty.' })
  name!: string

  @Field(() => String, { simple: true, description: 'What it is, in `unit`.' })
  reading!: string

  @Field(() => String, { nullable: true, simple: true, description: 'Such as months.' })
  unit!: string | null

  @Field(() => GraphQLDateTime, { simple: true, description: 'As of when, UTC.' })
  asOf!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'A plan to pay for a product by instalments, with what it truly costs.' })
@Public()
export class FinancePlan {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true, description: "The provider's number of the plan." })
  number!: string

  @Field(() => String, { simple: true, description: 'Who lends.' })
  provider!: string

  @Field(() => String, { simple: true, description: 'The product, by its name.' })
  product!: string

  @Field(() => Money, { simple: true, description: 'What is financed.' })
  financed!: Money

  @Field(() => Money, { simple: true, description: 'What is due at once, fees included.' })
  upfront!: Money

  @Field(() => Int, { simple: true, description: 'How many months are paid.' })
  months!: number

  @Field(() => Money, { simple: true, description: 'What is due each month.' })
  monthlyPayment!: Money

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'The true rate a year: internal rate of return, effective, in percent. Null where there is none.',
  })
  annualRatePercent!: number | null

  @Field(() => GraphQLDateTime, { simple: true, description: 'When the provider stated it, UTC.' })
  statedAt!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

export const StockLevelConnection = connectionOf('StockLevel', () => StockLevel)
export const QuoteConnection = connectionOf('Quote', () => Quote)
export const CompetitorParameterConnection = connectionOf('CompetitorParameter', () => CompetitorParameter)
export const FinancePlanConnection = connectionOf('FinancePlan', () => FinancePlan)
