// The GraphQL types of what routing answers: why not me, who would make a team, and how good the plan is.
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import type { Category } from '../../../core/policy/categories.ts'
import { Personal, Public } from '../../../core/policy/directives.ts'
import { SellerAtWork } from '../profiles/types.ts'
import { type Constraint, constraints } from './fit.ts'
import { type Limit, type PricePart as Part, priceParts } from './why-not.ts'

const enumOf = <T extends string>(names: readonly T[]) =>
  Object.fromEntries(names.map(name => [name, name])) as { readonly [name in T]: name }

const RoutingConstraint = enumOf(constraints)
const RoutingPart = enumOf(priceParts)
const RoutingLimit = enumOf([...priceParts, 'CAPACITY', 'TIE'])

registerEnumType(RoutingConstraint, {
  name: 'RoutingConstraint',
  description:
    'What keeps somebody out of a place whatever it would cost others. NOT_AGAIN: has or had a place in the task, or declined it. GUIDE: who is new, or has less than an essential skill asks, needs a guide, and nobody could be it.',
})
registerEnumType(RoutingPart, {
  name: 'RoutingPart',
  description:
    'Of what a price is made: skills below or above what is required, strangers, region, working time, moving offers that stand, load, and places filled or left empty.',
})
registerEnumType(RoutingLimit, {
  name: 'RoutingLimit',
  description:
    'What stands most in the way: the largest part of the price; CAPACITY where the plan leaves the person no room; TIE where the plan could as well.',
})

/** What a price tells follows from what people can do. */
const FROM_SKILLS: readonly Category[] = ['workforce.skill']

@ObjectType({ description: 'A part of a price.' })
@Public()
export class PricePart {
  @Field(() => RoutingPart, { simple: true, description: 'What it is for.' })
  part!: Part

  @Field(() => Int, { simple: true, description: 'In points; negative where the plan would gain by it.' })
  points!: number
}

@ObjectType({ description: 'Why somebody is not offered a place. By a model as data, decided by no person.' })
export class WhyNotMe {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => String, { nullable: true, simple: true, description: 'The role that would cost the least.' })
  @Personal('workforce.work', FROM_SKILLS)
  role!: string | null

  @Field(() => Boolean, {
    nullable: true,
    simple: true,
    description: 'Whether the plan offers the place all the same.',
  })
  @Personal('workforce.work', FROM_SKILLS)
  isPlanned!: boolean | null

  @Field(() => RoutingConstraint, {
    nullable: true,
    simple: true,
    description: 'What keeps the person out; null where nothing does.',
  })
  @Personal('workforce.work', FROM_SKILLS)
  constraint!: Constraint | null

  @Field(() => Int, {
    nullable: true,
    simple: true,
    description:
      'By how many points the cost of the whole plan would grow if the person had the place and all else were planned anew. Null where a constraint keeps it out.',
  })
  @Personal('workforce.work', FROM_SKILLS)
  price!: number | null

  @Field(() => [PricePart], { nullable: true, simple: true, description: 'They add up to the price.' })
  @Personal('workforce.work', FROM_SKILLS)
  parts!: PricePart[] | null

  @Field(() => RoutingLimit, { nullable: true, simple: true, description: 'What stands most in the way.' })
  @Personal('workforce.work', FROM_SKILLS)
  limit!: Limit | null

  @Field(() => Int, { nullable: true, simple: true, description: 'How many other places would change hands.' })
  @Personal('workforce.work', FROM_SKILLS)
  placesMoved!: number | null

  @Field(() => Int, {
    simple: true,
    description: 'How far the plan is from the least that any plan can cost, in points.',
  })
  @Public()
  gap!: number

  @Field(() => String, { simple: true, description: 'The model of constraints and costs, by its hash.' })
  @Public()
  modelHash!: string
}

@ObjectType({ description: 'Somebody in a team that could be put together.' })
export class TeamMember {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => SellerAtWork, { nullable: true, simple: true, description: 'Who it is.' })
  @Personal('workforce.work', FROM_SKILLS)
  seller!: SellerAtWork | null

  @Field(() => String, { nullable: true, simple: true, description: 'The name of the role.' })
  @Personal('workforce.work', FROM_SKILLS)
  role!: string | null
}

@ObjectType({ description: 'The team that a task would be given, of whom the viewer may know.' })
export class TeamProposal {
  @Field(() => ID, { simple: true, description: 'The task.' })
  @Public()
  id!: string

  @Field(() => Int, { simple: true, description: 'How many places are empty.' })
  @Public()
  places!: number

  @Field(() => [TeamMember], {
    nullable: true,
    simple: true,
    description: 'Fewer than places where people are missing.',
  })
  @Personal('workforce.work', FROM_SKILLS)
  members!: TeamMember[] | null

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'Of what the roles require, the share that the best member of each brings, 0 to 1.',
  })
  @Personal('workforce.work', FROM_SKILLS)
  coverage!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'Mean past collaboration of all pairs, 0 to 1.' })
  @Personal('workforce.work', FROM_SKILLS)
  collaboration!: number | null

  @Field(() => Int, { nullable: true, simple: true, description: 'In points of the model.' })
  @Personal('workforce.work', FROM_SKILLS)
  cost!: number | null

  @Field(() => Int, {
    nullable: true,
    simple: true,
    description: 'No team costs less; equal to the cost where that is proven.',
  })
  @Personal('workforce.work', FROM_SKILLS)
  lowerBound!: number | null
}

@ObjectType({ description: 'The figures of the latest plan. They name nobody.' })
@Public()
export class RoutingPlan {
  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was written, UTC.' })
  at!: string

  @Field(() => String, { simple: true, description: 'The model of constraints and costs.' })
  model!: string

  @Field(() => Int, { simple: true, description: 'The version of the model.' })
  modelVersion!: number

  @Field(() => String, { simple: true, description: 'Over all of the model.' })
  modelHash!: string

  @Field(() => Int, { simple: true, description: 'Open tasks that it was made for.' })
  tasks!: number

  @Field(() => Int, { simple: true, description: 'People that it was made for.' })
  people!: number

  @Field(() => Int, { simple: true, description: 'Places that it offers.' })
  placed!: number

  @Field(() => Int, {
    simple: true,
    description: 'Places that nobody may take, or that would cost more than to leave them empty.',
  })
  empty!: number

  @Field(() => Int, { simple: true, description: 'In points.' })
  cost!: number

  @Field(() => Int, {
    simple: true,
    description: 'No plan costs less, by its dual. Equal to the cost where it is proven the best.',
  })
  lowerBound!: number

  @Field(() => Float, { simple: true, description: 'The largest share of a capacity that is taken, offers included.' })
  largestLoad!: number

  @Field(() => Float, {
    simple: true,
    description: 'Gini coefficient of the loads: Σ|xᵢ − xⱼ| ÷ (2 n² × mean). 0 is even.',
  })
  gini!: number

  @Field(() => Int, { simple: true, description: 'Offers of before that it took back.' })
  moved!: number

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'From the publication of a task to the first person in place.' })
@Public()
export class Orchestration {
  @Field(() => Int, { simple: true, description: 'Tasks published since then.' })
  tasks!: number

  @Field(() => Int, { simple: true, description: 'Those of them with a first person in place.' })
  responded!: number

  @Field(() => Float, { nullable: true, simple: true, description: 'Half of them took no longer; null for none.' })
  medianHours!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'Nine of ten took no longer; null for none.' })
  p90Hours!: number | null

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'Share with a person in place within the target, of those that had or that are past it, 0 to 1.',
  })
  withinTargetRatio!: number | null

  @Field(() => Float, { simple: true, description: 'The target of the model.' })
  targetHours!: number

  @Field(() => Int, { simple: true, description: 'Those that were escalated.' })
  escalated!: number
}
