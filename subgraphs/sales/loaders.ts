// Batches what resolvers ask one by one, and masks each opportunity once. Made anew for each request.
import DataLoader from 'dataloader'
import type { RequestContext } from '../../core/context.ts'
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
  const byPage = new Map<string, DataLoader<string, Connection<Opportunity>>>()

  function pageLoader(page: PageRequest) {
    const key = `${page.first}/${page.afterId ?? ''}`
    const loader =
      byPage.get(key) ??
      new DataLoader<string, Connection<Opportunity>>(async customerIds => {
        const found = await store.opportunitiesOf(customerIds, page)
        return customerIds.map(id => toConnection(opportunitiesList(id), page, (found.get(id) ?? []).map(masked)))
      })
    byPage.set(key, loader)
    return loader
  }

  return {
    opportunity: new DataLoader(async ids => {
      const found = await store.opportunitiesById(ids)
      return ids.map(id => {
        const opportunity = found.get(id)
        return opportunity === undefined ? null : masked(opportunity)
      })
    }),
    opportunitiesOf: (customerId, page) => pageLoader(page).load(customerId),
    opportunities: async (customerId, page) => {
      const found = await store.opportunitiesPage(customerId, page)
      return toConnection(opportunitiesList(customerId), page, found.map(masked))
    },
  }
}
