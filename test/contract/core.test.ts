import { describe } from 'vitest'
import { describeChanges } from './changes.contract.ts'
import { describeDelivery } from './delivery.contract.ts'
import { describeOnEngines } from './engines.ts'
import { describeCommitments, describeEvidence } from './evidence.contract.ts'

describeOnEngines('changes', describeChanges)
describeOnEngines('evidence', describeEvidence)
describeOnEngines('delivery', describeDelivery)
describe('commitments', describeCommitments)
