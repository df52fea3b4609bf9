import { describe } from 'vitest'
import { describeChanges } from './changes.contract.ts'
import { describeOnEngines } from './engines.ts'
import { describeCommitments, describeEvidence } from './evidence.contract.ts'

describeOnEngines('changes', describeChanges)
describeOnEngines('evidence', describeEvidence)
describe('commitments', describeCommitments)
