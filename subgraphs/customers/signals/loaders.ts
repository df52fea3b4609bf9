import type { GraphQLResolveInfo } from 'graphql'
import type { RequestContext } from '../../../core/context.ts'
import { loaderOf, mapValues } from '../../../core/loaders.ts'
import { oncePerField, selectionBelow } from '../../../core/look-ahead.ts'
import { signalsOf } from './signal-store.ts'
import type { InteractionSignals } from './types.ts'

export interface SignalsLoaders {
  /**
   * What was inferred from an interaction that this viewer may know of, as the viewer sees it; null where it no longer may.
   * Only the id, unread, where nothing else is selected: as when all else left the operation before it was planned.
   */
  signalsOf(interactionId: string, info: GraphQLResolveInfo): Promise<InteractionSignals | null>
}

const READ = ['intents', 'emotion', 'modelVersion', 'evidenceEntryId'] as const

export function signalsLoaders(request: RequestContext): SignalsLoaders {
  const loader = loaderOf(async ids =>
    mapValues(await signalsOf(request, ids), ({ record, subject }) =>
      request.masks.apply('InteractionSignals', record, subject),
    ),
  )
  const isRead = oncePerField(info => {
    const selection = selectionBelow(info)
    return READ.some(field => selection.has(field))
  })
  return {
    signalsOf: async (id, info) => (isRead(info) ? loader.load(id) : ({ id } as InteractionSignals)),
  }
}
