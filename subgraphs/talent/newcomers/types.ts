// The GraphQL types of guidance.
import { Field, Float, ID, ObjectType } from 'type-graphql'
import { Personal, Public } from '../../../core/policy/directives.ts'
import { SellerAtWork } from '../profiles/types.ts'
import { Skill } from '../skills/types.ts'

@ObjectType({ description: 'What to learn next, and with whom.' })
@Public()
export class GuidanceStep {
  @Field(() => Skill, { simple: true, description: 'Of the skills that everybody who sells needs.' })
  skill!: Skill

  @Field(() => Float, { simple: true, description: 'The level now, 0 to 5.' })
  level!: number

  @Field(() => Float, { simple: true, description: 'Tasks up to this level are slightly above that of the person.' })
  nextLevel!: number

  @Field(() => SellerAtWork, {
    nullable: true,
    simple: true,
    description:
      'Who guides: somebody who is good at it for sure, consents to be found, and is near by region and past work. Null where there is nobody.',
  })
  mentor!: SellerAtWork | null
}

@ObjectType({
  description:
    'What a seller is told of how to go on. Who is new is never alone at a task without a named guide, and nobody at one that asks for more than the person has.',
})
export class Guidance {
  @Field(() => ID, { simple: true, description: 'That of the seller.' })
  @Public()
  id!: string

  @Field(() => Boolean, {
    nullable: true,
    simple: true,
    description: 'Whether too little was seen yet to tell what the seller can do: less than 5 in all.',
  })
  @Personal('workforce.skill')
  isNewcomer!: boolean | null

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'How much was seen in all, halved every 180 days: a thing of middle complexity counts 1.',
  })
  @Personal('workforce.skill')
  seen!: number | null

  @Field(() => [GuidanceStep], {
    nullable: true,
    simple: true,
    description: 'At most 3: the skills that everybody needs in which the seller is weakest.',
  })
  @Personal('workforce.skill')
  steps!: GuidanceStep[] | null
}
