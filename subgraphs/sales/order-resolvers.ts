import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql'
import type { RequestContext } from '../../core/context.ts'
import { type Connection, Page, pageRequest, toConnection } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import { orderStore } from './order-store.ts'
import { type Fulfilment, FulfilmentConnection, type Order, OrderConnection } from './order-types.ts'

type CustomerId = string | null | undefined

@Resolver()
export class OrderResolver {
  @Query(() => OrderConnection, {
    nullable: true,
    description: 'Orders of one customer or of all that this viewer may know of, in the order of their ids.',
  })
  @Public()
  async orders(
    @Arg('customerId', () => ID, { nullable: true, description: 'Only those of this customer.' })
    customerId: CustomerId,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Order>> {
    const list = `orders/${customerId ?? ''}`
    const page = pageRequest(list, first, after)
    const found = await orderStore(context).ordersPage(customerId, page)
    return toConnection(
      list,
      page,
      found.map(({ record, subject }) => context.masks.apply('Order', record, subject)),
    )
  }

  @Query(() => FulfilmentConnection, {
    nullable: true,
    description: 'Services owed to one customer or to all that this viewer may know of, in the order of their ids.',
  })
  @Public()
  async fulfilments(
    @Arg('customerId', () => ID, { nullable: true, description: 'Only those of this customer.' })
    customerId: CustomerId,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Fulfilment>> {
    const list = `fulfilments/${customerId ?? ''}`
    const page = pageRequest(list, first, after)
    const found = await orderStore(context).fulfilmentsPage(customerId, page)
    return toConnection(
      list,
      page,
      found.map(({ record, subject }) => context.masks.apply('Fulfilment', record, subject)),
    )
  }
}
