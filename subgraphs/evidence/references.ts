import type { RequestContext } from '../../core/context.ts'
import { loadersOf } from '../../core/subgraph.ts'
import type { EvidenceLoaders } from './loaders.ts'

interface Key {
  readonly id: string
}

export const references = {
  EvidenceEntry: ({ id }: Key, context: RequestContext) =>
    loadersOf<EvidenceLoaders>(context, 'evidence').entry.load(id),
}
