import type { GraphQLResolveInfo } from 'graphql'
import type { RequestContext } from '../../core/context.ts'
import { loadersOf } from '../../core/subgraph.ts'
import type { CustomersLoaders } from './loaders.ts'

interface Key {
  readonly id: string
}

const loaders = (context: RequestContext) => loadersOf<CustomersLoaders>(context, 'customers')

export const references = {
  Customer: ({ id }: Key, context: RequestContext, info: GraphQLResolveInfo) =>
    loaders(context).customerByKey(id, info),
  Interaction: ({ id }: Key, context: RequestContext, info: GraphQLResolveInfo) =>
    loaders(context).interactionByKey(id, info),
  Seller: ({ id }: Key, context: RequestContext) => loaders(context).sellerByKey(id),
}
