// What sales asks of the graph. Reads carry the row filter and the consents; writes take a whole batch.
import { CONSENTS_IN_FORCE, rowParams, toSubjectState, VISIBLE_CUSTOMER } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import type { Params, Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import { fromMinorUnits } from '../../core/money.ts'
import type { PageRequest } from '../../core/paging.ts'
import type { SubjectState } from '../../core/policy/decide-access.ts'
import type { Opportunity, StageEntry } from './types.ts'

export interface FoundOpportunity {
  readonly record: Opportunity
  readonly subject: SubjectState
}

const OPPORTUNITY_COLUMNS = `
  c.id, c.region, ${CONSENTS_IN_FORCE}, o.id, o.stage, p.id, p.name, o.valueMinor, o.currency, o.openedAt, o.closedAt,
  [(o)-[:ENTERED]->(h:StageEntry) | h.at + ' ' + h.stage], o.evidenceEntryId`

export const OPPORTUNITIES_BY_ID = `
UNWIND $ids AS wanted
MATCH (c:Customer)-[:PURSUES]->(o:Opportunity {id: wanted})
WHERE ${VISIBLE_CUSTOMER}
MATCH (o)-[:CONCERNS]->(p:Product)
RETURN ${OPPORTUNITY_COLUMNS}`

export const OPPORTUNITIES_OF = `
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

export const OPPORTUNITIES_PAGE = `
MATCH (c:Customer)
WHERE ($customerId = '' OR c.id = $customerId) AND ${VISIBLE_CUSTOMER}
MATCH (c)-[:PURSUES]->(o:Opportunity)
WHERE o.id > $afterId
WITH c, o ORDER BY o.id LIMIT $limit
MATCH (o)-[:CONCERNS]->(p:Product)
RETURN ${OPPORTUNITY_COLUMNS}
ORDER BY o.id`

export const RECORDS_BY_ID = `
UNWIND $recordIds AS wanted
MATCH (r:SourceRecord {id: wanted})-[:IDENTIFIES]->(c:Customer)
WHERE NOT EXISTS { MATCH (:StageEntry {recordId: wanted}) }
RETURN r.id, r.payload, c.id`

export const MERGE_PRODUCTS = `
UNWIND $products AS product
MERGE (p:Product {name: product.name})
ON CREATE SET p.id = product.newId`

export const MERGE_OPPORTUNITIES = `
UNWIND $opportunities AS row
MATCH (c:Customer {id: row.customerId})
MATCH (p:Product {name: row.productName})
MERGE (o:Opportunity {number: row.number})
ON CREATE SET o.id = row.newId, o.evidenceEntryId = $evidenceEntryId, o.openedAt = row.openedAt
MERGE (c)-[:PURSUES]->(o)
MERGE (o)-[:CONCERNS]->(p)
RETURN o.number, o.id`

// The newest step decides the stage, whichever order the records come in.
export const ENTER_STAGES = `
UNWIND $steps AS step
MATCH (o:Opportunity {number: step.number})
MERGE (h:StageEntry {recordId: step.recordId})
ON CREATE SET h.stage = step.stage, h.at = step.at
MERGE (o)-[:ENTERED]->(h)
WITH o, step
WHERE o.stageAt IS NULL OR o.stageAt <= step.at
SET o.stage = step.stage, o.stageAt = step.at, o.closedAt = step.closedAt,
    o.valueMinor = coalesce(step.valueMinor, o.valueMinor), o.currency = coalesce(step.currency, o.currency)`

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

/** The records among these that sales has not taken in yet, with their validated payload: a declared read of customers' label. */
export async function recordsToTakeIn(reader: Reader, recordIds: readonly string[]): Promise<readonly DealRecord[]> {
  const rows = await reader.run(RECORDS_BY_ID, { recordIds })
  return rows.map(([recordId, payload, customerId]) => ({ recordId, payload, customerId }) as DealRecord)
}

/** Writes products, opportunities and the stages they entered; answers the ids of the opportunities. */
export async function writeOpportunities(
  unit: UnitOfWork,
  evidenceEntryId: string,
  rows: {
    readonly products: readonly Params[]
    readonly opportunities: readonly Params[]
    readonly steps: readonly Params[]
  },
): Promise<readonly string[]> {
  await unit.run(MERGE_PRODUCTS, { products: rows.products })
  const merged = await unit.run(MERGE_OPPORTUNITIES, { opportunities: rows.opportunities, evidenceEntryId })
  await unit.run(ENTER_STAGES, { steps: rows.steps })
  return merged.map(([, id]) => String(id))
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
  return { record, subject: toSubjectState(region, consents) }
}

function toHistory(steps: readonly string[]): StageEntry[] {
  return [...steps].sort().map(step => {
    const [at, stage] = step.split(' ')
    return { at, stage } as StageEntry
  })
}
