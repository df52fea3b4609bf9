import type DataLoader from 'dataloader'
import type { RequestContext } from '../../core/context.ts'
import { loaderOf } from '../../core/loaders.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { policiesByNumber } from '../../core/policy/policy-store.ts'

export interface AccessLoaders {
  /** The policy of an activation, by its id. */
  readonly policy: DataLoader<string, Policy | null>
}

export function accessLoaders({ services: { graph } }: RequestContext): AccessLoaders {
  const reader = { run: graph.read.bind(graph) }
  return {
    policy: loaderOf(async ids => {
      const found = await policiesByNumber(reader, ids.map(Number))
      return new Map([...found].map(([number, policy]) => [String(number), policy]))
    }),
  }
}
