import type { GraphQLResolveInfo } from 'graphql'
import { Args, Ctx, Info, Query, Resolver } from 'type-graphql'
import type { RequestContext } from '../../../core/context.ts'
import { Public } from '../../../core/policy/directives.ts'
import { loadersOf } from '../../../core/subgraph.ts'
import type { NeighbourhoodLoaders } from './neighbourhood.ts'
import { Neighbourhood, NeighbourhoodArgs } from './types.ts'

@Resolver()
export class NeighbourhoodResolver {
  @Query(() => Neighbourhood, {
    nullable: true,
    description:
      'What is around a customer: companies, sellers, interactions and the customers beside it; null for one whom this viewer may not know of. BAD_USER_INPUT for a depth or size out of its bounds.',
  })
  @Public()
  neighbourhood(
    @Args(() => NeighbourhoodArgs) args: NeighbourhoodArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Neighbourhood | null> {
    return loadersOf<NeighbourhoodLoaders>(context, 'customers').neighbourhood(args, info)
  }
}
