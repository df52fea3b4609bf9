import type { GraphQLResolveInfo } from 'graphql'
import type { RequestContext } from '../../core/context.ts'
import { loadersOf } from '../../core/subgraph.ts'
import type { SalesLoaders } from './loaders.ts'

interface Key {
  readonly id: string
}

export const references = {
  Opportunity: ({ id }: Key, context: RequestContext, info: GraphQLResolveInfo) =>
    loadersOf<SalesLoaders>(context, 'sales').opportunityByKey(id, info),
  // Sales holds nothing of a customer itself; what hangs on it carries the row filter.
  Customer: async ({ id }: Key) => ({ id }),
}
