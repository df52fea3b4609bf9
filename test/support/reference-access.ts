// The decision of core/policy/decide-access.ts a second time, written from the rules and as plainly as possible, for
// tests to compare with. It shares no code with the first, so that a mistake must be made twice to go unnoticed.
import type { Policy } from '../../core/policy/policy.ts'
import type { Viewer } from '../../core/viewer.ts'

export interface ReferenceDecision {
  /** How little is shown: 0 for the value, 7 for nothing, the masks between. */
  readonly strictness: number
  readonly reasonCode: string | undefined
  readonly legalBasis: string | null | undefined
  /** The rules of which each justifies the decision; the answer names one of them. */
  readonly policyIds: readonly string[]
}

const STRICTNESS: { readonly [effect: string]: number } = {
  ALLOW: 0,
  BUCKET: 1,
  YEAR_ONLY: 2,
  LAST4: 3,
  HASH: 4,
  REDACT: 5,
  NULL: 6,
  DENY: 7,
}

/** How strict an effect is: a stricter one shows less. */
export function strictnessOf(effect: string): number {
  const strictness = STRICTNESS[effect]
  if (strictness === undefined) throw new Error(`no effect: ${effect}`)
  return strictness
}

export function referenceAccess(
  policy: Policy,
  viewer: Viewer,
  category: string,
  subject: { readonly region: string; readonly consents: ReadonlySet<string> },
): ReferenceDecision {
  const byDefault = [`${policy.id}/default`]
  const purpose = viewer.purpose
  if (!purpose) return { strictness: 7, reasonCode: 'PURPOSE_REQUIRED', legalBasis: null, policyIds: byDefault }

  let regime = policy.regimes.find(({ crossBorder }) => crossBorder === 'SEPARATE_CONSENT') ?? policy.regimes[0]
  for (const each of policy.regimes) if (each.regions.some(region => region === subject.region)) regime = each
  const basis = regime?.bases[purpose]
  const legalBasis = basis?.article

  const outcomes: { strictness: number; reasonCode: string | undefined; policyId: string }[] = []
  for (const rule of policy.rules) {
    if (!rule.viewers.some(kind => kind === viewer.kind)) continue
    if (!rule.purposes.some(each => each === purpose)) continue
    if (!rule.categories.some(wide => covers(wide, category))) continue
    const policyId = `${policy.id}/${rule.id}`
    const needed = [...(basis?.consent ? [purpose] : []), ...(rule.alsoConsent ? [rule.alsoConsent] : [])]
    const lacksConsent = needed.some(each => !subject.consents.has(each))
    if (rule.effect === 'DENY') outcomes.push({ strictness: 7, reasonCode: 'DENIED_BY_RULE', policyId })
    else if (lacksConsent) outcomes.push({ strictness: 7, reasonCode: 'CONSENT_REQUIRED', policyId })
    else if (rule.effect === 'ALLOW') outcomes.push({ strictness: 0, reasonCode: undefined, policyId })
    else outcomes.push({ strictness: strictnessOf(rule.effect), reasonCode: 'MASKED_BY_RULE', policyId })
  }
  if (outcomes.length === 0) {
    return { strictness: 7, reasonCode: 'CATEGORY_NOT_GRANTED', legalBasis, policyIds: byDefault }
  }
  const strictness = Math.max(...outcomes.map(each => each.strictness))
  // Of several rules that deny, the first one gives the reason.
  const deciding = outcomes.filter(each => each.strictness === strictness)
  const reasonCode = deciding[0]?.reasonCode
  const policyIds = deciding.filter(each => each.reasonCode === reasonCode).map(each => each.policyId)
  return { strictness, reasonCode, legalBasis: reasonCode === undefined ? undefined : legalBasis, policyIds }
}

/** identity covers identity.contact and identity.contact.phone, but not identityless. */
export function covers(wide: string, category: string): boolean {
  if (wide === '*') return true
  const parts = category.split('.')
  return wide.split('.').every((part, index) => parts[index] === part)
}
