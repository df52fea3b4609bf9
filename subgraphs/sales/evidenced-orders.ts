// What the log can vouch for of orders and services: what each is, and how far it came.
import type { CommittedFact } from '../../core/evidence/evidence.ts'
import type { EvidencedLabel } from '../../core/evidence/evidenced-label.ts'
import type { Row } from '../../core/graph/graph.ts'

export const ORDER = `
RETURN o.id, c.id AS subjectId, o.evidenceEntryId, o.number, p.name, o.quantity, o.valueMinor, o.currency, o.status,
  o.orderedAt, o.statusAt, o.recordId, o.revision`

const ORDERS_BY_ID = `
UNWIND $ids AS wanted
MATCH (c:Customer)-[:PLACED]->(o:Order {id: wanted})-[:CONCERNS]->(p:Product)
${ORDER}`

const ORDERS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (c:Customer)-[:PLACED]->(o:Order {evidenceEntryId: wanted})-[:CONCERNS]->(p:Product)
${ORDER}`

const ORDERS_NAME = `
MATCH (o:Order)
RETURN DISTINCT o.evidenceEntryId`

export const FULFILMENT = `
RETURN f.id, c.id AS subjectId, f.evidenceEntryId, f.number, f.service, f.status, f.promisedFor, f.statusAt, f.recordId,
  f.revision`

const FULFILMENTS_BY_ID = `
UNWIND $ids AS wanted
MATCH (c:Customer)-[:RECEIVES]->(f:Fulfilment {id: wanted})
${FULFILMENT}`

const FULFILMENTS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (c:Customer)-[:RECEIVES]->(f:Fulfilment {evidenceEntryId: wanted})
${FULFILMENT}`

const FULFILMENTS_NAME = `
MATCH (f:Fulfilment)
RETURN DISTINCT f.evidenceEntryId`

/** Columns: number, product, quantity, valueMinor, currency, status, orderedAt, statusAt, recordId, revision. */
export function orderFact(subjectId: string, id: string, columns: Row): CommittedFact {
  return { subjectId, content: [id, ...columns], node: { label: 'Order', id, revision: Number(columns[9]) } }
}

/** Columns: number, service, status, promisedFor, statusAt, recordId, revision. */
export function fulfilmentFact(subjectId: string, id: string, columns: Row): CommittedFact {
  return { subjectId, content: [id, ...columns], node: { label: 'Fulfilment', id, revision: Number(columns[6]) } }
}

export const evidencedOrders: readonly EvidencedLabel[] = [
  { label: 'Order', byId: ORDERS_BY_ID, byEntry: ORDERS_BY_ENTRY, entriesNamed: ORDERS_NAME, toFact: orderFact },
  {
    label: 'Fulfilment',
    byId: FULFILMENTS_BY_ID,
    byEntry: FULFILMENTS_BY_ENTRY,
    entriesNamed: FULFILMENTS_NAME,
    toFact: fulfilmentFact,
  },
]
