// The GraphQL types of the customers subgraph. Each field states its category (@personal) or that it tells nothing (@public).
import { GraphQLDateTime } from 'graphql-scalars'
import { Directive, Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf, type PageRequest } from '../../core/paging.ts'
import { Personal, Public } from '../../core/policy/directives.ts'
import { emotions, intents, touchpoints } from './sources/record.ts'

export function enumOf<T extends string>(values: readonly T[]): { [K in T]: K } {
  return Object.fromEntries(values.map(value => [value, value])) as { [K in T]: K }
}

export const Touchpoint = enumOf(touchpoints)
const Intent = enumOf(intents)
const Emotion = enumOf(emotions)

registerEnumType(Touchpoint, { name: 'Touchpoint', description: 'Where an interaction took place.' })
registerEnumType(Intent, { name: 'Intent', description: 'What the customer wanted in an interaction.' })
registerEnumType(Emotion, { name: 'Emotion', description: 'How the customer sounded in an interaction.' })

@ObjectType({ description: 'A company that customers belong to.' })
@Public()
export class Account {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true })
  name!: string

  @Field(() => String, { nullable: true, simple: true, description: 'The line of business, such as healthcare.' })
  sector!: string | null
}

@ObjectType({ description: 'A person of the company who sells.' })
@Directive('@key(fields: "id")')
@Public()
export class Seller {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true })
  name!: string

  @Field(() => String, { nullable: true, simple: true, description: 'The region the seller works in.' })
  region!: string | null
}

@ObjectType({ description: 'One contact with a customer, as its source recorded it. Visible with its customer.' })
@Directive('@key(fields: "id")')
export class Interaction {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => Touchpoint, { nullable: true, simple: true, description: 'Where it took place.' })
  @Personal('behaviour.kind')
  touchpoint!: keyof typeof Touchpoint | null

  @Field(() => String, { nullable: true, simple: true, description: 'The silo that recorded it, such as wecom-chat.' })
  @Personal('behaviour.kind')
  source!: string | null

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description: 'When it took place, UTC. May be shown as 1 January of its year.',
  })
  @Personal('behaviour.time')
  occurredAt!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'What was said or written.' })
  @Personal('behaviour.content')
  text!: string | null

  @Field(() => Intent, { nullable: true, simple: true, description: 'The intent that the record gives.' })
  @Personal('inference.intent')
  intent!: keyof typeof Intent | null

  @Field(() => Emotion, { nullable: true, simple: true, description: 'The emotion that the record gives.' })
  @Personal('inference.emotion')
  emotion!: keyof typeof Emotion | null

  @Field(() => String, { nullable: true, simple: true, description: 'What came of it, in the words of the source.' })
  @Personal('behaviour.outcome')
  outcome!: string | null

  @Field(() => Int, { nullable: true, simple: true, description: 'How long it lasted, in seconds.' })
  @Personal('behaviour.outcome')
  durationSeconds!: number | null

  @Field(() => ID, { simple: true, description: 'The evidence entry of the batch that brought it in.' })
  @Public()
  evidenceEntryId!: string

  /** The customer to whom it belongs, as it was read with it. */
  customerRead!: Customer
}

/** The newest interactions of a customer as they were read with it: a page and, where there is more, one interaction of the next. */
export interface TimelineRead {
  readonly page: PageRequest
  readonly interactions: readonly Interaction[]
}

export const InteractionConnection = connectionOf('Interaction', () => Interaction)

@ObjectType({ description: 'A person whose data this graph holds. Null where the viewer may not know of it.' })
@Directive('@key(fields: "id")')
export class Customer {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => String, { nullable: true, simple: true, description: 'The full name. May be shown as a keyed hash.' })
  @Personal('identity.name')
  name!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'E.164. May be shown by its last four digits.' })
  @Personal('identity.contact.phone')
  phone!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'May be shown by its last four characters.' })
  @Personal('identity.contact.email')
  email!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'May be shown by its last four characters.' })
  @Personal('identity.contact.wecom')
  weComId!: string | null

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'Country and subdivision, such as CN-SH; decides the law that applies.',
  })
  @Personal('identity.region')
  region!: string | null

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'A second residence, whose law holds as well; of the two the stricter decides.',
  })
  @Personal('identity.region')
  otherRegion!: string | null

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'YYYY-MM-DD, where it is known. Who is below the age of the law consents through a guardian.',
  })
  @Personal('identity.birth')
  birthDate!: string | null

  @Field(() => Account, { nullable: true, simple: true, description: 'The company that the customer belongs to.' })
  @Personal('identity.employer')
  company!: Account | null

  @Field(() => Seller, { nullable: true, simple: true, description: 'The seller who looks after the customer.' })
  @Personal('commercial.owner')
  owner!: Seller | null

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description:
      'How much of the profile is known, 0 to 1: of name, phone, email, WeCom id, region, company and owner. For who is shown all of these.',
  })
  @Personal('identity.employer', [
    'identity.name',
    'identity.contact.phone',
    'identity.contact.email',
    'identity.contact.wecom',
    'identity.region',
    'commercial.owner',
  ])
  completeness!: number | null

  @Field(() => ID, { simple: true, description: 'The evidence entry of the batch that first named the customer.' })
  @Public()
  evidenceEntryId!: string

  /** Where the operation selects a timeline. */
  timelineRead?: TimelineRead
}

export const CustomerConnection = connectionOf('Customer', () => Customer)
