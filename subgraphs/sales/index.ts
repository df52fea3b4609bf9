import type { Subgraph } from '../../core/subgraph.ts'
import { countableSales } from './countable.ts'
import { salesEraser } from './erasure-store.ts'
import { takesInDeals, takesInMarket, takesInOrders } from './events.ts'
import { evidencedSales } from './evidenced.ts'
import { evidencedOrders } from './evidenced-orders.ts'
import { salesLoaders } from './loaders.ts'
import { MarketResolver } from './market-resolvers.ts'
import { OrderResolver } from './order-resolvers.ts'
import { rootRules } from './policy.ts'
import { references } from './references.ts'
import { CustomerOpportunitiesResolver, OpportunityResolver } from './resolvers.ts'
import { Product, StageEntry } from './types.ts'

/** Opportunities and what is sold. It learns of them from customers' records, by event. */
export const sales: Subgraph = {
  name: 'sales',
  types: [Product, StageEntry],
  resolvers: [OpportunityResolver, CustomerOpportunitiesResolver, MarketResolver, OrderResolver],
  references,
  rootRules,
  isModule: true,
  labels: {
    owns: [
      'Opportunity',
      'Product',
      'StageEntry',
      'Order',
      'Fulfilment',
      'StockLevel',
      'Quote',
      'CompetitorParameter',
      'FinancePlan',
    ],
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
    {
      id: 'sales/003-orders-and-market',
      keys: [
        'Order.id',
        'Order.number',
        'Fulfilment.id',
        'Fulfilment.number',
        'StockLevel.key',
        'Quote.key',
        'CompetitorParameter.key',
        'FinancePlan.key',
      ],
      indexes: ['Order.evidenceEntryId', 'Fulfilment.evidenceEntryId'],
    },
  ],
  evidenced: [...evidencedSales, ...evidencedOrders],
  consumers: [takesInDeals, takesInMarket, takesInOrders],
  eraser: salesEraser,
  countable: countableSales,
  createLoaders: salesLoaders,
}
