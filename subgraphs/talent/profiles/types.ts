// The GraphQL types of what people can do. A seller is a subject as a customer is: whoever else asks is shown what the seller
// consents to.
import { GraphQLDateTime } from 'graphql-scalars'
import { Directive, Field, Float, ID, ObjectType } from 'type-graphql'
import { connectionOf } from '../../../core/paging.ts'
import { Personal, Public } from '../../../core/policy/directives.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import { Skill } from '../skills/types.ts'

@ObjectType('Seller')
@Directive('@key(fields: "id")')
export class SellerAtWork {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string
}

@ObjectType({ description: 'What a level was at a time, as far as it was seen by then.' })
@Public()
export class PastLevel {
  @Field(() => GraphQLDateTime, { simple: true, description: 'When, UTC.' })
  at!: string

  @Field(() => Float, { simple: true, description: '0 to 5.' })
  level!: number

  @Field(() => Float, { simple: true, description: 'The lower end of the interval.' })
  low!: number

  @Field(() => Float, { simple: true, description: 'The upper end of the interval.' })
  high!: number
}

@ObjectType({
  description:
    'How good a seller is at something, from what was seen of it. Shown to the seller and, with consent, to its manager.',
})
export class SellerSkill {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => Skill, { nullable: true, simple: true, description: 'What the seller was seen at.' })
  @Personal('workforce.skill')
  skill!: Skill | null

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description:
      '0 to 5, now. 5 × (1 + S) ÷ (4 + S + F), where S and F sum successes × complexity ÷ 3 and failures × (6 − complexity) ÷ 3, each at its weight and halved every 180 days.',
  })
  @Personal('workforce.skill')
  level!: number | null

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: "The lower end of Wilson's interval about the level, at 90 %.",
  })
  @Personal('workforce.skill')
  low!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'The upper end of the interval.' })
  @Personal('workforce.skill')
  high!: number | null

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: '1 minus the share of the scale that the interval takes: 1 is certain.',
  })
  @Personal('workforce.skill')
  confidence!: number | null

  /** Of whom it is, and under what name its evidence is kept. */
  subject!: Subject
  standing!: string
}

export const SellerSkillConnection = connectionOf('SellerSkill', () => SellerSkill)

export const SellerConnection = connectionOf('Seller', () => SellerAtWork)
