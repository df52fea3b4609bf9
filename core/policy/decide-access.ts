// The one decision: may this viewer see this category of this customer's data, and in what form? Pure.
import { type Purpose, purposes, type Viewer } from '../viewer.ts'
import type { Category } from './categories.ts'
import { type MaskKind, strictest } from './masks.ts'
import { type Policy, type Rule, regimeOf, ruleApplies } from './policy.ts'
import {
  type Asked,
  closedPurpose,
  consentRemedy,
  hasConsent,
  type SubjectState,
  type Unmet,
  unmetDemands,
} from './regime-demands.ts'

export type { SubjectState } from './regime-demands.ts'

export type ReasonCode =
  | 'PURPOSE_REQUIRED'
  | 'CATEGORY_NOT_GRANTED'
  | 'DENIED_BY_RULE'
  | 'MASKED_BY_RULE'
  | 'NOT_VISIBLE'
  | 'MODULE_DISABLED'
  | Unmet['reasonCode']

/** Why a value was withheld or changed, and what would lift it. Says nothing of the value, not even whether there is one. */
export interface Reason {
  readonly reasonCode: ReasonCode
  readonly policyId: string
  readonly policyVersion: number
  /** The article on which the stated purpose rests, or which withholds the value; null where no basis is known, as without a purpose. */
  readonly legalBasis: string | null
  readonly remedy: string
}

export type Decision =
  | { readonly effect: 'ALLOW' }
  | { readonly effect: 'MASK'; readonly mask: MaskKind; readonly reason: Reason }
  | Denial

interface Denial {
  readonly effect: 'DENY'
  readonly reason: Reason
}

/**
 * Decides by the rows of the policy and the law of each residence. Without a matching rule the answer is DENY; any DENY
 * wins over any mask, and the strictest mask over the others. An overlay only takes away.
 */
export function decideAccess(policy: Policy, viewer: Viewer, category: Category, subject: SubjectState): Decision {
  const { purpose } = viewer
  if (purpose === undefined) {
    const remedy = 'State a purpose in the header x-purpose.'
    return deny(policy, 'default', { reasonCode: 'PURPOSE_REQUIRED', legalBasis: null, remedy })
  }
  const { region, otherRegion } = subject
  const residences = otherRegion === undefined || otherRegion === region ? [region] : [region, otherRegion]
  return joined(
    residences.map(each =>
      decideUnder({ policy, regime: regimeOf(policy, each), region: each, viewer, purpose, category, subject }),
    ),
  )
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

/** Customers of whom the most is shown: grown up and with every consent, one under each law. Whom nothing of these shows, nobody shows. */
export function mostOpenSubjects(policy: Policy): readonly SubjectState[] {
  const regions = ['', ...policy.regimes.flatMap(each => each.regions)]
  return regions.map(region => ({ region, consents: new Set(purposes) }))
}

function decideUnder(asked: Asked): Decision {
  const { policy, viewer, category, purpose, regime } = asked
  const rules = policy.rules.filter(rule => applies(rule, asked))
  if (rules.length === 0) {
    const remedy = `None: ${category} is not shown to ${viewer.kind} for ${purpose}.`
    const legalBasis = regime.bases[purpose].article
    return deny(policy, 'default', { reasonCode: 'CATEGORY_NOT_GRANTED', legalBasis, remedy })
  }
  const restricting = policy.overlays.flatMap(overlay =>
    overlay.rules.filter(rule => applies(rule, asked)).map(rule => verdict(asked, rule, overlay.id)),
  )
  const law = unmetDemands(asked).map(({ id, ...why }) => deny(policy, id, why))
  return joined([...rules.map(rule => verdict(asked, rule, policy.id)), ...restricting, ...law])
}

function joined(decisions: readonly Decision[]): Decision {
  const denials = decisions.filter(each => each.effect === 'DENY')
  return denials.length > 0 ? denials.reduce(firmer) : decisions.reduce(stricterMask)
}

/** From what nothing lifts to what a consent lifts: who is told of a remedy must not find another reason behind it. */
const FIRMNESS: readonly ReasonCode[] = [
  'PURPOSE_REQUIRED',
  'CATEGORY_NOT_GRANTED',
  'DENIED_BY_RULE',
  'NOT_FOR_MINORS',
  'TRANSFER_NOT_COVERED',
  'CONSENT_REQUIRED',
]

/** Of two reasons of one kind the first. */
function firmer(a: Denial, b: Denial): Denial {
  return FIRMNESS.indexOf(b.reason.reasonCode) < FIRMNESS.indexOf(a.reason.reasonCode) ? b : a
}

function applies(rule: Rule, { viewer, purpose, category }: Asked): boolean {
  return ruleApplies(rule, viewer.kind, purpose, category)
}

function verdict(asked: Asked, rule: Rule, policyId: string): Decision {
  const { policy, regime, purpose } = asked
  const legalBasis = regime.bases[purpose].article
  if (rule.effect === 'DENY') {
    const remedy = 'None: the policy withholds this category.'
    return deny(policy, rule.id, { reasonCode: 'DENIED_BY_RULE', legalBasis, remedy }, policyId)
  }
  const closed = closedPurpose(asked, purpose) ?? closedPurpose(asked, rule.alsoConsent)
  if (closed !== undefined) return deny(policy, closed.id, closed)
  const missing = missingConsent(asked, rule)
  if (missing !== undefined) {
    const remedy = consentRemedy(asked, missing)
    return deny(policy, rule.id, { reasonCode: 'CONSENT_REQUIRED', legalBasis, remedy }, policyId)
  }
  if (rule.effect === 'ALLOW') return { effect: 'ALLOW' }
  const remedy = `None: the policy shows this category to this viewer as ${rule.effect} only.`
  const why = { reasonCode: 'MASKED_BY_RULE', legalBasis, remedy } as const
  return { effect: 'MASK', mask: rule.effect, reason: reason(policy, rule.id, why, policyId) }
}

function missingConsent(asked: Asked, { alsoConsent }: Rule): Purpose | undefined {
  const { regime, purpose } = asked
  if (regime.bases[purpose].consent && !hasConsent(asked, purpose)) return purpose
  if (alsoConsent !== undefined && !hasConsent(asked, alsoConsent)) return alsoConsent
  return undefined
}

function stricterMask(a: Decision, b: Decision): Decision {
  if (a.effect !== 'MASK') return b
  if (b.effect !== 'MASK') return a
  const mask = strictest(a.mask, b.mask)
  return { ...(mask === b.mask && mask !== a.mask ? b : a), mask }
}

type Why = Pick<Reason, 'reasonCode' | 'legalBasis' | 'remedy'>

function deny(policy: Policy, rule: string, why: Why, policyId = policy.id): Decision {
  return { effect: 'DENY', reason: reason(policy, rule, why, policyId) }
}

function reason(policy: Policy, rule: string, { reasonCode, legalBasis, remedy }: Why, policyId = policy.id): Reason {
  return { reasonCode, policyId: `${policyId}/${rule}`, policyVersion: policy.version, legalBasis, remedy }
}

/** The reason of a row that the viewer may not see, or that is not there: the same for both. */
export function notVisible(policy: Policy): Reason {
  const remedy = 'None: there is no such record that this viewer may see for the stated purpose.'
  return reason(policy, 'rows', { reasonCode: 'NOT_VISIBLE', legalBasis: null, remedy })
}

/** The reason of what a module would add to an entity and is not asked for, because it is switched off. */
export function moduleDisabled(policy: Policy): Reason {
  const remedy = 'An operator switches the module on again.'
  return reason(policy, 'modules', { reasonCode: 'MODULE_DISABLED', legalBasis: null, remedy })
}
