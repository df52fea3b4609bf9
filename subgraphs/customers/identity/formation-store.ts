// Of which records and by which decisions a customer came to be who it is.
import type { Reader, Row } from '../../../core/graph/graph.ts'

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

const MOST = 100

export async function stepsOf(reader: Reader, ids: readonly string[]): Promise<readonly Row[]> {
  return reader.run(STEPS, { ids, limit: MOST })
}

export async function recordsOf(reader: Reader, ids: readonly string[]): Promise<readonly Row[]> {
  return reader.run(RECORDS, { ids, limit: MOST })
}
