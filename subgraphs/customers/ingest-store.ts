// How accepted records become the graph. Each statement takes a whole batch; a batch costs the same number of statements
// whatever its size.
import type { GraphValue, Params, Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'

const KNOWN_RECORDS = `
UNWIND $keys AS key
MATCH (r:SourceRecord {key: key})
RETURN r.key, r.payloadHash`

const KNOWN_ACCOUNTS = `
UNWIND $names AS name
MATCH (a:Account {name: name})
RETURN a.name, a.sector`

export const MERGE_ACCOUNTS = `
UNWIND $accounts AS account
MERGE (a:Account {name: account.name})
ON CREATE SET a.id = account.newId
SET a.sector = coalesce(account.sector, a.sector)`

const KNOWN_SELLERS = `
UNWIND $numbers AS number
MATCH (s:Seller {number: number})
RETURN s.number, s.name, s.region`

export const MERGE_SELLERS = `
UNWIND $sellers AS seller
MERGE (s:Seller {number: seller.number})
ON CREATE SET s.id = seller.newId
SET s.name = coalesce(seller.name, s.name), s.region = coalesce(seller.region, s.region)`

const KNOWN_CUSTOMERS = `
UNWIND $numbers AS number
MATCH (c:Customer {number: number})
RETURN c.number, c.id, c.name, c.phone, c.email, c.weComId, c.birthDate, c.otherRegion,
  size([(c)-[:MEMBER_OF]->(a:Account) | a.id]), size([(c)<-[:OWNS]-(s:Seller) | s.id])`

// A customer's residences decide the law that applies, so a later record moves neither.
export const MERGE_CUSTOMERS = `
UNWIND $customers AS row
MERGE (c:Customer {number: row.number})
ON CREATE SET c.id = row.newId, c.region = row.region
SET c.name = coalesce(row.name, c.name), c.searchWords = coalesce(row.searchWords, c.searchWords), c.phone = coalesce(row.phone, c.phone),
    c.email = coalesce(row.email, c.email), c.comparedEmail = coalesce(row.comparedEmail, c.comparedEmail), c.weComId = coalesce(row.weComId, c.weComId),
    c.birthDate = coalesce(row.birthDate, c.birthDate), c.otherRegion = coalesce(c.otherRegion, row.otherRegion),
    c.revision = coalesce(c.revision, 0) + 1, c.evidenceEntryId = $evidenceEntryId
RETURN c.id, c.number, c.region, c.name, c.phone, c.email, c.weComId, c.revision, c.otherRegion, c.birthDate`

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

// Rows of many are lists, whose names need not travel with each of them.

/** Each record: id, customerId, key, eventId, place, payload, payloadHash. */
export const KEEP_RECORDS = `
UNWIND $records AS record
MATCH (c:Customer {id: record[1]})
CREATE (r:SourceRecord {id: record[0], key: record[2], source: $source, eventId: record[3], place: record[4],
  payload: record[5], payloadHash: record[6], acceptedAt: $at, evidenceEntryId: $evidenceEntryId})
CREATE (r)-[:IDENTIFIES {weight: 1}]->(c)`

/** The same of records that are about nobody. */
export const KEEP_RECORDS_OF_NOBODY = `
UNWIND $records AS record
CREATE (:SourceRecord {id: record[0], key: record[2], source: $source, eventId: record[3], place: record[4],
  payload: record[5], payloadHash: record[6], acceptedAt: $at, evidenceEntryId: $evidenceEntryId})`

const KNOWN_PERIODS = `
UNWIND $keys AS key
MATCH (p:Period {key: key})
RETURN p.key`

// Writing the customer also holds it, until the chain of its periods is in order, against a batch of another source.
export const ADD_PERIODS = `
UNWIND $periods AS period
MATCH (c:Customer {id: period.customerId})
MERGE (p:Period {key: period.key})
ON CREATE SET p.month = period.month
MERGE (c)-[:IN_PERIOD]->(p)
SET c.newestPeriod = CASE WHEN c.newestPeriod > period.key THEN c.newestPeriod ELSE period.key END`

/** Each row: id, periodKey, recordId, touchpoint, occurredAt, text, intent, emotion, outcome, durationSeconds, searchWords. */
export const ADD_INTERACTIONS = `
UNWIND $interactions AS row
MATCH (p:Period {key: row[1]})
CREATE (i:Interaction {id: row[0], recordId: row[2], source: $source, touchpoint: row[3], occurredAt: row[4],
  text: row[5], intent: row[6], emotion: row[7], outcome: row[8], durationSeconds: row[9], searchWords: row[10],
  evidenceEntryId: $evidenceEntryId})
CREATE (p)-[:HAD]->(i)`

type Rows = readonly GraphValue[]

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
  return byFirstColumn(await rowsOf(reader, KNOWN_RECORDS, { keys }), ([, hash]) => String(hash))
}

/** The sector of each known account among these, by its name. */
export async function knownAccounts(reader: Reader, names: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  return byFirstColumn(await rowsOf(reader, KNOWN_ACCOUNTS, { names }), ([, sector]) => sector)
}

/** What is known of a thing: a value for each property that a record may state. */
type Known = { readonly [property: string]: GraphValue | undefined }

/** The known sellers among these, by their numbers. */
export async function knownSellers(reader: Reader, numbers: readonly string[]): Promise<ReadonlyMap<string, Known>> {
  return byFirstColumn(await rowsOf(reader, KNOWN_SELLERS, { numbers }), ([, name, region]) => ({ name, region }))
}

export interface KnownCustomer {
  readonly id: string
  readonly stated: Known
  readonly hasOtherRegion: boolean
  readonly hasAccount: boolean
  readonly hasOwner: boolean
}

/** The known customers among these, by their numbers. */
export async function knownCustomers(
  reader: Reader,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, KnownCustomer>> {
  const rows = await rowsOf(reader, KNOWN_CUSTOMERS, { numbers })
  return byFirstColumn(rows, ([, id, name, phone, email, weComId, birthDate, otherRegion, accounts, owners]) => ({
    id: String(id),
    stated: { name, phone, email, weComId, birthDate },
    hasOtherRegion: otherRegion !== null,
    hasAccount: accounts !== 0,
    hasOwner: owners !== 0,
  }))
}

export async function knownPeriods(reader: Reader, keys: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await rowsOf(reader, KNOWN_PERIODS, { keys })).map(([key]) => String(key)))
}

/** The rows of a statement about a list; those of an empty one cost nothing. */
async function rowsOf(reader: Reader, statement: string, asked: { readonly [name: string]: readonly string[] }) {
  return Object.values(asked).every(each => each.length === 0) ? [] : reader.run(statement, asked)
}

function byFirstColumn<T>(rows: readonly Row[], toT: (row: Row) => T): ReadonlyMap<string, T> {
  return new Map(rows.map(row => [String(row[0]), toT(row)]))
}
