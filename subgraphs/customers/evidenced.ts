// What the log can vouch for of customers: who they are, the records that told of them, and what happened with them.
import { sha256 } from '../../core/evidence/commitment.ts'
import type { CommittedFact } from '../../core/evidence/evidence.ts'
import type { EvidencedLabel } from '../../core/evidence/evidenced-label.ts'
import type { Row } from '../../core/graph/graph.ts'

/** Whose the facts are that are about nobody: the company vouches for them under a key of its own. */
export const COMPANY = 'company'

const CUSTOMER = `
RETURN c.id, c.id AS subjectId, c.evidenceEntryId, c.number, c.region, c.name, c.phone, c.email, c.weComId, c.revision,
  c.otherRegion, c.birthDate`

const CUSTOMERS_BY_ID = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
${CUSTOMER}`

const CUSTOMERS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (c:Customer {evidenceEntryId: wanted})
${CUSTOMER}`

const CUSTOMERS_NAME = `
MATCH (c:Customer)
RETURN DISTINCT c.evidenceEntryId`

const RECORD = `
RETURN r.id, coalesce(head([(r)-[:IDENTIFIES]->(c:Customer) | c.id]), 'company') AS subjectId, r.evidenceEntryId, r.key,
  r.source, r.eventId, r.place, r.payload`

const RECORDS_BY_ID = `
UNWIND $ids AS wanted
MATCH (r:SourceRecord {id: wanted})
${RECORD}`

const RECORDS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (r:SourceRecord {evidenceEntryId: wanted})
${RECORD}`

const RECORDS_NAME = `
MATCH (r:SourceRecord)
RETURN DISTINCT r.evidenceEntryId`

const INTERACTION = `
RETURN i.id, c.id AS subjectId, i.evidenceEntryId, i.recordId, i.source, i.touchpoint, i.occurredAt, i.text, i.intent,
  i.emotion, i.outcome, i.durationSeconds`

const INTERACTIONS_BY_ID = `
UNWIND $ids AS wanted
MATCH (i:Interaction {id: wanted})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
WHERE c.parts IS NULL
${INTERACTION}`

const INTERACTIONS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (i:Interaction {evidenceEntryId: wanted})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
WHERE c.parts IS NULL
${INTERACTION}`

const INTERACTIONS_NAME = `
MATCH (i:Interaction)
RETURN DISTINCT i.evidenceEntryId`

const ENVIRONMENT_EVENT = `
RETURN e.id, 'company' AS subjectId, e.evidenceEntryId, e.recordId, e.source, e.kind, e.summary, e.place, e.measure,
  e.unit, e.startsAt, e.endsAt`

const ENVIRONMENT_EVENTS_BY_ID = `
UNWIND $ids AS wanted
MATCH (e:EnvironmentEvent {id: wanted})
${ENVIRONMENT_EVENT}`

const ENVIRONMENT_EVENTS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (e:EnvironmentEvent {evidenceEntryId: wanted})
${ENVIRONMENT_EVENT}`

const ENVIRONMENT_EVENTS_NAME = `
MATCH (e:EnvironmentEvent)
RETURN DISTINCT e.evidenceEntryId`

/** Columns: number, region, name, phone, email, weComId, revision, otherRegion, birthDate. */
export function customerFact(id: string, columns: Row): CommittedFact {
  const [otherRegion, birthDate] = columns.slice(7)
  // Left out where there is none, as in what was committed to before the graph knew of them.
  const residenceAndBirth = otherRegion || birthDate ? [otherRegion ?? null, birthDate ?? null] : []
  const content = [id, ...columns.slice(0, 7), ...residenceAndBirth]
  return { subjectId: id, content, node: { label: 'Customer', id, revision: Number(columns[6]) } }
}

/** Columns: key, source, eventId, place, payload; of the payload its hash is committed to. */
export function recordFact(subjectId: string, id: string, [key, source, eventId, place, payload]: Row): CommittedFact {
  const hash = sha256(String(payload)).toString('base64url')
  return { subjectId, content: [id, key, source, eventId, place ?? null, hash], node: { label: 'SourceRecord', id } }
}

/** Columns: recordId, source, touchpoint, occurredAt, text, intent, emotion, outcome, durationSeconds. */
export function interactionFact(subjectId: string, id: string, columns: Row): CommittedFact {
  return { subjectId, content: [id, ...columns], node: { label: 'Interaction', id } }
}

/** Columns: recordId, source, kind, summary, place, measure, unit, startsAt, endsAt. */
export function environmentFact(id: string, columns: Row): CommittedFact {
  return { subjectId: COMPANY, content: [id, ...columns], node: { label: 'EnvironmentEvent', id } }
}

// Those on which others hang come last: who goes through a customer is not found once the customer is gone.
export const evidencedCustomers: readonly EvidencedLabel[] = [
  {
    label: 'Interaction',
    byId: INTERACTIONS_BY_ID,
    byEntry: INTERACTIONS_BY_ENTRY,
    entriesNamed: INTERACTIONS_NAME,
    toFact: interactionFact,
  },
  {
    label: 'SourceRecord',
    byId: RECORDS_BY_ID,
    byEntry: RECORDS_BY_ENTRY,
    entriesNamed: RECORDS_NAME,
    toFact: recordFact,
  },
  {
    label: 'EnvironmentEvent',
    byId: ENVIRONMENT_EVENTS_BY_ID,
    byEntry: ENVIRONMENT_EVENTS_BY_ENTRY,
    entriesNamed: ENVIRONMENT_EVENTS_NAME,
    toFact: (_, id, columns) => environmentFact(id, columns),
  },
  {
    label: 'Customer',
    byId: CUSTOMERS_BY_ID,
    byEntry: CUSTOMERS_BY_ENTRY,
    entriesNamed: CUSTOMERS_NAME,
    toFact: (_, id, columns) => customerFact(id, columns),
  },
]
