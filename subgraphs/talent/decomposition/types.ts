// The GraphQL types of goals and of the templates by which they become tasks.
import { GraphQLJSON } from 'graphql-scalars'
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { Quadrant, type QuadrantName, TaskInput } from '../tasks/types.ts'

export const FindingKind = { GAP: 'GAP', OVERLAP: 'OVERLAP', MISPLACED: 'MISPLACED' } as const

registerEnumType(FindingKind, {
  name: 'FindingKind',
  description: 'GAP: no task covers it. OVERLAP: several do. MISPLACED: the task stands in another quadrant.',
})

export const GoalState = { PROPOSED: 'PROPOSED', ACCEPTED: 'ACCEPTED' } as const

registerEnumType(GoalState, { name: 'GoalState', description: 'Whether a person has accepted the decomposition.' })

export const ProposedBy = { RULE: 'RULE' } as const

registerEnumType(ProposedBy, { name: 'ProposedBy', description: 'What made a proposal: a template is a rule.' })

@ObjectType({ description: 'What keeps tasks from being mutually exclusive and together exhaustive.' })
@Public()
export class Finding {
  @Field(() => FindingKind, { simple: true, description: 'What is wrong.' })
  kind!: keyof typeof FindingKind

  @Field(() => String, { simple: true, description: 'The aspect of the goal that it is about.' })
  aspect!: string

  @Field(() => [String], { simple: true, description: 'The keys of the steps that it is about.' })
  steps!: string[]
}

@ObjectType({ description: 'Something to be reached, as the tasks that it takes.' })
@Public()
export class Goal {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true, description: 'What is to be reached.' })
  title!: string

  @Field(() => String, { simple: true, description: 'The name of the template.' })
  template!: string

  @Field(() => Int, { simple: true, description: 'The version of the template.' })
  templateVersion!: number

  @Field(() => ProposedBy, { simple: true, description: 'What proposed the tasks.' })
  proposedBy!: keyof typeof ProposedBy

  @Field(() => GoalState, { simple: true, description: 'Whether its tasks are proposed or published.' })
  state!: keyof typeof GoalState

  @Field(() => [Finding], { simple: true, description: 'Empty where the tasks neither leave a gap nor overlap.' })
  findings!: Finding[]

  @Field(() => String, { nullable: true, simple: true, description: 'Why it was accepted with findings.' })
  despite!: string | null
}

@ObjectType({ description: 'A step of a template, which becomes a task.' })
@Public()
export class TemplateStep {
  @Field(() => String, { simple: true, description: 'Its name in the template.' })
  key!: string

  @Field(() => String, { simple: true, description: 'In English.' })
  title!: string

  @Field(() => String, { simple: true, description: 'The title in Chinese.' })
  titleZh!: string

  @Field(() => Quadrant, { simple: true, description: 'To what it adds.' })
  quadrant!: QuadrantName

  @Field(() => [String], { simple: true, description: 'The aspects of the goal that it answers for.' })
  covers!: string[]
}

@ObjectType({ description: 'How a kind of goal becomes tasks.' })
@Public()
export class TaskTemplate {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true })
  name!: string

  @Field(() => Int, { simple: true, description: 'Counted from 1.' })
  version!: number

  @Field(() => String, { simple: true, description: 'In English.' })
  title!: string

  @Field(() => String, { simple: true, description: 'The title in Chinese.' })
  titleZh!: string

  @Field(() => [String], { simple: true, description: 'Templates that are part of it.' })
  includes!: string[]

  @Field(() => [TemplateStep], { simple: true, description: 'Its own steps, without those of what it includes.' })
  steps!: TemplateStep[]
}

export const TaskTemplateConnection = connectionOf('TaskTemplate', () => TaskTemplate)

@InputType({ description: 'A task beside those of the template.' })
export class AddedTaskInput {
  @Field(() => [String], { description: 'The aspects of the goal that it answers for.' })
  covers!: string[]

  @Field(() => TaskInput, { description: 'The task.' })
  task!: TaskInput
}

@InputType({ description: 'A goal, and what a person changes of what the template proposes.' })
export class DecomposeInput {
  @Field(() => String, { description: 'The goal, 1 to 200 characters, without names of people.' })
  title!: string

  @Field(() => String, { description: 'The name of a template.' })
  template!: string

  @Field(() => String, { nullable: true, description: 'Where the tasks are done.' })
  region?: string | null

  @Field(() => ID, { nullable: true, description: 'Whom they concern, such as an account.' })
  concerns?: string | null

  @Field(() => [String], { defaultValue: [], description: 'Keys of steps that are not wanted.' })
  leaveOut!: string[]

  @Field(() => [AddedTaskInput], { defaultValue: [], description: 'Tasks that the template does not know.' })
  add!: AddedTaskInput[]
}

@InputType({ description: 'A template as a document; docs/talent.md describes it.' })
export class TemplateInput {
  @Field(() => GraphQLJSON, { description: 'name, title, titleZh, aspects, steps and includes.' })
  document!: unknown
}

@ObjectType({ description: 'The goal as it now stands, and the proof.' })
@Public()
export class GoalPayload {
  /** What it tells of is read when it is asked for. */
  goalId!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'The template as it was kept, and the proof.' })
@Public()
export class TemplatePayload {
  @Field(() => ID, { simple: true, description: 'Of this version.' })
  templateId!: string

  @Field(() => Int, { simple: true, description: 'The version that this made.' })
  version!: number

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
