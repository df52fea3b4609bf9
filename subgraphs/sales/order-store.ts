// Orders and services of customers in the graph. Reads carry the row filter and the consents; writes take a whole batch.
import { SUBJECT_STATE, toSubject, visibleRows } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import type { CommittedFact } from '../../core/evidence/evidence.ts'
import { type Cypher, cypher } from '../../core/graph/cypher.ts'
import type { GraphValue, Params, Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { Ids } from '../../core/ids.ts'
import { fromMinorUnits } from '../../core/money.ts'
import type { PageRequest } from '../../core/paging.ts'
import type { Subject } from '../../core/policy/entity-masks.ts'
import { fulfilmentFact, ORDER, orderFact, FULFILMENT as TOLD_FULFILMENT } from './evidenced-orders.ts'
import type { Fulfilment, Order } from './order-types.ts'
import { type fulfilmentOf, newestAmong, type orderOf, type Told } from './orders.ts'

const KNOWN_ORDERS = `
UNWIND $numbers AS number
MATCH (o:Order {number: number})
RETURN o.number, o.statusAt, o.recordId`

const MERGE_ORDER_PRODUCTS = `
UNWIND $products AS product
MERGE (p:Product {name: product.name})
ON CREATE SET p.id = product.newId`

const LEAVE_ORDERS = `
UNWIND $orders AS row
MATCH (o:Order {number: row.number})
MATCH (:Customer)-[placed:PLACED]->(o)-[concerned:CONCERNS]->(:Product)
DELETE placed, concerned`

const TELL_ORDERS = `
UNWIND $orders AS row
MATCH (c:Customer {id: row.customerId})
MATCH (p:Product {name: row.product})
MERGE (o:Order {number: row.number})
ON CREATE SET o.id = row.newId
SET o.quantity = row.quantity, o.valueMinor = row.valueMinor, o.currency = row.currency, o.status = row.status,
    o.orderedAt = row.orderedAt, o.statusAt = row.statusAt, o.recordId = row.recordId,
    o.revision = coalesce(o.revision, 0) + 1, o.evidenceEntryId = $evidenceEntryId
MERGE (c)-[:PLACED]->(o)
MERGE (o)-[:CONCERNS]->(p)`

const TOLD_ORDERS = `
UNWIND $numbers AS number
MATCH (c:Customer)-[:PLACED]->(o:Order {number: number})-[:CONCERNS]->(p:Product)
${ORDER}`

const KNOWN_FULFILMENTS = `
UNWIND $numbers AS number
MATCH (f:Fulfilment {number: number})
RETURN f.number, f.statusAt, f.recordId`

const LEAVE_FULFILMENTS = `
UNWIND $fulfilments AS row
MATCH (:Customer)-[received:RECEIVES]->(f:Fulfilment {number: row.number})
DELETE received`

const TELL_FULFILMENTS = `
UNWIND $fulfilments AS row
MATCH (c:Customer {id: row.customerId})
MERGE (f:Fulfilment {number: row.number})
ON CREATE SET f.id = row.newId
SET f.service = row.service, f.status = row.status, f.promisedFor = row.promisedFor, f.statusAt = row.statusAt,
    f.recordId = row.recordId, f.revision = coalesce(f.revision, 0) + 1, f.evidenceEntryId = $evidenceEntryId
MERGE (c)-[:RECEIVES]->(f)`

const TOLD_FULFILMENTS = `
UNWIND $numbers AS number
MATCH (c:Customer)-[:RECEIVES]->(f:Fulfilment {number: number})
${TOLD_FULFILMENT}`

const ONE_CUSTOMER = cypher`MATCH (c:Customer {id: $customerId}) WHERE`

const ORDERS_PAGE = cypher`
MATCH (c)-[:PLACED]->(o:Order)
WHERE o.id > $afterId
WITH c, o ORDER BY o.id LIMIT $limit
MATCH (o)-[:CONCERNS]->(p:Product)
RETURN c.id, c.region, ${SUBJECT_STATE}, o.id, p.id, p.name, o.quantity, o.valueMinor, o.currency, o.status, o.orderedAt,
  o.statusAt, o.evidenceEntryId
ORDER BY o.id`

const FULFILMENTS_PAGE = cypher`
MATCH (c)-[:RECEIVES]->(f:Fulfilment)
WHERE f.id > $afterId
WITH c, f ORDER BY f.id LIMIT $limit
RETURN c.id, c.region, ${SUBJECT_STATE}, f.id, f.service, f.status, f.promisedFor, f.statusAt, f.evidenceEntryId
ORDER BY f.id`

interface Named {
  readonly recordId: string
  readonly customerId: string
}

/** What was written: ids, and what the log commits to of it. */
interface Written {
  readonly ids: readonly string[]
  readonly facts: readonly CommittedFact[]
}

const NOTHING: Written = { ids: [], facts: [] }

export async function writeOrders(
  unit: UnitOfWork,
  evidenceEntryId: string,
  told: readonly (ReturnType<typeof orderOf> & Named)[],
  ids: Ids,
): Promise<Written> {
  const news = newestAmong(told, await knownOf(unit, KNOWN_ORDERS, told))
  if (news.length === 0) return NOTHING
  const names = new Set(news.map(({ product }) => product))
  const products = [...names].map(name => ({ name, newId: ids.next('Product') }))
  await unit.run(MERGE_ORDER_PRODUCTS, { products })
  const orders = news.map(each => ({ ...each, newId: ids.next('Order') }))
  await unit.run(LEAVE_ORDERS, { orders })
  await unit.run(TELL_ORDERS, { orders, evidenceEntryId })
  return writtenOf(await unit.run(TOLD_ORDERS, { numbers: news.map(({ number }) => number) }), orderFact)
}

export async function writeFulfilments(
  unit: UnitOfWork,
  evidenceEntryId: string,
  told: readonly (ReturnType<typeof fulfilmentOf> & Named)[],
  ids: Ids,
): Promise<Written> {
  const news = newestAmong(told, await knownOf(unit, KNOWN_FULFILMENTS, told))
  if (news.length === 0) return NOTHING
  const fulfilments = news.map(each => ({ ...each, newId: ids.next('Fulfilment') }))
  await unit.run(LEAVE_FULFILMENTS, { fulfilments })
  await unit.run(TELL_FULFILMENTS, { fulfilments, evidenceEntryId })
  return writtenOf(await unit.run(TOLD_FULFILMENTS, { numbers: news.map(({ number }) => number) }), fulfilmentFact)
}

async function knownOf(reader: Reader, statement: string, told: readonly Told[]): Promise<ReadonlyMap<string, Told>> {
  const rows = await reader.run(statement, { numbers: [...new Set(told.map(({ number }) => number))] })
  const toTold = ([number, statusAt, recordId]: Row) => ({
    number: String(number),
    statusAt: String(statusAt),
    recordId: String(recordId),
  })
  return new Map(rows.map(row => [String(row[0]), toTold(row)]))
}

function writtenOf(
  rows: readonly Row[],
  toFact: (subjectId: string, id: string, columns: Row) => CommittedFact,
): Written {
  return {
    ids: rows.map(([id]) => String(id)),
    facts: rows.map(([id, subjectId, , ...columns]) => toFact(String(subjectId), String(id), columns)),
  }
}

export interface Found<T> {
  readonly record: T
  readonly subject: Subject
}

export interface OrderStore {
  /** Each answers what one customer has, or all that the viewer may know of, by id: one more than asked for. */
  ordersPage(customerId: string | null | undefined, page: PageRequest): Promise<readonly Found<Order>[]>
  fulfilmentsPage(customerId: string | null | undefined, page: PageRequest): Promise<readonly Found<Fulfilment>[]>
}

export function orderStore({ services: { graph }, policy, viewer }: RequestContext): OrderStore {
  const { isVisible, allVisible, params } = visibleRows(policy, viewer)

  async function rowsOf(customerId: string | null | undefined, { first, afterId = '' }: PageRequest, list: Cypher) {
    const isOfOne = customerId !== null && customerId !== undefined
    const from = isOfOne ? cypher`${ONE_CUSTOMER} ${isVisible}` : allVisible
    const given: Params = { ...params, afterId, limit: first + 1, ...(isOfOne && { customerId }) }
    return graph.read(cypher`${from}${list}`, given)
  }

  return {
    ordersPage: async (customerId, page) =>
      (await rowsOf(customerId, page, ORDERS_PAGE)).map(row => found(row, toOrder)),
    fulfilmentsPage: async (customerId, page) =>
      (await rowsOf(customerId, page, FULFILMENTS_PAGE)).map(row => found(row, toFulfilment)),
  }
}

function found<T extends object>(
  [customerId, region, consents, ...columns]: Row,
  toT: (row: readonly GraphValue[]) => T,
) {
  const record = { ...toT(columns), customer: { id: String(customerId) } }
  return { record, subject: toSubject(customerId, region, consents) }
}

function toOrder([
  id,
  productId,
  name,
  quantity,
  minor,
  currency,
  status,
  orderedAt,
  statusAt,
  evidenceEntryId,
]: Row): Order {
  const told = { id, quantity, status, orderedAt, statusAt, evidenceEntryId }
  const value = { amount: fromMinorUnits(Number(minor)), currency: String(currency) }
  return { ...told, product: { id: productId, name }, value } as unknown as Order
}

function toFulfilment([id, service, status, promisedFor, statusAt, evidenceEntryId]: Row): Fulfilment {
  return { id, service, status, promisedFor, statusAt, evidenceEntryId } as unknown as Fulfilment
}
