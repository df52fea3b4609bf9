import { describe } from 'vitest'
import { openedOnce } from '../support/services.ts'
import { describeApiKeys } from './api-keys.contract.ts'
import { describeChanges } from './changes.contract.ts'
import { describeConsent } from './consent.contract.ts'
import { describeDelivery } from './delivery.contract.ts'
import { describeOnEngines } from './engines.ts'
import { describeCommitments, describeEvidence } from './evidence.contract.ts'
import { describeOutbox } from './outbox.contract.ts'
import { describePolicies } from './policies.contract.ts'

describeOnEngines('the core', openGraph => {
  const graph = openedOnce(openGraph)
  describe('changes', () => describeChanges(graph))
  describe('evidence', () => describeEvidence(graph))
  describe('outbox', () => describeOutbox(graph))
  describe('delivery', () => describeDelivery(graph))
  describe('consent', () => describeConsent(graph))
  describe('API keys', () => describeApiKeys(graph))
  describe('policies', () => describePolicies(graph))
})
describe('commitments', describeCommitments)
