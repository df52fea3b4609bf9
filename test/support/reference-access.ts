// The decision of core/policy/decide-access.ts a second time, written from the rules and as plainly as possible, for
// tests to compare with. It shares no code with the first, so that a mistake must be made twice to go unnoticed.
import type { Policy } from '../../core/policy/policy.ts'
import type { Viewer } from '../../core/viewer.ts'

export interface ReferenceDecision {
  /** How little is shown: 0 for the value, 7 for nothing, the masks between. */
  readonly strictness: number
  readonly reasonCode: string | undefined
  /** What the answer may name as the basis. */
  readonly legalBasis: readonly (string | null | undefined)[]
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

export interface ReferenceSubject {
  readonly region: string
  readonly otherRegion?: string | undefined
  readonly age?: number | undefined
  readonly consents: ReadonlySet<string>
  readonly byGuardian?: ReadonlySet<string> | undefined
}

interface Outcome {
  readonly strictness: number
  readonly mask: string | undefined
  readonly reasonCode: string | undefined
  readonly policyId: string
  readonly legalBasis: string | undefined
}

const STATUTORY = ['COMPLIANCE_AUDIT', 'SUBJECT_REQUEST']
const COUNTRIES: { readonly [region: string]: string } = { 'EU-DE': 'EU', 'EU-FR': 'EU', 'CN-SH': 'CN', 'CN-GD': 'CN' }
const OF_TEXT = ['LAST4', 'HASH', 'REDACT']

const FROM_THE_FIRMEST = [
  'CATEGORY_NOT_GRANTED',
  'DENIED_BY_RULE',
  'NOT_FOR_MINORS',
  'TRANSFER_NOT_COVERED',
  'CONSENT_REQUIRED',
]

export function referenceAccess(
  policy: Policy,
  viewer: Viewer,
  category: string,
  subject: ReferenceSubject,
): ReferenceDecision {
  if (!viewer.purpose) {
    const policyIds = [`${policy.id}/default`]
    return { strictness: 7, reasonCode: 'PURPOSE_REQUIRED', legalBasis: [null], policyIds }
  }
  const homes = new Set([subject.region, subject.otherRegion ?? subject.region])
  const outcomes = [...homes].flatMap(home => outcomesAt(home, policy, viewer, viewer.purpose ?? '', category, subject))
  const masks = new Set(outcomes.flatMap(({ mask }) => mask ?? []))
  let strictness = Math.max(...outcomes.map(each => each.strictness))
  // A time, a number and a text have no mask in common.
  const kinds = new Set([...masks].map(mask => (OF_TEXT.includes(mask) ? 'text' : mask)))
  if (strictness < 7 && kinds.size > 1) strictness = 6
  // Of several that deny, what nothing lifts gives the reason before what a consent lifts; of several masks any may.
  const deciding = outcomes.filter(each => (strictness === 7 ? each.strictness === 7 : each.strictness > 0))
  const codes = deciding.map(each => each.reasonCode)
  const reasonCode = strictness === 7 ? FROM_THE_FIRMEST.find(code => codes.includes(code)) : codes[0]
  const named = deciding.filter(each => each.reasonCode === reasonCode)
  return {
    strictness,
    reasonCode,
    legalBasis: named.map(each => each.legalBasis),
    policyIds: named.map(each => each.policyId),
  }
}

function outcomesAt(
  home: string,
  policy: Policy,
  viewer: Viewer,
  purpose: string,
  category: string,
  subject: ReferenceSubject,
): readonly Outcome[] {
  const isGdpr = home.startsWith('EU-')
  const regime = policy.regimes.find(({ id }) => id === (isGdpr ? 'GDPR' : 'PIPL'))
  const basis = Object.entries(regime?.bases ?? {}).find(([name]) => name === purpose)?.[1]
  const young = (subject.age ?? 99) < (isGdpr ? (home === 'EU-FR' ? 15 : 16) : 14)
  const given = (young ? subject.byGuardian : subject.consents) ?? new Set()
  const denied = (policyId: string, reasonCode: string, legalBasis = basis?.article): Outcome => {
    return { strictness: 7, mask: undefined, reasonCode, policyId, legalBasis }
  }
  const outcomes: Outcome[] = []
  const layers = [policy, ...policy.overlays]
  for (const layer of layers) {
    for (const rule of layer.rules) {
      if (!rule.viewers.some(kind => kind === viewer.kind)) continue
      if (!rule.purposes.some(each => each === purpose)) continue
      if (!rule.categories.some(wide => covers(wide, category))) continue
      const policyId = `${layer.id}/${rule.id}`
      const needed = [...(basis?.consent ? [purpose] : []), ...(rule.alsoConsent ? [rule.alsoConsent] : [])]
      const isClosed = isGdpr && young && (purpose === 'AI_DECISION' || rule.alsoConsent === 'AI_DECISION')
      if (rule.effect === 'DENY') outcomes.push(denied(policyId, 'DENIED_BY_RULE'))
      else if (isClosed) outcomes.push(denied(`${policy.id}/GDPR-minors`, 'NOT_FOR_MINORS', regime?.minors.article))
      else if (needed.some(each => !given.has(each))) outcomes.push(denied(policyId, 'CONSENT_REQUIRED'))
      else {
        const isMask = rule.effect !== 'ALLOW'
        const strictness = strictnessOf(rule.effect)
        const reasonCode = isMask ? 'MASKED_BY_RULE' : undefined
        const legalBasis = isMask ? basis?.article : undefined
        outcomes.push({ strictness, mask: isMask ? rule.effect : undefined, reasonCode, policyId, legalBasis })
      }
    }
    if (layer === policy && outcomes.length === 0) return [denied(`${policy.id}/default`, 'CATEGORY_NOT_GRANTED')]
  }
  if (STATUTORY.includes(purpose)) return outcomes

  if (!isGdpr && young && !given.has(purpose)) {
    outcomes.push(denied(`${policy.id}/PIPL-minors`, 'CONSENT_REQUIRED', regime?.minors.article))
  }
  const special = category.startsWith('special.')
  const isSensitive = isGdpr ? special : special || young || ['finance.account', 'location.track'].includes(category)
  if (isSensitive && !given.has('SENSITIVE_DATA')) {
    outcomes.push(denied(`${policy.id}/${regime?.id}-sensitive`, 'CONSENT_REQUIRED', regime?.sensitive.article))
  }
  const countryOf = (region: string) => COUNTRIES[region] ?? region.slice(0, 2)
  if (viewer.region !== undefined && countryOf(viewer.region) !== countryOf(home)) {
    const policyId = `${policy.id}/${regime?.id}-transfer`
    const consented = given.has('CROSS_BORDER_TRANSFER')
    const isCovered = countryOf(viewer.region) === (isGdpr ? 'CN' : 'EU')
    const { article } = regime?.bases.CROSS_BORDER_TRANSFER ?? {}
    if (isGdpr && !isCovered && !consented) outcomes.push(denied(policyId, 'CONSENT_REQUIRED', article))
    if (!isGdpr && !isCovered) outcomes.push(denied(policyId, 'TRANSFER_NOT_COVERED', regime?.crossBorder.article))
    if (!isGdpr && isCovered && !consented) outcomes.push(denied(policyId, 'CONSENT_REQUIRED', article))
  }
  return outcomes
}

/** identity covers identity.contact and identity.contact.phone, but not identityless. */
export function covers(wide: string, category: string): boolean {
  if (wide === '*') return true
  const parts = category.split('.')
  return wide.split('.').every((part, index) => parts[index] === part)
}
