// The GraphQL types of who is who: what was compared, decided and made of it.
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../../core/paging.ts'
import { Personal, Public } from '../../../core/policy/directives.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'

export const MatchState = { PENDING: 'PENDING', ONE_PERSON: 'ONE_PERSON', TWO_PERSONS: 'TWO_PERSONS' } as const
export type MatchState = keyof typeof MatchState

registerEnumType(MatchState, {
  name: 'MatchState',
  description: 'What is held of two customers: that a person has to look, that they are one person, or two.',
})

const WEIGHT =
  'In bits: the logarithm of how much more often this comes out for one person than for two. Null where one of them does not state it, and for who is not shown the field.'

@ObjectType({
  description:
    'How two customers compare, field by field, after Fellegi and Sunter. Each weight is shown to whom the field itself is shown, of those who decide who is who.',
})
export class MatchExplanation {
  @Field(() => ID, { simple: true, description: 'The two ids.' })
  @Public()
  id!: string

  @Field(() => Float, { nullable: true, simple: true, description: WEIGHT })
  @Personal('identity.match', ['identity.name'])
  name!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: WEIGHT })
  @Personal('identity.match', ['identity.contact.phone'])
  phone!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: WEIGHT })
  @Personal('identity.match', ['identity.contact.email'])
  email!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: WEIGHT })
  @Personal('identity.match', ['identity.contact.wecom'])
  weComId!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: WEIGHT })
  @Personal('identity.match', ['identity.birth'])
  birthDate!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: WEIGHT })
  @Personal('identity.match', ['identity.region'])
  region!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: WEIGHT })
  @Personal('identity.match', ['identity.employer'])
  account!: number | null

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'The sum with the odds of any two, in bits. Shown to who is shown every weight.',
  })
  @Personal('identity.match', [
    'identity.name',
    'identity.contact.phone',
    'identity.contact.email',
    'identity.contact.wecom',
    'identity.birth',
    'identity.region',
    'identity.employer',
  ])
  total!: number | null

  @Field(() => String, { simple: true, description: 'The version of the weights.' })
  @Public()
  modelVersion!: string
}

@ObjectType({ description: 'What one field weighed.' })
@Public()
export class FieldWeight {
  @Field(() => String, { simple: true, description: 'Such as name or birthDate.' })
  field!: string

  @Field(() => Float, { simple: true, description: 'In bits; below zero it speaks for two persons.' })
  weight!: number
}

@ObjectType({ description: 'Two customers who were compared, and what was decided of them. It is asked once.' })
export class MatchReview {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => MatchState, { simple: true, description: 'What is held of the two by now.' })
  @Public()
  state!: MatchState

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description:
      'What the comparison weighed in all when it was made, in bits; null for what nobody compared. Released to those who decide.',
  })
  @Personal('identity.match')
  score!: number | null

  @Field(() => [FieldWeight], {
    nullable: true,
    simple: true,
    description: 'The parts of the score. Released to those who decide.',
  })
  @Personal('identity.match')
  weights!: FieldWeight[] | null

  @Field(() => String, { nullable: true, simple: true, description: 'The version of the weights.' })
  @Public()
  modelVersion!: string | null

  @Field(() => GraphQLDateTime, { simple: true, description: 'When they were compared first, UTC.' })
  @Public()
  at!: string

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was decided, UTC.' })
  @Public()
  decidedAt!: string | null

  @Field(() => ID, { simple: true, description: 'The evidence entry of what was done last.' })
  @Public()
  evidenceEntryId!: string

  /** The two as this viewer may know of them. */
  customerIds!: readonly string[]
}

export const MatchReviewConnection = connectionOf('MatchReview', () => MatchReview)

@ObjectType({ description: 'A record of one of the customers of whom a person is made.' })
export class FormingRecord {
  @Field(() => ID, { simple: true, description: 'Names it to unmergeCustomer.' })
  @Public()
  id!: string

  @Field(() => ID, { simple: true, description: 'The customer that the record is about.' })
  @Public()
  customerId!: string

  @Field(() => String, { nullable: true, simple: true, description: 'The silo, such as call.' })
  @Personal('behaviour.kind')
  source!: string | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was taken in, UTC.' })
  @Personal('behaviour.time')
  acceptedAt!: string | null
}

@ObjectType({
  description:
    'A record that states another value of a customer than others do: the newest word of its source, which holds or not.',
})
export class ConflictingRecord {
  @Field(() => ID, { simple: true, description: 'The record.' })
  @Public()
  id!: string

  @Field(() => ID, { simple: true, description: 'The customer that the record is about.' })
  @Public()
  customerId!: string

  @Field(() => String, { nullable: true, simple: true, description: 'The silo, such as call.' })
  @Personal('behaviour.kind')
  source!: string | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When its source stated it, UTC.' })
  @Personal('behaviour.time')
  statedAt!: string | null

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'The full name as this record states it. Null where it is not in conflict.',
  })
  @Personal('identity.name')
  name!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'The same of the phone.' })
  @Personal('identity.contact.phone')
  phone!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'The same of the mail address.' })
  @Personal('identity.contact.email')
  email!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'The same of the WeCom id.' })
  @Personal('identity.contact.wecom')
  weComId!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'The same of the date of birth.' })
  @Personal('identity.birth')
  birthDate!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'The same of the residence.' })
  @Personal('identity.region')
  region!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'The same of the second residence.' })
  @Personal('identity.region')
  otherRegion!: string | null

  @Field(() => String, { nullable: true, simple: true, description: "The same of the company's name." })
  @Personal('identity.employer')
  account!: string | null
}

@ObjectType({ description: 'A step by which a person was made or taken apart.' })
@Public()
export class FormationStep {
  @Field(() => ID, { simple: true, description: 'The review that holds the decision.' })
  id!: string

  @Field(() => MatchState, { simple: true, description: 'What was decided of the two.' })
  state!: MatchState

  @Field(() => String, { simple: true, description: 'The kind of who decided: SERVICE is the matching itself.' })
  by!: string

  @Field(() => GraphQLDateTime, { simple: true, description: 'When, UTC.' })
  at!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({
  description: 'How a customer came to be who it is: its records, and the steps by which they became one.',
})
@Public()
export class Formation {
  @Field(() => ID, { simple: true, description: 'The customer.' })
  id!: string

  @Field(() => [ID], { simple: true, description: 'The customers of whom it is made; itself alone where it is one.' })
  customerIds!: string[]

  @Field(() => [FormationStep], { simple: true, description: 'Oldest first, at most 100.' })
  steps!: FormationStep[]

  @Field(() => [FormingRecord], { nullable: true, simple: true, description: 'Newest first, at most 100.' })
  records!: FormingRecord[] | null

  /** Whose it is, for what is withheld. */
  subject!: Subject
}

@InputType({ description: 'Two customers who are one person.' })
export class MergeCustomersInput {
  @Field(() => [ID], { description: 'Two ids. A person who is made of customers already keeps its id.' })
  customerIds!: string[]
}

@InputType({ description: 'A person who turned out to be several.' })
export class UnmergeCustomerInput {
  @Field(() => ID, { description: 'The person.' })
  customerId!: string

  @Field(() => [ID], {
    nullable: true,
    description:
      'The customers of these records leave, whole. Without records the newest merge is undone. howFormed lists them.',
  })
  recordIds?: string[] | null
}

@InputType({ description: 'What a person found who looked at two customers.' })
export class DecideMatchInput {
  @Field(() => ID, { description: 'The review.' })
  reviewId!: string

  @Field(() => Boolean, { description: 'True for one person, false for two. It is remembered.' })
  samePerson!: boolean
}

@ObjectType({ description: 'Who is who after the change, by ids, and its proof.' })
@Public()
export class IdentityPayload {
  @Field(() => ID, { simple: true, description: 'The person. Gone where fewer than two customers are left of it.' })
  personId!: string

  @Field(() => [ID], { simple: true, description: 'The customers whom the change is about.' })
  customerIds!: readonly string[]

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
