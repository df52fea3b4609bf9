// Reads what an operation selects, one statement a question, and masks each entity once. Made anew for each request.
import type { GraphQLResolveInfo } from 'graphql'
import type { RequestContext } from '../../core/context.ts'
import { loaderOf, mapValues, selectiveLoaderOf } from '../../core/loaders.ts'
import { oncePerField, selectionBelow } from '../../core/look-ahead.ts'
import { type Connection, type Page, type PageRequest, pageRequest, toConnection } from '../../core/paging.ts'
import { customerStore } from './customer-store.ts'
import { entitiesSeen } from './entities.ts'
import { type CustomersArgs, customersListing, type InteractionsArgs, interactionsListing } from './listings.ts'
import { customersList, interactionsList, searchList, timelineOf } from './lists.ts'
import { searchListing } from './search/search.ts'
import {
  type CustomerSelection,
  customerSelection,
  type InteractionSelection,
  interactionSelection,
  joinedCustomers,
  joinedInteractions,
  withListedOfCustomers,
  withListedOfInteractions,
} from './selection.ts'
import { sellersById } from './seller-store.ts'
import type { Customer, Interaction, Seller } from './types.ts'

/** Each takes the `info` of the field that is resolved: it tells what is selected below, and that is what is read. */
export interface CustomersLoaders {
  /** The customer as this viewer sees it; null where there is none that the viewer may know of. */
  customer(id: string, info: GraphQLResolveInfo): Promise<Customer | null>
  customers(args: CustomersArgs, info: GraphQLResolveInfo): Promise<Connection<Customer>>
  interactions(args: InteractionsArgs, info: GraphQLResolveInfo): Promise<Connection<Interaction>>
  /** What holds these words, by how many of them. */
  customersFound(words: readonly string[], page: Page, info: GraphQLResolveInfo): Promise<Connection<Customer>>
  interactionsFound(words: readonly string[], page: Page, info: GraphQLResolveInfo): Promise<Connection<Interaction>>
  /** A page of a customer's interactions, newest first: what was read with the customer, where that holds the page. */
  timeline(customer: Customer, page: PageRequest, info: GraphQLResolveInfo): Promise<Connection<Interaction>>
  /** The entities of keys that another subgraph gave. */
  customerByKey(id: string, info: GraphQLResolveInfo): Promise<Customer | null>
  interactionByKey(id: string, info: GraphQLResolveInfo): Promise<Interaction | null>
  sellerByKey(id: string): Promise<Seller | null>
}

export function customersLoaders(request: RequestContext): CustomersLoaders {
  const { masks } = request
  const { graph } = request.services
  const sellerOf = loaderOf(ids => sellersById({ run: graph.read.bind(graph) }, ids))
  const store = customerStore(request)

  const { toCustomer, toInteraction, withCustomer } = entitiesSeen(masks)

  const nodesBelow = (info: GraphQLResolveInfo) => selectionBelow(info).at('edges', 'node')
  const ofCustomer = oncePerField(info => customerSelection([selectionBelow(info, 'Customer')], masks))
  const ofInteraction = oncePerField(info => interactionSelection(selectionBelow(info, 'Interaction'), masks))
  const customerOf = selectiveLoaderOf(joinedCustomers, async (ids, selected: CustomerSelection) =>
    mapValues(await store.customersById(ids, selected), found => toCustomer(found, selected)),
  )
  const interactionOf = selectiveLoaderOf(joinedInteractions, async (ids, selected: InteractionSelection) =>
    mapValues(await store.interactionsById(ids, selected), found => withCustomer(found, selected)),
  )

  return {
    customer: async (id, info) => {
      const selectionOf = (found: string) => customerSelection([selectionBelow(info)], masks, found)
      const customer = await customerOf(id, selectionOf(id))
      if (customer !== null) return customer
      const personId = await store.personOf(id)
      return personId === undefined ? null : customerOf(personId, selectionOf(personId))
    },
    customers: async (args, info) => {
      const list = customersList(args)
      const page = pageRequest(list, args.first, args.after)
      const listing = customersListing(masks, args)
      const selected = withListedOfCustomers(customerSelection([nodesBelow(info)], masks), listing)
      const found = await store.customersPage(page, listing, selected)
      return toConnection(
        list,
        page,
        found.map(each => toCustomer(each, selected)),
      )
    },
    interactions: async (args, info) => {
      const list = interactionsList(args)
      const page = pageRequest(list, args.first, args.after)
      const listing = interactionsListing(masks, args)
      const selected = withListedOfInteractions(interactionSelection(nodesBelow(info), masks), listing)
      const found = await store.interactionsPage(args.customerId, page, listing, selected)
      return toConnection(
        list,
        page,
        found.map(each => withCustomer(each, selected)),
      )
    },
    customersFound: async (words, { first, after }, info) => {
      const list = searchList('customers', words)
      const page = pageRequest(list, first, after)
      const search = searchListing(masks, 'Customer', words)
      if (search === undefined) return toConnection(list, page, [])
      const selected = withListedOfCustomers(customerSelection([nodesBelow(info)], masks), search)
      const found = await store.customersFound(page, search, selected)
      return toConnection(
        list,
        page,
        found.map(each => toCustomer(each, selected)),
      )
    },
    interactionsFound: async (words, { first, after }, info) => {
      const list = searchList('interactions', words)
      const page = pageRequest(list, first, after)
      const search = searchListing(masks, 'Interaction', words)
      if (search === undefined) return toConnection(list, page, [])
      const selected = withListedOfInteractions(interactionSelection(nodesBelow(info), masks), search)
      const found = await store.interactionsFound(page, search, selected)
      return toConnection(
        list,
        page,
        found.map(each => withCustomer(each, selected)),
      )
    },
    timeline: async (customer, page, info) => {
      const read = customer.timelineRead
      if (read?.page.afterId === page.afterId && page.first <= (read?.page.first ?? 0)) {
        return toConnection(timelineOf(customer.id), page, read?.interactions.slice(0, page.first + 1) ?? [])
      }
      // A second cursor in one operation.
      const { fields } = interactionSelection(nodesBelow(info), masks)
      const selected: CustomerSelection = { fields: [], timeline: { page, fields } }
      const found = (await store.customersById([customer.id], selected)).get(customer.id)
      const interactions = found?.timeline.map(each => toInteraction(each, found.subject, customer)) ?? []
      return toConnection(timelineOf(customer.id), page, interactions)
    },
    customerByKey: (id, info) => customerOf(id, ofCustomer(info)),
    interactionByKey: (id, info) => interactionOf(id, ofInteraction(info)),
    sellerByKey: id => sellerOf.load(id),
  }
}
