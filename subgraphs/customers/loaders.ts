// Batches what resolvers ask one by one, and masks each entity once. Made anew for each request.
import type DataLoader from 'dataloader'
import type { RequestContext } from '../../core/context.ts'
import { loaderOf, mapValues, pageLoaderOf } from '../../core/loaders.ts'
import { type Connection, type PageRequest, toConnection } from '../../core/paging.ts'
import { customerStore, type Found } from './customer-store.ts'
import type { Customer, Interaction } from './types.ts'

export interface CustomersLoaders {
  /** The customer as this viewer sees it; null where there is none that the viewer may know of. */
  readonly customer: DataLoader<string, Customer | null>
  readonly interaction: DataLoader<string, Interaction | null>
  /** A page of a customer's interactions, newest first; null with the customer. */
  timeline(customerId: string, page: PageRequest): Promise<Connection<Interaction>>
  customers(page: PageRequest): Promise<Connection<Customer>>
  interactions(customerId: string | null | undefined, page: PageRequest): Promise<Connection<Interaction>>
}

export const timelineOf = (customerId: string) => `timeline/${customerId}`
export const CUSTOMERS = 'customers'
export const interactionsOf = (customerId: string | null | undefined) => `interactions/${customerId ?? ''}`

export function customersLoaders(request: RequestContext): CustomersLoaders {
  const store = customerStore(request)
  const customerOf = ({ record, subject }: Found<Customer>) => request.masks.apply('Customer', record, subject)
  const interactionOf = ({ record, subject }: Found<Interaction>) => request.masks.apply('Interaction', record, subject)

  return {
    customer: loaderOf(async ids => mapValues(await store.customersById(ids), customerOf)),
    interaction: loaderOf(async ids => mapValues(await store.interactionsById(ids), interactionOf)),
    timeline: pageLoaderOf(timelineOf, async (customerIds, page) =>
      mapValues(await store.timelines(customerIds, page), found => found.map(interactionOf)),
    ),
    customers: async page => toConnection(CUSTOMERS, page, (await store.customersPage(page)).map(customerOf)),
    interactions: async (customerId, page) => {
      const found = await store.interactionsPage(customerId, page)
      return toConnection(interactionsOf(customerId), page, found.map(interactionOf))
    },
  }
}
