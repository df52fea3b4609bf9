// Of which records and by which decisions a customer came to be who it is.
import { visibleRows } from '../../../core/consent/consent-store.ts'
import { GIVEN } from '../../../core/consent/images.ts'
import type { RequestContext } from '../../../core/context.ts'
import { type Cypher, cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row } from '../../../core/graph/graph.ts'
import { type ListedField, shownKey } from '../../../core/listing.ts'
import type { Statement } from './person-store.ts'

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

/** When its source stated what a record holds; where it says nothing of it, when the record was taken in. */
const STATED_AT = {
  type: 'ConflictingRecord',
  field: 'statedAt',
  name: cypher`statedAt`,
  value: cypher`coalesce(r.statedAt, r.acceptedAt)`,
}

const MOST = 100
/** So many records are looked through, the newest by the time of their source. */
const MOST_STATEMENTS = 500

export async function stepsOf(reader: Reader, ids: readonly string[]): Promise<readonly Row[]> {
  return reader.run(STEPS, { ids, limit: MOST })
}

/** Of this person, or of the customers of whom it is made: the newest first as far as the viewer is shown the times, else by id. */
export async function recordsOf(
  context: RequestContext,
  personId: string,
  ids: readonly string[],
): Promise<readonly Row[]> {
  return newestRecords(context, ACCEPTED_AT, cypher`r.acceptedAt`, { personId, ids, limit: MOST })
}

export interface StatementOfCustomer extends Statement {
  readonly id: string
  readonly customerId: string
}

/** The same records with what they state. */
export async function newestStatements(
  context: RequestContext,
  personId: string,
  ids: readonly string[],
): Promise<readonly StatementOfCustomer[]> {
  const rows = await newestRecords(context, STATED_AT, cypher`${STATED_AT.value}, r.payload`, {
    personId,
    ids,
    limit: MOST_STATEMENTS,
  })
  return rows.map(([id, customerId, source, at, payload]) => ({
    id: String(id),
    customerId: String(customerId),
    source: String(source),
    at: String(at),
    payload: String(payload),
  }))
}

async function newestRecords(
  { services: { graph }, policy, viewer, masks }: RequestContext,
  time: ListedField,
  columns: Cypher,
  of: { readonly personId: string; readonly ids: readonly string[]; readonly limit: number },
): Promise<readonly Row[]> {
  const { isVisible, params: visibility } = visibleRows(policy, viewer)
  const { key = cypher`''`, params } = shownKey(masks, time)
  const statement = cypher`
MATCH (c:Customer {id: $personId})
WHERE ${isVisible}
WITH c, ${GIVEN}
UNWIND $ids AS wanted
MATCH (part:Customer {id: wanted})<-[:IDENTIFIES]-(r:SourceRecord)
WITH part, r, ${key} AS shownAt
ORDER BY shownAt DESC, r.id LIMIT $limit
RETURN r.id, part.id AS customerId, r.source, ${columns}
ORDER BY shownAt DESC, r.id`
  return graph.read(statement, { ...params, ...of, ...visibility })
}
