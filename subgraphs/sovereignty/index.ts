import { evidencedConsents } from '../../core/consent/evidenced.ts'
import type { Subgraph } from '../../core/subgraph.ts'
import { countableSovereignty } from './countable.ts'
import { consentsEraser } from './erasure.ts'
import { sovereigntyLoaders } from './loaders.ts'
import { rootRules } from './policy.ts'
import { references } from './references.ts'
import { ConsentResolver, RightsResolver } from './resolvers.ts'
import { CustomerWithConsents } from './types.ts'

/**
 * What customers consent to and what they ask for. The state of consent is core/consent's, because every statement reads
 * it; erasure is core/erasure's, because every part takes its part in it.
 */
export const sovereignty: Subgraph = {
  name: 'sovereignty',
  types: [CustomerWithConsents],
  resolvers: [ConsentResolver, RightsResolver],
  references,
  rootRules,
  labels: { owns: [], reads: ['Customer', 'Consent', 'ConsentEvent', 'EvidenceEntry', 'RightsRequest'] },
  migrations: [],
  evidenced: evidencedConsents,
  consumers: [],
  eraser: consentsEraser,
  countable: countableSovereignty,
  createLoaders: sovereigntyLoaders,
}
