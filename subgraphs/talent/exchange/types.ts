// The GraphQL types of the capability exchange: what people offer and look for, and the trades that come of it.
import { GraphQLDateTime } from 'graphql-scalars'
import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { DecimalScalar } from '../../../core/money.ts'
import { connectionOf, Page } from '../../../core/paging.ts'
import { Personal, Public } from '../../../core/policy/directives.ts'
import { SellerAtWork } from '../profiles/types.ts'
import { Skill } from '../skills/types.ts'
import type { TradeStateName } from './trade-state.ts'

const ListingKind = { OFFER: 'OFFER', WANT: 'WANT' } as const
export type ListingKindName = keyof typeof ListingKind
const TradeStateEnum = {
  PROPOSED: 'PROPOSED',
  AGREED: 'AGREED',
  COMPLETED: 'COMPLETED',
  CANCELLED: 'CANCELLED',
} as const

registerEnumType(ListingKind, { name: 'ListingKind', description: 'What somebody can do for others, or looks for.' })
registerEnumType(TradeStateEnum, {
  name: 'TradeState',
  description:
    'PROPOSED until all who take part accept; AGREED while the credits of who pays are in escrow; COMPLETED when each has been given what it takes; CANCELLED when it came to nothing, and the credits are back.',
})

@ObjectType({
  description:
    'What somebody published to its colleagues: a capability that it offers or looks for. Gone from the list when it is taken or withdrawn.',
})
@Public()
export class Listing {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => ListingKind, { simple: true, description: 'Whether it is offered or looked for.' })
  kind!: ListingKindName

  @Field(() => Skill, { simple: true, description: 'The capability.' })
  skill!: Skill

  @Field(() => SellerAtWork, { simple: true, description: 'Who published it.' })
  seller!: SellerAtWork

  @Field(() => DecimalScalar, {
    simple: true,
    description: 'Credits: the price of an offer, the most that a want pays.',
  })
  credits!: string

  @Field(() => String, { simple: true, description: 'What exactly, in the words of who published it. May be empty.' })
  note!: string

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was published, UTC.' })
  listedAt!: string

  @Field(() => ID, { simple: true, description: 'The evidence entry that last changed it.' })
  evidenceEntryId!: string
}

export const ListingConnection = connectionOf('Listing', () => Listing)

@ArgsType()
export class ListingsArgs extends Page {
  @Field(() => ListingKind, { nullable: true, description: 'Only offers, or only what is looked for.' })
  kind?: ListingKindName | null

  @Field(() => ID, { nullable: true, description: 'Only of this skill.' })
  skillId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only of this seller.' })
  sellerId?: string | null
}

@ObjectType({ description: 'One capability that passes from one person to another in a trade.' })
@Public()
export class TradeLeg {
  @Field(() => ID, { simple: true, description: 'The offer that is taken.' })
  offerId!: string

  @Field(() => ID, { simple: true, description: 'The want that it meets.' })
  wantId!: string

  @Field(() => SellerAtWork, { simple: true, description: 'Who gives.' })
  giver!: SellerAtWork

  @Field(() => SellerAtWork, { simple: true, description: 'Who takes.' })
  taker!: SellerAtWork

  @Field(() => Skill, { simple: true, description: 'What passes.' })
  skill!: Skill

  @Field(() => DecimalScalar, { simple: true, description: 'Credits that the taker owes the giver for it.' })
  credits!: string

  @Field(() => Int, { nullable: true, simple: true, description: 'How the taker rated it, 1 to 5; null until then.' })
  rating!: number | null
}

@ObjectType({
  description:
    'A trade that open listings make possible: one buys from another, two swap, or three pass on in a circle. To take it, give its legs to tradeCapability.',
})
@Public()
export class PossibleTrade {
  @Field(() => ID, { simple: true, description: 'The same for the same listings.' })
  id!: string

  @Field(() => [TradeLeg], { simple: true, description: 'In the order in which each taker gives next.' })
  legs!: TradeLeg[]

  @Field(() => DecimalScalar, {
    simple: true,
    description: 'Credits that this seller pays beside what it gives; negative where it is paid.',
  })
  pays!: string
}

export const PossibleTradeConnection = connectionOf('PossibleTrade', () => PossibleTrade)

@ArgsType()
export class ExchangeArgs extends Page {
  @Field(() => ID, { nullable: true, description: 'Whose trades. Left out by a seller: its own.' })
  sellerId?: string | null
}

@ObjectType({ description: 'A trade of capabilities. Visible to who takes part, and to their managers.' })
export class Trade {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => TradeStateEnum, { simple: true, description: 'How far it has come.' })
  @Public()
  state!: TradeStateName

  @Field(() => [TradeLeg], {
    nullable: true,
    simple: true,
    description: 'What passes from whom to whom, in the order in which each taker gives next.',
  })
  @Personal('workforce.work')
  legs!: TradeLeg[] | null

  @Field(() => [SellerAtWork], { nullable: true, simple: true, description: 'Who has accepted.' })
  @Personal('workforce.work')
  acceptedBy!: SellerAtWork[] | null

  @Field(() => [SellerAtWork], { nullable: true, simple: true, description: 'Who was given what it takes.' })
  @Personal('workforce.work')
  receivedBy!: SellerAtWork[] | null

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was proposed, UTC.' })
  @Public()
  proposedAt!: string

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was completed, UTC.' })
  @Public()
  completedAt!: string | null

  @Field(() => ID, { simple: true, description: 'The evidence entry that last changed it.' })
  @Public()
  evidenceEntryId!: string
}

export const TradeConnection = connectionOf('Trade', () => Trade)

@ArgsType()
export class TradesArgs extends Page {
  @Field(() => TradeStateEnum, { nullable: true, description: 'Only those in this state.' })
  state?: TradeStateName | null
}

@InputType({ description: 'A capability to publish.' })
export class ListingInput {
  @Field(() => String, { description: 'The URI of the skill.' })
  skill!: string

  @Field(() => DecimalScalar, { description: 'Credits, 0 or more: the price of an offer, the most that a want pays.' })
  credits!: string

  @Field(() => String, { defaultValue: '', description: 'What exactly; at most 300 characters.' })
  note!: string
}

@InputType({ description: 'An offer and the want that it meets.' })
export class TradeLegInput {
  @Field(() => ID, { description: 'A listing of kind OFFER.' })
  offerId!: string

  @Field(() => ID, { description: 'A listing of kind WANT, of somebody else and for the same skill.' })
  wantId!: string
}

@InputType({ description: 'How good what one was given was.' })
export class RatingInput {
  @Field(() => ID, { description: 'A completed trade in which one took.' })
  tradeId!: string

  @Field(() => Int, { description: '1 to 5.' })
  rating!: number
}

@ObjectType({ description: 'What came of publishing or withdrawing a capability.' })
@Public()
export class ListingPayload {
  @Field(() => ID, { simple: true, description: 'The listing.' })
  listingId!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'What came of a step of a trade.' })
@Public()
export class TradePayload {
  @Field(() => ID, { simple: true, description: 'The trade.' })
  tradeId!: string

  @Field(() => TradeStateEnum, { simple: true, description: 'How far it has come by this step.' })
  state!: TradeStateName

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
