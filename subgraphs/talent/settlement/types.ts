// The GraphQL types of settlement: what tasks are worth, who contributed, and the ledger of credits.
import { GraphQLDateTime } from 'graphql-scalars'
import { ArgsType, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { DecimalScalar } from '../../../core/money.ts'
import { connectionOf, Page } from '../../../core/paging.ts'
import { Personal, Public } from '../../../core/policy/directives.ts'
import { SellerAtWork } from '../profiles/types.ts'
import { MOST_PLAYERS_EXACT, ORDERS_DRAWN } from './shapley.ts'
import type { SharingRule } from './shares.ts'
import { WORTH } from './worth.ts'

const SharingRuleEnum = { SHAPLEY: 'SHAPLEY', EQUAL: 'EQUAL', HOURS: 'HOURS', DELIVERED: 'DELIVERED' } as const
const PostingKind = {
  SETTLEMENT: 'SETTLEMENT',
  SETTLEMENT_REVERSED: 'SETTLEMENT_REVERSED',
  TRADE_HELD: 'TRADE_HELD',
  TRADE_PAID: 'TRADE_PAID',
  TRADE_REFUNDED: 'TRADE_REFUNDED',
} as const
export type PostingKindName = keyof typeof PostingKind
const SettlementState = { SETTLED: 'SETTLED', DISPUTED: 'DISPUTED', REVERSED: 'REVERSED' } as const
export type SettlementStateName = keyof typeof SettlementState

registerEnumType(SharingRuleEnum, {
  name: 'SharingRule',
  description: `How a reward is shared out. SHAPLEY gives each what it adds to the others, over all orders in which they could have come. ${WORTH}. Up to ${MOST_PLAYERS_EXACT} people it is exact, for more it is the mean of ${ORDERS_DRAWN} orders drawn by the seed that the settlement names. EQUAL gives all who contributed the same, HOURS in proportion to their hours, DELIVERED in proportion to weight × share, whoever else delivered the same. Units that remain from rounding go to those who lost most by it, then by id.`,
})
registerEnumType(PostingKind, {
  name: 'PostingKind',
  description:
    'Why credits moved: a task was settled or that was taken back; of a trade they were put into escrow, paid from it, or given back.',
})
registerEnumType(SettlementState, {
  name: 'SettlementState',
  description: 'DISPUTED until a manager reverses the settlement or rejects the dispute.',
})

@ObjectType({
  description: "A line of an account. The lines of all accounts add up to nothing: credits come from the issuer's.",
})
export class Posting {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => DecimalScalar, {
    nullable: true,
    simple: true,
    description: 'Credits that were added, or taken where it is negative.',
  })
  @Personal('workforce.credit')
  amount!: string | null

  @Field(() => DecimalScalar, { nullable: true, simple: true, description: 'Credits in the account after it.' })
  @Personal('workforce.credit')
  balance!: string | null

  @Field(() => PostingKind, { nullable: true, simple: true, description: 'Why the credits moved.' })
  @Personal('workforce.credit')
  kind!: PostingKindName | null

  @Field(() => ID, { nullable: true, simple: true, description: 'The settlement or trade that moved them.' })
  @Personal('workforce.credit')
  because!: string | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When, UTC.' })
  @Personal('workforce.credit')
  at!: string | null

  @Field(() => ID, { simple: true, description: 'The evidence entry that proves it.' })
  @Public()
  evidenceEntryId!: string
}

export const PostingConnection = connectionOf('Posting', () => Posting)

@ObjectType({ description: 'The account of a seller.' })
export class Ledger {
  @Field(() => ID, { simple: true, description: 'The id of the seller.' })
  @Public()
  id!: string

  @Field(() => DecimalScalar, { nullable: true, simple: true, description: 'Credits that the seller can spend.' })
  @Personal('workforce.credit')
  balance!: string | null
}

@ObjectType({ description: 'How a reward was shared out among those who contributed to a task.' })
export class Settlement {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => ID, { simple: true, description: 'The task that was settled.' })
  @Public()
  taskId!: string

  @Field(() => SettlementState, { simple: true, description: 'Whether it stands.' })
  @Public()
  state!: SettlementStateName

  @Field(() => SharingRuleEnum, { simple: true, description: 'How it was shared out.' })
  @Public()
  rule!: SharingRule

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: `What orders were drawn by, where more than ${MOST_PLAYERS_EXACT} contributed; null where the shares are exact.`,
  })
  @Public()
  seed!: string | null

  @Field(() => Int, { simple: true, description: 'How many contributed.' })
  @Public()
  people!: number

  @Field(() => DecimalScalar, { nullable: true, simple: true, description: 'Credits that were shared out.' })
  @Personal('workforce.credit')
  amount!: string | null

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'Why somebody disputes it; null where nobody does.',
  })
  @Personal('workforce.work')
  disputedBecause!: string | null

  @Field(() => GraphQLDateTime, { simple: true, description: 'When, UTC.' })
  @Public()
  at!: string

  @Field(() => ID, { simple: true, description: 'The evidence entry that last changed it.' })
  @Public()
  evidenceEntryId!: string
}

export const SettlementConnection = connectionOf('Settlement', () => Settlement)

@ArgsType()
export class SettlementsArgs extends Page {
  @Field(() => SettlementState, { nullable: true, description: 'Only those in this state.' })
  state?: SettlementStateName | null
}

@ObjectType({
  description:
    'What a seller delivered of a part of a task. Shown to the seller and, with its consent, to its manager.',
})
export class Contribution {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => ID, { simple: true, description: 'The task.' })
  @Public()
  taskId!: string

  @Field(() => SellerAtWork, { nullable: true, simple: true, description: 'Who delivered it.' })
  @Personal('workforce.work')
  seller!: SellerAtWork | null

  @Field(() => String, { nullable: true, simple: true, description: 'The part, as the reward names it.' })
  @Personal('workforce.work')
  part!: string | null

  @Field(() => Float, { nullable: true, simple: true, description: 'The share of the part in percent.' })
  @Personal('workforce.work')
  percent!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'Hours that it took.' })
  @Personal('workforce.work')
  hours!: number | null

  @Field(() => [ID], { nullable: true, simple: true, description: 'The evidence entries that show it.' })
  @Personal('workforce.work')
  evidence!: string[] | null

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was recorded, UTC.' })
  @Public()
  at!: string

  @Field(() => ID, { simple: true })
  @Public()
  evidenceEntryId!: string
}

export const ContributionConnection = connectionOf('Contribution', () => Contribution)

@InputType({ description: 'A part of a task that a reward is for.' })
export class RewardPartInput {
  @Field(() => String, { description: '1 to 100 characters, once in a reward.' })
  name!: string

  @Field(() => Int, { description: 'How much it counts beside the other parts, 1 to 1,000.' })
  weight!: number
}

@InputType({ description: 'What a task is worth to those who do it.' })
export class RewardInput {
  @Field(() => ID, { description: 'The task.' })
  taskId!: string

  @Field(() => DecimalScalar, { description: 'Credits, more than 0.' })
  amount!: string

  @Field(() => SharingRuleEnum, { defaultValue: 'SHAPLEY', description: 'How it will be shared out.' })
  rule!: SharingRule

  @Field(() => [RewardPartInput], { description: '1 to 50 parts.' })
  parts!: RewardPartInput[]
}

@InputType({ description: 'What a seller delivered of a part of a task.' })
export class ContributionInput {
  @Field(() => ID, { description: 'The task.' })
  taskId!: string

  @Field(() => ID, { description: 'Who delivered it.' })
  sellerId!: string

  @Field(() => String, { description: 'A part that the reward of the task names.' })
  part!: string

  @Field(() => Float, { description: 'The share of the part in percent, more than 0 and at most 100, to two places.' })
  percent!: number

  @Field(() => Float, { defaultValue: 0, description: 'Hours that it took, 0 to 1,000, to two places.' })
  hours!: number

  @Field(() => [ID], { description: '1 to 20 evidence entries that show it.' })
  evidence!: string[]
}

@InputType({ description: 'A settlement that somebody does not agree with, or no longer.' })
export class SettlementReasonInput {
  @Field(() => ID, { description: 'The settlement.' })
  settlementId!: string

  @Field(() => String, { description: 'Why, 1 to 500 characters.' })
  because!: string
}

@ObjectType({ description: 'What came of setting a reward.' })
@Public()
export class RewardPayload {
  @Field(() => ID, { simple: true, description: 'The task whose reward it is.' })
  taskId!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'What came of recording a contribution.' })
@Public()
export class ContributionPayload {
  @Field(() => ID, { simple: true, description: 'The contribution.' })
  contributionId!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'What came of a change of a settlement.' })
@Public()
export class SettlementPayload {
  @Field(() => ID, { simple: true, description: 'The settlement that was made or changed.' })
  settlementId!: string

  @Field(() => SettlementState, { simple: true, description: 'Whether it stands now.' })
  state!: SettlementStateName

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
