import { evidencedConsents } from '../../core/consent/evidenced.ts'
import type { Subgraph } from '../../core/subgraph.ts'
import { sovereigntyLoaders } from './loaders.ts'
import { rootRules } from './policy.ts'
import { references } from './references.ts'
import { ConsentResolver } from './resolvers.ts'
import { CustomerWithConsents } from './types.ts'

/** What customers consent to. The state itself is core/consent's, because every statement reads it. */
export const sovereignty: Subgraph = {
  name: 'sovereignty',
  types: [CustomerWithConsents],
  resolvers: [ConsentResolver],
  references,
  rootRules,
  labels: { owns: [], reads: [] },
  migrations: [],
  evidenced: evidencedConsents,
  consumers: [],
  createLoaders: sovereigntyLoaders,
}
