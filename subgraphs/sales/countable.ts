// What metrics may count of sales: opportunities when they are opened and when they are closed, and each step between.
import { knownEntries } from '../../core/evidence/known-entries.ts'
import type { Reader, Row } from '../../core/graph/graph.ts'
import { type Countable, dimensionsOf, factsByEntity } from '../../core/registry/facts.ts'

const OPPORTUNITIES = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})<-[:MERGED_INTO*0..1]-(:Customer)-[:PURSUES]->(o:Opportunity)-[:CONCERNS]->(p:Product)
RETURN c.id, p.name, o.stage, o.openedAt, o.closedAt`

const STEPS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})<-[:MERGED_INTO*0..1]-(:Customer)-[:PURSUES]->(o:Opportunity)-[:CONCERNS]->(p:Product)
MATCH (o)-[:ENTERED]->(h:StageEntry)
RETURN c.id, p.name, h.at, h.evidenceEntryId`

// Whoever pursued it before, too: an opportunity may pass from one customer to another.
const CUSTOMERS_OF_OPPORTUNITIES = `
UNWIND $ids AS wanted
MATCH (o:Opportunity {id: wanted})-[:ENTERED]->(h:StageEntry)
MATCH (r:SourceRecord {id: h.recordId})-[:IDENTIFIES]->(:Customer)-[:MERGED_INTO*0..1]->(c:Customer)
RETURN DISTINCT c.id`

const DAY_MS = 86_400_000

/** Days from one time to another, rounded down to whole days. */
function daysBetween(from: unknown, to: unknown): number {
  return Math.floor((Date.parse(String(to)) - Date.parse(String(from))) / DAY_MS)
}

const opportunitiesOf = (reader: Reader, ids: readonly string[]): Promise<readonly Row[]> =>
  reader.run(OPPORTUNITIES, { ids })

export const countableSales: Countable = {
  entities: [],
  facts: [
    {
      name: 'opportunities-opened',
      entity: 'Customer',
      description: 'An opportunity, at the time at which it was opened.',
      fields: ['isWon'],
      dimensions: ['product'],
      isState: false,
      read: async (reader, ids) =>
        factsByEntity(await opportunitiesOf(reader, ids), ([, product, stage, openedAt]) => ({
          at: String(openedAt),
          dimensions: dimensionsOf({ product }),
          values: { isWon: stage === 'WON' ? 1 : 0 },
        })),
    },
    {
      name: 'opportunities-closed',
      entity: 'Customer',
      description: 'An opportunity that was won or lost, at the time at which it was.',
      fields: ['isWon', 'cycleDays'],
      dimensions: ['product'],
      isState: false,
      read: async (reader, ids) => {
        const closed = (await opportunitiesOf(reader, ids)).filter(([, , , , closedAt]) => typeof closedAt === 'string')
        return factsByEntity(closed, ([, product, stage, openedAt, closedAt]) => ({
          at: String(closedAt),
          dimensions: dimensionsOf({ product }),
          values: { isWon: stage === 'WON' ? 1 : 0, cycleDays: daysBetween(openedAt, closedAt) },
        }))
      },
    },
    {
      name: 'stage-entries',
      entity: 'Customer',
      description: 'A step of an opportunity into a stage, at the time of the step.',
      fields: ['isTraced'],
      dimensions: ['product'],
      isState: false,
      read: async (reader, ids) => {
        const rows = await reader.run(STEPS, { ids })
        const entries = await knownEntries(reader, [...new Set(rows.map(row => String(row[3])))])
        return factsByEntity(rows, ([, product, at, entryId]) => ({
          at: String(at),
          dimensions: dimensionsOf({ product }),
          values: { isTraced: entries.has(String(entryId)) ? 1 : 0 },
        }))
      },
    },
  ],
  changes: [
    {
      entity: 'Customer',
      kind: 'OPPORTUNITIES_CHANGED',
      idsChanged: async (reader, { opportunityIds }) =>
        (await reader.run(CUSTOMERS_OF_OPPORTUNITIES, { ids: opportunityIds })).map(([id]) => String(id)),
    },
  ],
}
