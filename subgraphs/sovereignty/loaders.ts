import type DataLoader from 'dataloader'
import { type ConsentEventRecord, consentsOf, historyOf, rowParams } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { loaderOf } from '../../core/loaders.ts'
import type { CustomerWithConsents } from './types.ts'

export interface SovereigntyLoaders {
  /** The customer with its consents as this viewer sees them; null where the viewer may not know of it. */
  readonly customer: DataLoader<string, CustomerWithConsents | null>
  readonly history: DataLoader<string, readonly ConsentEventRecord[] | null>
}

export function sovereigntyLoaders({ services: { graph }, policy, viewer, masks }: RequestContext): SovereigntyLoaders {
  const reader: Reader = { run: (statement, params) => graph.read(statement, params) }
  return {
    customer: loaderOf(async ids => {
      const found = await consentsOf(reader, rowParams(policy, viewer), ids)
      const masked = [...found].map(([id, { consents, subject }]) => {
        return [id, masks.apply('Customer', { id, consents: [...consents] }, subject)] as const
      })
      return new Map(masked)
    }),
    history: loaderOf(ids => historyOf(reader, ids)),
  }
}
