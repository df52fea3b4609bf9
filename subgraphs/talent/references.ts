import type { RequestContext } from '../../core/context.ts'
import { loadersOf } from '../../core/subgraph.ts'
import type { SkillLoaders } from './skills/loaders.ts'
import type { TaskLoaders } from './tasks/loaders.ts'

interface Key {
  readonly id: string
}

export const references = {
  Skill: ({ id }: Key, context: RequestContext) => loadersOf<SkillLoaders>(context, 'talent').skill.load(id),
  Task: ({ id }: Key, context: RequestContext) => loadersOf<TaskLoaders>(context, 'talent').task.load(id),
  // Talent holds nothing of a seller itself; what hangs on it carries the row filter.
  Seller: async ({ id }: Key) => ({ id }),
}
