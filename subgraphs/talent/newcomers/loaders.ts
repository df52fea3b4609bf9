import type DataLoader from 'dataloader'
import type { RequestContext } from '../../../core/context.ts'
import { loaderOf } from '../../../core/loaders.ts'
import { guidanceOf } from './guidance.ts'
import type { Guidance } from './types.ts'

export interface NewcomerLoaders {
  readonly guidance: DataLoader<string, Guidance | null>
}

export function newcomerLoaders(request: RequestContext): NewcomerLoaders {
  return { guidance: loaderOf(ids => guidanceOf(request, ids)) }
}
