// A world as it lies in the graph.
import { BY_GUARDIAN } from '../../core/consent/consent-store.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { CHAIN_ALL } from '../../subgraphs/customers/period-chain.ts'
import { SKILLS } from './twin-values.ts'
import type { Item, TwinWorld } from './twin-worlds.ts'

const EMPTY_OF_WORLDS = `
MATCH (n)
WHERE n:Customer OR n:Account OR n:Seller OR n:Consent OR n:Period OR n:Interaction OR n:Opportunity OR n:Product
  OR n:StageEntry OR n:DeadLetter
DETACH DELETE n`
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
const CREATE_SELLERS = `
UNWIND $rows AS row
CREATE (:Seller {id: row.id, number: row.id, name: row.id, region: row.region})`
// The catalogue of skills tells of nobody: it is the same in all worlds.
const CREATE_SKILLS = `
UNWIND $rows AS row
MERGE (k:Skill {id: row.skill})
SET k.uri = row.skill, k.scheme = 'OWN', k.labelEn = row.skill, k.searchText = row.skill`
const CREATE_SEEN_AT = `
UNWIND $rows AS row
MATCH (s:Seller {id: row.sellerId})
MATCH (k:Skill {id: row.skill})
CREATE (s)-[:HAS_SKILL {id: row.id, success: row.success, failure: 1.5, seenAt: '2026-05-01T00:00:00.000Z'}]->(k)`
const CREATE_OWNERS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.id})
MATCH (s:Seller {id: row.owner})
CREATE (s)-[:OWNS]->(c)`
const CREATE_CONSENTS = `
UNWIND $rows AS row
MATCH (c {id: row.subjectId})
WHERE c:Customer OR c:Seller
CREATE (k:Consent {id: row.key, key: row.key, purpose: row.purpose, recipient: row.recipient, state: row.state, since: '2026-01-01T00:00:00.000Z'})
SET k.givenBy = row.givenBy
CREATE (k)-[:OF]->(c)`
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
MATCH (c:Customer {id: row.customerId})
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
const CREATE_DEAD_LETTERS = `
UNWIND $rows AS row
CREATE (:DeadLetter {id: row.id, key: row.id, source: 'call', eventId: row.id, place: 'here', reason: 'SCHEMA',
  detail: 'customer', payload: row.payload, at: '2026-01-01T00:00:00.000Z'})`

/** Writes the world in the place of the one before it; the log stays. */
export async function writeTwin(graph: Graph, { customers, sellers, payloads }: TwinWorld): Promise<void> {
  const interactions = customers.flatMap(({ id, interactions }) =>
    interactions.map(each => ({ ...each, customerId: id })),
  )
  const opportunities = customers.flatMap(({ id, opportunities }) =>
    opportunities.map(each => ({ ...each, customerId: id })),
  )
  const batches: [string, readonly object[]][] = [
    [
      CREATE_CUSTOMERS,
      customers.map(({ id, values: { company: _, owner: __, ...properties } }) => ({
        id,
        properties: present(properties),
      })),
    ],
    [CREATE_SELLERS, sellers.map(({ id, values: { region } }) => ({ id, region }))],
    [CREATE_SKILLS, SKILLS.map(skill => ({ skill }))],
    [
      CREATE_SEEN_AT,
      sellers.flatMap(({ id: sellerId, skills }) =>
        skills.map(({ id, values: { skill, level } }) => ({ id, sellerId, skill, success: Number(level) + 0.5 })),
      ),
    ],
    [CREATE_MEMBERS, customers.flatMap(({ id, values: { company } }) => (company ? [{ id, company }] : []))],
    [CREATE_OWNERS, customers.flatMap(({ id, values: { owner } }) => (owner ? [{ id, owner }] : []))],
    [
      CREATE_CONSENTS,
      [...customers, ...sellers].flatMap(({ id, consents }) =>
        consents.map(({ isByGuardian = false, ...each }) => ({
          ...each,
          subjectId: id,
          key: `${id}/${each.purpose}/${each.recipient}`,
          givenBy: isByGuardian ? BY_GUARDIAN : null,
        })),
      ),
    ],
    [
      CREATE_INTERACTIONS,
      interactions.map(({ id, customerId, values, signals }) => {
        const month = String(values.occurredAt).slice(0, 7)
        const read = { signalModel: signals.modelVersion, signalsEvidenceEntryId: signals.evidenceEntryId }
        const felt =
          signals.emotion === null
            ? {}
            : { valence: signals.emotion, valenceConfidence: 0.5, arousal: signals.emotion, arousalParts: '[]' }
        const properties = present({ ...values, ...(read as Item['values']), ...(felt as Item['values']) })
        return { id, customerId, month, periodKey: `${customerId}/${month}`, properties }
      }),
    ],
    [
      CREATE_INTENTS,
      interactions.flatMap(({ id, signals }) => (signals.intents ? [{ id, intent: signals.intents }] : [])),
    ],
    [
      CREATE_OPPORTUNITIES,
      opportunities.map(({ id, customerId, values: { product, value, history: _, ...others } }) => ({
        id,
        customerId,
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
    [CREATE_DEAD_LETTERS, payloads.map((payload, n) => ({ id: `letter-${n}`, payload }))],
  ]
  await graph.write(async unit => {
    await unit.run(EMPTY_OF_WORLDS)
    for (const [statement, rows] of batches) if (rows.length > 0) await unit.run(statement, { rows: rows as never })
    for (const statement of CHAIN_ALL) await unit.run(statement)
  })
}

function present(values: Item['values']): { readonly [property: string]: string | number | boolean } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as never
}
