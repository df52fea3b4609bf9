// Goal G4: what the latest ten interactions cost grows with ten and not with the history that they end.
import type { RequestContext } from '../core/context.ts'
import type { Graph, Params } from '../core/graph/graph.ts'
import { EVERYTHING } from '../core/listing.ts'
import { customerStore } from '../subgraphs/customers/customer-store.ts'
import { CHAIN_ALL } from '../subgraphs/customers/period-chain.ts'
import { LATEST, PAGE, PURPOSE } from './latest-by-hand.ts'

/** Months of history, five interactions each. */
const HISTORIES = { short: 12, long: 120 } as const
export type History = keyof typeof HISTORIES

const A_MONTH = 5
const CUSTOMERS_A_UNIT = 5

const CREATE = `
UNWIND $customers AS customer
CREATE (c:Customer {id: customer, number: customer, region: $region, evidenceEntryId: 'bench'})
CREATE (:Consent {id: customer, key: customer, purpose: $purpose, recipient: '', state: 'GIVEN', since: 'then'})-[:OF]->(c)
WITH c
UNWIND $months AS month
CREATE (c)-[:IN_PERIOD]->(p:Period {key: c.id + '/' + month, month: month})
WITH c, p
UNWIND $days AS day
CREATE (p)-[:HAD]->(:Interaction {id: p.key + day, occurredAt: p.month + '-' + day + 'T08:00:00.000Z',
  touchpoint: 'PHONE', source: 'call', evidenceEntryId: 'bench'})`

/**
 * Writes a page of customers with each history; those of one history have a region in which they come first. They consent, because the
 * latest are no others than the rest to whoever may not know when things happened.
 */
export async function writeHistories(graph: Graph): Promise<void> {
  for (const [history, length] of Object.entries(HISTORIES)) {
    const months = Array.from({ length }, (_, back) => new Date(Date.UTC(2026, -back)).toISOString().slice(0, 7))
    const days = Array.from({ length: A_MONTH }, (_, day) => `0${day + 1}`)
    for (let first = 0; first < PAGE; first += CUSTOMERS_A_UNIT) {
      const customers = Array.from({ length: CUSTOMERS_A_UNIT }, (_, n) => `0-${history}-${first + n}`)
      await graph.write(unit =>
        unit.run(CREATE, { customers, months, days, region: regionOf(history), purpose: PURPOSE }),
      )
    }
  }
  await graph.write(async unit => {
    for (const statement of CHAIN_ALL) await unit.run(statement)
  })
}

/** Of regions whose law the policy knows. */
const REGIONS: Readonly<Record<string, string>> = { short: 'EU-DE', long: 'EU-FR' }
const regionOf = (history: string) => REGIONS[history] ?? ''

/** What the operation of the bench asks of the store. */
export const SELECTED = {
  fields: [],
  timeline: { page: { first: LATEST, afterId: undefined }, fields: ['touchpoint', 'occurredAt', 'intent'] },
} as const

/** The page of the customers of this history, as their manager asks for it. */
export function latestOf(history: History, request: RequestContext): Promise<readonly unknown[]> {
  const viewer = { kind: 'MANAGER', id: 'manager', region: regionOf(history), purpose: PURPOSE } as const
  return customerStore({ ...request, viewer }).customersPage({ first: PAGE, afterId: undefined }, EVERYTHING, SELECTED)
}

/** The one statement of a read, with its parameters. */
export async function statementOf(graph: Graph, read: (graph: Graph) => Promise<unknown>): Promise<[string, Params]> {
  const found: [string, Params][] = []
  const noting = {
    engine: graph.engine,
    read: async (statement: string, params: Params) => {
      found.push([statement, params])
      return []
    },
  } as unknown as Graph
  await read(noting)
  const [statement] = found
  if (statement === undefined || found.length > 1) throw new Error(`expected one statement, got: ${found.length}`)
  return statement
}
