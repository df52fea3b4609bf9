// The GraphQL types of teams and of the knowledge that is loaded into them.
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'

const PackItemKind = { DOCUMENT: 'DOCUMENT', GRAPH_EXTRACT: 'GRAPH_EXTRACT', SIMULATOR: 'SIMULATOR' } as const
export type PackItemKindName = keyof typeof PackItemKind

registerEnumType(PackItemKind, {
  name: 'PackItemKind',
  description: 'A document, an extract of a graph, or a simulator to practise with; each is a link.',
})

@ObjectType({ description: 'Something in a knowledge pack.' })
@Public()
export class PackItem {
  @Field(() => PackItemKind, { simple: true, description: 'What it is.' })
  kind!: PackItemKindName

  @Field(() => String, { simple: true, description: 'What it is about.' })
  title!: string

  @Field(() => String, { simple: true, description: 'Where it is.' })
  url!: string
}

@ObjectType({ description: 'What a team has to know for a kind of work. A version is never changed.' })
@Public()
export class KnowledgePack {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true })
  name!: string

  @Field(() => Int, { simple: true, description: 'Counted from 1.' })
  version!: number

  @Field(() => String, { simple: true, description: 'What it is about.' })
  title!: string

  @Field(() => [PackItem], { nullable: true, simple: true, description: 'Null for who has given it back.' })
  items!: PackItem[] | null
}

export const KnowledgePackConnection = connectionOf('KnowledgePack', () => KnowledgePack)

@ObjectType({ description: 'A pack in the hands of a team.' })
@Public()
export class LoadedPack {
  @Field(() => KnowledgePack, { simple: true, description: 'In the version that was loaded.' })
  pack!: KnowledgePack

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was loaded, UTC.' })
  loadedAt!: string

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description: 'When it was given back, UTC; null while the team works.',
  })
  returnedAt!: string | null
}

@ObjectType({ description: 'The people of one task, while it lasts. Who they are, its assignments say.' })
@Public()
export class Team {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => ID, { simple: true, description: 'The task that it works on.' })
  taskId!: string

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was put together, UTC.' })
  assembledAt!: string

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When its task was done, UTC.' })
  dissolvedAt!: string | null

  @Field(() => [LoadedPack], { simple: true, description: 'What was loaded for it, at most 20.' })
  packs!: LoadedPack[]
}

@InputType({ description: 'Something in a knowledge pack.' })
export class PackItemInput {
  @Field(() => PackItemKind, { description: 'What it is.' })
  kind!: PackItemKindName

  @Field(() => String, { description: '1 to 200 characters.' })
  title!: string

  @Field(() => String, { description: 'An absolute https address, or a path of this server.' })
  url!: string
}

@InputType({ description: 'A pack, or its next version.' })
export class KnowledgePackInput {
  @Field(() => String, { description: 'Lower case letters, digits and hyphens. A known name makes a new version.' })
  name!: string

  @Field(() => String, { description: '1 to 200 characters.' })
  title!: string

  @Field(() => [PackItemInput], { description: '1 to 50.' })
  items!: PackItemInput[]
}

@InputType({ description: 'The task that a team is put together for.' })
export class AssembleInput {
  @Field(() => ID, { description: 'A task with empty places.' })
  taskId!: string

  @Field(() => [ID], { defaultValue: [], description: 'Ids of knowledge packs to load, at most 20.' })
  packIds!: string[]
}

@ObjectType({ description: 'The pack as it was kept, and the proof.' })
@Public()
export class KnowledgePackPayload {
  @Field(() => KnowledgePack, { simple: true, description: 'With its new version.' })
  pack!: KnowledgePack

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'The team, and the proof.' })
@Public()
export class TeamPayload {
  /** What it tells of is read when it is asked for. */
  taskId!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
