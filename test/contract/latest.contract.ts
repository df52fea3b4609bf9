import { readFileSync } from 'node:fs'
// A CommonJS module whose exports Node cannot see by name.
import grafeo, { type QueryResult } from '@grafeo-db/js'
import { buildASTSchema, parse } from 'graphql'
import neo4j, { type ProfiledPlan } from 'neo4j-driver'
import { afterAll, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest'
import type { Graph, Params } from '../../core/graph/graph.ts'
import { entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { personalFields } from '../../core/policy/personal.ts'
import type { Viewer } from '../../core/viewer.ts'
import { customerStore } from '../../subgraphs/customers/customer-store.ts'
import { openServices, requestOf, type TestServices } from '../support/services.ts'
import { writeWorld } from '../support/worlds.ts'

const ANNA: Viewer = { kind: 'SUBJECT', id: 'anna', purpose: 'SUBJECT_REQUEST' }
/** Is shown when things happened by consent, so that it depends on the customer in which order they stand. */
const HER_MANAGER: Viewer = { kind: 'MANAGER', id: 'manager', region: 'CN-SH', purpose: 'SALES_FOLLOW_UP' }
const PERSONAL = personalFields(
  buildASTSchema(parse(readFileSync('schema/supergraph.graphql', 'utf8')), { assumeValidSDL: true }),
)
const CONSENT = { purpose: 'SALES_FOLLOW_UP', recipient: '', state: 'GIVEN' } as const
const MONTHS = 12
/** Further back than anybody goes for a page. */
const LONGER_THAN_A_PAGE = 24
const A_MONTH = 3
const LATEST = 5

type Reading = (graph: Graph) => Promise<unknown>

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
    const anna = { id: 'anna', region: 'CN-SH', name: null, account: null, seller: null, consents: [CONSENT] }
    await writeWorld(services.graph, { customers: [{ ...anna, interactions, opportunities: [] }] })
  }
  const read = async (graph: Graph, viewer: Viewer, afterId?: string) => {
    const timeline = { page: { first: LATEST, afterId }, fields: ['occurredAt'] } as const
    const masks = entityMasks(PERSONAL, groundPolicy, viewer, value => value, services.clock.now())
    const store = customerStore({ ...requestOf(services, viewer), masks, services: { ...services, graph } })
    const found = (await store.customersById(['anna'], { fields: [], timeline })).get('anna')
    return found?.timeline.map(({ id }) => id)
  }
  const idsFrom = (first: number) => Array.from({ length: LATEST + 1 }, (_, n) => `interaction-${first + n}`)

  it.each([1, 10])('are the same out of %i times the history, also after a cursor', async times => {
    await writeHistory(MONTHS * times)
    for (const viewer of [ANNA, HER_MANAGER]) {
      expect(await read(services.graph, viewer)).toEqual(idsFrom(0))
      expect(await read(services.graph, viewer, 'interaction-7')).toEqual(idsFrom(8))
    }
  })

  it.each([
    ['the newest, to the customer', ANNA, undefined],
    ['those after a cursor, to the customer', ANNA, 'interaction-7'],
    ['the newest, to whom consent shows them', HER_MANAGER, undefined],
    ['those after a cursor, to whom consent shows them', HER_MANAGER, 'interaction-7'],
  ])('touch as much with ten times the history: %s', async (_, viewer, afterId) => {
    await writeHistory(LONGER_THAN_A_PAGE)
    const once = await touchedBy(graph => read(graph, viewer, afterId))
    expect(once).toBeGreaterThan(LATEST)
    await writeHistory(LONGER_THAN_A_PAGE * 10)
    expect(await touchedBy(graph => read(graph, viewer, afterId))).toBeLessThanOrEqual(once)
  })

  /** How much of the graph its one statement touches, as the engine counts. */
  const touchedBy = (work: Reading) => (engine === 'neo4j' ? hitsOf(work) : scannedBy(work))

  /** The rows that the embedded engine reads from its store: nodes looked up, and relationships followed. */
  async function scannedBy(work: Reading): Promise<number> {
    const { rows } = grafeo.QueryResult.prototype
    const scanned: (number | null)[] = []
    const noting = vi.spyOn(grafeo.QueryResult.prototype, 'rows').mockImplementation(function (this: QueryResult) {
      scanned.push(this.rowsScanned)
      return rows.call(this)
    })
    try {
      await work(services.graph)
    } finally {
      noting.mockRestore()
    }
    const [count, ...others] = scanned
    expect(others).toEqual([])
    return count ?? Number.NaN
  }

  /** The db hits of Neo4j. */
  async function hitsOf(work: Reading): Promise<number> {
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
