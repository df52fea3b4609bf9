// Batches what resolvers ask one by one, and masks each opportunity once. Made anew for each request.
import type DataLoader from 'dataloader'
import type { RequestContext } from '../../core/context.ts'
import { loaderOf, mapValues, pageLoaderOf } from '../../core/loaders.ts'
import { type Connection, type PageRequest, toConnection } from '../../core/paging.ts'
import { type FoundOpportunity, opportunityStore } from './opportunity-store.ts'
import type { Opportunity } from './types.ts'

export interface SalesLoaders {
  readonly opportunity: DataLoader<string, Opportunity | null>
  opportunitiesOf(customerId: string, page: PageRequest): Promise<Connection<Opportunity>>
  opportunities(customerId: string | null | undefined, page: PageRequest): Promise<Connection<Opportunity>>
}

export const opportunitiesList = (customerId: string | null | undefined) => `opportunities/${customerId ?? ''}`

export function salesLoaders(request: RequestContext): SalesLoaders {
  const store = opportunityStore(request)
  const masked = ({ record, subject }: FoundOpportunity) => request.masks.apply('Opportunity', record, subject)

  return {
    opportunity: loaderOf(async ids => mapValues(await store.opportunitiesById(ids), masked)),
    opportunitiesOf: pageLoaderOf(opportunitiesList, async (customerIds, page) =>
      mapValues(await store.opportunitiesOf(customerIds, page), found => found.map(masked)),
    ),
    opportunities: async (customerId, page) => {
      const found = await store.opportunitiesPage(customerId, page)
      return toConnection(opportunitiesList(customerId), page, found.map(masked))
    },
  }
}
