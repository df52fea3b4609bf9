// One step in the history of a consent: what the customer said, and under what terms. It is what a receipt shows and what
// the log commits to.
import type { Row } from '../graph/graph.ts'
import { type Policy, regimeOf } from '../policy/policy.ts'
import type { Purpose } from '../viewer.ts'

export interface ConsentStep {
  readonly id: string
  readonly consentId: string
  readonly purpose: Purpose
  /** The partner whom a PARTNER_SHARING consent names; empty for purposes of the company itself. */
  readonly recipient: string
  readonly state: 'GIVEN' | 'WITHDRAWN'
  readonly at: string
  /** The company that answers for the processing. */
  readonly controller: string
  /** GDPR or PIPL, by the customer's region. */
  readonly regime: string
  readonly policyId: string
  readonly policyVersion: number
  /** The categories of personal data that the policy lets this purpose reach, sorted. */
  readonly categories: readonly string[]
}

/** The terms on which a customer of this region speaks of this purpose now. */
export function termsOf(policy: Policy, region: string, purpose: Purpose) {
  const reaching = policy.rules.filter(rule => rule.purposes.includes(purpose) && rule.effect !== 'DENY')
  return {
    regime: regimeOf(policy, region).id,
    policyId: policy.id,
    policyVersion: policy.version,
    categories: [...new Set(reaching.flatMap(rule => rule.categories))].sort(),
  }
}

/** From the columns id, consent's id, purpose, recipient, state, at, controller, regime, policy's id and version, categories. */
export function toStep(columns: Row): ConsentStep {
  const [id, consentId, purpose, recipient, state, at, controller, regime, policyId, policyVersion, categories] =
    columns
  const step = { id, consentId, purpose, recipient, state, at, controller, regime, policyId, policyVersion, categories }
  return step as unknown as ConsentStep
}
