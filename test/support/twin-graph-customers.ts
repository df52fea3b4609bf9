// What of a world lies about its customers, as it lies in the graph.
import { searchWordsOf } from '../../subgraphs/customers/search/words.ts'
import type { Batch } from './twin-graph.ts'
import { EVENTS, type Value } from './twin-values.ts'
import type { Item, TwinCustomer, TwinWorld } from './twin-worlds.ts'

const CREATE_CUSTOMERS = `
UNWIND $rows AS row
CREATE (c:Customer {id: row.id, evidenceEntryId: 'entry'})
SET c += row.properties`
const CREATE_MEMBERS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.id})
MERGE (a:Account {name: row.company})
ON CREATE SET a.id = row.company
CREATE (c)-[:MEMBER_OF]->(a)`
const CREATE_OWNERS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.id})
MATCH (s:Seller {id: row.owner})
CREATE (s)-[:OWNS]->(c)`
const CREATE_INTERACTIONS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.customerId})
MERGE (p:Period {key: row.periodKey})
ON CREATE SET p.month = row.month
MERGE (c)-[:IN_PERIOD]->(p)
CREATE (i:Interaction {id: row.id, evidenceEntryId: 'entry'})
CREATE (p)-[:HAD]->(i)
SET i += row.properties`
const CREATE_INTENTS = `
UNWIND $rows AS row
MATCH (i:Interaction {id: row.id})
MERGE (n:Intent {name: row.intent})
CREATE (i)-[:EXPRESSED {confidence: 0.5, spanStart: 0, spanEnd: 1}]->(n)`
const CREATE_OPPORTUNITIES = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.of})
MERGE (p:Product {name: row.product})
ON CREATE SET p.id = row.product
CREATE (o:Opportunity {id: row.id, number: row.id, currency: 'CNY', evidenceEntryId: 'entry'})
SET o += row.properties
CREATE (c)-[:PURSUES]->(o)
CREATE (o)-[:CONCERNS]->(p)`
const CREATE_STEPS = `
UNWIND $rows AS row
MATCH (o:Opportunity {id: row.id})
CREATE (o)-[:ENTERED]->(:StageEntry {id: row.stepId, recordId: row.stepId, stage: row.stage, at: row.at})`
// The environment tells of nobody: it is the same in all worlds.
const CREATE_EVENTS = `
UNWIND $rows AS row
MERGE (e:EnvironmentEvent {id: row.id})
SET e.kind = 'WEATHER', e.summary = row.id, e.source = 'weather', e.startsAt = '2025-01-01T00:00:00.000Z',
  e.evidenceEntryId = 'entry'`
const CREATE_DURING = `
UNWIND $rows AS row
MATCH (i:Interaction {id: row.id})
MATCH (e:EnvironmentEvent {id: row.event})
CREATE (i)-[:DURING]->(e)`
const CREATE_ORDERS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.of})
MERGE (p:Product {name: row.product})
ON CREATE SET p.id = row.product
CREATE (o:Order {id: row.id, number: row.id, currency: 'CNY', evidenceEntryId: 'entry'})
SET o += row.properties
CREATE (c)-[:PLACED]->(o)
CREATE (o)-[:CONCERNS]->(p)`
const CREATE_FULFILMENTS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.of})
CREATE (f:Fulfilment {id: row.id, number: row.id, evidenceEntryId: 'entry'})
SET f += row.properties
CREATE (c)-[:RECEIVES]->(f)`
const CREATE_RECORDS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.of})
CREATE (r:SourceRecord {id: row.id, key: row.id, payload: row.payload})
SET r += row.properties
CREATE (r)-[:IDENTIFIES]->(c)`
const CREATE_COUNTED = `
UNWIND $rows AS row
CREATE (:MetricEntity {key: 'Customer/' + row.id, entityId: row.id, counted: row.counted})`
const CREATE_REVIEWS = `
UNWIND $rows AS row
CREATE (r:MatchReview {id: row.id, key: row.id, state: 'PENDING', modelVersion: 'model', at: '2026-01-01T00:00:00.000Z',
  evidenceEntryId: 'entry'})
SET r += row.properties
WITH r, row
UNWIND row.about AS id
MATCH (c:Customer {id: id})
CREATE (r)-[:COMPARES]->(c)`

export function customerBatches({ customers, shared }: TwinWorld): readonly Batch[] {
  const interactions = customers.flatMap(({ id, interactions }) =>
    interactions.map(each => ({ ...each, customerId: id })),
  )
  const opportunities = ownedBy(customers, 'Opportunity')
  return [
    [
      CREATE_CUSTOMERS,
      customers.map(({ id, values: { company: _, owner: __, ...properties } }) => ({
        id,
        properties: present({ ...properties, searchWords: wordsIn(properties.name) }),
      })),
    ],
    [CREATE_MEMBERS, customers.flatMap(({ id, values: { company } }) => (company ? [{ id, company }] : []))],
    [CREATE_OWNERS, customers.flatMap(({ id, values: { owner } }) => (owner ? [{ id, owner }] : []))],
    [CREATE_INTERACTIONS, interactions.map(toInteraction)],
    [
      CREATE_INTENTS,
      interactions.flatMap(({ id, signals }) => (signals.intents ? [{ id, intent: signals.intents }] : [])),
    ],
    [CREATE_EVENTS, EVENTS.map(id => ({ id }))],
    [CREATE_DURING, interactions.flatMap(({ id, environment: { events } }) => (events ? [{ id, event: events }] : []))],
    [
      CREATE_OPPORTUNITIES,
      opportunities.map(({ id, of, values: { product, value, history: _, ...others } }) => ({
        id,
        of,
        product,
        properties: present({ ...others, valueMinor: value ?? null }),
      })),
    ],
    [
      CREATE_STEPS,
      opportunities.flatMap(({ id, values }) =>
        String(values.history)
          .split(' ')
          .map((stage, n) => ({ id, stepId: `${id}/${n}`, stage, at: `2026-01-0${n + 1}T00:00:00.000Z` })),
      ),
    ],
    [
      CREATE_ORDERS,
      ownedBy(customers, 'Order').map(({ id, of, values: { product, value, ...others } }) => ({
        id,
        of,
        product,
        properties: present({ ...others, valueMinor: value ?? null }),
      })),
    ],
    [CREATE_FULFILMENTS, ownedBy(customers, 'Fulfilment').map(withProperties)],
    [CREATE_RECORDS, ownedBy(customers, 'FormingRecord').map(each => ({ ...withProperties(each), payload: '{}' }))],
    [CREATE_RECORDS, ownedBy(customers, 'ConflictingRecord').map(toStatement)],
    [CREATE_COUNTED, ownedBy(customers, 'MetricContribution').map(toCounted)],
    [
      CREATE_REVIEWS,
      shared
        .filter(({ type }) => type === 'MatchReview')
        .map(({ id, about, values: { score, weights } }) => ({
          id,
          about,
          properties: {
            score,
            weights: JSON.stringify({ name: weights }),
            // About every other one was decided, in both worlds, so that it is a step on the way of both customers.
            ...(id < '8' && {
              state: 'TWO_PERSONS',
              decidedAt: '2026-02-01T00:00:00.000Z',
              decidedBy: 'MANAGER manager-number-1',
            }),
          },
        })),
    ],
  ]
}

const withProperties = ({ id, of, values }: Item & { readonly of: string }) => ({ id, of, properties: present(values) })

/** A record that states something of its customer. */
function toStatement({ id, of, values }: Item & { readonly of: string }) {
  const { source = null, statedAt = null, account = null, ...customer } = values
  return {
    id,
    of,
    properties: present({ source, statedAt, acceptedAt: statedAt }),
    payload: JSON.stringify({ customer, account: { name: account } }),
  }
}

/** The consents that METRIC_ID counts of a customer: so many, of which so many leave evidence. */
function toCounted({ id, values: { numerator, denominator } }: Item) {
  const isGiven = Array.from({ length: Number(denominator) }, (_, n) => (n < Number(numerator) ? 1 : 0))
  const facts = isGiven.map(isTraced => ({ at: null, values: { isGiven: 1, isTraced } }))
  return { id, counted: JSON.stringify([id, {}, ['COMPLIANCE_AUDIT'], [['consents', facts]]]) }
}

/** What lies beside each of these subjects, with whose it is. */
export function ownedBy(subjects: readonly Pick<TwinCustomer, 'id' | 'own'>[], type: string) {
  return subjects.flatMap(({ id: of, own }) => (own[type] ?? []).map(each => ({ ...each, of })))
}

function toInteraction({
  id,
  customerId,
  values,
  signals,
}: TwinCustomer['interactions'][number] & { readonly customerId: string }) {
  const month = String(values.occurredAt).slice(0, 7)
  const read = { signalModel: signals.modelVersion ?? null, signalsEvidenceEntryId: signals.evidenceEntryId ?? null }
  const felt: Item['values'] =
    signals.emotion == null
      ? {}
      : { valence: signals.emotion, valenceConfidence: 0.5, arousal: signals.emotion, arousalParts: '[]' }
  const properties = present({ ...values, ...read, ...felt, searchWords: wordsIn(values.text) })
  return { id, customerId, month, periodKey: `${customerId}/${month}`, properties }
}

const wordsIn = (value: Value | undefined): Value => (typeof value === 'string' ? searchWordsOf(value) : null)

function present(values: Item['values']): { readonly [property: string]: string | number | boolean } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as never
}
