// What sales asks of the graph. Reads carry the row filter and the consents; writes take a whole batch.
import { CONSENTS_IN_FORCE, rowParams, toSubject, VISIBLE_CUSTOMER } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import type { Params, Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { Ids } from '../../core/ids.ts'
import { fromMinorUnits } from '../../core/money.ts'
import type { PageRequest } from '../../core/paging.ts'
import type { Subject } from '../../core/policy/entity-masks.ts'
import { type DealStep, newestSteps } from './rules.ts'
import { type Opportunity, OpportunityStage, type StageEntry } from './types.ts'

const stages = Object.keys(OpportunityStage)

export interface FoundOpportunity {
  readonly record: Opportunity
  readonly subject: Subject
}

const OPPORTUNITY_COLUMNS = `
  c.id, c.region, ${CONSENTS_IN_FORCE}, o.id, o.stage, p.id, p.name, o.valueMinor, o.currency, o.openedAt, o.closedAt,
  [(o)-[:ENTERED]->(h:StageEntry) | h.at + ' ' + h.stage], o.evidenceEntryId`

const OPPORTUNITIES_BY_ID = `
UNWIND $ids AS wanted
MATCH (c:Customer)-[:PURSUES]->(o:Opportunity {id: wanted})
WHERE ${VISIBLE_CUSTOMER}
MATCH (o)-[:CONCERNS]->(p:Product)
RETURN ${OPPORTUNITY_COLUMNS}`

const OPPORTUNITIES_OF = `
UNWIND $customerIds AS wanted
MATCH (c:Customer {id: wanted})
WHERE ${VISIBLE_CUSTOMER}
CALL (c) {
  MATCH (c)-[:PURSUES]->(o:Opportunity)
  WHERE o.id > $afterId
  RETURN o ORDER BY o.id LIMIT $limit
}
MATCH (o)-[:CONCERNS]->(p:Product)
RETURN ${OPPORTUNITY_COLUMNS}
ORDER BY o.id`

const OPPORTUNITIES_PAGE = `
MATCH (c:Customer)
WHERE ($customerId = '' OR c.id = $customerId) AND ${VISIBLE_CUSTOMER}
MATCH (c)-[:PURSUES]->(o:Opportunity)
WHERE o.id > $afterId
WITH c, o ORDER BY o.id LIMIT $limit
MATCH (o)-[:CONCERNS]->(p:Product)
RETURN ${OPPORTUNITY_COLUMNS}
ORDER BY o.id`

const RECORDS_BY_ID = `
UNWIND $recordIds AS wanted
MATCH (r:SourceRecord {id: wanted})-[:IDENTIFIES]->(c:Customer)
WHERE NOT EXISTS { MATCH (:StageEntry {recordId: wanted}) }
RETURN r.id, r.payload, c.id`

const MERGE_PRODUCTS = `
UNWIND $products AS product
MERGE (p:Product {name: product.name})
ON CREATE SET p.id = product.newId`

const MERGE_OPPORTUNITIES = `
UNWIND $numbers AS row
MERGE (o:Opportunity {number: row.number})
ON CREATE SET o.id = row.newId, o.evidenceEntryId = $evidenceEntryId
RETURN o.number, o.id`

const ENTER_STAGES = `
UNWIND $steps AS step
MATCH (o:Opportunity {number: step.number})
MERGE (h:StageEntry {recordId: step.recordId})
ON CREATE SET h.stage = step.stage, h.at = step.at
MERGE (o)-[:ENTERED]->(h)`

// The newest step tells what an opportunity is, whichever order the records come in. One row an opportunity in these three:
// a row does not see what the row before it set.
const LEAVE_BEFORE = `
UNWIND $newest AS step
MATCH (o:Opportunity {number: step.number})
WHERE o.stageAt <= step.at
MATCH (:Customer)-[pursued:PURSUES]->(o)-[concerned:CONCERNS]->(:Product)
DELETE pursued, concerned`

const TELL_NEWEST = `
UNWIND $newest AS step
MATCH (o:Opportunity {number: step.number})
WHERE o.stageAt IS NULL OR o.stageAt <= step.at
MATCH (c:Customer {id: step.customerId})
MATCH (p:Product {name: step.productName})
SET o.stage = step.stage, o.stageAt = step.at, o.openedAt = step.openedAt, o.closedAt = step.closedAt
MERGE (c)-[:PURSUES]->(o)
MERGE (o)-[:CONCERNS]->(p)`

// Apart from the rest, because a step need not tell the value: the newest that does, does.
const TELL_VALUE = `
UNWIND $valued AS step
MATCH (o:Opportunity {number: step.number})
WHERE o.valueAt IS NULL OR o.valueAt <= step.at
SET o.valueMinor = step.valueMinor, o.currency = step.currency, o.valueAt = step.at`

export interface OpportunityStore {
  opportunitiesById(ids: readonly string[]): Promise<ReadonlyMap<string, FoundOpportunity>>
  /** The opportunities of each customer by id, one more than asked for; customers without any are absent. */
  opportunitiesOf(
    customerIds: readonly string[],
    page: PageRequest,
  ): Promise<ReadonlyMap<string, readonly FoundOpportunity[]>>
  opportunitiesPage(customerId: string | null | undefined, page: PageRequest): Promise<readonly FoundOpportunity[]>
}

export function opportunityStore({ services: { graph }, policy, viewer }: RequestContext): OpportunityStore {
  const visibility = rowParams(policy, viewer)
  const pageParams = ({ first, afterId = '' }: PageRequest) => ({ ...visibility, afterId, limit: first + 1 })
  return {
    opportunitiesById: async ids => {
      const rows = await graph.read(OPPORTUNITIES_BY_ID, { ...visibility, ids })
      return new Map(rows.map(row => [String(row[3]), toOpportunity(row)]))
    },
    opportunitiesOf: async (customerIds, page) => {
      const rows = await graph.read(OPPORTUNITIES_OF, { ...pageParams(page), customerIds })
      const found = new Map<string, FoundOpportunity[]>()
      for (const row of rows) {
        const ofCustomer = found.get(String(row[0])) ?? []
        ofCustomer.push(toOpportunity(row))
        found.set(String(row[0]), ofCustomer)
      }
      return found
    },
    opportunitiesPage: async (customerId, page) =>
      (await graph.read(OPPORTUNITIES_PAGE, { ...pageParams(page), customerId: customerId ?? '' })).map(toOpportunity),
  }
}

export interface DealRecord {
  readonly recordId: string
  readonly customerId: string
  readonly payload: string
}

/**
 * The records among these that sales has not taken in yet, in this order, with their validated payload: a declared read
 * of customers' label.
 */
export async function recordsToTakeIn(reader: Reader, recordIds: readonly string[]): Promise<readonly DealRecord[]> {
  const rows = await reader.run(RECORDS_BY_ID, { recordIds })
  const found = new Map(rows.map(([recordId, payload, customerId]) => [recordId, { recordId, payload, customerId }]))
  return recordIds.flatMap(id => (found.get(id) as DealRecord | undefined) ?? [])
}

/** A step with the record that told of it and the customer whom that names. */
export interface RecordedStep extends DealStep {
  readonly recordId: string
  readonly customerId: string
}

/** Writes opportunities, their products and the stages that they entered; answers the ids of the opportunities. */
export async function writeOpportunities(
  unit: UnitOfWork,
  evidenceEntryId: string,
  steps: readonly RecordedStep[],
  ids: Ids,
): Promise<readonly string[]> {
  const newest = newestSteps(steps)
  const names = new Set(newest.map(step => step.productName))
  await unit.run(MERGE_PRODUCTS, { products: [...names].map(name => ({ name, newId: ids.next('Product') })) })
  const numbers = newest.map(({ number }) => ({ number, newId: ids.next('Opportunity') }))
  const merged = await unit.run(MERGE_OPPORTUNITIES, { numbers, evidenceEntryId })
  await unit.run(ENTER_STAGES, { steps: toRows(steps) })
  await unit.run(LEAVE_BEFORE, { newest: toRows(newest) })
  await unit.run(TELL_NEWEST, { newest: toRows(newest) })
  await unit.run(TELL_VALUE, { valued: toRows(newestSteps(steps.filter(step => step.valueMinor !== null))) })
  return merged.map(([, id]) => String(id))
}

function toRows(steps: readonly RecordedStep[]): readonly Params[] {
  return steps.map(step => ({ ...step }))
}

function toOpportunity(row: Row): FoundOpportunity {
  const [customerId, region, consents, id, stage, productId, productName, valueMinor, currency, ...others] = row
  const [openedAt, closedAt, steps, evidenceEntryId] = others
  const record = {
    id,
    customerId,
    stage,
    product: { id: productId, name: productName },
    value: typeof valueMinor === 'number' ? { amount: fromMinorUnits(valueMinor), currency } : null,
    openedAt,
    closedAt,
    history: toHistory(steps as readonly string[]),
    evidenceEntryId,
  } as Opportunity
  return { record, subject: toSubject(customerId, region, consents) }
}

/** Oldest first; of one time in the order in which a sale goes through the stages. */
function toHistory(steps: readonly string[]): StageEntry[] {
  const entries = steps.map(step => {
    const [at, stage] = step.split(' ')
    return { at, stage } as StageEntry
  })
  const placeOf = ({ at, stage }: StageEntry) => `${at} ${stages.indexOf(stage)}`
  return entries.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
}
