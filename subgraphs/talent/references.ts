import type { RequestContext } from '../../core/context.ts'
import { loadersOf } from '../../core/subgraph.ts'
import type { SkillLoaders } from './skills/loaders.ts'

interface Key {
  readonly id: string
}

export const references = {
  Skill: ({ id }: Key, context: RequestContext) => loadersOf<SkillLoaders>(context, 'talent').skill.load(id),
  // Talent holds nothing of a seller itself; what hangs on it carries the row filter.
  Seller: async ({ id }: Key) => ({ id }),
}
