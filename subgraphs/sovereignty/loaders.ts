import DataLoader from 'dataloader'
import { type ConsentEventRecord, consentsOf, historyOf, rowParams } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import type { Reader } from '../../core/graph/graph.ts'
import type { CustomerWithConsents } from './types.ts'

export interface SovereigntyLoaders {
  /** The customer with its consents as this viewer sees them; null where the viewer may not know of it. */
  readonly customer: DataLoader<string, CustomerWithConsents | null>
  readonly history: DataLoader<string, readonly ConsentEventRecord[]>
}

export function sovereigntyLoaders({ services: { graph }, policy, viewer, masks }: RequestContext): SovereigntyLoaders {
  const reader: Reader = { run: (statement, params) => graph.read(statement, params) }
  return {
    customer: new DataLoader(async ids => {
      const found = await consentsOf(reader, rowParams(policy, viewer), ids)
      return ids.map(id => {
        const customer = found.get(id)
        if (customer === undefined) return null
        return masks.apply('Customer', { id, consents: [...customer.consents] }, customer.subject)
      })
    }),
    history: new DataLoader(async ids => {
      const found = await historyOf(reader, ids)
      return ids.map(id => found.get(id) ?? [])
    }),
  }
}
