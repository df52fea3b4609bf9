import { everybody, open } from '../../core/policy/shield.ts'
import type { RequestContext } from '../../core/context.ts'
import { loadersOf, type Subgraph } from '../../core/subgraph.ts'
import { type SovereigntyLoaders, sovereigntyLoaders } from './loaders.ts'
import { ConsentResolver } from './resolvers.ts'
import { CustomerWithConsents } from './types.ts'

export { changeConsent } from './consents.ts'

/** What customers consent to. The state itself is core/consent's, because every statement reads it. */
export const sovereignty: Subgraph = {
  name: 'sovereignty',
  types: [CustomerWithConsents],
  resolvers: [ConsentResolver],
  references: {
    Customer: ({ id }, context: RequestContext) => loadersOf<SovereigntyLoaders>(context, 'sovereignty').customer.load(id),
  },
  rootRules: {
    Query: { purposes: open(...everybody) },
    Mutation: { giveConsent: open('SUBJECT'), withdrawConsent: open('SUBJECT') },
  },
  labels: { owns: [], reads: [] },
  migrations: [],
  consumers: [],
  createLoaders: sovereigntyLoaders,
}
