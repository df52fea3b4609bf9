import type { RequestContext } from '../../core/context.ts'
import { loadersOf } from '../../core/subgraph.ts'
import type { CustomersLoaders } from './loaders.ts'

interface Key {
  readonly id: string
}

const loaders = (context: RequestContext) => loadersOf<CustomersLoaders>(context, 'customers')

export const references = {
  Customer: ({ id }: Key, context: RequestContext) => loaders(context).customer.load(id),
  Interaction: ({ id }: Key, context: RequestContext) => loaders(context).interaction.load(id),
}
