// The GraphQL types of the automation subgraph.
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, ObjectType } from 'type-graphql'
import { Public } from '../../core/policy/directives.ts'

@ObjectType({ description: 'A part of the product that a firm switches on when it is ready for it.' })
@Public()
export class Module {
  @Field(() => ID, { simple: true, description: 'Its name, such as sales.' })
  id!: string

  @Field(() => Boolean, {
    simple: true,
    description: 'Off, its operations answer MODULE_DISABLED and its events wait.',
  })
  isEnabled!: boolean

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description: 'Since when, UTC; null for a module that was never switched, which is on.',
  })
  since!: string | null
}

@ObjectType({ description: 'The module as it now stands, and its proof.' })
@Public()
export class ModulePayload {
  @Field(() => Module, { simple: true, description: 'As it stands after this change.' })
  module!: Module

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
