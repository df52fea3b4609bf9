// What the customers subgraph asks of the graph about customers and their interactions. Each question is one statement,
// which reads what is selected and no more, carries the row filter, and reads the consents beside the values, so that no
// answer rests on an older consent.
import { SUBJECT_STATE, toSubject, visibleRows } from '../../core/consent/consent-store.ts'
import { GIVEN, type ShownOf } from '../../core/consent/images.ts'
import type { RequestContext } from '../../core/context.ts'
import { type Cypher, columns, cypher } from '../../core/graph/cypher.ts'
import type { GraphValue, Params, Row } from '../../core/graph/graph.ts'
import { beginningAt, holding, type NamedTextIndex } from '../../core/graph/text-index.ts'
import type { Listing } from '../../core/listing.ts'
import type { PageRequest } from '../../core/paging.ts'
import type { Subject } from '../../core/policy/entity-masks.ts'
import { completenessOf } from './rules.ts'
import { NAMES, type Search, TEXTS } from './search/search.ts'
import type { CustomerField, CustomerSelection, InteractionField, InteractionSelection } from './selection.ts'
import { timelineAs } from './timeline-clause.ts'
import type { Customer, Interaction } from './types.ts'

/** A customer with what the mask needs to know of it. The record holds the id and what was selected. */
export interface FoundCustomer {
  readonly record: Customer
  readonly subject: Subject
  /** The newest interactions, one more than asked for; none where no timeline was selected. */
  readonly timeline: readonly Interaction[]
}

export interface FoundInteraction {
  readonly record: Interaction
  readonly customer: FoundCustomer
}

/** Of each field of the profile whether it is known: what is counted, and none of the values. */
const IS_KNOWN = cypher`[coalesce(c.name, '') <> '', coalesce(c.phone, '') <> '', coalesce(c.email, '') <> '',
  coalesce(c.weComId, '') <> '', coalesce(c.region, '') <> '', size([(c)-[:MEMBER_OF]->(a:Account) | a.id]) > 0,
  size([(c)<-[:OWNS]-(s:Seller) | s.id]) > 0]`

const CUSTOMER_COLUMNS: { readonly [field in CustomerField]: Cypher } = {
  name: cypher`c.name`,
  phone: cypher`c.phone`,
  email: cypher`c.email`,
  weComId: cypher`c.weComId`,
  // The decision reads the region, too, and a result has no two columns of one name.
  region: cypher`c.region AS shownRegion`,
  otherRegion: cypher`c.otherRegion`,
  birthDate: cypher`c.birthDate`,
  company: cypher`[(c)-[:MEMBER_OF]->(a:Account) | [a.id, a.name, a.sector]]`,
  owner: cypher`[(c)<-[:OWNS]-(s:Seller) | [s.id, s.name, s.region]]`,
  completeness: IS_KNOWN,
  evidenceEntryId: cypher`c.evidenceEntryId`,
}

const INTERACTION_COLUMNS: { readonly [field in InteractionField]: Cypher } = {
  touchpoint: cypher`i.touchpoint`,
  source: cypher`i.source`,
  occurredAt: cypher`i.occurredAt`,
  text: cypher`i.text`,
  intent: cypher`i.intent`,
  emotion: cypher`i.emotion`,
  outcome: cypher`i.outcome`,
  durationSeconds: cypher`i.durationSeconds`,
  evidenceEntryId: cypher`i.evidenceEntryId`,
}

const CUSTOMERS_BY_ID = cypher`
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
WHERE`

const PERSON_OF = cypher`MATCH (:Customer {id: $id})-[:MERGED_INTO]->(c:Customer) WHERE`

const RETURN_ID = cypher`
RETURN c.id`

const INTERACTIONS_BY_ID = cypher`
UNWIND $ids AS wanted
MATCH (i:Interaction {id: wanted})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
WHERE`

const BY_ID_OF_CUSTOMER = cypher`
ORDER BY c.id`

const BY_ID_OF_INTERACTION = cypher`
ORDER BY i.id`

const ONE_CUSTOMER = cypher`MATCH (c:Customer {id: $customerId}) WHERE`

const LAST_CUSTOMER = cypher`MATCH (c:Customer {id: $afterId}) WHERE`

const LAST_INTERACTION = cypher`
MATCH (i:Interaction {id: $afterId})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
WHERE`

const INTERACTIONS_OF_EACH = cypher`
MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
WHERE`

const BESIDE = {
  company: cypher`
UNWIND $ids AS wanted
MATCH (:Customer {id: wanted})-[:MEMBER_OF]->(:Account)<-[:MEMBER_OF]-(c:Customer)
WHERE`,
  owner: cypher`
UNWIND $ids AS wanted
MATCH (:Customer {id: wanted})<-[:OWNS]-(:Seller)-[:OWNS]->(c:Customer)
WHERE`,
}

/** What customers share, and of whom it is shown. */
export interface Beside {
  readonly shared: keyof typeof BESIDE
  readonly shown: Exclude<ShownOf, 'NONE'>
}

const CUSTOMER_OF_INTERACTION = cypher`
MATCH (i)<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
WHERE`

export interface CustomerStore {
  /** The person whom this customer is part of, if the viewer may know of it. */
  personOf(id: string): Promise<string | undefined>
  /** The customers among these that the viewer may know of; others are absent. */
  customersById(ids: readonly string[], selected: CustomerSelection): Promise<ReadonlyMap<string, FoundCustomer>>
  /** Customers in the order of the listing, one more than asked for where there are more. */
  customersPage(page: PageRequest, listing: Listing, selected: CustomerSelection): Promise<readonly FoundCustomer[]>
  interactionsById(
    ids: readonly string[],
    selected: InteractionSelection,
  ): Promise<ReadonlyMap<string, FoundInteraction>>
  /** Interactions of one customer or of all in the order of the listing, one more than asked for where there are more. */
  interactionsPage(
    customerId: string | null | undefined,
    page: PageRequest,
    listing: Listing,
    selected: InteractionSelection,
  ): Promise<readonly FoundInteraction[]>
  /** Customers who share this with one of those, of whom that is shown: the first by id. */
  customersBeside(
    ids: readonly string[],
    beside: Beside,
    limit: number,
    selected: CustomerSelection,
  ): Promise<readonly FoundCustomer[]>
  /** Interactions of these customers: the first by id. */
  interactionsOf(
    ids: readonly string[],
    limit: number,
    selected: InteractionSelection,
  ): Promise<readonly FoundInteraction[]>
  /** The same of customers whose names hold words of a search, by the listing of that search. */
  customersFound(page: PageRequest, search: Search, selected: CustomerSelection): Promise<readonly FoundCustomer[]>
  /** The same of interactions. */
  interactionsFound(
    page: PageRequest,
    search: Search,
    selected: InteractionSelection,
  ): Promise<readonly FoundInteraction[]>
}

export function customerStore({ services: { graph }, policy, viewer, masks }: RequestContext): CustomerStore {
  const { isVisible, allVisible, params } = visibleRows(policy, viewer)
  const pageParams = ({ first, afterId = '' }: PageRequest) => ({ ...params, afterId, limit: first + 1 })

  async function readCustomers({ found, bound, order, begins }: Found, given: Params, selected: CustomerSelection) {
    const { read, result, timelineParams } = customerPart(bound, selected)
    const statement = cypher`${found}${read}
RETURN ${result}${order}`
    const rows = await graph.read(begins ? beginningAt(begins, statement) : statement, { ...given, ...timelineParams })
    return rows.map(row => toCustomer(row, selected))
  }

  async function readInteractions(
    { found, bound, order, begins }: Found,
    given: Params,
    selected: InteractionSelection,
  ) {
    const { read, result, timelineParams } = customerPart(bound, selected.customer)
    const row = columns([cypher`i.id`, ...selected.fields.map(field => INTERACTION_COLUMNS[field])])
    const statement = cypher`${found}${read}
RETURN ${result}, [${row}]${order}`
    const rows = await graph.read(begins ? beginningAt(begins, statement) : statement, { ...given, ...timelineParams })
    return rows.map(each => {
      const customer = toCustomer(each, selected.customer)
      return { record: toInteraction(each.at(-1) as Row, selected.fields), customer }
    })
  }

  /** What a statement about customers `c` reads of each, in the order in which `toCustomer` takes it; `bound` is what it has bound. */
  function customerPart(bound: Cypher, { fields, timeline }: CustomerSelection) {
    const own = [cypher`c.id`, cypher`c.region`, SUBJECT_STATE, ...fields.map(field => CUSTOMER_COLUMNS[field])]
    if (timeline === undefined) return { read: cypher``, result: columns(own), timelineParams: {} }
    const { first, afterId } = timeline.page
    const { clause, params: ofClause } = timelineAs(masks.imageOf('Interaction', 'occurredAt'))
    const row = columns([cypher`i.id`, ...timeline.fields.map(field => INTERACTION_COLUMNS[field])])
    const periods = first + 2
    return {
      read: clause(bound, { engine: graph.engine, row, isAfterCursor: afterId !== undefined, periods }),
      result: columns([...own, cypher`timeline`]),
      timelineParams: {
        ...ofClause,
        latest: first + 1,
        periods,
        ...(afterId !== undefined && { timelineAfterId: afterId }),
      },
    }
  }

  return {
    personOf: async id => {
      const [row] = await graph.read(cypher`${PERSON_OF} ${isVisible}${RETURN_ID}`, { ...params, id })
      return row && String(row[0])
    },
    customersById: async (ids, selected) => {
      const found = { found: cypher`${CUSTOMERS_BY_ID} ${isVisible}`, bound: cypher`c`, order: cypher`` }
      const customers = await readCustomers(found, { ...params, ids }, selected)
      return new Map(customers.map(each => [each.record.id, each]))
    },
    customersPage: (page, listing, selected) => {
      const found = pageOf(page, listing, {
        rows: allVisible,
        last: cypher`${LAST_CUSTOMER} ${isVisible}`,
        bound: cypher`c`,
        id: cypher`c.id`,
        isRanged: false,
      })
      return readCustomers(found, { ...pageParams(page), ...listing.params }, selected)
    },
    interactionsById: async (ids, selected) => {
      const found = { found: cypher`${INTERACTIONS_BY_ID} ${isVisible}`, bound: cypher`c, i`, order: cypher`` }
      const interactions = await readInteractions(found, { ...params, ids }, selected)
      return new Map(interactions.map(each => [each.record.id, each]))
    },
    interactionsPage: (customerId, page, listing, selected) => {
      const isOfOne = customerId !== null && customerId !== undefined
      const from = isOfOne ? cypher`${ONE_CUSTOMER} ${isVisible}` : allVisible
      const found = pageOf(page, listing, {
        rows: from,
        ofEach: cypher`${INTERACTIONS_OF_EACH} true`,
        last: cypher`${LAST_INTERACTION} ${isVisible}`,
        bound: cypher`c, i`,
        id: cypher`i.id`,
        isRanged: true,
      })
      const given = { ...pageParams(page), ...listing.params, ...(isOfOne && { customerId }) }
      return readInteractions(found, given, selected)
    },
    customersBeside: (ids, { shared, shown }, limit, selected) => {
      const others = cypher`${BESIDE[shared]} ${isVisible} AND NOT c.id IN $ids`
      const found = cypher`${shown === 'ALL' ? others : narrowed(others, cypher`c`, true, shown.where)}
WITH DISTINCT c ORDER BY c.id LIMIT $limit`
      const given = { ...params, ids, limit, ...(shown !== 'ALL' && shown.params) }
      return readCustomers({ found, bound: cypher`c`, order: BY_ID_OF_CUSTOMER }, given, selected)
    },
    interactionsOf: (ids, limit, selected) => {
      const found = cypher`${CUSTOMERS_BY_ID} ${isVisible}${INTERACTIONS_OF_EACH} true
WITH c, i ORDER BY i.id LIMIT $limit`
      const given = { ...params, ids, limit }
      return readInteractions({ found, bound: cypher`c, i`, order: BY_ID_OF_INTERACTION }, given, selected)
    },
    customersFound: (page, search, selected) => {
      const found = pageOf(page, search, {
        rows: cypher`${holding(graph.engine, NAMES, cypher`c`)} AND ${isVisible}`,
        last: cypher`${LAST_CUSTOMER} ${isVisible}`,
        bound: cypher`c`,
        id: cypher`c.id`,
        isRanged: false,
        lastWhere: search.where,
      })
      return readCustomers({ ...found, begins: NAMES }, { ...pageParams(page), ...search.params }, selected)
    },
    interactionsFound: (page, search, selected) => {
      const found = pageOf(page, search, {
        rows: cypher`${holding(graph.engine, TEXTS, cypher`i`)}${CUSTOMER_OF_INTERACTION} ${isVisible}`,
        last: cypher`${LAST_INTERACTION} ${isVisible}`,
        bound: cypher`c, i`,
        id: cypher`i.id`,
        isRanged: false,
        lastWhere: search.where,
      })
      return readInteractions({ ...found, begins: TEXTS }, { ...pageParams(page), ...search.params }, selected)
    },
  }
}

/** The beginning of a statement: what it finds, which variables that binds, and in which order the rows are returned. */
interface Found {
  readonly found: Cypher
  readonly bound: Cypher
  readonly order: Cypher
  /** The text index at which it begins. */
  readonly begins?: NamedTextIndex
}

/** A list: all of its rows, and the row of a cursor, each as a text that ends in a condition. */
interface List {
  readonly rows: Cypher
  /** What the rows are of each customer, where `rows` binds customers alone. */
  readonly ofEach?: Cypher
  readonly last: Cypher
  readonly bound: Cypher
  readonly id: Cypher
  /** Whether the first page, too, is read as what lies after an id: Neo4j then takes the rows from the index of ids, in order. */
  readonly isRanged: boolean
  /** What must be true of the row of a cursor as well, for it to stand anywhere but with what is hidden. */
  readonly lastWhere?: Cypher
}

/**
 * A page of a list. A cursor holds an id alone: where its row stands is looked up, as this viewer sees the row now. One that
 * the viewer may not know of stands like one that is not there, with what is hidden.
 */
function pageOf({ afterId }: PageRequest, { where, key, direction, wantsGiven }: Listing, list: List): Found {
  const { rows, ofEach = cypher``, last, bound, id, isRanged, lastWhere } = list
  if (key === undefined) {
    const all = cypher`${rows}${ofEach}`
    const from = afterId === undefined && !isRanged ? all : cypher`${all} AND ${id} > $afterId`
    return {
      found: cypher`${narrowed(from, bound, wantsGiven, where)}
WITH ${bound} ORDER BY ${id} LIMIT $limit`,
      bound,
      order: cypher`
ORDER BY ${id}`,
    }
  }
  // Nothing comes by its id here, so that consents are looked up once a customer.
  const asked = (kept: Cypher) =>
    wantsGiven && ofEach !== ''
      ? cypher`${narrowed(rows, cypher`c${kept}`, true, undefined)}${ofEach} AND ${where ?? cypher`true`}`
      : narrowed(cypher`${rows}${ofEach}`, cypher`${bound}${kept}`, wantsGiven, where)
  const order = cypher`ORDER BY sortKey ${direction}, ${id}`
  const sorted = cypher`
WITH ${bound}, sortKey ${order} LIMIT $limit`
  const further = direction === 'DESC' ? cypher`<` : cypher`>`
  const found =
    afterId === undefined
      ? cypher`${asked(cypher``)}
WITH ${bound}, ${key} AS sortKey${sorted}`
      : cypher`${narrowed(last, bound, wantsGiven, lastWhere)}
WITH head(collect(${key})) AS found
WITH coalesce(found, '') AS lastKey
${asked(cypher`, lastKey`)}
WITH ${bound}, lastKey, ${key} AS sortKey
WHERE sortKey ${further} lastKey OR (sortKey = lastKey AND ${id} > $afterId)${sorted}`
  return {
    found,
    bound: cypher`${bound}, sortKey`,
    order: cypher`
${order}`,
  }
}

/** The rows of a text that ends in a condition, of which this is true as well. */
function narrowed(rows: Cypher, bound: Cypher, wantsGiven: boolean, where: Cypher | undefined): Cypher {
  if (!wantsGiven) return where === undefined ? rows : cypher`${rows} AND ${where}`
  const condition =
    where === undefined
      ? cypher``
      : cypher`
WHERE ${where}`
  return cypher`${rows}
WITH ${bound}, ${GIVEN}${condition}`
}

function toCustomer(row: Row, { fields, timeline }: CustomerSelection): FoundCustomer {
  const [id, region, consents, ...values] = row
  const customer: Record<string, unknown> = { id }
  for (const [place, field] of fields.entries()) customer[field] = toFieldOfCustomer(field, values[place])
  const interactions = timeline === undefined ? [] : (values[fields.length] as readonly Row[])
  return {
    record: customer as unknown as Customer,
    subject: toSubject(id, region, consents),
    timeline: interactions.map(each => toInteraction(each, timeline?.fields ?? [])),
  }
}

function toFieldOfCustomer(field: CustomerField, value: GraphValue | undefined): unknown {
  switch (field) {
    case 'company':
      return firstOf(value, ([id, name, sector]) => ({ id, name, sector }))
    case 'owner':
      return firstOf(value, ([id, name, region]) => ({ id, name, region }))
    case 'completeness':
      return completenessOf(value as readonly boolean[])
    default:
      return value
  }
}

/** The first of a column of rows; null where there is none. */
function firstOf<T>(rows: Row[number] | undefined, toT: (row: Row) => T): T | null {
  const [first] = rows as readonly Row[]
  return first === undefined ? null : toT(first)
}

function toInteraction(row: Row, fields: readonly InteractionField[]): Interaction {
  const interaction: Record<string, unknown> = { id: row[0] }
  for (const [place, field] of fields.entries()) interaction[field] = row[place + 1]
  return interaction as unknown as Interaction
}
