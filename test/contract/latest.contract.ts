import neo4j, { type ProfiledPlan } from 'neo4j-driver'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Graph, Params } from '../../core/graph/graph.ts'
import type { Viewer } from '../../core/viewer.ts'
import { customerStore } from '../../subgraphs/customers/customer-store.ts'
import { countingGraph } from '../support/counting-graph.ts'
import { openServices, requestOf, type TestServices } from '../support/services.ts'
import { writeWorld } from '../support/worlds.ts'

const ANNA: Viewer = { kind: 'SUBJECT', id: 'anna', purpose: 'SUBJECT_REQUEST' }
const MONTHS = 12
const A_MONTH = 3
const LATEST = 5

/** The latest interactions of a customer cost what they are, and not what came before them. */
export function describeLatest(openGraph: () => Promise<Graph>, engine: Graph['engine']): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const writeHistory = async (months: number) => {
    await services.empty()
    const interactions = Array.from({ length: months * A_MONTH }, (_, n) => {
      const month = new Date(Date.UTC(2026, -Math.floor(n / A_MONTH))).toISOString().slice(0, 7)
      return { id: `interaction-${n}`, occurredAt: `${month}-0${A_MONTH - (n % A_MONTH)}T08:00:00.000Z`, text: null }
    })
    const anna = { id: 'anna', region: 'CN-SH', name: null, account: null, seller: null, consents: [] }
    await writeWorld(services.graph, { customers: [{ ...anna, interactions, opportunities: [] }] })
  }
  const read = async (graph: Graph, afterId?: string) => {
    const timeline = { page: { first: LATEST, afterId }, fields: ['occurredAt'] } as const
    const store = customerStore({ ...requestOf(services, ANNA), services: { ...services, graph } })
    const found = (await store.customersById(['anna'], { fields: [], timeline })).get('anna')
    return found?.timeline.map(({ id }) => id)
  }
  const idsFrom = (first: number) => Array.from({ length: LATEST + 1 }, (_, n) => `interaction-${first + n}`)

  it.each([1, 10])('are the same out of %i times the history, also after a cursor', async times => {
    await writeHistory(MONTHS * times)
    expect(await read(services.graph)).toEqual(idsFrom(0))
    expect(await read(services.graph, 'interaction-7')).toEqual(idsFrom(8))
  })

  const countsHits = () => {
    it.each([
      ['the newest', undefined],
      ['those after a cursor', 'interaction-7'],
    ])('touch as much with ten times the history: %s', async (_, afterId) => {
      await writeHistory(MONTHS)
      const once = await hitsOf(graph => read(graph, afterId))
      await writeHistory(MONTHS * 10)
      expect(await hitsOf(graph => read(graph, afterId))).toBeLessThanOrEqual(once)
    })
  }

  const countsNothing = () => {
    it('are looked for in as many of the newest periods as they can lie in', async () => {
      const graph = countingGraph(services.graph)
      await read(graph)
      expect(graph.statements).toHaveLength(1)
      expect(graph.statements[0]).toMatch(
        /\(period:Period\)\s+WITH period ORDER BY period\.month DESC LIMIT \$periods\s+MATCH \(period\)-\[:HAD\]->/,
      )
    })
  }

  // Each engine shows in its own way that the cost does not grow; neither test is a gap of the other engine's.
  if (engine === 'neo4j') describe('on a server that counts what it touches', countsHits)
  else describe('on the engine that counts nothing', countsNothing)

  /** The db hits of the one statement that it reads. */
  async function hitsOf(work: (graph: Graph) => Promise<unknown>): Promise<number> {
    const server = inject('neo4j')
    if ('skipReason' in server) throw new Error(server.skipReason)
    const asked: [string, Params][] = []
    const noting = {
      engine,
      read: async (statement: string, params: Params) => {
        asked.push([statement, params])
        return []
      },
    } as unknown as Graph
    await work(noting)
    expect(asked).toHaveLength(1)
    const [[statement, params] = ['', {}]] = asked
    const { url, user, password = '' } = server
    const driver = neo4j.driver(url, user === undefined ? undefined : neo4j.auth.basic(user, password))
    const session = driver.session()
    try {
      const whole = Object.entries(params).map(([name, value]) => [
        name,
        typeof value === 'number' ? neo4j.int(value) : value,
      ])
      // The first run may be planned for other parameters.
      await session.run(`PROFILE ${statement}`, Object.fromEntries(whole))
      const { summary } = await session.run(`PROFILE ${statement}`, Object.fromEntries(whole))
      return totalHits(summary.profile as ProfiledPlan)
    } finally {
      await session.close()
      await driver.close()
    }
  }
}

function totalHits({ dbHits, children }: ProfiledPlan): number {
  return children.reduce((hits, child) => hits + totalHits(child), dbHits)
}
