// How accepted records become the graph. Each statement takes a whole batch; a batch costs the same number of statements
// whatever its size.
import type { GraphValue, Params, Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import { type CustomerState, stateFrom } from './customer-state.ts'
import type { Stated } from './identity/survivorship.ts'

const KNOWN_RECORDS = `
UNWIND $keys AS key
MATCH (r:SourceRecord {key: key})
RETURN r.key, r.payloadHash`

const KNOWN_ACCOUNTS = `
UNWIND $names AS name
MATCH (a:Account {name: name})
RETURN a.name, a.sector, a.sectorAt, a.sectorSource`

// Touched first, so that the sector is looked at when no other batch writes it any more.
export const MERGE_ACCOUNTS = `
UNWIND $accounts AS account
MERGE (a:Account {name: account.name})
ON CREATE SET a.id = account.newId
SET a.touched = coalesce(a.touched, 0) + 1
WITH a, account
WHERE account.sector IS NOT NULL AND coalesce(a.sectorAt, '') <= account.at
SET a.sector = account.sector, a.sectorAt = account.at, a.sectorSource = account.source`

const KNOWN_SELLERS = `
UNWIND $numbers AS number
MATCH (s:Seller {number: number})
RETURN s.number, s.name, s.region`

export const MERGE_SELLERS = `
UNWIND $sellers AS seller
MERGE (s:Seller {number: seller.number})
ON CREATE SET s.id = seller.newId
SET s.name = coalesce(seller.name, s.name), s.region = coalesce(seller.region, s.region)`

// Writing a customer holds it until the unit ends: of two batches that name it at one time the second decides by what the
// first made of it.
const HOLD_CUSTOMERS = `
UNWIND $customers AS row
MERGE (c:Customer {number: row.number})
ON CREATE SET c.id = row.newId
SET c.touched = coalesce(c.touched, 0) + 1
RETURN c.number, c.id, c.lastWriters, c.name, c.phone, c.email, c.weComId, c.birthDate, c.region, c.otherRegion,
  [(c)-[:MEMBER_OF]->(a:Account) | a.name], [(c)<-[:OWNS]-(s:Seller) | s.number]`

export const STATE_CUSTOMERS = `
UNWIND $customers AS row
MATCH (c:Customer {id: row.id})
SET c.region = row.region, c.otherRegion = row.otherRegion, c.name = row.name, c.searchWords = row.searchWords, c.phone = row.phone, c.email = row.email,
    c.comparedEmail = row.comparedEmail, c.weComId = row.weComId, c.birthDate = row.birthDate,
    c.lastWriters = row.lastWriters, c.revision = coalesce(c.revision, 0) + 1, c.evidenceEntryId = $evidenceEntryId
RETURN c.id, c.number, c.region, c.name, c.phone, c.email, c.weComId, c.revision, c.otherRegion, c.birthDate`

/** Of customers of whom nothing new was stated, but what is known by a later record: id, lastWriters. */
export const RESTATE_CUSTOMERS = `
UNWIND $customers AS row
MATCH (c:Customer {id: row[0]})
SET c.lastWriters = row[1]`

export const LEAVE_ACCOUNTS = `
UNWIND $members AS row
MATCH (:Customer {id: row.customerId})-[membership:MEMBER_OF]->(:Account)
DELETE membership`

export const JOIN_ACCOUNTS = `
UNWIND $members AS row
MATCH (c:Customer {id: row.customerId})
MATCH (a:Account {name: row.accountName})
MERGE (c)-[:MEMBER_OF]->(a)`

export const LEAVE_OWNERS = `
UNWIND $owners AS row
MATCH (:Customer {id: row.customerId})<-[ownership:OWNS]-(:Seller)
DELETE ownership`

export const GIVE_OWNERS = `
UNWIND $owners AS row
MATCH (c:Customer {id: row.customerId})
MATCH (s:Seller {number: row.sellerNumber})
MERGE (s)-[:OWNS]->(c)`

// Rows of many are lists, whose names need not travel with each of them.

/** Each record: id, customerId, key, eventId, place, payload, payloadHash, statedAt. */
export const KEEP_RECORDS = `
UNWIND $records AS record
MATCH (c:Customer {id: record[1]})
CREATE (r:SourceRecord {id: record[0], key: record[2], source: $source, eventId: record[3], place: record[4],
  payload: record[5], payloadHash: record[6], statedAt: record[7],
  acceptedAt: $at, evidenceEntryId: $evidenceEntryId})
CREATE (r)-[:IDENTIFIES {weight: 1}]->(c)`

/** The same of records that are about nobody. */
export const KEEP_RECORDS_OF_NOBODY = `
UNWIND $records AS record
CREATE (:SourceRecord {id: record[0], key: record[2], source: $source, eventId: record[3], place: record[4],
  payload: record[5], payloadHash: record[6], statedAt: record[7],
  acceptedAt: $at, evidenceEntryId: $evidenceEntryId})`

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

/** The sector of each known account among these, by its name; undefined for one that is not known. */
export async function knownAccounts(
  reader: Reader,
  names: readonly string[],
): Promise<ReadonlyMap<string, Stated | undefined>> {
  return byFirstColumn(await rowsOf(reader, KNOWN_ACCOUNTS, { names }), ([, sector, at, source]) =>
    sector === null ? undefined : { value: String(sector), at: String(at ?? ''), source: String(source ?? '') },
  )
}

/** What is known of a thing: a value for each property that a record may state. */
type Known = { readonly [property: string]: GraphValue | undefined }

/** The known sellers among these, by their numbers. */
export async function knownSellers(reader: Reader, numbers: readonly string[]): Promise<ReadonlyMap<string, Known>> {
  return byFirstColumn(await rowsOf(reader, KNOWN_SELLERS, { numbers }), ([, name, region]) => ({ name, region }))
}

export interface HeldCustomer {
  readonly id: string
  readonly state: CustomerState
}

/** The customers of these numbers, those that nobody knew of included, held until the unit ends. */
export async function holdCustomers(
  unit: UnitOfWork,
  customers: readonly { readonly number: string; readonly newId: string }[],
): Promise<ReadonlyMap<string, HeldCustomer>> {
  // In one order, so that no two batches wait for each other.
  const inOrder = customers.toSorted((a, b) => (a.number < b.number ? -1 : 1))
  const rows = await runBatch(unit, HOLD_CUSTOMERS, { customers: inOrder })
  return byFirstColumn(rows, ([, id, lastWriters, ...values]) => ({
    id: String(id),
    state: stateFrom(lastWriters, values),
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
