// What the law of a region asks for beside the rules: consent, a guardian's where the customer is young, a separate one for
// what is sensitive and for what crosses a border. Pure.
import type { Purpose, Viewer } from '../viewer.ts'
import { type Category, isWithin } from './categories.ts'
import { type Policy, type Regime, territoryOf } from './policy.ts'

/** What the decision needs to know of the customer: where it lives and what it consented to, towards this viewer. */
export interface SubjectState {
  readonly region: string
  /** A second residence, whose law holds as well. */
  readonly otherRegion?: string | undefined
  /** In whole years; undefined where it is not known, which is taken as of age. */
  readonly age?: number | undefined
  readonly consents: ReadonlySet<Purpose>
  /** Those of the consents that a guardian gave. */
  readonly byGuardian?: ReadonlySet<Purpose> | undefined
}

/** What is asked, under the law of one residence. */
export interface Asked {
  readonly policy: Policy
  readonly regime: Regime
  readonly region: string
  readonly viewer: Viewer
  readonly purpose: Purpose
  readonly category: Category
  readonly subject: SubjectState
}

/** Why the law withholds the value. */
export interface Unmet {
  /** As what the reason names it, below the policy. */
  readonly id: string
  readonly reasonCode: 'CONSENT_REQUIRED' | 'NOT_FOR_MINORS' | 'TRANSFER_NOT_COVERED'
  readonly legalBasis: string
  readonly remedy: string
}

/** Whether the law of the region takes the customer for too young to consent. */
export function isMinor(regime: Regime, region: string, age: number | undefined): boolean {
  return age !== undefined && age < (regime.minors.belowAgeIn[region] ?? regime.minors.belowAge)
}

/** Whether a consent to this purpose is in force that counts: a minor's own does not. */
export function hasConsent({ regime, region, subject }: Asked, purpose: Purpose): boolean {
  const { consents, byGuardian, age } = subject
  const counted = isMinor(regime, region, age) ? byGuardian : consents
  const covering = regime.compatible.filter(({ to }) => to === purpose).map(({ from }) => from)
  return [purpose, ...covering].some(each => counted?.has(each) ?? false)
}

/** Why a purpose that needs a consent is not open to the customer at all, whoever consents. */
export function closedPurpose({ regime, region, subject }: Asked, purpose: Purpose | undefined): Unmet | undefined {
  const { article, closedTo } = regime.minors
  if (purpose === undefined || !closedTo.includes(purpose) || !isMinor(regime, region, subject.age)) return undefined
  const remedy = `None: ${purpose} is closed to customers of this age.`
  return { id: `${regime.id}-minors`, reasonCode: 'NOT_FOR_MINORS', legalBasis: article, remedy }
}

/** In words: whose consent to what would lift it. */
export function consentRemedy({ regime, region, category, subject }: Asked, purpose: Purpose): string {
  const own = isWithin(category, 'workforce') ? "The seller's consent" : "The customer's consent"
  const whose = isMinor(regime, region, subject.age) ? "A guardian's consent" : own
  return `${whose} to ${purpose} would lift this.`
}

/** What of the law is not met; nothing where a duty or right of its own allows the purpose. */
export function unmetDemands(asked: Asked): readonly Unmet[] {
  if (asked.regime.bases[asked.purpose].statutory) return []
  return [ofMinors(asked), ofSensitiveData(asked), ofTransfer(asked)].filter(each => each !== undefined)
}

function ofMinors(asked: Asked): Unmet | undefined {
  const { regime, region, purpose, subject } = asked
  const { article, guardianFor } = regime.minors
  if (guardianFor === 'CONSENT' || !isMinor(regime, region, subject.age) || hasConsent(asked, purpose)) return undefined
  return {
    id: `${regime.id}-minors`,
    reasonCode: 'CONSENT_REQUIRED',
    legalBasis: article,
    remedy: consentRemedy(asked, purpose),
  }
}

function ofSensitiveData(asked: Asked): Unmet | undefined {
  const { regime, region, category, subject } = asked
  const { article, categories } = regime.sensitive
  const isSensitive =
    categories.some(each => isWithin(category, each)) ||
    (regime.minors.areSensitive && isMinor(regime, region, subject.age))
  if (!isSensitive || hasConsent(asked, 'SENSITIVE_DATA')) return undefined
  const remedy = consentRemedy(asked, 'SENSITIVE_DATA')
  return { id: `${regime.id}-sensitive`, reasonCode: 'CONSENT_REQUIRED', legalBasis: article, remedy }
}

// Who names no region stands where the customer is: tokens and keys of people abroad carry theirs.
function ofTransfer(asked: Asked): Unmet | undefined {
  const { policy, regime, region, viewer } = asked
  if (viewer.region === undefined) return undefined
  const territory = territoryOf(policy, viewer.region)
  if (territory === territoryOf(policy, region)) return undefined
  const { article, safeguards, needsConsent, consentSuffices } = regime.crossBorder
  const safeguard = safeguards[territory]
  const consented = hasConsent(asked, 'CROSS_BORDER_TRANSFER')
  if (safeguard !== undefined ? !needsConsent || consented : consentSuffices && consented) return undefined
  const id = `${regime.id}-transfer`
  if (safeguard === undefined && !consentSuffices) {
    const remedy = `None: nothing protects the data in ${territory}.`
    return { id, reasonCode: 'TRANSFER_NOT_COVERED', legalBasis: article, remedy }
  }
  const { article: legalBasis } = regime.bases.CROSS_BORDER_TRANSFER
  return { id, reasonCode: 'CONSENT_REQUIRED', legalBasis, remedy: consentRemedy(asked, 'CROSS_BORDER_TRANSFER') }
}
