import type { GraphQLResolveInfo } from 'graphql'
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql'
import type { RequestContext } from '../../core/context.ts'
import { type Connection, Page, pageRequest } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import { loadersOf } from '../../core/subgraph.ts'
import { opportunitiesList, type SalesLoaders } from './loaders.ts'
import { CustomerWithOpportunities, Opportunity, OpportunityConnection } from './types.ts'

const loaders = (context: RequestContext) => loadersOf<SalesLoaders>(context, 'sales')

@Resolver(() => Opportunity)
export class OpportunityResolver {
  @Query(() => OpportunityConnection, {
    nullable: true,
    description: 'Opportunities of one customer or of all that this viewer may know of, in the order of their ids.',
  })
  @Public()
  opportunities(
    @Arg('customerId', () => ID, { nullable: true, description: 'Only those of this customer.' }) customerId:
      | string
      | null
      | undefined,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Opportunity>> {
    return loaders(context).opportunities(customerId, pageRequest(opportunitiesList(customerId), first, after), info)
  }

  @FieldResolver(() => CustomerWithOpportunities, { nullable: true, description: 'The customer who pursues it.' })
  @Public()
  customer(@Root() { customerId }: Opportunity): CustomerWithOpportunities {
    return { id: customerId }
  }
}

@Resolver(() => CustomerWithOpportunities)
export class CustomerOpportunitiesResolver {
  @FieldResolver(() => OpportunityConnection, {
    nullable: true,
    description: 'The sales in the making, in the order of their ids.',
  })
  @Public()
  opportunities(
    @Root() { id }: CustomerWithOpportunities,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Opportunity>> {
    return loaders(context).opportunitiesOf(id, pageRequest(opportunitiesList(id), first, after), info)
  }
}
