// What the log can vouch for of consents: their state, and each step of their history.
import type { EvidencedLabel } from '../evidence/evidenced-label.ts'
import { toStep } from './consent-step.ts'
import type { ConsentRecord } from './consent-store.ts'
import { consentFact, stepFact } from './set-consent.ts'

const STEP_COLUMNS = `
RETURN e.id, c.id, e.evidenceEntryId, k.id AS consentId, k.purpose, k.recipient, e.state, e.at, e.controller, e.regime,
  e.policyId, e.policyVersion, e.categories`

const STEPS_BY_ID = `
UNWIND $ids AS wanted
MATCH (e:ConsentEvent {id: wanted})<-[:CHANGED_BY]-(k:Consent)-[:OF]->(c)
${STEP_COLUMNS}`

const STEPS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (e:ConsentEvent {evidenceEntryId: wanted})<-[:CHANGED_BY]-(k:Consent)-[:OF]->(c)
${STEP_COLUMNS}`

const STEPS_NAME = `
MATCH (e:ConsentEvent)
RETURN DISTINCT e.evidenceEntryId`

const CONSENT_COLUMNS = `
RETURN k.id, c.id, k.evidenceEntryId, k.purpose, k.recipient, k.state, k.since, k.steps, k.givenBy`

const CONSENTS_BY_ID = `
UNWIND $ids AS wanted
MATCH (k:Consent {id: wanted})-[:OF]->(c)
${CONSENT_COLUMNS}`

const CONSENTS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (k:Consent {evidenceEntryId: wanted})-[:OF]->(c)
${CONSENT_COLUMNS}`

const CONSENTS_NAME = `
MATCH (k:Consent)
RETURN DISTINCT k.evidenceEntryId`

export const evidencedConsents: readonly EvidencedLabel[] = [
  {
    label: 'ConsentEvent',
    byId: STEPS_BY_ID,
    byEntry: STEPS_BY_ENTRY,
    entriesNamed: STEPS_NAME,
    toFact: (subjectId, id, columns) => stepFact(subjectId, toStep([id, ...columns])),
  },
  {
    label: 'Consent',
    byId: CONSENTS_BY_ID,
    byEntry: CONSENTS_BY_ENTRY,
    entriesNamed: CONSENTS_NAME,
    toFact: (subjectId, id, [purpose, recipient, state, since, steps, givenBy]) => {
      const marked = givenBy === null ? {} : { givenBy }
      return consentFact(subjectId, { id, purpose, recipient, state, since, ...marked } as ConsentRecord, Number(steps))
    },
  },
]
