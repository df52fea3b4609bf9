import type { GraphQLResolveInfo } from 'graphql'
import type { RequestContext } from '../../core/context.ts'
import { loadersOf } from '../../core/subgraph.ts'
import type { SovereigntyLoaders } from './loaders.ts'

interface Key {
  readonly id: string
}

export const references = {
  Customer: ({ id }: Key, context: RequestContext, info: GraphQLResolveInfo) =>
    loadersOf<SovereigntyLoaders>(context, 'sovereignty').customerByKey(id, info),
}
