// The GraphQL types of work: tasks, the places in them, and who is given one.
import { GraphQLDateTime } from 'graphql-scalars'
import { Directive, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../../core/paging.ts'
import { Personal, Public } from '../../../core/policy/directives.ts'
import { SellerAtWork } from '../profiles/types.ts'
import { Skill } from '../skills/types.ts'

export const Quadrant = {
  CUSTOMER_INSIGHT: 'CUSTOMER_INSIGHT',
  VALUE_PRESENTATION: 'VALUE_PRESENTATION',
  RISK_CONTROL: 'RISK_CONTROL',
  ECOSYSTEM_COLLABORATION: 'ECOSYSTEM_COLLABORATION',
} as const
export type QuadrantName = keyof typeof Quadrant

registerEnumType(Quadrant, {
  name: 'TaskQuadrant',
  description: 'To what a task adds: every task of a goal belongs to exactly one of the four.',
})

const TaskState = {
  PROPOSED: 'PROPOSED',
  OPEN: 'OPEN',
  STAFFED: 'STAFFED',
  DONE: 'DONE',
} as const
export type TaskStateName = keyof typeof TaskState

registerEnumType(TaskState, {
  name: 'TaskState',
  description: 'PROPOSED until a person accepts the decomposition, OPEN while a place is empty, STAFFED, DONE.',
})

const AssignmentState = {
  PROPOSED: 'PROPOSED',
  ACCEPTED: 'ACCEPTED',
  DECLINED: 'DECLINED',
  REPLACED: 'REPLACED',
  LEFT: 'LEFT',
  DONE: 'DONE',
} as const
export type AssignmentStateName = keyof typeof AssignmentState

registerEnumType(AssignmentState, {
  name: 'AssignmentState',
  description:
    'PROPOSED by routing, ACCEPTED by the person or set by a manager, DECLINED, REPLACED by a manager, LEFT by who is away, DONE.',
})

@ObjectType({ description: 'A skill that a place requires.' })
@Public()
export class TaskRequirement {
  @Field(() => Skill, { simple: true, description: 'What is required.' })
  skill!: Skill

  @Field(() => Float, { simple: true, description: 'The level from above 0 to 5.' })
  level!: number

  @Field(() => Boolean, {
    simple: true,
    description: 'Whether somebody without a good part of the level is kept out.',
  })
  isEssential!: boolean
}

@ObjectType({ description: 'One kind of place in a task.' })
@Public()
export class TaskRole {
  @Field(() => String, { simple: true })
  name!: string

  @Field(() => Int, { simple: true, description: 'How many people it wants.' })
  people!: number

  @Field(() => Int, { simple: true, description: 'How many are in place.' })
  inPlace!: number

  @Field(() => [TaskRequirement], { simple: true, description: 'What each of them is to bring.' })
  requirements!: TaskRequirement[]
}

@ObjectType({ description: 'A place in a task that was given to somebody, or offered.' })
export class Assignment {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => SellerAtWork, { nullable: true, simple: true, description: 'To whom.' })
  @Personal('workforce.work')
  seller!: SellerAtWork | null

  @Field(() => SellerAtWork, {
    nullable: true,
    simple: true,
    description:
      'Who guides the seller at it: named for who is new, and for who has less than an essential skill asks. Null where nobody has to, or the guide consents no more.',
  })
  @Personal('workforce.work')
  guide!: SellerAtWork | null

  @Field(() => String, { nullable: true, simple: true, description: 'The name of the role.' })
  @Personal('workforce.work')
  role!: string | null

  @Field(() => AssignmentState, { nullable: true, simple: true, description: 'How it stands.' })
  @Personal('workforce.work')
  state!: AssignmentStateName | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was given or offered, UTC.' })
  @Personal('workforce.work')
  proposedAt!: string | null

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'Why a manager decided against the plan; null where none did.',
  })
  @Personal('workforce.work')
  reason!: string | null
}

export const AssignmentConnection = connectionOf('Assignment', () => Assignment)

@ObjectType({ description: 'A piece of work that people take part in. It names nobody but by its assignments.' })
@Directive('@key(fields: "id")')
@Public()
export class Task {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true, description: 'What is to be done.' })
  title!: string

  @Field(() => Quadrant, { simple: true, description: 'To what it adds.' })
  quadrant!: QuadrantName

  @Field(() => TaskState, { simple: true, description: 'How far it has come.' })
  state!: TaskStateName

  @Field(() => String, { nullable: true, simple: true, description: 'Where it is done; null for anywhere.' })
  region!: string | null

  @Field(() => ID, { nullable: true, simple: true, description: 'The goal that it was made from.' })
  goalId!: string | null

  @Field(() => [TaskRole], { simple: true, description: 'Its places, in the order of their names.' })
  roles!: TaskRole[]

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was published, UTC.' })
  publishedAt!: string | null

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description: 'When the first person was in place, UTC. The time since publishing is its response time.',
  })
  respondedAt!: string | null

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description: 'When it was passed on to managers because nobody was in place in time, UTC.',
  })
  escalatedAt!: string | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was done, UTC.' })
  completedAt!: string | null
}

export const TaskConnection = connectionOf('Task', () => Task)

@InputType({ description: 'All that is given has to hold.' })
export class TaskFilter {
  @Field(() => TaskState, { nullable: true, description: 'Only those that have come so far.' })
  state?: TaskStateName | null

  @Field(() => Quadrant, { nullable: true, description: 'Only those that add to this.' })
  quadrant?: QuadrantName | null

  @Field(() => String, { nullable: true, description: 'Only those that are done there.' })
  region?: string | null

  @Field(() => ID, { nullable: true, description: 'Only those of this goal.' })
  goalId?: string | null

  @Field(() => Boolean, { nullable: true, description: 'Only those that were escalated, or that were not.' })
  isEscalated?: boolean | null
}

@InputType({ description: 'A skill that a place requires.' })
export class RequirementInput {
  @Field(() => String, { description: "The skill's uri." })
  skillUri!: string

  @Field(() => Float, { description: 'Above 0, at most 5.' })
  level!: number

  @Field(() => Boolean, { defaultValue: true, description: 'Whether somebody without a good part of it is kept out.' })
  isEssential!: boolean
}

@InputType({ description: 'One kind of place.' })
export class RoleInput {
  @Field(() => String, { description: 'A name that no other role of the task has; at most 100 characters.' })
  name!: string

  @Field(() => Int, { defaultValue: 1, description: 'How many people, 1 to 20.' })
  people!: number

  @Field(() => [RequirementInput], { description: 'At most 10, each skill once.' })
  requirements!: RequirementInput[]
}

@InputType({ description: 'A stretch of the day in minutes of UTC, from 0 to 1439; it may run over midnight.' })
export class HoursInput {
  @Field(() => Int, { description: 'Where it begins.' })
  fromMinute!: number

  @Field(() => Int, { description: 'Where it ends.' })
  toMinute!: number
}

@InputType({ description: 'A task as it is published.' })
export class TaskInput {
  @Field(() => String, { description: 'What is to be done, 1 to 200 characters, without names of people.' })
  title!: string

  @Field(() => Quadrant, { description: 'To what it adds.' })
  quadrant!: QuadrantName

  @Field(() => String, { nullable: true, description: 'Where it is done; left out for anywhere.' })
  region?: string | null

  @Field(() => Boolean, { defaultValue: false, description: 'Whether only people of the region will do.' })
  isLocal!: boolean

  @Field(() => HoursInput, { nullable: true, description: 'When people have to be reachable.' })
  hours?: HoursInput | null

  @Field(() => ID, {
    nullable: true,
    description: 'Whom it concerns, such as an account: who declared a conflict of interest about it is kept out.',
  })
  concerns?: string | null

  @Field(() => Boolean, { defaultValue: false, description: 'Whether several departments take part.' })
  isCrossDepartment!: boolean

  @Field(() => GraphQLDateTime, { nullable: true, description: 'By when it has to be done, UTC.' })
  dueAt?: Date | null

  @Field(() => [RoleInput], { description: '1 to 10.' })
  roles!: RoleInput[]
}

@InputType({ description: 'When somebody can work, and for how much.' })
export class AvailabilityInput {
  @Field(() => ID, { nullable: true, description: 'The seller; left out for the one who asks.' })
  sellerId?: string | null

  @Field(() => Int, { description: 'How many tasks at one time, 0 to 50.' })
  capacity!: number

  @Field(() => HoursInput, { nullable: true, description: 'When the person works; left out for at any time.' })
  hours?: HoursInput | null

  @Field(() => [ID], {
    defaultValue: [],
    description: 'What the person has a conflict of interest about, by the ids that tasks name; at most 100.',
  })
  conflicts!: string[]

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether the person is away or has left: its places are given to others.',
  })
  isAway!: boolean
}

@InputType({ description: 'A decision of a manager against the plan.' })
export class OverrideInput {
  @Field(() => ID, { description: 'A task that is published and not done.' })
  taskId!: string

  @Field(() => String, { description: 'The name of the role.' })
  role!: string

  @Field(() => ID, { description: 'Who is given the place.' })
  sellerId!: string

  @Field(() => ID, { nullable: true, description: 'Who gives it up; left out for an empty place.' })
  insteadOfSellerId?: string | null

  @Field(() => String, { description: 'Why, 1 to 500 characters.' })
  reason!: string
}

@ObjectType({ description: 'The task as it now stands, and the proof.' })
@Public()
export class TaskPayload {
  /** What it tells of is read when it is asked for. */
  taskId!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'The proof that it was recorded.' })
@Public()
export class AvailabilityPayload {
  @Field(() => ID, { simple: true, description: 'Whose it is.' })
  sellerId!: string

  @Field(() => Int, { simple: true, description: 'How many tasks lost this person by it.' })
  tasksLeft!: number

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
