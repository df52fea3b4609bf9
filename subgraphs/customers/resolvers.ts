import type { GraphQLResolveInfo } from 'graphql'
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql'
import type { RequestContext } from '../../core/context.ts'
import { type Connection, Page, pageRequest } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import { loadersOf } from '../../core/subgraph.ts'
import { CustomersArgs, InteractionsArgs } from './listings.ts'
import { timelineOf } from './lists.ts'
import type { CustomersLoaders } from './loaders.ts'
import { Customer, CustomerConnection, Interaction, InteractionConnection } from './types.ts'

const loaders = (context: RequestContext) => loadersOf<CustomersLoaders>(context, 'customers')

@Resolver(() => Customer)
export class CustomerResolver {
  @Query(() => Customer, {
    nullable: true,
    description:
      'One customer; null with the mask reason NOT_VISIBLE where there is none that this viewer may know of.',
  })
  @Public()
  customer(
    @Arg('id', () => ID, { description: 'The id of a customer, not its number in a source.' }) id: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Customer | null> {
    return loaders(context).customer(id, info)
  }

  @Query(() => CustomerConnection, {
    nullable: true,
    description:
      'The customers that this viewer may know of: in the order of their ids, or of what is asked for as this viewer sees it.',
  })
  @Public()
  async customers(
    @Args(() => CustomersArgs) args: CustomersArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Customer>> {
    return loaders(context).customers(args, info)
  }

  @FieldResolver(() => InteractionConnection, {
    nullable: true,
    description:
      'The interactions, newest first as far as this viewer sees when they took place; those that look alike by id.',
  })
  @Public()
  timeline(
    @Root() customer: Customer,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Interaction>> {
    return loaders(context).timeline(customer, pageRequest(timelineOf(customer.id), first, after), info)
  }
}

@Resolver(() => Interaction)
export class InteractionResolver {
  @Query(() => InteractionConnection, {
    nullable: true,
    description:
      'Interactions of one customer or of all that this viewer may know of: in the order of their ids, or of what is asked for as this viewer sees it.',
  })
  @Public()
  async interactions(
    @Args(() => InteractionsArgs) args: InteractionsArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Interaction>> {
    return loaders(context).interactions(args, info)
  }

  @FieldResolver(() => Customer, { nullable: true, description: 'The customer to whom it belongs.' })
  @Public()
  customer(@Root() { customerRead }: Interaction): Customer {
    return customerRead
  }
}
