// Customers and their interactions, written straight to the graph in the form in which ingestion leaves them, where ingesting a
// million of them would take longer than what is to be measured.
import type { Services } from '../core/context.ts'
import { CELLS_GUARD, markChanged } from '../subgraphs/metrics/cell-store.ts'

/** Interactions of each customer, half of them in one month and half in another. */
const A_CUSTOMER = 10
const CUSTOMERS_A_UNIT = 500

const REGIONS = ['CN-SH', 'CN-BJ', 'EU-DE', 'EU-FR'] as const
const TOUCHPOINTS = ['PHONE', 'WECOM', 'WEB', 'VISIT'] as const
const INTENTS = ['PRICE_INQUIRY', 'COMPLAINT', 'PURCHASE', 'OTHER'] as const

const WRITE = `
UNWIND $customers AS row
CREATE (c:Customer {id: row.id, number: row.id, region: row.region, name: row.id, evidenceEntryId: 'bench'})
CREATE (:Consent {id: row.id, key: row.id + '/ANALYTICS/', purpose: 'ANALYTICS', recipient: '', state: row.state, since: '2025-04-01'})-[:OF]->(c)
WITH c, row
UNWIND row.months AS month
CREATE (c)-[:IN_PERIOD]->(p:Period {key: row.id + '/' + month, month: month})
WITH p, row
UNWIND row.days AS day
CREATE (p)-[:HAD]->(:Interaction {id: p.key + day, occurredAt: p.month + '-' + day + 'T08:00:00.000Z',
  touchpoint: row.touchpoint, intent: row.intent, source: 'call', evidenceEntryId: 'bench'})`

/** Writes that many interactions, ten of each customer, over the fourteen months before June 2026, and marks them to be counted. */
export async function writeBehaviour({ graph, clock }: Services, interactions: number): Promise<void> {
  const customers = Math.ceil(interactions / A_CUSTOMER)
  for (let first = 0; first < customers; first += CUSTOMERS_A_UNIT) {
    const rows = Array.from({ length: Math.min(CUSTOMERS_A_UNIT, customers - first) }, (_, n) => customerOf(first + n))
    await graph.write(async unit => {
      await unit.guard(CELLS_GUARD)
      await unit.run(WRITE, { customers: rows })
      await markChanged(unit, { kind: 'Customer', ids: rows.map(({ id }) => id), at: clock.now() })
    })
  }
}

function customerOf(number: number) {
  return {
    id: `written-${number}`,
    region: turn(REGIONS, number),
    // Four of five consent to being counted.
    state: number % 5 === 0 ? 'WITHDRAWN' : 'GIVEN',
    months: [monthBack(1 + (number % 7)), monthBack(8 + (number % 7))],
    days: Array.from({ length: A_CUSTOMER / 2 }, (_, day) => String(1 + ((number + day * 5) % 28)).padStart(2, '0')),
    touchpoint: turn(TOUCHPOINTS, number >> 2),
    intent: turn(INTENTS, number >> 4),
  }
}

const monthBack = (months: number) => new Date(Date.UTC(2026, 5 - months)).toISOString().slice(0, 7)

function turn<Value>(values: readonly [Value, ...Value[]], number: number): Value {
  return values[number % values.length] ?? values[0]
}
