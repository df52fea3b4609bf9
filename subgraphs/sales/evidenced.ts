// What the log can vouch for of sales: where each opportunity stands, and each step by which it came there.
import type { CommittedFact } from '../../core/evidence/evidence.ts'
import type { EvidencedLabel } from '../../core/evidence/evidenced-label.ts'
import type { Row } from '../../core/graph/graph.ts'

export const OPPORTUNITY = `
RETURN o.id, c.id AS subjectId, o.evidenceEntryId, o.number, p.name, o.stage, o.stageAt, o.openedAt, o.closedAt,
  o.valueMinor, o.currency, o.valueAt, o.revision`

const OPPORTUNITIES_BY_ID = `
UNWIND $ids AS wanted
MATCH (c:Customer)-[:PURSUES]->(o:Opportunity {id: wanted})-[:CONCERNS]->(p:Product)
${OPPORTUNITY}`

const OPPORTUNITIES_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (c:Customer)-[:PURSUES]->(o:Opportunity {evidenceEntryId: wanted})-[:CONCERNS]->(p:Product)
${OPPORTUNITY}`

const OPPORTUNITIES_NAME = `
MATCH (o:Opportunity)
RETURN DISTINCT o.evidenceEntryId`

// The customer of a step is whom its record names: an opportunity may pass from one to another.
const STEP = `
MATCH (r:SourceRecord {id: h.recordId})-[:IDENTIFIES]->(c:Customer)
RETURN h.id, c.id AS subjectId, h.evidenceEntryId, h.recordId, h.stage, h.at`

const STEPS_BY_ID = `
UNWIND $ids AS wanted
MATCH (h:StageEntry {id: wanted})
${STEP}`

const STEPS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (h:StageEntry {evidenceEntryId: wanted})
${STEP}`

const STEPS_NAME = `
MATCH (h:StageEntry)
RETURN DISTINCT h.evidenceEntryId`

/** Columns: number, product, stage, stageAt, openedAt, closedAt, valueMinor, currency, valueAt, revision. */
export function opportunityFact(subjectId: string, id: string, columns: Row): CommittedFact {
  const revision = Number(columns[9])
  return { subjectId, content: [id, ...columns], node: { label: 'Opportunity', id, revision } }
}

/** Columns: recordId, stage, at. */
export function stepFact(subjectId: string, id: string, columns: Row): CommittedFact {
  return { subjectId, content: [id, ...columns], node: { label: 'StageEntry', id } }
}

export const evidencedSales: readonly EvidencedLabel[] = [
  {
    label: 'StageEntry',
    byId: STEPS_BY_ID,
    byEntry: STEPS_BY_ENTRY,
    entriesNamed: STEPS_NAME,
    toFact: stepFact,
  },
  {
    label: 'Opportunity',
    byId: OPPORTUNITIES_BY_ID,
    byEntry: OPPORTUNITIES_BY_ENTRY,
    entriesNamed: OPPORTUNITIES_NAME,
    toFact: opportunityFact,
  },
]
