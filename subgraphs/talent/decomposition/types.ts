// The GraphQL types of goals and of the templates by which they become tasks.
import { GraphQLJSON } from 'graphql-scalars'
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
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

@ObjectType({ description: 'A kind of step on the way to a win.' })
@Public()
export class MinedStep {
  @Field(() => String, { simple: true, description: 'What customer intent, touchpoint or stage it is.' })
  kind!: string

  @Field(() => String, { simple: true, description: 'In English.' })
  title!: string

  @Field(() => String, { simple: true, description: 'The title in Chinese.' })
  titleZh!: string

  @Field(() => Quadrant, { simple: true, description: 'To what it adds, by the table.' })
  quadrant!: QuadrantName
}

@ObjectType({
  description:
    'Steps that top sellers share on the way to what they won, proposed as a template. At least 5 customers and 2 sellers stand behind each.',
})
@Public()
export class MinedTemplate {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => [MinedStep], { simple: true, description: 'In the order in which they came; others may lie between.' })
  steps!: MinedStep[]

  @Field(() => Int, { simple: true, description: 'How many customers whom top sellers won went through it.' })
  customers!: number

  @Field(() => Float, { simple: true, description: 'The same as a share of all whom top sellers won, 0 to 1.' })
  share!: number

  @Field(() => Float, {
    simple: true,
    description: 'How much more frequent it is in what top sellers won than in all paths of all sellers; above 1.',
  })
  lift!: number

  @Field(() => Int, { simple: true, description: 'The version of the table that gives steps their quadrants.' })
  tableVersion!: number
}

export const MinedTemplateConnection = connectionOf('MinedTemplate', () => MinedTemplate)

@InputType({ description: 'What was mined, and what the template made of it is called.' })
export class AdoptInput {
  @Field(() => ID, { description: 'A proposal of minedTemplates.' })
  minedId!: string

  @Field(() => String, { description: 'A name that no template has: small letters, digits and hyphens, at most 80.' })
  name!: string

  @Field(() => String, { description: 'In English, 1 to 200 characters.' })
  title!: string

  @Field(() => String, { description: 'In Chinese, 1 to 200 characters.' })
  titleZh!: string
}

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
