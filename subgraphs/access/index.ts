import type { Subgraph } from '../../core/subgraph.ts'
import { accessLoaders } from './loaders.ts'
import { rootRules } from './policy.ts'
import { ExplanationResolver, PolicyResolver } from './resolvers.ts'

/**
 * What operators decide of who may see what. What it writes belongs to the core, because every request is decided by it:
 * policy versions to core/policy, API keys to core/access.
 */
export const access: Subgraph = {
  name: 'access',
  types: [],
  resolvers: [PolicyResolver, ExplanationResolver],
  references: {},
  rootRules,
  labels: { owns: [], reads: ['Customer'] },
  migrations: [],
  evidenced: [],
  consumers: [],
  createLoaders: accessLoaders,
}
