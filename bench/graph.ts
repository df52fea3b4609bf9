// What a list within a list costs: a page of 50 customers with the latest ten interactions of each, by several ways to the
// same answer: the best statement that we can write by hand straight on the engine, our store, an operation, HTTP, and on Neo4j
// @neo4j/graphql. Every operation leaves its access record, and its wait for that is told apart. Goals G1 (ours ÷ by hand),
// G2 (peer ÷ ours), G3 (turnarounds), G4 (ten times the history).
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
// A CommonJS module whose exports Node cannot see by name.
import grafeo from '@grafeo-db/js'
import neo4j, { type ProfiledPlan } from 'neo4j-driver'
import { recordReaction } from '../core/change.ts'
import { type ConsentChange, setConsent } from '../core/consent/set-consent.ts'
import type { Services } from '../core/context.ts'
import { openDevelopment, signToken, type ViewerClaims } from '../core/development.ts'
import { openEmbedded } from '../core/graph/embedded.ts'
import type { Graph, Params, Row } from '../core/graph/graph.ts'
import { openNeo4j } from '../core/graph/neo4j.ts'
import { EVERYTHING } from '../core/listing.ts'
import { openApi } from '../gateway/api.ts'
import { arrive, type Gateway } from '../gateway/pipeline.ts'
import { seedCustomers } from '../seeds/generate.ts'
import { customerStore, type FoundCustomer } from '../subgraphs/customers/customer-store.ts'
import { ingest } from '../subgraphs/customers/index.ts'
import { missingForNeo4j, startNeo4j } from '../test/support/neo4j-server.ts'
import { openServices } from '../test/support/services.ts'
import { startApi, type TestApi } from '../test/support/start-api.ts'
import { behaviourOf } from './behaviour.ts'
import { openBoltCounter } from './bolt-counter.ts'
import {
  Apart,
  engineVersions,
  interleaved,
  median,
  type Own,
  owning,
  printTable,
  type Result,
  ratio,
  requireEqual,
  rounded,
  say,
} from './harness.ts'
import { type History, latestOf, SELECTED, statementOf, writeHistories } from './history.ts'
import { answerOf, type Direct, LATEST, latestByHand, PAGE, PURPOSE, type Way, ways } from './latest-by-hand.ts'
import { openNeo4jGraphQL, rowsOfPeer } from './neo4j-graphql.ts'
import { selfTimes } from './profile.ts'

const CUSTOMERS = { embedded: 10_000, neo4j: 2_000 } as const
const SENDER = { kind: 'SERVICE', id: 'bench' } as const
const FIRST_PAGE = { first: PAGE, afterId: undefined }
const ROUNDS = { rounds: 7, times: 10, roundMs: 6_000, warmUpMs: 1_500 } as const

/** How often the operation runs while it is looked at where its time goes, and how many functions are told. */
const PROFILED = 50
const MOST_TOLD = 12

/** One engine with the data in it, reached through the project and past it. */
interface Site {
  readonly engine: 'embedded' | 'neo4j'
  readonly api: TestApi
  readonly direct: Direct
  /** What only a server behind a network has: an address, its wire, and its count of what a statement touched. */
  readonly server?: Server
}

interface Server {
  readonly url: string
  readonly dbHits: (statement: string, params: Params) => Promise<number>
}

export async function benchGraph(size: number): Promise<Result> {
  const rows: (string | number)[][] = []
  const ratios: Record<string, number> = {}
  const counts: Record<string, number | string> = {}

  const measureSite = async (site: Site) => {
    const { engine } = site
    for (const kind of ['MANAGER', 'REP'] as const) {
      say(`${engine}, ${kind}`)
      const { times, facts } = await measure(site, await viewerOf(site, kind))
      const as = `${engine}.${kind}`
      const byHand = ways.map(way => times[way]).reduce((a, b) => (median(a) <= median(b) ? a : b))
      ratios[`G1.store.${as}`] = ratio(times.store, byHand)
      ratios[`G1.operation.${as}`] = ratio(times.operation, byHand)
      ratios[`recordWait/byHand.${as}`] = rounded(Number(facts.recordWaitMs) / median(byHand))
      ratios[`http/byHand.${as}`] = ratio(times.http, byHand)
      if (times.peer !== undefined) ratios[`G2.${as}`] = ratio(times.peer, times.operation)
      if (facts.boltBytesOfPeer !== undefined) {
        ratios[`G2.bytes.${as}`] = rounded(Number(facts.boltBytes) / facts.boltBytesOfPeer)
      }
      for (const [name, value] of Object.entries(facts)) counts[`${name}.${as}`] = value
      rows.push([
        `${engine} ${kind}`,
        ...[byHand, times.store, times.operation, times.http, times.peer].map(each =>
          each === undefined ? '-' : rounded(median(each)),
        ),
        ratio(times.store, byHand),
        ratio(times.operation, byHand),
        times.peer === undefined ? '-' : ratio(times.peer, times.operation),
        facts.boltTurnarounds ?? facts.reads ?? 0,
      ])
    }
    say(`${engine}, histories`)
    Object.assign(ratios, await measureHistories(site))
  }

  await owning(async own => measureSite(await embeddedSite(own, CUSTOMERS.embedded * size, counts)))
  const missing = missingForNeo4j()
  if (missing === undefined)
    await owning(async own => measureSite(await neo4jSite(own, CUSTOMERS.neo4j * size, counts)))
  else counts.neo4j = `not measured: ${missing}`

  const header = ['by hand', 'store', 'operation', 'http', '@neo4j/graphql', 'G1 store', 'G1 operation', 'G2', 'G3']
  printTable(['p50 in ms', ...header], rows)
  return { ratios, counts, engines: engineVersions() }
}

/** G4: ten times the history ÷ once, in time and, where it is counted, in what the store touched. */
async function measureHistories({ engine, api, server }: Site): Promise<Record<string, number>> {
  const { graph } = api.services
  await writeHistories(graph)
  const headers = { authorization: `Bearer ${await api.tokenOf('manager')}`, 'x-purpose': PURPOSE }
  const context = await arrive(api.gateway, { requestId: 'bench', headers })
  const expected = Array.from({ length: PAGE }, () => LATEST + 1)
  for (const history of ['short', 'long'] as const) {
    const found = ((await latestOf(history, context)) as readonly FoundCustomer[]).slice(0, PAGE)
    requireEqual(
      `${engine}: the latest of a ${history} history`,
      found.map(({ timeline }) => timeline.length),
      expected,
    )
  }
  const times = await interleaved(
    { short: () => latestOf('short', context), long: () => latestOf('long', context) },
    ROUNDS,
  )
  const ratios = { [`G4.${engine}`]: ratio(times.long, times.short) }
  if (server === undefined) return ratios
  const hitsOf = async (history: History) => {
    const read = (noting: Graph) => latestOf(history, { ...context, services: { ...context.services, graph: noting } })
    return server.dbHits(...(await statementOf(graph, read)))
  }
  return { ...ratios, [`G4.dbHits.${engine}`]: rounded((await hitsOf('long')) / (await hitsOf('short'))) }
}

async function embeddedSite(own: Own, customers: number, counts: Record<string, number | string>): Promise<Site> {
  const directory = await mkdtemp(join(tmpdir(), 'sovereign-bench-'))
  own(() => rm(directory, { recursive: true, force: true }))
  const ours = join(directory, 'ours')
  const copy = join(directory, 'copy')
  const open = () => openEmbedded({ file: join(ours, 'graph.grafeo'), durability: 'os', ...SLOW })
  await load(await open(), customers, 'embedded', counts)
  // Only one can hold the store, so the statements by hand have a copy of it.
  await cp(ours, copy, { recursive: true })
  const database = grafeo.GrafeoDB.create(join(copy, 'graph.grafeo'))
  own(() => database.close())
  const direct: Direct = async (statement, params) =>
    (await database.executeCypher(statement, params)).rows() as unknown as readonly Row[]
  return { engine: 'embedded', api: await apiOver(own, await open()), direct }
}

async function neo4jSite(own: Own, customers: number, counts: Record<string, number | string>): Promise<Site> {
  const server = await startNeo4j()
  own(server.stop)
  await load(await openNeo4j({ url: server.url, ...SLOW }), customers, 'neo4j', counts)
  const api = await apiOver(own, await openNeo4j({ url: server.url, ...SLOW }))
  return { engine: 'neo4j', api, direct: directDriver(own, server.url), server: serverAt(own, server.url) }
}

function serverAt(own: Own, url: string): Server {
  const driver = neo4j.driver(url)
  own(() => driver.close())
  const hitsOf = ({ dbHits, children }: ProfiledPlan): number =>
    children.reduce((hits, child) => hits + hitsOf(child), dbHits)
  return {
    url,
    dbHits: async (statement, params) => {
      const session = driver.session()
      try {
        const { summary } = await session.run(`PROFILE ${statement}`, integersOf(params))
        if (!summary.profile) throw new Error('the server profiled nothing')
        return hitsOf(summary.profile)
      } finally {
        await session.close()
      }
    },
  }
}

function directDriver(own: Own, url: string): Direct {
  const driver = neo4j.driver(url, undefined, { disableLosslessIntegers: true, fetchSize: -1 })
  own(() => driver.close())
  return async (statement, params) => {
    const session = driver.session({ defaultAccessMode: neo4j.session.READ })
    try {
      const { records } = await session.run(statement, integersOf(params))
      return records.map(record => [...record.values()] as unknown as Row)
    } finally {
      await session.close()
    }
  }
}

function integersOf(params: Params): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'number' ? neo4j.int(value) : value]),
  )
}

async function apiOver(own: Own, graph: Graph): Promise<TestApi> {
  const api = await startApi({ graph })
  own(api.close)
  await api.settle()
  return api
}

const STATE = `
MATCH (c:Customer)
OPTIONAL MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
RETURN count(DISTINCT c), count(i)`

const CUSTOMER_IDS = `
MATCH (c:Customer)
RETURN c.number, c.id`

const CONSENTS_A_UNIT = 100
/** A slow machine takes longer for what is loaded and counted before anything is measured. */
const SLOW = { queryTimeoutMs: 300_000 } as const
const LOADED_AT = '2026-11-02T08:00:00.000Z'

/** Writes the data without a server, whose log would be signed where the next one does not find it, and closes the graph. */
async function load(graph: Graph, customers: number, engine: string, counts: Record<string, number | string>) {
  const services = await openServices(graph)
  services.clock.set(LOADED_AT)
  const { accounts, interactions } = behaviourOf(customers)
  const batches = [...accounts, ...interactions]
  for (const [number, batch] of batches.entries()) {
    await ingest(services, SENDER, `bench/${number}`, batch)
    if (number % 10 === 9) say(`  ${engine}: ${number + 1} of ${batches.length} batches loaded`)
  }
  const idOf = new Map((await services.graph.read(CUSTOMER_IDS)).map(([number, id]) => [String(number), String(id)]))
  const consents = seedCustomers(customers).flatMap(({ number, consents: given }) =>
    given
      .filter(({ purpose }) => purpose === PURPOSE || purpose === 'AI_DECISION')
      .map(({ purpose }) => ({ customerId: idOf.get(number) ?? '', purpose, recipient: '', state: 'GIVEN' as const })),
  )
  for (let first = 0; first < consents.length; first += CONSENTS_A_UNIT) {
    await giveConsents(services, consents.slice(first, first + CONSENTS_A_UNIT))
  }
  const [state = []] = await services.graph.read(STATE)
  counts[`customers.${engine}`] = Number(state[0])
  counts[`interactions.${engine}`] = Number(state[1])
  counts[`consents.${engine}`] = consents.length
  await services.close()
  await graph.close()
}

async function giveConsents(services: Services, consents: readonly ConsentChange[]): Promise<void> {
  await recordReaction(services, SENDER, async change => {
    for (const consent of consents) await setConsent(services, change, consent)
    const statement = { count: consents.length }
    return { evidence: { kind: 'CONSENT_GIVEN' as const, statement, facts: [] }, events: [], result: {} }
  })
}

const SELLER_ID = `
MATCH (s:Seller {number: 'S-01'})
RETURN s.id`

async function viewerOf({ api }: Site, kind: 'MANAGER' | 'REP'): Promise<ViewerClaims> {
  if (kind === 'MANAGER') return { kind, id: 'manager-1', region: 'CN-SH' }
  const [seller] = await api.services.graph.read(SELLER_ID)
  return { kind, id: String(seller?.[0]) }
}

async function measure(site: Site, claims: ViewerClaims) {
  const { api, direct, engine, server } = site
  const development = await openDevelopment(api.dataDir)
  const issuedAt = Math.floor(Date.parse(api.clock.now()) / 1_000)
  const token = await signToken(development, claims, { audience: 'sovereign-graph', expiresInSeconds: 3_600, issuedAt })
  const headers = { authorization: `Bearer ${token}`, 'x-purpose': PURPOSE }
  const query = await readFile(join(import.meta.dirname, '../schema/operations/CustomersTimeline.graphql'), 'utf8')
  const body = JSON.stringify({ query, variables: { first: PAGE } })

  return owning(async own => {
    const operationOver = async (gateway: Gateway) => {
      const server = await openApi(gateway)
      own(() => server.stop())
      return async () => {
        const contextValue = await arrive(gateway, { requestId: 'bench', headers })
        const { body: answer } = await server.executeOperation({ query, variables: { first: PAGE } }, { contextValue })
        if (answer.kind !== 'single' || answer.singleResult.errors) throw new Error(JSON.stringify(answer))
        return answer.singleResult
      }
    }
    const context = await arrive(api.gateway, { requestId: 'bench', headers })
    const waits: number[] = []
    const operation = await operationOver(notingWaits(api.gateway, waits))
    const arms = {
      all: () => latestByHand(direct, 'all', claims),
      newestPeriods: () => latestByHand(direct, 'newestPeriods', claims),
      chain: () => latestByHand(direct, 'chain', claims),
      store: () => customerStore(context).customersPage(FIRST_PAGE, EVERYTHING, SELECTED),
      operation: async () => {
        await operation()
        return new Apart(waits.at(-1) ?? 0)
      },
      http: async () => (await api.post(body, headers)).text(),
    }
    const peer = server && (await openNeo4jGraphQL(own, server.url, claims))

    const who = `${engine} ${claims.kind}`
    const answer = JSON.parse(await arms.http()) as { data: unknown; extensions: unknown }
    for (const way of ways) requireEqual(`${who}: HTTP and by hand`, answer.data, answerOf(await arms[way]()))
    const inProcess = JSON.parse(JSON.stringify(await operation())) as { data: unknown }
    requireEqual(`${who}: HTTP and operation`, answer.data, inProcess.data)
    if (peer !== undefined) requireEqual(`${who}: HTTP and peer`, answer.data, answerOf(rowsOfPeer(await peer())))

    const counted = countingReads(api.services.graph)
    await (await operationOver(withGraph(api.gateway, counted.graph)))()
    const facts: Record<string, number> = {
      reads: counted.reads(),
      answerBytes: Buffer.byteLength(JSON.stringify(answer)),
      dataBytes: Buffer.byteLength(JSON.stringify(answer.data)),
      masksBytes: Buffer.byteLength(JSON.stringify(answer.extensions)),
    }
    if (server !== undefined) {
      const counter = await openBoltCounter(own, server.url)
      const graph = await openNeo4j({ url: counter.url })
      own(() => graph.close())
      const ours = await counter.count(await operationOver(withGraph(api.gateway, graph)))
      const directThrough = directDriver(own, counter.url)
      const byHand = await counter.count(() => latestByHand(directThrough, 'all', claims))
      const ofPeer = await counter.count(await openNeo4jGraphQL(own, counter.url, claims))
      Object.assign(facts, {
        boltTurnarounds: ours.turnarounds,
        boltBytes: ours.bytes,
        boltTurnaroundsByHand: byHand.turnarounds,
        boltBytesByHand: byHand.bytes,
        boltTurnaroundsOfPeer: ofPeer.turnarounds,
        boltBytesOfPeer: ofPeer.bytes,
      })
    }
    waits.length = 0
    const times = await interleaved<string>({ ...arms, ...(peer !== undefined && { peer }) }, ROUNDS)
    facts.recordWaitMs = rounded(median(waits))
    say(`  most time of their own in the operation, %:`)
    for (const [name, percent] of await selfTimes(operation, PROFILED, MOST_TOLD)) say(`    ${percent} ${name}`)
    return { times: times as Times, facts }
  })
}

type Times = Readonly<Record<Way | 'store' | 'operation' | 'http', readonly number[]>> & {
  readonly peer?: readonly number[]
}

/** The same gateway; how long each operation waited for its access record to be durable is noted in milliseconds. */
function notingWaits(gateway: Gateway, waits: number[]): Gateway {
  const record: Gateway['accessLog']['record'] = async access => {
    const startedAt = performance.now()
    const recorded = await gateway.accessLog.record(access)
    waits.push(performance.now() - startedAt)
    return recorded
  }
  return { ...gateway, accessLog: { ...gateway.accessLog, record } }
}

function withGraph(gateway: Gateway, graph: Graph): Gateway {
  return { ...gateway, services: { ...gateway.services, graph } }
}

function countingReads(graph: Graph): { readonly graph: Graph; readonly reads: () => number } {
  let reads = 0
  const counting: Graph = {
    engine: graph.engine,
    read: (statement, params) => {
      reads++
      return graph.read(statement, params)
    },
    write: work => graph.write(work),
    define: statement => graph.define(statement),
    defineText: index => graph.defineText(index),
    health: () => graph.health(),
    expunge: () => graph.expunge(),
    close: () => graph.close(),
  }
  return { graph: counting, reads: () => reads }
}
