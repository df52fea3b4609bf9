import type { Subgraph } from '../../core/subgraph.ts'
import { countableCustomers } from './countable.ts'
import { linksEnvironment } from './environment.ts'
import { environmentLoaders } from './environment-loaders.ts'
import { EnvironmentResolver, InteractionEnvironmentResolver } from './environment-resolvers.ts'
import { customersEraser } from './erasure-store.ts'
import { evidencedCustomers } from './evidenced.ts'
import { followsParts } from './identity/events.ts'
import { FormationResolver, IdentityResolver } from './identity/resolvers.ts'
import { IngestResolver } from './ingest-resolvers.ts'
import { customersLoaders } from './loaders.ts'
import { neighbourhoodLoaders } from './neighbourhood/neighbourhood.ts'
import { NeighbourhoodResolver } from './neighbourhood/resolvers.ts'
import { CHAIN_ALL } from './period-chain.ts'
import { rootRules } from './policy.ts'
import { references } from './references.ts'
import { CustomerResolver, InteractionResolver } from './resolvers.ts'
import { SearchResolver } from './search/resolvers.ts'
import { searchWordsOf } from './search/words.ts'
import { followsInteractionsAndConsent } from './signals/events.ts'
import { signalsLoaders } from './signals/loaders.ts'
import { InteractionSignalsResolver, SignalResolver } from './signals/resolvers.ts'
import { startSignalWork } from './signals/runs.ts'
import { Account, Seller } from './types.ts'

export { keepCursor, keptCursor } from './cursor-store.ts'
export { type KnownRecord, trainMatching } from './identity/training.ts'
export { ingest, type SentRecords } from './ingest.ts'
export { trainSignals } from './signals/training.ts'
export { sourceNames } from './sources/index.ts'
export type { Contact } from './sources/record.ts'

/** The customer behaviour graph: who the customers are and what happened with them. */
export const customers: Subgraph = {
  name: 'customers',
  types: [Account, Seller],
  resolvers: [
    CustomerResolver,
    InteractionResolver,
    IngestResolver,
    InteractionSignalsResolver,
    SignalResolver,
    EnvironmentResolver,
    InteractionEnvironmentResolver,
    IdentityResolver,
    SearchResolver,
    NeighbourhoodResolver,
    FormationResolver,
  ],
  references,
  rootRules,
  labels: {
    owns: [
      'Customer',
      'SourceRecord',
      'Account',
      'Period',
      'Interaction',
      'Seller',
      'DeadLetter',
      'IngestRun',
      'SourceCursor',
      'EnvironmentEvent',
      'EnvironmentSpan',
      'Intent',
      'SignalRun',
      'MatchReview',
    ],
    reads: ['Consent', 'Purpose'],
  },
  migrations: [
    {
      id: 'customers/001-keys',
      keys: [
        'Customer.id',
        'Customer.number',
        'SourceRecord.id',
        'SourceRecord.key',
        'Account.name',
        'Seller.id',
        'Seller.number',
        'Period.key',
        'Interaction.id',
        'DeadLetter.id',
        'DeadLetter.key',
      ],
    },
    {
      id: 'customers/002-evidenced',
      indexes: ['Customer.evidenceEntryId', 'SourceRecord.evidenceEntryId', 'Interaction.evidenceEntryId'],
    },
    { id: 'customers/003-chained-periods', statements: CHAIN_ALL },
    {
      id: 'customers/003-environment',
      keys: ['EnvironmentEvent.id', 'EnvironmentSpan.key'],
      indexes: ['EnvironmentEvent.evidenceEntryId', 'Period.month'],
    },
    {
      id: 'customers/005-runs',
      keys: ['IngestRun.id', 'SourceCursor.name'],
      indexes: ['DeadLetter.source'],
    },
    {
      id: 'customers/004-identity',
      indexes: ['Customer.phone', 'Customer.comparedEmail', 'Customer.weComId'],
    },
    {
      id: 'customers/005-matching',
      keys: ['MatchReview.id', 'MatchReview.key'],
      indexes: [
        'Customer.blockNameBirth',
        'Customer.blockNameAccount',
        'Customer.blockNameRegion',
        'Customer.blockBirth',
        'Customer.blockPhone',
        'Customer.blockMail',
        'MatchReview.state',
        'MatchReview.personId',
      ],
    },
    {
      id: 'customers/011-corrected-environment',
      indexes: ['EnvironmentEvent.reference', 'EnvironmentEvent.supersededBy'],
    },
    {
      id: 'customers/006-search',
      texts: ['Customer.searchWords', 'Interaction.searchWords'],
      derived: [
        { label: 'Customer', from: 'name', to: 'searchWords', make: searchWordsOf },
        { label: 'Interaction', from: 'text', to: 'searchWords', make: searchWordsOf },
      ],
    },
    {
      id: 'customers/010-signals',
      keys: ['Intent.name', 'SignalRun.id'],
      indexes: ['SignalRun.state'],
      statements: [
        `UNWIND ['INQUIRY', 'PRICE_INQUIRY', 'PRICE_COMPARISON', 'BARGAINING', 'PURCHASE', 'COMPLAINT', 'SUPPORT',
          'APPROVAL_DELAY', 'COMPETITOR_MENTION', 'NEED_STATEMENT'] AS name
        MERGE (:Intent {name: name})`,
      ],
    },
  ],
  evidenced: evidencedCustomers,
  consumers: [followsParts, followsInteractionsAndConsent, linksEnvironment],
  start: startSignalWork,
  eraser: customersEraser,
  countable: countableCustomers,
  createLoaders: request => ({
    ...customersLoaders(request),
    ...signalsLoaders(request),
    ...environmentLoaders(request),
    ...neighbourhoodLoaders(request),
  }),
}
