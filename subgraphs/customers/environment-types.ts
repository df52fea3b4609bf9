// The GraphQL types of the environment: what holds for everybody, and what held at an interaction.
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../core/paging.ts'
import { Personal, Public } from '../../core/policy/directives.ts'
import { environmentKinds } from './sources/record.ts'
import { enumOf } from './types.ts'

export const EnvironmentKind = enumOf(environmentKinds)
registerEnumType(EnvironmentKind, { name: 'EnvironmentKind', description: 'What kind of thing holds.' })

@ObjectType({ description: 'Something that holds for everybody at a place for a time. Tells of nobody.' })
@Public()
export class EnvironmentEvent {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => EnvironmentKind, { simple: true, description: 'What kind of thing it is.' })
  kind!: keyof typeof EnvironmentKind

  @Field(() => String, { simple: true, description: 'What happens, as its source tells it.' })
  summary!: string

  @Field(() => String, { nullable: true, simple: true, description: 'Where: CN or CN-SH; null is everywhere.' })
  place!: string | null

  @Field(() => Float, { nullable: true, simple: true, description: 'How much, where it is measured, in `unit`.' })
  measure!: number | null

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'Of `measure`: Celsius, pieces, or balance, -1 to 1.',
  })
  unit!: string | null

  @Field(() => GraphQLDateTime, { simple: true, description: 'In force from this time on, UTC.' })
  startsAt!: string

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description: 'And until before this one; null is for good.',
  })
  endsAt!: string | null

  @Field(() => String, { simple: true, description: 'The silo that recorded it, such as weather.' })
  source!: string

  @Field(() => ID, { simple: true, description: 'The evidence entry of the batch that brought it in.' })
  evidenceEntryId!: string
}

export const EnvironmentEventConnection = connectionOf('EnvironmentEvent', () => EnvironmentEvent)

@ObjectType({
  description: 'What held at the time and place of an interaction, whichever of the two was recorded first.',
})
export class InteractionEnvironment {
  @Field(() => ID, { simple: true, description: 'The id of the interaction.' })
  @Public()
  id!: string

  @Field(() => [EnvironmentEvent], {
    nullable: true,
    simple: true,
    description: 'The latest to begin first, at most 50. It tells when and where the interaction took place.',
  })
  @Personal('behaviour.environment', ['behaviour.time', 'identity.region'])
  events!: EnvironmentEvent[] | null
}
