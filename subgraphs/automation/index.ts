import type { Subgraph } from '../../core/subgraph.ts'
import { followModules } from './modules.ts'
import { rootRules } from './policy.ts'
import { ModuleResolver } from './resolvers.ts'

/** What runs by itself, beginning with which modules run at all. */
export const automation: Subgraph = {
  name: 'automation',
  types: [],
  resolvers: [ModuleResolver],
  references: {},
  rootRules,
  labels: { owns: ['Module'], reads: [] },
  migrations: [{ id: 'automation/001-modules', keys: ['Module.name'] }],
  evidenced: [],
  consumers: [],
  start: followModules,
  createLoaders: () => undefined,
}
