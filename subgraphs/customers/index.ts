import type { Subgraph } from '../../core/subgraph.ts'
import { customersEraser } from './erasure-store.ts'
import { evidencedCustomers } from './evidenced.ts'
import { customersLoaders } from './loaders.ts'
import { rootRules } from './policy.ts'
import { references } from './references.ts'
import { CustomerResolver, IngestResolver, InteractionResolver } from './resolvers.ts'
import { Account, Seller } from './types.ts'

export { ingest } from './ingest.ts'

/** The customer behaviour graph: who the customers are and what happened with them. */
export const customers: Subgraph = {
  name: 'customers',
  types: [Account, Seller],
  resolvers: [CustomerResolver, InteractionResolver, IngestResolver],
  references,
  rootRules,
  labels: {
    owns: ['Customer', 'SourceRecord', 'Account', 'Period', 'Interaction', 'Seller', 'DeadLetter'],
    reads: ['Consent'],
  },
  migrations: [
    {
      id: 'customers/001-keys',
      keys: [
        'Customer.id',
        'Customer.number',
        'SourceRecord.id',
        'SourceRecord.key',
        'Account.name',
        'Seller.id',
        'Seller.number',
        'Period.key',
        'Interaction.id',
        'DeadLetter.id',
        'DeadLetter.key',
      ],
    },
    {
      id: 'customers/002-evidenced',
      indexes: ['Customer.evidenceEntryId', 'SourceRecord.evidenceEntryId', 'Interaction.evidenceEntryId'],
    },
  ],
  evidenced: evidencedCustomers,
  consumers: [],
  eraser: customersEraser,
  createLoaders: customersLoaders,
}
