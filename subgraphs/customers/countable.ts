// What metrics may count of customers: the people themselves, their interactions, how much of them is known, and who sells.
import { knownEntries } from '../../core/evidence/known-entries.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { type Countable, dimensionsOf, factsByEntity } from '../../core/registry/facts.ts'
import { isPurpose } from '../../core/viewer.ts'
import type { intents } from './sources/record.ts'

const CUSTOMERS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
RETURN c.id, c.region, [(c)<-[:OWNS]-(s:Seller) | s.id], [(c)-[:MEMBER_OF]->(a:Account) | a.sector],
  [(c)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.recipient = '' | k.purpose]`

const CUSTOMER_IDS_AFTER = `
MATCH (c:Customer)
WHERE c.id > $afterId
RETURN c.id ORDER BY c.id LIMIT $limit`

const SELLERS = `
UNWIND $ids AS wanted
MATCH (s:Seller {id: wanted})
RETURN s.id, s.region`

const SELLER_IDS_AFTER = `
MATCH (s:Seller)
WHERE s.id > $afterId
RETURN s.id ORDER BY s.id LIMIT $limit`

const CUSTOMERS_OF_INTERACTIONS = `
UNWIND $ids AS wanted
MATCH (i:Interaction {id: wanted})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
RETURN DISTINCT c.id`

const CUSTOMERS_OF_RECORDS = `
UNWIND $ids AS wanted
MATCH (r:SourceRecord {id: wanted})-[:IDENTIFIES]->(c:Customer)
RETURN DISTINCT c.id`

const INTERACTIONS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
RETURN c.id, i.occurredAt, i.touchpoint, i.intent, i.durationSeconds, i.evidenceEntryId`

const PROFILES = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
RETURN c.id, c.name, c.phone, c.email, c.weComId, c.region, size([(c)-[:MEMBER_OF]->(a:Account) | a.id]),
  size([(c)<-[:OWNS]-(s:Seller) | s.id])`

/** Intents by which a customer shows that it may buy soon. */
const HIGH_INTENTS: ReadonlySet<unknown> = new Set<(typeof intents)[number]>([
  'PRICE_INQUIRY',
  'PRICE_COMPARISON',
  'BARGAINING',
  'PURCHASE',
  'RENEWAL',
])

async function idsFound(reader: Reader, statement: string, ids: readonly string[]): Promise<readonly string[]> {
  return (await reader.run(statement, { ids })).map(([id]) => String(id))
}

export const countableCustomers: Countable = {
  entities: [
    {
      name: 'Customer',
      isAppendOnly: false,
      read: async (reader, ids) =>
        (await reader.run(CUSTOMERS, { ids })).map(([id, region, sellers, sectors, consents]) => ({
          id: String(id),
          dimensions: dimensionsOf({ region, seller: first(sellers), segment: first(sectors) }),
          consents: new Set((consents as readonly string[]).filter(isPurpose)),
        })),
      idsAfter: async (reader, afterId, limit) =>
        (await reader.run(CUSTOMER_IDS_AFTER, { afterId, limit })).map(([id]) => String(id)),
    },
    {
      name: 'Seller',
      isAppendOnly: false,
      read: async (reader, ids) =>
        (await reader.run(SELLERS, { ids })).map(([id, region]) => ({
          id: String(id),
          dimensions: dimensionsOf({ region }),
        })),
      idsAfter: async (reader, afterId, limit) =>
        (await reader.run(SELLER_IDS_AFTER, { afterId, limit })).map(([id]) => String(id)),
    },
  ],
  facts: [
    {
      name: 'interactions',
      entity: 'Customer',
      description: 'An interaction with the customer, at the time at which it took place.',
      fields: ['durationSeconds', 'isHighIntent', 'isTraced'],
      isState: false,
      read: async (reader, ids) => {
        const rows = await reader.run(INTERACTIONS, { ids })
        const entries = await knownEntries(reader, [...new Set(rows.map(row => String(row[5])))])
        return factsByEntity(rows, ([, at, channel, intent, durationSeconds, entryId]) => ({
          at: String(at),
          dimensions: dimensionsOf({ channel }),
          values: {
            durationSeconds: typeof durationSeconds === 'number' ? durationSeconds : null,
            isHighIntent: HIGH_INTENTS.has(intent) ? 1 : 0,
            isTraced: entries.has(String(entryId)) ? 1 : 0,
          },
        }))
      },
    },
    {
      name: 'profiles',
      entity: 'Customer',
      description: 'What is known of the customer now: of name, phone, email, WeCom id, region, company and owner.',
      fields: ['fieldsKnown', 'fieldsCounted'],
      isState: true,
      read: async (reader, ids) =>
        factsByEntity(await reader.run(PROFILES, { ids }), ([, ...fields]) => ({
          at: null,
          values: {
            fieldsKnown: fields.filter(each => each !== null && each !== '' && each !== 0).length,
            fieldsCounted: fields.length,
          },
        })),
    },
    {
      name: 'people',
      entity: 'Seller',
      description: 'A person who sells, now.',
      fields: [],
      isState: true,
      read: async (reader, ids) => factsByEntity(await reader.run(SELLERS, { ids }), () => ({ at: null, values: {} })),
    },
  ],
  changes: [
    { entity: 'Seller', kind: 'SELLERS_RECORDED', idsChanged: async (_, { sellerIds }) => sellerIds },
    {
      entity: 'Customer',
      kind: 'RECORDS_ACCEPTED',
      idsChanged: (reader, { recordIds }) => idsFound(reader, CUSTOMERS_OF_RECORDS, recordIds),
    },
    {
      entity: 'Customer',
      kind: 'INTERACTIONS_RECORDED',
      idsChanged: (reader, { interactionIds }) => idsFound(reader, CUSTOMERS_OF_INTERACTIONS, interactionIds),
    },
  ],
}

function first(values: unknown): unknown {
  return Array.isArray(values) ? [...values].sort()[0] : undefined
}
