// What a receipt says to a reader, worked out from what the log commits to and from nothing else. Consents take the shape
// of ISO/IEC TS 27560:2023 in the terms of the Data Privacy Vocabulary (w3id.org/dpv/guides/consent-27560); every other act
// that of an activity of W3C PROV.
import type { ConsentStep } from '../consent/consent-step.ts'
import type { Purpose } from '../viewer.ts'
import type { EvidenceKind } from './evidence.ts'

export interface ReceiptSubject {
  readonly kind: EvidenceKind
  /** The evidence entry. */
  readonly entryId: string
  readonly at: string
  readonly subjectId: string
  /** What the entry commits to. */
  readonly content: unknown
}

const CONTEXT = {
  dct: 'http://purl.org/dc/terms/',
  dpv: 'https://w3id.org/dpv#',
  prov: 'http://www.w3.org/ns/prov#',
  schema: 'https://schema.org/',
  sg: 'urn:sovereign-graph:receipt:1#',
}

const PROFILE = 'https://w3id.org/dpv/schema/dpv-27560'

/** Purposes that DPV has a term for; the others are purposes of ours. */
const DPV_PURPOSES: { readonly [purpose in Purpose]?: string } = {
  SERVICE_DELIVERY: 'dpv:ServiceProvision',
  SALES_FOLLOW_UP: 'dpv:CustomerRelationshipManagement',
  MARKETING: 'dpv:Marketing',
  AI_TRAINING: 'dpv:ResearchAndDevelopment',
}

export function receiptBody(subject: ReceiptSubject): { readonly [name: string]: unknown } {
  const isConsent = subject.kind === 'CONSENT_GIVEN' || subject.kind === 'CONSENT_WITHDRAWN'
  return { '@context': CONTEXT, ...(isConsent ? consentReceipt(subject) : actReceipt(subject)) }
}

function consentReceipt({ entryId, at, subjectId, content }: ReceiptSubject) {
  const step = content as ConsentStep
  return {
    '@id': `urn:uuid:${entryId}`,
    '@type': 'dpv:ConsentReceipt',
    'dct:identifier': entryId,
    'dct:conformsTo': `${PROFILE}#receipt-record`,
    'dct:created': at,
    'dct:publisher': step.controller,
    'schema:recipient': 'dpv:DataSubject',
    'dpv:hasRecordOfActivity': {
      '@id': `urn:uuid:${step.id}`,
      '@type': 'dpv:ConsentRecord',
      'dct:identifier': step.id,
      'dct:isPartOf': `urn:uuid:${step.consentId}`,
      'dct:conformsTo': `${PROFILE}#record`,
      'dct:date': step.at,
      'dpv:hasDataSubject': { '@id': `urn:uuid:${subjectId}`, '@type': 'dpv:Customer' },
      'dpv:hasDataController': { '@type': 'dpv:DataController', 'schema:name': step.controller },
      'dpv:hasConsentStatus': step.state === 'GIVEN' ? 'dpv:ConsentGiven' : 'dpv:ConsentWithdrawn',
      'dpv:hasLegalBasis': 'dpv:Consent',
      'dpv:hasApplicableLaw': { '@type': 'dpv:Law', 'dct:title': step.regime },
      'dpv:hasNotice': { '@type': 'dpv:Policy', 'dct:identifier': step.policyId, 'schema:version': step.policyVersion },
      'dpv:hasProcess': {
        '@type': 'dpv:Process',
        'dpv:hasPurpose': { '@type': DPV_PURPOSES[step.purpose] ?? 'dpv:Purpose', 'dct:title': step.purpose },
        'dpv:hasPersonalData': step.categories,
        'dpv:hasRecipient': step.recipient === '' ? step.controller : step.recipient,
      },
    },
  }
}

function actReceipt({ kind, entryId, at, subjectId }: ReceiptSubject) {
  return {
    '@id': `urn:uuid:${entryId}`,
    '@type': 'prov:Activity',
    'dct:identifier': entryId,
    'dct:type': kind,
    'prov:endedAtTime': at,
    'schema:recipient': 'dpv:DataSubject',
    'dpv:hasDataSubject': { '@id': `urn:uuid:${subjectId}`, '@type': 'dpv:Customer' },
  }
}
