import type DataLoader from 'dataloader'
import type { RequestContext } from '../../../core/context.ts'
import { loaderOf, pageLoaderOf } from '../../../core/loaders.ts'
import type { Connection, PageRequest } from '../../../core/paging.ts'
import { broaderOf, narrowerOf, skillsById } from './skill-store.ts'
import type { Skill } from './types.ts'

export interface SkillLoaders {
  readonly skill: DataLoader<string, Skill | null>
  readonly broader: DataLoader<string, readonly Skill[] | null>
  narrower(skillId: string, page: PageRequest): Promise<Connection<Skill>>
}

export const narrowerList = (skillId: string) => `narrower/${skillId}`

export function skillLoaders({ services: { graph } }: RequestContext): SkillLoaders {
  const reader = { run: graph.read.bind(graph) }
  const narrower = pageLoaderOf(
    narrowerList,
    () => undefined,
    (ids, page) => narrowerOf(reader, ids, page),
  )
  return {
    skill: loaderOf(ids => skillsById(reader, ids)),
    broader: loaderOf(ids => broaderOf(reader, ids)),
    narrower: (skillId, page) => narrower(skillId, page, undefined),
  }
}
