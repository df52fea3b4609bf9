// What metrics may count of customers: the people themselves, their interactions, how much of them is known, and who sells.
import { knownEntries } from '../../core/evidence/known-entries.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { type Countable, dimensionsOf, type Fact, factsByEntity } from '../../core/registry/facts.ts'
import { isPurpose } from '../../core/viewer.ts'
import { toldByChannels } from './channels.ts'
import type { intents } from './sources/record.ts'

const CUSTOMERS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
WHERE c.mergedInto IS NULL
RETURN c.id, c.region, [(c)<-[:OWNS]-(s:Seller) | s.id], [(c)<-[:OWNS]-(s:Seller) | s.region], [(c)-[:MEMBER_OF]->(a:Account) | a.sector],
  [(c)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.recipient = '' | k.purpose]`

const CUSTOMER_IDS_AFTER = `
MATCH (c:Customer)
WHERE c.id > $afterId AND c.mergedInto IS NULL
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
MATCH (r:SourceRecord {id: wanted})-[:IDENTIFIES]->(:Customer)-[:MERGED_INTO*0..1]->(c:Customer)
RETURN DISTINCT c.id`

const INTERACTIONS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
RETURN c.id, i.occurredAt, i.touchpoint, i.intent, i.durationSeconds, i.evidenceEntryId`

const RECORDS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})<-[:MERGED_INTO*0..1]-(:Customer)<-[:IDENTIFIES]-(r:SourceRecord)
RETURN c.id, r.source, r.payload`

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
      // A team is the sales area that the seller of the customer belongs to.
      dimensions: ['region', 'team', 'seller', 'segment'],
      isAppendOnly: false,
      read: async (reader, ids) =>
        (await reader.run(CUSTOMERS, { ids })).map(([id, region, sellers, areas, sectors, consents]) => ({
          id: String(id),
          dimensions: dimensionsOf({ region, team: first(areas), seller: first(sellers), segment: first(sectors) }),
          consents: new Set((consents as readonly string[]).filter(isPurpose)),
        })),
      idsAfter: async (reader, afterId, limit) =>
        (await reader.run(CUSTOMER_IDS_AFTER, { afterId, limit })).map(([id]) => String(id)),
    },
    {
      name: 'Seller',
      dimensions: ['region'],
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
      dimensions: ['channel'],
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
      name: 'channel-values',
      entity: 'Customer',
      description: 'A field of the customer that at least two channels tell, and whether they tell it alike, now.',
      fields: ['field', 'isConsistent'],
      isState: true,
      read: async (reader, ids) => {
        const records = new Map<string, [string, string][]>()
        for (const [id, source, payload] of await reader.run(RECORDS, { ids })) {
          const ofCustomer = records.get(String(id)) ?? []
          ofCustomer.push([String(source), String(payload)])
          records.set(String(id), ofCustomer)
        }
        const toFact = (field: string, isConsistent: boolean): Fact => ({
          at: null,
          values: { field, isConsistent: isConsistent ? 1 : 0 },
        })
        return new Map(
          [...records].map(([id, ofCustomer]) => [
            id,
            toldByChannels(ofCustomer).map(({ field, isConsistent }) => toFact(field, isConsistent)),
          ]),
        )
      },
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
      kind: 'CUSTOMERS_MERGED',
      idsChanged: async (_, { personId, customerIds }) => [personId, ...customerIds],
    },
    {
      entity: 'Customer',
      kind: 'CUSTOMERS_UNMERGED',
      idsChanged: async (_, { personId, customerIds }) => [personId, ...customerIds],
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
