import type { Subgraph } from '../../core/subgraph.ts'
import { learnsWhoWorksWithWhom } from './collaboration/events.ts'
import { newcomerLoaders } from './newcomers/loaders.ts'
import { GuidanceResolver } from './newcomers/resolvers.ts'
import { rootRules } from './policy.ts'
import { talentEraser } from './profiles/erasure-store.ts'
import { learnsFromBehaviour } from './profiles/events.ts'
import { evidencedTalent } from './profiles/evidenced.ts'
import { profileLoaders } from './profiles/loaders.ts'
import { ContestResolver, SellerResolver, SellerSkillResolver } from './profiles/resolvers.ts'
import { references } from './references.ts'
import { skillLoaders } from './skills/loaders.ts'
import { SkillResolver } from './skills/resolvers.ts'
import { startTalent } from './start.ts'

/** What people can do, and how work finds them. It learns from events of the others and never from a questionnaire alone. */
export const talent: Subgraph = {
  name: 'talent',
  types: [],
  resolvers: [SkillResolver, SellerResolver, SellerSkillResolver, ContestResolver, GuidanceResolver],
  references,
  rootRules,
  labels: {
    owns: ['Skill', 'SkillEvidence', 'Collaboration'],
    reads: ['Seller', 'Consent', 'Customer', 'Opportunity'],
  },
  migrations: [
    { id: 'talent/001-skills', keys: ['Skill.id', 'Skill.uri'], indexes: ['Skill.scheme'] },
    {
      id: 'talent/010-evidence',
      keys: ['SkillEvidence.id', 'SkillEvidence.key'],
      indexes: [
        'SkillEvidence.standing',
        'SkillEvidence.source',
        'SkillEvidence.subjectId',
        'SkillEvidence.evidenceEntryId',
        'SkillEvidence.review',
      ],
    },
    { id: 'talent/020-collaborations', keys: ['Collaboration.id'] },
  ],
  evidenced: evidencedTalent,
  consumers: [learnsFromBehaviour, learnsWhoWorksWithWhom],
  eraser: talentEraser,
  start: startTalent,
  createLoaders: request => ({ ...skillLoaders(request), ...profileLoaders(request), ...newcomerLoaders(request) }),
}
