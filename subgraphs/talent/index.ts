import type { Subgraph } from '../../core/subgraph.ts'
import { learnsWhoWorksWithWhom } from './collaboration/events.ts'
import { countableTalent } from './countable.ts'
import { ExchangeResolver } from './exchange/resolvers.ts'
import { newcomerLoaders } from './newcomers/loaders.ts'
import { GuidanceResolver } from './newcomers/resolvers.ts'
import { rootRules } from './policy.ts'
import { talentEraser } from './profiles/erasure-store.ts'
import { learnsFromBehaviour } from './profiles/events.ts'
import { evidencedTalent } from './profiles/evidenced.ts'
import { profileLoaders } from './profiles/loaders.ts'
import { ContestResolver, SellerResolver, SellerSkillResolver } from './profiles/resolvers.ts'
import { references } from './references.ts'
import { noticesChanges } from './routing/route.ts'
import { settlesCompleted } from './settlement/events.ts'
import { evidencedSettlement } from './settlement/evidenced.ts'
import { LedgerResolver, SettlementResolver } from './settlement/resolvers.ts'
import { skillLoaders } from './skills/loaders.ts'
import { SkillResolver } from './skills/resolvers.ts'
import { startTalent } from './start.ts'
import { taskLoaders } from './tasks/loaders.ts'
import { workLabels, workMigrations, workResolvers } from './work.ts'

export { type JointWork, tellJointWork } from './collaboration/collaboration-store.ts'
export { acceptDecomposition, decomposeTask } from './decomposition/decompose.ts'
export { type ToldObservation, tellObservations } from './profiles/observation-store.ts'
export { prepareTalent } from './start.ts'
export { publishKnowledgePack } from './teams/assemble.ts'

/** What people can do, and how work finds them. It learns from events of the others and never from a questionnaire alone. */
export const talent: Subgraph = {
  name: 'talent',
  types: [],
  resolvers: [
    SkillResolver,
    SellerResolver,
    SellerSkillResolver,
    ContestResolver,
    GuidanceResolver,
    LedgerResolver,
    SettlementResolver,
    ExchangeResolver,
    ...workResolvers,
  ],
  references,
  rootRules,
  isModule: true,
  labels: {
    owns: [
      'Skill',
      'SkillEvidence',
      'Collaboration',
      'Observation',
      'JointWork',
      'Reward',
      'Contribution',
      'Settlement',
      'LedgerAccount',
      'Posting',
      'Listing',
      'Trade',
      'TradeLeg',
      ...workLabels,
    ],
    reads: ['Seller', 'Consent', 'Customer', 'Opportunity', 'StageEntry', 'Period', 'Interaction'],
  },
  migrations: [
    { id: 'talent/001-skills', keys: ['Skill.id', 'Skill.uri'], indexes: ['Skill.scheme'] },
    ...workMigrations,
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
    {
      id: 'talent/021-what-is-told',
      keys: ['JointWork.id'],
      indexes: ['Observation.source', 'Observation.sellerId'],
    },
    {
      id: 'talent/030-settlement',
      keys: ['Reward.taskId', 'Contribution.id', 'Settlement.id', 'LedgerAccount.name', 'Posting.id'],
      indexes: [
        'Posting.account',
        'Posting.transactionId',
        'Posting.reverses',
        'Posting.evidenceEntryId',
        'Contribution.evidenceEntryId',
      ],
    },
    {
      id: 'talent/040-exchange',
      keys: ['Listing.id', 'Trade.id'],
      indexes: ['Listing.state', 'Listing.sellerId', 'Trade.key'],
    },
  ],
  evidenced: [...evidencedTalent, ...evidencedSettlement],
  consumers: [learnsFromBehaviour, learnsWhoWorksWithWhom, noticesChanges, settlesCompleted],
  eraser: talentEraser,
  countable: countableTalent,
  start: startTalent,
  createLoaders: request => ({
    ...skillLoaders(request),
    ...profileLoaders(request),
    ...newcomerLoaders(request),
    ...taskLoaders(request),
  }),
}
