import type { GraphQLResolveInfo } from 'graphql'
import type { RequestContext } from '../../core/context.ts'
import { loaderOf, mapValues } from '../../core/loaders.ts'
import { oncePerField, selectionBelow } from '../../core/look-ahead.ts'
import { environmentsOf } from './environment-store.ts'
import type { InteractionEnvironment } from './environment-types.ts'

export interface EnvironmentLoaders {
  /**
   * What held at an interaction that this viewer may know of, as the viewer sees it; null where it no longer may. Only the id,
   * unread, where nothing else is selected.
   */
  environmentOf(interactionId: string, info: GraphQLResolveInfo): Promise<InteractionEnvironment | null>
}

export function environmentLoaders(request: RequestContext): EnvironmentLoaders {
  const loader = loaderOf(async ids =>
    mapValues(await environmentsOf(request, ids), ({ record, subject }) =>
      request.masks.apply('InteractionEnvironment', record, subject),
    ),
  )
  const isRead = oncePerField(info => selectionBelow(info).has('events'))
  return {
    environmentOf: async (id, info) => (isRead(info) ? loader.load(id) : ({ id } as InteractionEnvironment)),
  }
}
