// Of which records and by which decisions a customer came to be who it is.
import type { Reader, Row } from '../../../core/graph/graph.ts'
import type { StatingRecord } from './conflicts.ts'

const STEPS = `
UNWIND $ids AS wanted
MATCH (:Customer {id: wanted})<-[:COMPARES]-(r:MatchReview)
WHERE r.decidedAt IS NOT NULL
RETURN DISTINCT r.id, r.state, r.decidedBy, r.decidedAt, r.evidenceEntryId
ORDER BY r.decidedAt, r.id LIMIT $limit`

const RECORDS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})<-[:IDENTIFIES]-(r:SourceRecord)
RETURN r.id, c.id AS customerId, r.source, r.acceptedAt
ORDER BY r.acceptedAt DESC, r.id LIMIT $limit`

const STATEMENTS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})<-[:IDENTIFIES]-(r:SourceRecord)
RETURN r.id, c.id AS customerId, r.source, coalesce(r.statedAt, r.acceptedAt) AS statedAt, r.payload
ORDER BY statedAt DESC, r.id LIMIT $limit`

const MOST = 100
/** So many records are looked through, the newest by the time of their source. */
const MOST_STATEMENTS = 500

export async function stepsOf(reader: Reader, ids: readonly string[]): Promise<readonly Row[]> {
  return reader.run(STEPS, { ids, limit: MOST })
}

export async function recordsOf(reader: Reader, ids: readonly string[]): Promise<readonly Row[]> {
  return reader.run(RECORDS, { ids, limit: MOST })
}

export interface StatementOfCustomer extends StatingRecord {
  readonly customerId: string
}

export async function newestStatements(
  reader: Reader,
  ids: readonly string[],
): Promise<readonly StatementOfCustomer[]> {
  const rows = await reader.run(STATEMENTS, { ids, limit: MOST_STATEMENTS })
  return rows.map(([id, customerId, source, at, payload]) => ({
    id: String(id),
    customerId: String(customerId),
    source: String(source),
    at: String(at),
    payload: String(payload),
  }))
}
