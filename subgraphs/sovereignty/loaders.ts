import type DataLoader from 'dataloader'
import type { GraphQLResolveInfo } from 'graphql'
import {
  type ConsentDetail,
  type ConsentEventRecord,
  consentsOf,
  historyOf,
  moreDetail,
  visibleRows,
} from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { loaderOf, selectiveLoaderOf } from '../../core/loaders.ts'
import { oncePerField, type Selection, selectionBelow } from '../../core/look-ahead.ts'
import type { CustomerWithConsents } from './types.ts'

export interface SovereigntyLoaders {
  /** The customer with its consents as this viewer sees them; null where the viewer may not know of it. */
  customerByKey(id: string, info: GraphQLResolveInfo): Promise<CustomerWithConsents | null>
  /** The steps of a consent that was read without them, as that which a mutation answers. */
  readonly history: DataLoader<string, readonly ConsentEventRecord[] | null>
}

export function sovereigntyLoaders({ services: { graph }, policy, viewer, masks }: RequestContext): SovereigntyLoaders {
  const reader: Reader = { run: (statement, params) => graph.read(statement, params) }
  const detailOf = (customer: Selection): ConsentDetail => {
    if (!masks.canShow('Customer', 'consents') || !customer.has('consents')) return 'NONE'
    return customer.at('consents').has('history') ? 'CONSENTS_WITH_HISTORY' : 'CONSENTS'
  }
  const detailBelow = oncePerField(info => detailOf(selectionBelow(info, 'Customer')))
  const customerOf = selectiveLoaderOf(moreDetail, async (ids, detail: ConsentDetail) => {
    const found = await consentsOf(reader, visibleRows(policy, viewer), ids, detail)
    const masked = [...found].map(([id, { consents, subject }]) => {
      return [id, masks.apply('Customer', { id, consents: [...consents] }, subject)] as const
    })
    return new Map(masked)
  })
  return {
    customerByKey: (id, info) => customerOf(id, detailBelow(info)),
    history: loaderOf(ids => historyOf(reader, ids)),
  }
}
