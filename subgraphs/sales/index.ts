import type { Subgraph } from '../../core/subgraph.ts'
import { countableSales } from './countable.ts'
import { salesEraser } from './erasure-store.ts'
import { takesInDeals } from './events.ts'
import { evidencedSales } from './evidenced.ts'
import { salesLoaders } from './loaders.ts'
import { rootRules } from './policy.ts'
import { references } from './references.ts'
import { CustomerOpportunitiesResolver, OpportunityResolver } from './resolvers.ts'
import { Product, StageEntry } from './types.ts'

/** Opportunities and what is sold. It learns of them from customers' records, by event. */
export const sales: Subgraph = {
  name: 'sales',
  types: [Product, StageEntry],
  resolvers: [OpportunityResolver, CustomerOpportunitiesResolver],
  references,
  rootRules,
  isModule: true,
  labels: {
    owns: ['Opportunity', 'Product', 'StageEntry'],
    reads: ['Customer', 'SourceRecord', 'Consent', 'Seller'],
  },
  migrations: [
    {
      id: 'sales/001-keys',
      keys: ['Opportunity.id', 'Opportunity.number', 'Product.name', 'StageEntry.recordId'],
    },
    {
      id: 'sales/002-evidenced',
      keys: ['StageEntry.id'],
      indexes: ['Opportunity.evidenceEntryId', 'StageEntry.evidenceEntryId'],
    },
  ],
  evidenced: evidencedSales,
  consumers: [takesInDeals],
  eraser: salesEraser,
  countable: countableSales,
  createLoaders: salesLoaders,
}
