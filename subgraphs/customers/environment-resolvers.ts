import type { GraphQLResolveInfo } from 'graphql'
import { GraphQLDateTime } from 'graphql-scalars'
import { Args, ArgsType, Ctx, Field, FieldResolver, Info, InputType, Query, Resolver, Root } from 'type-graphql'
import type { RequestContext } from '../../core/context.ts'
import { listNameOf } from '../../core/listing.ts'
import { type Connection, Page, pageRequest, toConnection } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import { loadersOf } from '../../core/subgraph.ts'
import type { EnvironmentLoaders } from './environment-loaders.ts'
import { eventsPage } from './environment-store.ts'
import {
  type EnvironmentEvent,
  EnvironmentEventConnection,
  EnvironmentKind,
  InteractionEnvironment,
} from './environment-types.ts'
import { Interaction } from './types.ts'

@InputType({ description: 'Conditions that all have to hold.' })
class EnvironmentEventFilter {
  @Field(() => EnvironmentKind, { nullable: true, description: 'Of this kind.' })
  kind?: keyof typeof EnvironmentKind | null

  @Field(() => String, {
    nullable: true,
    description: 'In force at this place, such as CN-SH; also everywhere around it.',
  })
  place?: string | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'In force at this time.' })
  at?: Date | null
}

@ArgsType()
class EnvironmentEventsArgs extends Page {
  @Field(() => EnvironmentEventFilter, { nullable: true, description: 'Only these.' })
  filter?: EnvironmentEventFilter | null
}

@Resolver()
export class EnvironmentResolver {
  @Query(() => EnvironmentEventConnection, {
    nullable: true,
    description: 'What holds or held for everybody at a place for a time, by id. For everybody.',
  })
  @Public()
  async environmentEvents(
    @Args(() => EnvironmentEventsArgs) { filter, first, after }: EnvironmentEventsArgs,
    @Ctx() { services: { graph } }: RequestContext,
  ): Promise<Connection<EnvironmentEvent>> {
    const list = listNameOf('environmentEvents', filter, null)
    const page = pageRequest(list, first, after)
    const asked = { kind: filter?.kind ?? '', place: filter?.place ?? '', at: filter?.at?.toISOString() ?? '' }
    return toConnection(list, page, await eventsPage({ run: graph.read.bind(graph) }, page, asked))
  }
}

@Resolver(() => Interaction)
export class InteractionEnvironmentResolver {
  @FieldResolver(() => InteractionEnvironment, {
    nullable: true,
    description: 'What held at its time and place: moves of competitors, policies, weather, opinion, shortages.',
  })
  @Public()
  environment(
    @Root() { id }: Interaction,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<InteractionEnvironment | null> {
    return loadersOf<EnvironmentLoaders>(context, 'customers').environmentOf(id, info)
  }
}
