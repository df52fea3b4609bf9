// A person whom several customers turned out to be is a customer of its own, made of theirs: its parts stay as they are, so
// that taking them apart again is nothing but deleting what was made. What was made is made anew from the parts at any time.
import { countIn } from '../../../core/erasure/eraser.ts'
import type { GraphValue, Params, Reader, Row, UnitOfWork } from '../../../core/graph/graph.ts'
import { chainPeriods } from '../period-chain.ts'
import { searchWordsOf } from '../search/words.ts'
import type { Identity } from './compare.ts'

const LOOKED_UP = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
RETURN c.id, c.mergedInto, c.parts`

const PARTS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
RETURN c.id, c.number, c.region, c.otherRegion, c.name, c.phone, c.email, c.weComId, c.birthDate,
  [(c)-[:MEMBER_OF]->(a:Account) | a.name], [(c)<-[:OWNS]-(s:Seller) | s.number],
  [(c)-[joined:MERGED_INTO]->(m:Customer {id: $personId}) | coalesce(joined.confirmedAt, '')]`

const STATED = `
UNWIND $ids AS wanted
MATCH (:Customer {id: wanted})<-[:IDENTIFIES]-(r:SourceRecord)
RETURN r.source, coalesce(r.statedAt, r.acceptedAt), r.payload`

const DESCRIBE = `
MERGE (m:Customer {id: $id})
SET m.region = $region, m.otherRegion = $otherRegion, m.name = $name, m.phone = $phone, m.email = $email,
    m.weComId = $weComId, m.birthDate = $birthDate, m.searchWords = $searchWords, m.parts = $parts, m.mergedInto = null,
    m.revision = coalesce(m.revision, 0) + 1, m.evidenceEntryId = $evidenceEntryId
RETURN m.number, m.region, m.name, m.phone, m.email, m.weComId, m.revision, m.otherRegion, m.birthDate`

const LET_GO = `
MATCH (m:Customer {id: $id})<-[joined:MERGED_INTO]-(c:Customer)
WHERE NOT c.id IN $partIds
SET c.mergedInto = null
DELETE joined`

const TAKE_IN = `
UNWIND $partIds AS partId
MATCH (c:Customer {id: partId})
MATCH (m:Customer {id: $id})
SET c.mergedInto = $id
MERGE (c)-[:MERGED_INTO]->(m)`

// A person that became part of another one stays as it is, out of sight: it is what comes back when that is undone.
const SET_ASIDE = `
MATCH (m:Customer {id: $id})
SET m.mergedInto = $intoId`

const PERSONS_OF = `
MATCH (:Customer {id: $customerId})-[:MERGED_INTO]->(m:Customer)
RETURN m.id, m.mergedInto, m.parts`

const LEAVE_ACCOUNT = `
MATCH (m:Customer {id: $id})-[membership:MEMBER_OF]->(:Account)
DELETE membership`

const LEAVE_SELLER = `
MATCH (m:Customer {id: $id})<-[ownership:OWNS]-(:Seller)
DELETE ownership`

const JOIN_ACCOUNT = `
MATCH (m:Customer {id: $id})
MATCH (a:Account {name: $account})
MERGE (m)-[:MEMBER_OF]->(a)`

const GIVE_OWNER = `
MATCH (m:Customer {id: $id})
MATCH (s:Seller {number: $seller})
MERGE (s)-[:OWNS]->(m)`

const SCATTER = `
MATCH (m:Customer {id: $id})-[:IN_PERIOD]->(p:Period)
SET m.newestPeriod = null
DETACH DELETE p`

const MONTHS = `
UNWIND $partIds AS partId
MATCH (c:Customer {id: partId})-[:IN_PERIOD]->(p:Period)
RETURN DISTINCT p.month`

const ADD_MONTHS = `
UNWIND $months AS month
MATCH (m:Customer {id: $id})
MERGE (p:Period {key: $id + '/' + month})
ON CREATE SET p.month = month
MERGE (m)-[:IN_PERIOD]->(p)
SET m.newestPeriod = CASE WHEN m.newestPeriod > p.key THEN m.newestPeriod ELSE p.key END`

const GATHER = `
UNWIND $partIds AS partId
MATCH (c:Customer {id: partId})-[:IN_PERIOD]->(p:Period)
MATCH (gathered:Period {key: $id + '/' + p.month})
MATCH (p)-[:HAD]->(i:Interaction)
MERGE (gathered)-[:HAD]->(i)`

const NEW_OF_PARTS = `
UNWIND $interactionIds AS wanted
MATCH (i:Interaction {id: wanted})<-[:HAD]-(p:Period)<-[:IN_PERIOD]-(c:Customer)
WHERE c.mergedInto IS NOT NULL AND c.parts IS NULL
RETURN c.mergedInto, p.month, i.id`

const GATHER_NEW = `
UNWIND $rows AS row
MATCH (m:Customer {id: row.id})
MERGE (p:Period {key: row.id + '/' + row.month})
ON CREATE SET p.month = row.month
MERGE (m)-[:IN_PERIOD]->(p)
SET m.newestPeriod = CASE WHEN m.newestPeriod > p.key THEN m.newestPeriod ELSE p.key END
WITH p, row
MATCH (i:Interaction {id: row.interactionId})
MERGE (p)-[:HAD]->(i)`

const WHAT_HANGS_ON = `
MATCH (m:Customer {id: $id})--(other)
RETURN count(*)`

const DELETE_PERSON = `
MATCH (m:Customer {id: $id})
DELETE m`

// Somebody else wrote to the person as such: what hangs on it stays there, out of everybody's sight.
const RETIRE_PERSON = `
MATCH (m:Customer {id: $id})
SET m.mergedInto = '', m.parts = null, m.name = null, m.phone = null, m.email = null, m.weComId = null,
    m.birthDate = null, m.searchWords = null`

const CONFIRM = `
MATCH (:Customer {id: $customerId})-[joined:MERGED_INTO]->(m:Customer)
WHERE m.mergedInto IS NULL
SET joined.confirmedAt = coalesce(joined.confirmedAt, $at)
RETURN m.id`

/** Whether a customer is part of a person, or is made of parts. */
export interface LookedUp {
  readonly id: string
  readonly mergedInto: string | null
  readonly parts: readonly string[]
}

export interface Part extends Identity {
  readonly id: string
  readonly number: string
  readonly seller: string | null
  /** Whether the customer said itself that it is this person. */
  readonly isConfirmed: boolean
}

/** What one record stated of its customer. */
export interface Statement {
  readonly source: string
  /** When its source stated it. */
  readonly at: string
  readonly payload: string
}

/** What a person is told to be like. */
export type Description = {
  readonly [field in
    | 'region'
    | 'otherRegion'
    | 'name'
    | 'phone'
    | 'email'
    | 'weComId'
    | 'birthDate'
    | 'account'
    | 'seller']: string | null
}

export async function lookedUp(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, LookedUp>> {
  const rows = ids.length === 0 ? [] : await reader.run(LOOKED_UP, { ids })
  return new Map(rows.map(toLookedUp).map(each => [each.id, each]))
}

/** The customers with these ids as they are compared, in this order; whether they confirmed is told of this person. */
export async function partsOf(reader: Reader, ids: readonly string[], personId = ''): Promise<readonly Part[]> {
  const found = new Map((await reader.run(PARTS, { ids, personId })).map(row => [String(row[0]), toPart(row)]))
  return ids.flatMap(id => found.get(id) ?? [])
}

/** What records stated of these customers, in no order. */
export async function statementsOf(reader: Reader, ids: readonly string[]): Promise<readonly Statement[]> {
  const rows = await reader.run(STATED, { ids })
  return rows.map(([source, at, payload]) => ({ source: String(source), at: String(at), payload: String(payload) }))
}

/** Describes the person, whose parts are these and no others. Answers the columns of its fact. */
export async function describePerson(
  unit: UnitOfWork,
  id: string,
  partIds: readonly string[],
  { account, seller, ...values }: Description,
  evidenceEntryId: string,
): Promise<Row> {
  const searchWords = values.name === null ? null : searchWordsOf(values.name)
  const [row = []] = await unit.run(DESCRIBE, { ...values, searchWords, id, evidenceEntryId, parts: partIds.join(' ') })
  await unit.run(LET_GO, { id, partIds })
  await unit.run(TAKE_IN, { id, partIds })
  await unit.run(LEAVE_ACCOUNT, { id })
  await unit.run(LEAVE_SELLER, { id })
  if (account !== null) await unit.run(JOIN_ACCOUNT, { id, account })
  if (seller !== null) await unit.run(GIVE_OWNER, { id, seller })
  return row
}

/** Gives the person the interactions of its parts, and no others. */
export async function gatherInteractions(unit: UnitOfWork, id: string, partIds: readonly string[]): Promise<void> {
  await unit.run(SCATTER, { id })
  const months = (await unit.run(MONTHS, { partIds })).map(([month]) => String(month))
  if (months.length === 0) return
  await unit.run(ADD_MONTHS, { id, months })
  await unit.run(GATHER, { id, partIds })
  await chainPeriods(unit, [id])
}

/** The same for interactions that were recorded of parts meanwhile. */
export async function gatherNew(unit: UnitOfWork, interactionIds: readonly string[]): Promise<void> {
  const found = await unit.run(NEW_OF_PARTS, { interactionIds })
  const rows: Params[] = found.map(([id = null, month = null, interactionId = null]) => ({ id, month, interactionId }))
  if (rows.length === 0) return
  await unit.run(GATHER_NEW, { rows })
  await chainPeriods(unit, [...new Set(found.map(([id]) => String(id)))])
}

/** Takes a person out of sight that became part of another one. */
export async function setAside(unit: UnitOfWork, id: string, intoId: string): Promise<void> {
  await unit.run(SET_ASIDE, { id, intoId })
}

/** Every person that is or was made of this customer among others, those that are set aside included. */
export async function personsOf(reader: Reader, customerId: string): Promise<readonly LookedUp[]> {
  return (await reader.run(PERSONS_OF, { customerId })).map(toLookedUp)
}

/** Deletes what was made of the parts, which stand for themselves again. */
export async function deletePerson(unit: UnitOfWork, id: string): Promise<void> {
  await unit.run(SCATTER, { id })
  await unit.run(LET_GO, { id, partIds: [] })
  await unit.run(LEAVE_ACCOUNT, { id })
  await unit.run(LEAVE_SELLER, { id })
  const hanging = countIn(await unit.run(WHAT_HANGS_ON, { id }))
  await unit.run(hanging > 0 ? RETIRE_PERSON : DELETE_PERSON, { id })
}

/** The customer says that it is the person it is part of. Answers that person; undefined for who is part of none. */
export async function confirmPart(unit: UnitOfWork, customerId: string, at: string): Promise<string | undefined> {
  const [row] = await unit.run(CONFIRM, { customerId, at })
  return row && String(row[0])
}

function partIdsIn(parts: GraphValue | undefined): readonly string[] {
  return typeof parts === 'string' && parts !== '' ? parts.split(' ') : []
}

function toLookedUp([id, mergedInto, parts]: Row): LookedUp {
  return { id: String(id), mergedInto: textOf(mergedInto), parts: partIdsIn(parts) }
}

function toPart(row: Row): Part {
  const [id, number, region, otherRegion, name, phone, email, weComId, birthDate, accounts, sellers, confirmed] = row
  return {
    id: String(id),
    number: String(number),
    region: textOf(region),
    otherRegion: textOf(otherRegion),
    name: textOf(name),
    phone: textOf(phone),
    email: textOf(email),
    weComId: textOf(weComId),
    birthDate: textOf(birthDate),
    account: leastOf(accounts),
    seller: leastOf(sellers),
    isConfirmed: (confirmed as readonly GraphValue[]).some(at => at !== ''),
  }
}

function leastOf(values: GraphValue | undefined): string | null {
  return [...(values as readonly string[])].sort()[0] ?? null
}

function textOf(value: GraphValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}
