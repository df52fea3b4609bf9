// What the customers subgraph asks of the graph about customers and their interactions. Every statement carries the row
// filter and reads the consents beside the values, so that no answer rests on an older consent.
import { CONSENTS_IN_FORCE, rowParams, toSubject, VISIBLE_CUSTOMER } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import type { Row } from '../../core/graph/graph.ts'
import type { PageRequest } from '../../core/paging.ts'
import type { Subject } from '../../core/policy/entity-masks.ts'
import type { Customer, Interaction } from './types.ts'

/** A record with what the mask needs to know of its subject. */
export interface Found<T> {
  readonly record: T
  readonly subject: Subject
}

const CUSTOMER_COLUMNS = `
  c.id, c.region, ${CONSENTS_IN_FORCE}, c.name, c.phone, c.email, c.weComId, c.evidenceEntryId,
  [(c)-[:MEMBER_OF]->(a:Account) | [a.id, a.name, a.sector]], [(c)<-[:OWNS]-(s:Seller) | [s.id, s.name, s.region]]`

const CUSTOMERS_BY_ID = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
WHERE ${VISIBLE_CUSTOMER}
RETURN ${CUSTOMER_COLUMNS}`

const CUSTOMERS_PAGE = `
MATCH (c:Customer)
WHERE c.id > $afterId AND ${VISIBLE_CUSTOMER}
WITH c ORDER BY c.id LIMIT $limit
RETURN ${CUSTOMER_COLUMNS}
ORDER BY c.id`

const INTERACTION_COLUMNS = `
  c.id, c.region, ${CONSENTS_IN_FORCE}, i.id, i.touchpoint, i.source, i.occurredAt, i.text, i.intent, i.emotion,
  i.outcome, i.durationSeconds, i.evidenceEntryId`

const TIMELINES = `
OPTIONAL MATCH (last:Interaction {id: $afterId})
WITH last.occurredAt AS afterAt
UNWIND $customerIds AS wanted
MATCH (c:Customer {id: wanted})
WHERE ${VISIBLE_CUSTOMER}
CALL (c, afterAt) {
  MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
  WHERE afterAt IS NULL OR i.occurredAt < afterAt OR (i.occurredAt = afterAt AND i.id > $afterId)
  RETURN i ORDER BY i.occurredAt DESC, i.id LIMIT $limit
}
RETURN ${INTERACTION_COLUMNS}
ORDER BY i.occurredAt DESC, i.id`

const INTERACTIONS_BY_ID = `
UNWIND $ids AS wanted
MATCH (i:Interaction {id: wanted})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
WHERE ${VISIBLE_CUSTOMER}
RETURN ${INTERACTION_COLUMNS}`

// Ordered by id, which is random: an order by time would tell more of a time than a mask does.
const INTERACTIONS_PAGE = `
MATCH (c:Customer)
WHERE ($customerId = '' OR c.id = $customerId) AND ${VISIBLE_CUSTOMER}
MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
WHERE i.id > $afterId
WITH c, i ORDER BY i.id LIMIT $limit
RETURN ${INTERACTION_COLUMNS}
ORDER BY i.id`

export interface CustomerStore {
  /** The customers among these that the viewer may know of; others are absent. */
  customersById(ids: readonly string[]): Promise<ReadonlyMap<string, Found<Customer>>>
  /** Customers by id, one more than asked for where there are more. */
  customersPage(page: PageRequest): Promise<readonly Found<Customer>[]>
  /** The newest interactions of each customer, one more than asked for; customers that the viewer may not know of are absent. */
  timelines(
    customerIds: readonly string[],
    page: PageRequest,
  ): Promise<ReadonlyMap<string, readonly Found<Interaction>[]>>
  interactionsById(ids: readonly string[]): Promise<ReadonlyMap<string, Found<Interaction>>>
  /** Interactions by id, of one customer or of all, one more than asked for where there are more. */
  interactionsPage(customerId: string | null | undefined, page: PageRequest): Promise<readonly Found<Interaction>[]>
}

export function customerStore({ services: { graph }, policy, viewer }: RequestContext): CustomerStore {
  const visibility = rowParams(policy, viewer)
  const pageParams = ({ first, afterId = '' }: PageRequest) => ({ ...visibility, afterId, limit: first + 1 })
  return {
    customersById: async ids => {
      const rows = await graph.read(CUSTOMERS_BY_ID, { ...visibility, ids })
      return new Map(rows.map(row => [String(row[0]), toCustomer(row)]))
    },
    customersPage: async page => (await graph.read(CUSTOMERS_PAGE, pageParams(page))).map(toCustomer),
    timelines: async (customerIds, page) => {
      const rows = await graph.read(TIMELINES, { ...pageParams(page), customerIds })
      const timelines = new Map<string, Found<Interaction>[]>()
      for (const row of rows) {
        const timeline = timelines.get(String(row[0])) ?? []
        timeline.push(toInteraction(row))
        timelines.set(String(row[0]), timeline)
      }
      return timelines
    },
    interactionsById: async ids => {
      const rows = await graph.read(INTERACTIONS_BY_ID, { ...visibility, ids })
      return new Map(rows.map(row => [String(row[3]), toInteraction(row)]))
    },
    interactionsPage: async (customerId, page) =>
      (await graph.read(INTERACTIONS_PAGE, { ...pageParams(page), customerId: customerId ?? '' })).map(toInteraction),
  }
}

function toCustomer(row: Row): Found<Customer> {
  const [id, region, consents, name, phone, email, weComId, evidenceEntryId, accounts, sellers] = row
  const record = {
    id,
    region,
    name,
    phone,
    email,
    weComId,
    evidenceEntryId,
    company: firstOf(accounts, ([accountId, accountName, sector]) => ({ id: accountId, name: accountName, sector })),
    owner: firstOf(sellers, ([sellerId, sellerName, area]) => ({ id: sellerId, name: sellerName, region: area })),
  } as Customer
  return { record, subject: toSubject(id, region, consents) }
}

/** The first of a column of rows; null where there is none. */
function firstOf<T>(rows: Row[number] | undefined, toT: (row: Row) => T): T | null {
  const [first] = rows as readonly Row[]
  return first === undefined ? null : toT(first)
}

function toInteraction(row: Row): Found<Interaction> {
  const [customerId, region, consents, id, touchpoint, source, occurredAt, text, intent, emotion, ...others] = row
  const [outcome, durationSeconds, evidenceEntryId] = others
  const record = {
    id,
    customerId,
    touchpoint,
    source,
    occurredAt,
    text,
    intent,
    emotion,
    outcome,
    durationSeconds,
    evidenceEntryId,
  } as Interaction
  return { record, subject: toSubject(customerId, region, consents) }
}
