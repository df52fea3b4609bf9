// Reads what an operation selects, batches what hangs on each of many customers, and masks each opportunity once. Made anew for
// each request.
import type { GraphQLResolveInfo } from 'graphql'
import type { RequestContext } from '../../core/context.ts'
import { mapValues, pageLoaderOf, selectiveLoaderOf } from '../../core/loaders.ts'
import { oncePerField, type Selection, selectionBelow } from '../../core/look-ahead.ts'
import { type Connection, type PageRequest, toConnection } from '../../core/paging.ts'
import {
  type FoundOpportunity,
  type OpportunityField,
  opportunityFields,
  opportunityStore,
} from './opportunity-store.ts'
import type { Opportunity } from './types.ts'

/** Each takes the `info` of the field that is resolved: it tells what is selected below, and that is what is read. */
export interface SalesLoaders {
  /** The opportunity of a key that another subgraph gave; null where there is none that the viewer may know of. */
  opportunityByKey(id: string, info: GraphQLResolveInfo): Promise<Opportunity | null>
  opportunitiesOf(customerId: string, page: PageRequest, info: GraphQLResolveInfo): Promise<Connection<Opportunity>>
  opportunities(
    customerId: string | null | undefined,
    page: PageRequest,
    info: GraphQLResolveInfo,
  ): Promise<Connection<Opportunity>>
}

type Fields = readonly OpportunityField[]

export const opportunitiesList = (customerId: string | null | undefined) => `opportunities/${customerId ?? ''}`

export function salesLoaders(request: RequestContext): SalesLoaders {
  const { masks } = request
  const store = opportunityStore(request)
  const masked = ({ record, subject }: FoundOpportunity) => masks.apply('Opportunity', record, subject)
  const fieldsOf = (selection: Selection): Fields =>
    opportunityFields.filter(field => masks.canShow('Opportunity', field) && selection.has(field))
  const joined = (a: Fields, b: Fields): Fields =>
    opportunityFields.filter(field => a.includes(field) || b.includes(field))

  const byKey = oncePerField(info => fieldsOf(selectionBelow(info, 'Opportunity')))
  const inList = oncePerField(info => fieldsOf(selectionBelow(info).at('edges', 'node')))
  const opportunityOf = selectiveLoaderOf(joined, async (ids, fields: Fields) =>
    mapValues(await store.opportunitiesById(ids, fields), masked),
  )
  const opportunitiesOf = pageLoaderOf(opportunitiesList, joined, async (customerIds, page, fields: Fields) =>
    mapValues(await store.opportunitiesOf(customerIds, page, fields), found => found.map(masked)),
  )

  return {
    opportunityByKey: (id, info) => opportunityOf(id, byKey(info)),
    opportunitiesOf: (customerId, page, info) => opportunitiesOf(customerId, page, inList(info)),
    opportunities: async (customerId, page, info) => {
      const found = await store.opportunitiesPage(customerId, page, inList(info))
      return toConnection(opportunitiesList(customerId), page, found.map(masked))
    },
  }
}
