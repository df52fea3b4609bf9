// Pure: what a customer can consent to, and on what purposes rest.
import type { ErrorDetail } from '../../core/errors.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { type Purpose, purposes } from '../../core/viewer.ts'

export interface StatedConsent {
  readonly purpose: Purpose
  /** Null and absent both mean none: GraphQL tells the two apart, a person does not. */
  readonly recipient?: string | null | undefined
}

/** Purposes that the law gives to the customer or the regulator; no consent makes or ends them. */
const NOT_BY_CONSENT: readonly Purpose[] = ['SUBJECT_REQUEST', 'COMPLIANCE_AUDIT']
const LONGEST_RECIPIENT = 100

/** What is wrong with a stated consent, or undefined. */
export function consentProblem({ purpose, recipient: stated }: StatedConsent): ErrorDetail | undefined {
  const recipient = stated ?? ''
  if (NOT_BY_CONSENT.includes(purpose))
    return { at: 'purpose', expected: 'a purpose that rests on consent', got: purpose }
  if (purpose === 'PARTNER_SHARING' && recipient === '') return { at: 'recipient', expected: 'the id of one partner' }
  if (purpose !== 'PARTNER_SHARING' && recipient !== '') return { at: 'recipient', expected: 'none for this purpose' }
  if (recipient.length > LONGEST_RECIPIENT || !recipient.isWellFormed())
    return { at: 'recipient', expected: `at most ${LONGEST_RECIPIENT} characters of well-formed text` }
  return undefined
}

/** Each purpose with its basis in each regime, in the order of the vocabulary. */
export function purposesOf(policy: Policy) {
  return purposes.map(purpose => ({
    purpose,
    bases: policy.regimes.map(({ id, bases }) => ({
      regime: id,
      legalBasis: bases[purpose].article,
      needsConsent: bases[purpose].consent,
    })),
  }))
}
