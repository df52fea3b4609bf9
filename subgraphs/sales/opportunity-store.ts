// What sales asks of the graph. Reads carry the row filter and the consents; writes take a whole batch.
import { SUBJECT_STATE, toSubject, visibleRows } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import type { CommittedFact } from '../../core/evidence/evidence.ts'
import { type Cypher, columns, cypher } from '../../core/graph/cypher.ts'
import type { GraphValue, Params, Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { Ids } from '../../core/ids.ts'
import { fromMinorUnits } from '../../core/money.ts'
import type { PageRequest } from '../../core/paging.ts'
import type { Subject } from '../../core/policy/entity-masks.ts'
import { OPPORTUNITY, opportunityFact, stepFact } from './evidenced.ts'
import { type DealStep, newestSteps } from './rules.ts'
import { type Opportunity, OpportunityStage, type StageEntry } from './types.ts'

const stages = Object.keys(OpportunityStage)

/** The record holds the ids and what was selected. */
export interface FoundOpportunity {
  readonly record: Opportunity
  readonly subject: Subject
}

export const opportunityFields = [
  'stage',
  'product',
  'value',
  'openedAt',
  'closedAt',
  'history',
  'evidenceEntryId',
] as const
export type OpportunityField = (typeof opportunityFields)[number]

const OPPORTUNITY_COLUMNS: { readonly [field in OpportunityField]: Cypher } = {
  stage: cypher`o.stage`,
  product: cypher`[p.id, p.name]`,
  value: cypher`[o.valueMinor, o.currency]`,
  openedAt: cypher`o.openedAt`,
  closedAt: cypher`o.closedAt`,
  history: cypher`[(o)-[:ENTERED]->(h:StageEntry) | h.at + ' ' + h.stage]`,
  evidenceEntryId: cypher`o.evidenceEntryId`,
}

const OPPORTUNITIES_BY_ID = cypher`
UNWIND $ids AS wanted
MATCH (o:Opportunity {id: wanted})<-[:PURSUES]-(:Customer)-[:MERGED_INTO*0..1]->(c:Customer)
WHERE`

const CUSTOMERS_BY_ID = cypher`
UNWIND $customerIds AS wanted
MATCH (c:Customer {id: wanted})
WHERE`

const OPPORTUNITIES_OF_EACH = cypher`
CALL (c) {
  MATCH (c)<-[:MERGED_INTO*0..1]-(:Customer)-[:PURSUES]->(o:Opportunity)
  WHERE o.id > $afterId
  RETURN o ORDER BY o.id LIMIT $limit
}`

const ONE_CUSTOMER = cypher`MATCH (c:Customer {id: $customerId}) WHERE`

const OPPORTUNITIES_PAGE = cypher`
MATCH (c)<-[:MERGED_INTO*0..1]-(:Customer)-[:PURSUES]->(o:Opportunity)
WHERE o.id > $afterId
WITH c, o ORDER BY o.id LIMIT $limit`

// Apart from the records: as a condition on them Neo4j may plan it, on a young graph, as a scan of all entries for each.
const TAKEN_IN = `
UNWIND $recordIds AS wanted
MATCH (h:StageEntry {recordId: wanted})
RETURN h.recordId`

const RECORDS_BY_ID = `
UNWIND $recordIds AS wanted
MATCH (r:SourceRecord {id: wanted})-[:IDENTIFIES]->(c:Customer)
RETURN r.id, r.payload, c.id`

const MERGE_PRODUCTS = `
UNWIND $products AS product
MERGE (p:Product {name: product.name})
ON CREATE SET p.id = product.newId`

const MERGE_OPPORTUNITIES = `
UNWIND $numbers AS row
MERGE (o:Opportunity {number: row.number})
ON CREATE SET o.id = row.newId
SET o.revision = coalesce(o.revision, 0) + 1, o.evidenceEntryId = $evidenceEntryId`

const ENTER_STAGES = `
UNWIND $steps AS step
MATCH (o:Opportunity {number: step.number})
MERGE (h:StageEntry {recordId: step.recordId})
ON CREATE SET h.id = step.id, h.stage = step.stage, h.at = step.at, h.evidenceEntryId = $evidenceEntryId
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

const TELL_OUTCOME = `
UNWIND $numbers AS row
MATCH (c:Customer)-[:PURSUES]->(o:Opportunity {number: row.number})-[:CONCERNS]->(p:Product)
${OPPORTUNITY}`

/** Each question is one statement that reads the fields that are selected, and no others. */
export interface OpportunityStore {
  opportunitiesById(
    ids: readonly string[],
    fields: readonly OpportunityField[],
  ): Promise<ReadonlyMap<string, FoundOpportunity>>
  /** The opportunities of each customer by id, one more than asked for; customers without any are absent. */
  opportunitiesOf(
    customerIds: readonly string[],
    page: PageRequest,
    fields: readonly OpportunityField[],
  ): Promise<ReadonlyMap<string, readonly FoundOpportunity[]>>
  opportunitiesPage(
    customerId: string | null | undefined,
    page: PageRequest,
    fields: readonly OpportunityField[],
  ): Promise<readonly FoundOpportunity[]>
}

export function opportunityStore({ services: { graph }, policy, viewer }: RequestContext): OpportunityStore {
  const { isVisible, allVisible, params } = visibleRows(policy, viewer)
  const pageParams = ({ first, afterId = '' }: PageRequest) => ({ ...params, afterId, limit: first + 1 })

  async function read(found: Cypher, given: Params, fields: readonly OpportunityField[]) {
    const selected = fields.map(field => OPPORTUNITY_COLUMNS[field])
    // The embedded engine takes `o` for a node again, from which its history is reached, only once it is matched.
    const statement = cypher`${found}
MATCH (o)-[:CONCERNS]->(p:Product)
RETURN ${columns([cypher`c.id`, cypher`c.region`, SUBJECT_STATE, cypher`o.id`, ...selected])}
ORDER BY o.id`
    return (await graph.read(statement, given)).map(row => toOpportunity(row, fields))
  }

  return {
    opportunitiesById: async (ids, fields) => {
      const found = await read(cypher`${OPPORTUNITIES_BY_ID} ${isVisible}`, { ...params, ids }, fields)
      return new Map(found.map(each => [each.record.id, each]))
    },
    opportunitiesOf: async (customerIds, page, fields) => {
      const ofEach = cypher`${CUSTOMERS_BY_ID} ${isVisible}${OPPORTUNITIES_OF_EACH}`
      const found = new Map<string, FoundOpportunity[]>()
      for (const each of await read(ofEach, { ...pageParams(page), customerIds }, fields)) {
        const ofCustomer = found.get(each.record.customerId) ?? []
        ofCustomer.push(each)
        found.set(each.record.customerId, ofCustomer)
      }
      return found
    },
    opportunitiesPage: (customerId, page, fields) => {
      const isOfOne = customerId !== null && customerId !== undefined
      const from = isOfOne ? cypher`${ONE_CUSTOMER} ${isVisible}` : allVisible
      const given = { ...pageParams(page), ...(isOfOne && { customerId }) }
      return read(cypher`${from}${OPPORTUNITIES_PAGE}`, given, fields)
    },
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
  const taken = new Set((await reader.run(TAKEN_IN, { recordIds })).map(([recordId]) => recordId))
  const fresh = recordIds.filter(id => !taken.has(id))
  return fresh.length === 0 ? [] : customerRecords(reader, fresh)
}

/** These records in this order, with whom they are about: a declared read of customers' label. */
export async function customerRecords(reader: Reader, recordIds: readonly string[]): Promise<readonly DealRecord[]> {
  const rows = await reader.run(RECORDS_BY_ID, { recordIds })
  const found = new Map(rows.map(([recordId, payload, customerId]) => [recordId, { recordId, payload, customerId }]))
  return recordIds.flatMap(id => (found.get(id) as DealRecord | undefined) ?? [])
}

/** A step with the record that told of it and the customer whom that names. */
export interface RecordedStep extends DealStep {
  readonly recordId: string
  readonly customerId: string
}

/** Writes opportunities, their products and the stages that they entered; answers what was written. */
export async function writeOpportunities(
  unit: UnitOfWork,
  evidenceEntryId: string,
  steps: readonly RecordedStep[],
  ids: Ids,
): Promise<{ readonly opportunityIds: readonly string[]; readonly facts: readonly CommittedFact[] }> {
  const newest = newestSteps(steps)
  const entered = steps.map(step => ({ ...step, id: ids.next('StageEntry') }))
  const names = new Set(newest.map(step => step.productName))
  await unit.run(MERGE_PRODUCTS, { products: [...names].map(name => ({ name, newId: ids.next('Product') })) })
  const numbers = newest.map(({ number }) => ({ number, newId: ids.next('Opportunity') }))
  await unit.run(MERGE_OPPORTUNITIES, { numbers, evidenceEntryId })
  await unit.run(ENTER_STAGES, { steps: toRows(entered), evidenceEntryId })
  await unit.run(LEAVE_BEFORE, { newest: toRows(newest) })
  await unit.run(TELL_NEWEST, { newest: toRows(newest) })
  await unit.run(TELL_VALUE, { valued: toRows(newestSteps(steps.filter(step => step.valueMinor !== null))) })
  const outcome = await unit.run(TELL_OUTCOME, { numbers })
  return {
    opportunityIds: outcome.map(([id]) => String(id)),
    facts: [
      ...outcome.map(([id, subjectId, , ...columns]) => opportunityFact(String(subjectId), String(id), columns)),
      ...entered.map(({ customerId, id, recordId, stage, at }) => stepFact(customerId, id, [recordId, stage, at])),
    ],
  }
}

function toRows(steps: readonly RecordedStep[]): readonly Params[] {
  return steps.map(step => ({ ...step }))
}

function toOpportunity(row: Row, fields: readonly OpportunityField[]): FoundOpportunity {
  const [customerId, region, consents, id, ...values] = row
  const opportunity: Record<string, unknown> = { id, customerId }
  for (const [place, field] of fields.entries()) opportunity[field] = toField(field, values[place])
  return { record: opportunity as unknown as Opportunity, subject: toSubject(customerId, region, consents) }
}

function toField(field: OpportunityField, value: GraphValue | undefined): unknown {
  switch (field) {
    case 'product': {
      const [id, name] = value as Row
      return { id, name }
    }
    case 'value': {
      const [minor, currency] = value as Row
      return typeof minor === 'number' ? { amount: fromMinorUnits(minor), currency } : null
    }
    case 'history':
      return toHistory(value as readonly string[])
    default:
      return value
  }
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
