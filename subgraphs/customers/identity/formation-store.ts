// Of which records and by which decisions a customer came to be who it is.
import type { RequestContext } from '../../../core/context.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row } from '../../../core/graph/graph.ts'
import { shownKey } from '../../../core/listing.ts'

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

const MOST = 100

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
