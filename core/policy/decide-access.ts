// The one decision: may this viewer see this category of this customer's data, and in what form? Pure.
import type { Purpose, Viewer } from '../viewer.ts'
import { type Category, isWithin } from './categories.ts'
import { type MaskKind, strictest } from './masks.ts'
import { type Policy, type Regime, type Rule, regimeOf } from './policy.ts'

export type ReasonCode =
  | 'PURPOSE_REQUIRED'
  | 'CATEGORY_NOT_GRANTED'
  | 'DENIED_BY_RULE'
  | 'CONSENT_REQUIRED'
  | 'MASKED_BY_RULE'
  | 'NOT_VISIBLE'

/** Why a value was withheld or changed, and what would lift it. Says nothing of the value, not even whether there is one. */
export interface Reason {
  readonly reasonCode: ReasonCode
  readonly policyId: string
  readonly policyVersion: number
  /** The article on which the stated purpose rests; null where no basis is known, as without a purpose. */
  readonly legalBasis: string | null
  readonly remedy: string
}

export type Decision =
  | { readonly effect: 'ALLOW' }
  | { readonly effect: 'MASK'; readonly mask: MaskKind; readonly reason: Reason }
  | { readonly effect: 'DENY'; readonly reason: Reason }

/** What the decision needs to know of the customer: where it lives and what it consented to, towards this viewer. */
export interface SubjectState {
  readonly region: string
  readonly consents: ReadonlySet<Purpose>
}

/**
 * Decides by the rows of the policy. Without a matching rule the answer is DENY; any DENY wins over any mask, and the
 * strictest mask over the others.
 */
export function decideAccess(policy: Policy, viewer: Viewer, category: Category, subject: SubjectState): Decision {
  const { purpose } = viewer
  if (purpose === undefined) {
    return deny(policy, 'default', null, 'PURPOSE_REQUIRED', 'State a purpose in the header x-purpose.')
  }
  const regime = regimeOf(policy, subject.region)
  const basis = regime.bases[purpose].article
  const rules = policy.rules.filter(rule => applies(rule, viewer, purpose, category))
  if (rules.length === 0) {
    const remedy = `None: ${category} is not shown to ${viewer.kind} for ${purpose}.`
    return deny(policy, 'default', basis, 'CATEGORY_NOT_GRANTED', remedy)
  }
  return joined(rules.map(rule => verdict(policy, rule, regime, purpose, subject)))
}

/** The decision on a value that is drawn from several categories: as of one that all their rules are about. */
export function decideAccessToAll(
  policy: Policy,
  viewer: Viewer,
  categories: readonly Category[],
  subject: SubjectState,
): Decision {
  return joined(categories.map(category => decideAccess(policy, viewer, category, subject)))
}

function joined(decisions: readonly Decision[]): Decision {
  return decisions.find(each => each.effect === 'DENY') ?? decisions.reduce(stricterMask)
}

function applies(rule: Rule, viewer: Viewer, purpose: Purpose, category: Category): boolean {
  return (
    rule.viewers.includes(viewer.kind) &&
    rule.purposes.includes(purpose) &&
    rule.categories.some(ancestor => isWithin(category, ancestor))
  )
}

function verdict(policy: Policy, rule: Rule, regime: Regime, purpose: Purpose, subject: SubjectState): Decision {
  const basis = regime.bases[purpose].article
  if (rule.effect === 'DENY') {
    return deny(policy, rule.id, basis, 'DENIED_BY_RULE', 'None: the policy withholds this category.')
  }
  const missing = missingConsent(rule, regime, purpose, subject)
  if (missing !== undefined) {
    return deny(policy, rule.id, basis, 'CONSENT_REQUIRED', `The customer's consent to ${missing} would lift this.`)
  }
  if (rule.effect === 'ALLOW') return { effect: 'ALLOW' }
  const remedy = `None: the policy shows this category to this viewer as ${rule.effect} only.`
  return { effect: 'MASK', mask: rule.effect, reason: reason(policy, rule.id, basis, 'MASKED_BY_RULE', remedy) }
}

function missingConsent(rule: Rule, regime: Regime, purpose: Purpose, subject: SubjectState): Purpose | undefined {
  if (regime.bases[purpose].consent && !subject.consents.has(purpose)) return purpose
  if (rule.alsoConsent !== undefined && !subject.consents.has(rule.alsoConsent)) return rule.alsoConsent
  return undefined
}

function stricterMask(a: Decision, b: Decision): Decision {
  if (a.effect !== 'MASK') return b
  if (b.effect !== 'MASK') return a
  return strictest(a.mask, b.mask) === a.mask ? a : b
}

function deny(policy: Policy, rule: string, basis: string | null, reasonCode: ReasonCode, remedy: string): Decision {
  return { effect: 'DENY', reason: reason(policy, rule, basis, reasonCode, remedy) }
}

function reason(
  policy: Policy,
  rule: string,
  legalBasis: string | null,
  reasonCode: ReasonCode,
  remedy: string,
): Reason {
  return { reasonCode, policyId: `${policy.id}/${rule}`, policyVersion: policy.version, legalBasis, remedy }
}

/** The reason of a row that the viewer may not see, or that is not there: the same for both. */
export function notVisible(policy: Policy): Reason {
  const remedy = 'None: there is no such record that this viewer may see for the stated purpose.'
  return reason(policy, 'rows', null, 'NOT_VISIBLE', remedy)
}
