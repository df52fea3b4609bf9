import type { Subgraph } from '../../core/subgraph.ts'
import { rootRules } from './policy.ts'
import { profileLoaders } from './profiles/loaders.ts'
import { SellerResolver } from './profiles/resolvers.ts'
import { references } from './references.ts'
import { noticesChanges } from './routing/route.ts'
import { skillLoaders } from './skills/loaders.ts'
import { SkillResolver } from './skills/resolvers.ts'
import { startTalent } from './start.ts'
import { countableTasks } from './tasks/countable.ts'
import { taskLoaders } from './tasks/loaders.ts'
import { workLabels, workMigrations, workResolvers } from './work.ts'

export { acceptDecomposition, decomposeTask } from './decomposition/decompose.ts'
export { prepareTalent } from './start.ts'
export { publishKnowledgePack } from './teams/assemble.ts'

/** What people can do, and how work finds them. It learns from events of the others and never from a questionnaire alone. */
export const talent: Subgraph = {
  name: 'talent',
  types: [],
  resolvers: [SkillResolver, SellerResolver, ...workResolvers],
  references,
  rootRules,
  labels: { owns: ['Skill', ...workLabels], reads: ['Seller', 'Consent'] },
  migrations: [
    { id: 'talent/001-skills', keys: ['Skill.id', 'Skill.uri'], indexes: ['Skill.scheme'] },
    ...workMigrations,
  ],
  evidenced: [],
  consumers: [noticesChanges],
  countable: countableTasks,
  start: startTalent,
  createLoaders: request => ({ ...skillLoaders(request), ...profileLoaders(request), ...taskLoaders(request) }),
}
