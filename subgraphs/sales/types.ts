// The GraphQL types of the sales subgraph. Each field states its category (@personal) or that it tells nothing (@public).
import { GraphQLDateTime } from 'graphql-scalars'
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../core/money.ts'
import { connectionOf } from '../../core/paging.ts'
import { Personal, Public } from '../../core/policy/directives.ts'

export const OpportunityStage = {
  PROSPECTING: 'PROSPECTING',
  ENGAGING: 'ENGAGING',
  PROPOSAL: 'PROPOSAL',
  WON: 'WON',
  LOST: 'LOST',
} as const
export type Stage = keyof typeof OpportunityStage

registerEnumType(OpportunityStage, { name: 'OpportunityStage', description: 'How far a sale has come.' })

@ObjectType({ description: 'What is sold.' })
@Public()
export class Product {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true })
  name!: string
}

@ObjectType({ description: 'A step of an opportunity into a stage.' })
@Public()
export class StageEntry {
  @Field(() => OpportunityStage, { simple: true, description: 'The stage that was entered.' })
  stage!: Stage

  @Field(() => GraphQLDateTime, { simple: true, description: 'When, UTC.' })
  at!: string
}

@ObjectType({ description: 'A sale in the making. Visible with its customer.' })
@Directive('@key(fields: "id")')
export class Opportunity {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => OpportunityStage, { nullable: true, simple: true, description: 'The stage it is in.' })
  @Personal('commercial.deal')
  stage!: Stage | null

  @Field(() => Product, { nullable: true, simple: true, description: 'What the sale is about.' })
  @Personal('commercial.deal')
  product!: Product | null

  @Field(() => Money, { nullable: true, simple: true, description: 'What it is worth, or was closed for.' })
  @Personal('commercial.amount')
  value!: Money | null

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description: 'When it was opened, UTC.',
  })
  @Personal('commercial.deal')
  openedAt!: string | null

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description: 'When it was won or lost, UTC. Null while it is open.',
  })
  @Personal('commercial.deal')
  closedAt!: string | null

  @Field(() => [StageEntry], { nullable: true, simple: true, description: 'Every stage it entered, oldest first.' })
  @Personal('commercial.deal')
  history!: StageEntry[] | null

  @Field(() => ID, { simple: true, description: 'The evidence entry that recorded it first.' })
  @Public()
  evidenceEntryId!: string

  /** The customer who pursues it; its field is resolved by key. */
  customerId!: string
}

export const OpportunityConnection = connectionOf('Opportunity', () => Opportunity)

@ObjectType('Customer')
@Directive('@key(fields: "id")')
export class CustomerWithOpportunities {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string
}
