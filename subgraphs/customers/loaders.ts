// Batches what resolvers ask one by one, and masks each entity once. Made anew for each request.
import DataLoader from 'dataloader'
import type { RequestContext } from '../../core/context.ts'
import { type Connection, type PageRequest, toConnection } from '../../core/paging.ts'
import { type CustomerStore, customerStore, type Found } from './customer-store.ts'
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
  const masked = <T extends { readonly id: string }>(type: string, { record, subject }: Found<T>) =>
    request.masks.apply(type, record, subject)
  const customerOf = (found: Found<Customer>) => masked('Customer', found)
  const interactionOf = (found: Found<Interaction>) => masked('Interaction', found)
  const timelines = timelineLoaders(store, interactionOf)

  return {
    customer: new DataLoader(async ids => {
      const found = await store.customersById(ids)
      return ids.map(id => mapped(found.get(id), customerOf))
    }),
    interaction: new DataLoader(async ids => {
      const found = await store.interactionsById(ids)
      return ids.map(id => mapped(found.get(id), interactionOf))
    }),
    timeline: (customerId, page) => timelines(page).load(customerId),
    customers: async page => toConnection(CUSTOMERS, page, (await store.customersPage(page)).map(customerOf)),
    interactions: async (customerId, page) => {
      const found = await store.interactionsPage(customerId, page)
      return toConnection(interactionsOf(customerId), page, found.map(interactionOf))
    },
  }
}

/** One loader a page size and cursor: the customers of one list field share both, so they share one statement. */
function timelineLoaders(store: CustomerStore, interactionOf: (found: Found<Interaction>) => Interaction) {
  const byPage = new Map<string, DataLoader<string, Connection<Interaction>>>()
  return (page: PageRequest) => {
    const key = `${page.first}/${page.afterId ?? ''}`
    const known = byPage.get(key)
    if (known !== undefined) return known
    const loader = new DataLoader<string, Connection<Interaction>>(async customerIds => {
      const found = await store.timelines(customerIds, page)
      return customerIds.map(id => toConnection(timelineOf(id), page, (found.get(id) ?? []).map(interactionOf)))
    })
    byPage.set(key, loader)
    return loader
  }
}

function mapped<T, U>(value: T | undefined, toU: (value: T) => U): U | null {
  return value === undefined ? null : toU(value)
}
