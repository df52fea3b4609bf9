import type DataLoader from 'dataloader'
import type { RequestContext } from '../../../core/context.ts'
import { loaderOf, mapValues } from '../../../core/loaders.ts'
import { signalsOf } from './signal-store.ts'
import type { InteractionSignals } from './types.ts'

export interface SignalsLoaders {
  /** What was inferred from an interaction, as this viewer sees it; null where there is none that the viewer may know of. */
  readonly interactionSignals: DataLoader<string, InteractionSignals | null>
}

export function signalsLoaders(request: RequestContext): SignalsLoaders {
  return {
    interactionSignals: loaderOf(async ids =>
      mapValues(await signalsOf(request, ids), ({ record, subject }) =>
        request.masks.apply('InteractionSignals', record, subject),
      ),
    ),
  }
}
