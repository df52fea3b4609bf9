import { beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { seededId } from '../../core/ids.ts'
import { type CountingGraph, countingGraph } from '../support/counting-graph.ts'
import { portOf } from '../support/faulty-graph.ts'
import { EMPTY } from '../support/services.ts'
import { startApi } from '../support/start-api.ts'
import { type World, writeWorld } from '../support/worlds.ts'

/** The development viewer `rep`, who owns every customer here. */
const REP = seededId('sovereign-graph', 'Seller', 1)

const OF_CUSTOMERS = /:(Customer|Account|Seller|Period|Interaction|Opportunity|Product|StageEntry|Consent)\b/

const EVERYTHING = `
  query Everything($first: Int!) {
    customers(first: $first) {
      edges {
        node {
          id name company { name } owner { name }
          timeline(first: 3) { edges { node { id text } } }
          opportunities(first: 2) { edges { node { id stage product { name } history { stage at } } } }
          consents { id purpose state history { state at } }
        }
      }
    }
  }`

const worldOf = (count: number): World => ({
  customers: Array.from({ length: count }, (_, n) => ({
    id: `customer-${n}`,
    region: 'CN-SH',
    name: `Name ${n}`,
    account: `Account ${n % 3}`,
    seller: REP,
    consents: [{ purpose: 'SALES_FOLLOW_UP', recipient: '', state: 'GIVEN' }],
    interactions: Array.from({ length: 5 }, (_, i) => ({
      id: `interaction-${n}-${i}`,
      occurredAt: `2026-02-0${i + 1}T08:00:00.000Z`,
      text: 'text',
    })),
    opportunities: Array.from({ length: 3 }, (_, i) => ({
      id: `opportunity-${n}-${i}`,
      product: `Product ${i}`,
      valueMinor: 100,
      steps: [{ at: '2026-02-01T08:00:00.000Z', stage: 'PROSPECTING' }],
    })),
  })),
})

/** A list costs a fixed number of turnarounds, however long it is and whatever hangs on each of its customers. */
export function describeRoundTrips(openGraph: () => Promise<Graph>): void {
  let graph: CountingGraph
  beforeAll(async () => {
    // Left open when the server ends: other suites have it, too.
    graph = countingGraph({ ...portOf(await openGraph()), close: async () => undefined })
  })
  beforeEach(() => graph.write(unit => unit.run(EMPTY)))

  it.each([5, 50])(
    'a list of %i customers with timelines, opportunities and consents costs a statement in each subgraph',
    async count => {
      await writeWorld(graph, worldOf(count))
      const api = await startApi({ graph })
      onTestFinished(() => api.close())
      await api.settle()
      graph.forget()
      const { data, errors, masks } = await api.ask('rep', EVERYTHING, { variables: { first: 50 } })
      // What the server does beside the request, now that it is settled, reads none of these.
      const statements = graph.statements.filter(statement => OF_CUSTOMERS.test(statement))
      expect(errors).toEqual([])
      expect(masks).toEqual([])
      expect(data.customers.edges).toHaveLength(count)
      expect(data.customers.edges.at(-1).node).toMatchObject({
        company: { name: expect.stringContaining('Account') },
        owner: { name: REP },
        timeline: { edges: [{ node: { text: 'text' } }, {}, {}] },
        opportunities: { edges: [{ node: { history: [{ stage: 'PROSPECTING' }] } }, {}] },
        consents: [{ purpose: 'SALES_FOLLOW_UP', state: 'GIVEN', history: [] }],
      })
      expect(statements).toHaveLength(3)
    },
  )
}
