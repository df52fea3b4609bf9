// How accepted records become the graph. Each statement takes a whole batch; a batch costs the same number of statements
// whatever its size.
import type { Change } from '../../core/change.ts'
import type { Params, Reader, UnitOfWork } from '../../core/graph/graph.ts'
import type { DeadRecord } from './rules.ts'

const KNOWN_RECORDS = `
UNWIND $keys AS key
MATCH (r:SourceRecord {key: key})
RETURN r.key, r.payloadHash`

export const MERGE_ACCOUNTS = `
UNWIND $accounts AS account
MERGE (a:Account {name: account.name})
ON CREATE SET a.id = account.newId
SET a.sector = coalesce(account.sector, a.sector)`

export const MERGE_SELLERS = `
UNWIND $sellers AS seller
MERGE (s:Seller {number: seller.number})
ON CREATE SET s.id = seller.newId
SET s.name = coalesce(seller.name, s.name), s.region = coalesce(seller.region, s.region)`

// A customer's region decides the law that applies, so a later record does not move it.
export const MERGE_CUSTOMERS = `
UNWIND $customers AS row
MERGE (c:Customer {number: row.number})
ON CREATE SET c.id = row.newId, c.region = row.region, c.evidenceEntryId = $evidenceEntryId
SET c.name = coalesce(row.name, c.name), c.phone = coalesce(row.phone, c.phone),
    c.email = coalesce(row.email, c.email), c.weComId = coalesce(row.weComId, c.weComId)
RETURN c.number, c.id`

export const JOIN_ACCOUNTS = `
UNWIND $members AS row
MATCH (c:Customer {id: row.customerId})
WHERE NOT EXISTS { MATCH (c)-[:MEMBER_OF]->(:Account) }
MATCH (a:Account {name: row.accountName})
MERGE (c)-[:MEMBER_OF]->(a)`

export const GIVE_OWNERS = `
UNWIND $owners AS row
MATCH (c:Customer {id: row.customerId})
WHERE NOT EXISTS { MATCH (:Seller)-[:OWNS]->(c) }
MATCH (s:Seller {number: row.sellerNumber})
MERGE (s)-[:OWNS]->(c)`

export const KEEP_RECORDS = `
UNWIND $records AS record
MATCH (c:Customer {id: record.customerId})
CREATE (r:SourceRecord {id: record.id, key: record.key, source: $source, eventId: record.eventId, place: record.place,
  payload: record.payload, payloadHash: record.payloadHash, acceptedAt: $at, evidenceEntryId: $evidenceEntryId})
CREATE (r)-[:IDENTIFIES {weight: 1}]->(c)`

export const ADD_PERIODS = `
UNWIND $periods AS period
MATCH (c:Customer {id: period.customerId})
MERGE (p:Period {key: period.key})
ON CREATE SET p.month = period.month
MERGE (c)-[:IN_PERIOD]->(p)`

export const ADD_INTERACTIONS = `
UNWIND $interactions AS row
MATCH (p:Period {key: row.periodKey})
CREATE (i:Interaction {id: row.id, recordId: row.recordId, source: $source, touchpoint: row.touchpoint,
  occurredAt: row.occurredAt, text: row.text, intent: row.intent, emotion: row.emotion, outcome: row.outcome,
  durationSeconds: row.durationSeconds, evidenceEntryId: $evidenceEntryId})
CREATE (p)-[:HAD]->(i)`

const KEEP_DEAD_LETTERS = `
UNWIND $letters AS letter
MERGE (d:DeadLetter {key: letter.key})
ON CREATE SET d.id = letter.newId, d.source = $source, d.eventId = letter.eventId, d.place = letter.place,
  d.reason = letter.reason, d.detail = letter.detail, d.payload = letter.payload, d.at = $at`

export const DEAD_LETTERS_PAGE = `
MATCH (d:DeadLetter)
WHERE d.id > $afterId AND ($source = '' OR d.source = $source)
RETURN d.id, d.source, d.eventId, d.place, d.reason, d.detail, d.at
ORDER BY d.id LIMIT $limit`

type Rows = readonly Params[]

/** Runs a batch statement; an empty batch costs nothing. */
export async function runBatch(
  unit: UnitOfWork,
  statement: string,
  rows: { readonly [name: string]: Rows },
  params: Params = {},
) {
  const [batch = []] = Object.values(rows)
  return batch.length === 0 ? [] : unit.run(statement, { ...rows, ...params })
}

/** The hash of each known record among these, by its key. */
export async function knownRecords(reader: Reader, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (keys.length === 0) return new Map()
  const rows = await reader.run(KNOWN_RECORDS, { keys })
  return new Map(rows.map(([key, hash]) => [String(key), String(hash)]))
}

export async function keepDeadLetters(
  { unit, at }: Change,
  source: string,
  dead: readonly DeadRecord[],
  newId: () => string,
): Promise<void> {
  const letters = dead.map(letter => ({ ...letter, newId: newId() }))
  await runBatch(unit, KEEP_DEAD_LETTERS, { letters }, { source, at })
}
