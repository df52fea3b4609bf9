import type { Subgraph } from '../../core/subgraph.ts'
import { rootRules } from './policy.ts'
import { profileLoaders } from './profiles/loaders.ts'
import { SellerResolver } from './profiles/resolvers.ts'
import { references } from './references.ts'
import { skillLoaders } from './skills/loaders.ts'
import { SkillResolver } from './skills/resolvers.ts'
import { startTalent } from './start.ts'

/** What people can do, and how work finds them. It learns from events of the others and never from a questionnaire alone. */
export const talent: Subgraph = {
  name: 'talent',
  types: [],
  resolvers: [SkillResolver, SellerResolver],
  references,
  rootRules,
  labels: { owns: ['Skill'], reads: ['Seller', 'Consent'] },
  migrations: [{ id: 'talent/001-skills', keys: ['Skill.id', 'Skill.uri'], indexes: ['Skill.scheme'] }],
  evidenced: [],
  consumers: [],
  start: startTalent,
  createLoaders: request => ({ ...skillLoaders(request), ...profileLoaders(request) }),
}
