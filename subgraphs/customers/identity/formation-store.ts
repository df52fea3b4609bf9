// Of which records and by which decisions a customer came to be who it is.
import type { RequestContext } from '../../../core/context.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row } from '../../../core/graph/graph.ts'
import { shownKey } from '../../../core/listing.ts'
import type { StatingRecord } from './conflicts.ts'

const STEPS = `
UNWIND $ids AS wanted
MATCH (:Customer {id: wanted})<-[:COMPARES]-(r:MatchReview)
WHERE r.decidedAt IS NOT NULL
RETURN DISTINCT r.id, r.state, r.decidedBy, r.decidedAt, r.evidenceEntryId
ORDER BY r.decidedAt, r.id LIMIT $limit`

/** When a record was taken in. */
const ACCEPTED_AT = {
  type: 'FormingRecord',
  field: 'acceptedAt',
  name: cypher`acceptedAt`,
  value: cypher`r.acceptedAt`,
}

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

/** Of this person, or of the customers of whom it is made: the newest first as far as the viewer is shown the times, else by id. */
export async function recordsOf(
  { services: { graph }, viewer, masks }: RequestContext,
  personId: string,
  ids: readonly string[],
): Promise<readonly Row[]> {
  const { key = cypher`''`, params } = shownKey(masks, ACCEPTED_AT)
  const statement = cypher`
MATCH (c:Customer {id: $personId})
UNWIND $ids AS wanted
MATCH (part:Customer {id: wanted})<-[:IDENTIFIES]-(r:SourceRecord)
WITH part, r, ${key} AS shownAt
ORDER BY shownAt DESC, r.id LIMIT $limit
RETURN r.id, part.id AS customerId, r.source, r.acceptedAt
ORDER BY shownAt DESC, r.id`
  return graph.read(statement, { ...params, viewerId: viewer.id, personId, ids, limit: MOST })
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
