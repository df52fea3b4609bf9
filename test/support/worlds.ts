// Small customer graphs, generated, and a naive reading of them in plain TypeScript to hold the stores against.
import fc from 'fast-check'
import type { Graph } from '../../core/graph/graph.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { Purpose, Viewer } from '../../core/viewer.ts'
import { CHAIN_ALL } from '../../subgraphs/customers/period-chain.ts'
import { searchWordsOf } from '../../subgraphs/customers/search/words.ts'

export interface World {
  readonly customers: readonly WorldCustomer[]
}

export interface WorldCustomer {
  readonly id: string
  readonly region: string
  readonly name: string | null
  readonly account: string | null
  readonly seller: string | null
  readonly consents: readonly { readonly purpose: Purpose; readonly recipient: string; readonly state: string }[]
  readonly interactions: readonly { readonly id: string; readonly occurredAt: string; readonly text: string | null }[]
  readonly opportunities: readonly WorldOpportunity[]
}

interface WorldOpportunity {
  readonly id: string
  readonly product: string
  readonly valueMinor: number | null
  readonly steps: readonly { readonly at: string; readonly stage: string }[]
}

const MOMENTS = ['2026-01-31T23:59:59.999Z', '2026-02-01T00:00:00.000Z', '2026-02-01T00:00:00.001Z']
const STAGES = ['PROSPECTING', 'ENGAGING', 'PROPOSAL', 'WON', 'LOST']
const CONSENTABLE: readonly Purpose[] = ['ANALYTICS', 'PARTNER_SHARING', 'SALES_FOLLOW_UP']

const id = fc.uuid({ version: 4 })
const withIds = <T>(arbitrary: fc.Arbitrary<T>, maxLength: number) =>
  fc
    .uniqueArray(fc.tuple(id, arbitrary), { maxLength, selector: ([drawn]) => drawn })
    .map(drawn => drawn.map(([drawnId, rest]) => ({ id: drawnId, ...rest })))

export const worlds: fc.Arbitrary<World> = fc.record({
  customers: withIds(
    fc.record({
      region: fc.constantFrom('CN-SH', 'EU-DE'),
      name: fc.constantFrom(null, 'Name', 'Another name 周'),
      account: fc.constantFrom(null, 'Account A', 'Account B'),
      seller: fc.constantFrom(null, 'seller-number-1', 'seller-number-2'),
      consents: fc.uniqueArray(
        fc.record({
          purpose: fc.constantFrom(...CONSENTABLE),
          recipient: fc.constantFrom('', 'partner-number-1', 'partner-number-2'),
          state: fc.constantFrom('GIVEN', 'GIVEN', 'WITHDRAWN'),
        }),
        { maxLength: 4, selector: ({ purpose, recipient }) => `${purpose} ${recipient}` },
      ),
      interactions: withIds(
        fc.record({
          occurredAt: fc.constantFrom(...MOMENTS),
          text: fc.constantFrom(null, 'text', 'ＴＥＸＴ: 预算审批'),
        }),
        5,
      ),
      opportunities: withIds(
        fc.record({
          product: fc.constantFrom('Product A', 'Product B'),
          valueMinor: fc.option(fc.nat()),
          steps: fc.array(fc.record({ at: fc.constantFrom(...MOMENTS), stage: fc.constantFrom(...STAGES) }), {
            minLength: 1,
            maxLength: 4,
          }),
        }),
        4,
      ),
    }),
    6,
  ),
})

/**
 * Viewers of every kind, with and without a purpose; a subject of this world among them. Most of them are alike in the
 * lengths of what they say, because Neo4j plans a statement anew for parameters of other lengths, and that takes its time.
 */
export function viewersOf({ customers }: World): readonly Viewer[] {
  const region = 'CN-SH'
  return [
    { kind: 'SUBJECT', id: customers[0]?.id ?? 'unknown-number-1', region, purpose: 'SUBJECT_REQUEST' },
    { kind: 'REP', id: 'seller-number-1', region, purpose: 'SALES_FOLLOW_UP' },
    { kind: 'MANAGER', id: 'manager-number-1', region, purpose: 'SALES_FOLLOW_UP' },
    { kind: 'MANAGER', id: 'manager-number-2', purpose: 'SALES_FOLLOW_UP' },
    { kind: 'PRIVACY_OFFICER', id: 'officer-number-1', region, purpose: 'COMPLIANCE_AUDIT' },
    { kind: 'PARTNER', id: 'partner-number-1', region, purpose: 'PARTNER_SHARING' },
    { kind: 'PARTNER', id: 'partner-number-1', region },
    { kind: 'ANALYST', id: 'analyst-number-1', region, purpose: 'ANALYTICS' },
    { kind: 'AUDITOR', id: 'auditor-number-1', region, purpose: 'COMPLIANCE_AUDIT' },
    { kind: 'OPERATOR', id: 'operator-number-1', region, purpose: 'COMPLIANCE_AUDIT' },
    { kind: 'SERVICE', id: 'service-number-1', region },
  ]
}

/** Ids to ask for of which nobody has any, so that no list is ever empty. */
export const UNKNOWN_IDS = ['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff']

/** The customers of whom this viewer may know, in the order of their ids. */
export function visibleTo({ customers }: World, viewer: Viewer, policy = groundPolicy): readonly WorldCustomer[] {
  const scope = policy.rows[viewer.kind]
  const isVisible = (customer: WorldCustomer) => {
    if (scope === 'ALL') return true
    if (scope === 'SELF') return customer.id === viewer.id
    if (scope === 'OWNED') return customer.seller === viewer.id
    if (scope === 'REGION') return customer.region === viewer.region
    return (
      scope === 'CONSENTED' &&
      viewer.purpose !== undefined &&
      customer.consents.some(
        ({ purpose, recipient, state }) =>
          state === 'GIVEN' && purpose === viewer.purpose && (recipient === '' || recipient === viewer.id),
      )
    )
  }
  return customers.filter(isVisible).sort(byId)
}

/** What the decision about this customer must be made from, towards this viewer. */
export function subjectState({ id: customerId, region, consents }: WorldCustomer, viewer: Viewer) {
  const inForce = consents.filter(
    ({ recipient, state }) => state === 'GIVEN' && (recipient === '' || recipient === viewer.id),
  )
  return { id: customerId, region, consents: new Set(inForce.map(({ purpose }) => purpose)) }
}

/** The interactions of a customer, newest first and those of one moment by id. */
export function timelineOf({ interactions }: WorldCustomer): readonly string[] {
  const older = (a: { occurredAt: string }, b: { occurredAt: string }) => (a.occurredAt < b.occurredAt ? 1 : -1)
  return [...interactions]
    .sort((a, b) => (a.occurredAt === b.occurredAt ? byId(a, b) : older(a, b)))
    .map(each => each.id)
}

/** The steps oldest first, those of one moment in the order of a sale. */
export function historyOf({ steps }: WorldOpportunity): readonly string[] {
  return steps
    .map(({ at, stage }) => `${at} ${STAGES.indexOf(stage)} ${stage}`)
    .sort()
    .map(text => `${text.split(' ')[0]} ${text.split(' ')[2]}`)
}

export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1
}

const CREATE_CUSTOMERS = `
UNWIND $customers AS row
CREATE (c:Customer {id: row.id, region: row.region, name: row.name, searchWords: row.searchWords, evidenceEntryId: 'entry'})
WITH c, row
UNWIND row.accounts AS account
MERGE (a:Account {name: account})
ON CREATE SET a.id = account
CREATE (c)-[:MEMBER_OF]->(a)`
const CREATE_OWNERS = `
UNWIND $owners AS row
MATCH (c:Customer {id: row.id})
MERGE (s:Seller {id: row.seller})
ON CREATE SET s.number = row.seller, s.name = row.seller
CREATE (s)-[:OWNS]->(c)`
const CREATE_CONSENTS = `
UNWIND $consents AS row
MATCH (c:Customer {id: row.customerId})
CREATE (k:Consent {id: row.key, key: row.key, purpose: row.purpose, recipient: row.recipient, state: row.state, since: 'then'})
CREATE (k)-[:OF]->(c)`
const CREATE_INTERACTIONS = `
UNWIND $interactions AS row
MATCH (c:Customer {id: row.customerId})
MERGE (p:Period {key: row.periodKey})
ON CREATE SET p.month = row.month
MERGE (c)-[:IN_PERIOD]->(p)
CREATE (p)-[:HAD]->(:Interaction {id: row.id, occurredAt: row.occurredAt, text: row.text, searchWords: row.searchWords, touchpoint: 'WECOM',
  source: 'wecom-chat', evidenceEntryId: 'entry'})`
const CREATE_OPPORTUNITIES = `
UNWIND $opportunities AS row
MATCH (c:Customer {id: row.customerId})
MERGE (p:Product {name: row.product})
ON CREATE SET p.id = row.product
CREATE (o:Opportunity {id: row.id, number: row.id, stage: 'PROPOSAL', valueMinor: row.valueMinor, currency: 'CNY',
  openedAt: '2026-01-01T00:00:00.000Z', evidenceEntryId: 'entry'})
CREATE (c)-[:PURSUES]->(o)
CREATE (o)-[:CONCERNS]->(p)
WITH o, row
UNWIND row.steps AS step
CREATE (o)-[:ENTERED]->(:StageEntry {recordId: step.recordId, stage: step.stage, at: step.at})`

/** Writes the world into an empty graph, in the shape in which ingestion writes. */
export async function writeWorld(graph: Graph, { customers }: World): Promise<void> {
  const owned = customers.flatMap(({ id: customerId, seller }) => (seller === null ? [] : [{ id: customerId, seller }]))
  await graph.write(async unit => {
    await unit.run(CREATE_CUSTOMERS, {
      customers: customers.map(({ id: customerId, region, name, account }) => ({
        id: customerId,
        region,
        name,
        searchWords: name && searchWordsOf(name),
        accounts: account === null ? [] : [account],
      })),
    })
    await unit.run(CREATE_OWNERS, { owners: owned })
    await unit.run(CREATE_CONSENTS, {
      consents: customers.flatMap(({ id: customerId, consents }) =>
        consents.map(each => ({ ...each, customerId, key: `${customerId}/${each.purpose}/${each.recipient}` })),
      ),
    })
    await unit.run(CREATE_INTERACTIONS, {
      interactions: customers.flatMap(({ id: customerId, interactions }) =>
        interactions.map(each => {
          const month = each.occurredAt.slice(0, 7)
          return {
            ...each,
            searchWords: each.text && searchWordsOf(each.text),
            customerId,
            month,
            periodKey: `${customerId}/${month}`,
          }
        }),
      ),
    })
    for (const statement of CHAIN_ALL) await unit.run(statement)
    await unit.run(CREATE_OPPORTUNITIES, {
      opportunities: customers.flatMap(({ id: customerId, opportunities }) =>
        opportunities.map(each => ({
          ...each,
          customerId,
          steps: each.steps.map((step, n) => ({ ...step, recordId: `${each.id}/${n}` })),
        })),
      ),
    })
  })
}
