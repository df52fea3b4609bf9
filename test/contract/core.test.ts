import { describe } from 'vitest'
import { describeApiKeys } from './api-keys.contract.ts'
import { describeChanges } from './changes.contract.ts'
import { describeConsent } from './consent.contract.ts'
import { describeDelivery } from './delivery.contract.ts'
import { describeOnEngines } from './engines.ts'
import { describeCommitments, describeEvidence } from './evidence.contract.ts'
import { describeOutbox } from './outbox.contract.ts'

describeOnEngines('changes', describeChanges)
describeOnEngines('evidence', describeEvidence)
describeOnEngines('outbox', describeOutbox)
describeOnEngines('delivery', describeDelivery)
describeOnEngines('consent', describeConsent)
describeOnEngines('API keys', describeApiKeys)
describe('commitments', describeCommitments)
