// What a list within a list costs: a page of 50 customers with the latest ten interactions of each, by four ways to the
// same answer: the best statement that we can write by hand straight on the engine, our store, an operation, HTTP.
// Goal G1: the store within 1.10 of the statement by hand.
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
// A CommonJS module whose exports Node cannot see by name.
import grafeo from '@grafeo-db/js'
import neo4j from 'neo4j-driver'
import { recordReaction } from '../core/change.ts'
import { type ConsentChange, setConsent } from '../core/consent/set-consent.ts'
import type { RequestContext, Services } from '../core/context.ts'
import { openDevelopment, signToken, type ViewerClaims } from '../core/development.ts'
import { openEmbedded } from '../core/graph/embedded.ts'
import type { Graph, GraphValue, Params, Row } from '../core/graph/graph.ts'
import { openNeo4j } from '../core/graph/neo4j.ts'
import { openApi } from '../gateway/api.ts'
import { arrive, type Gateway } from '../gateway/pipeline.ts'
import { seedCustomers } from '../seeds/generate.ts'
import { customerStore } from '../subgraphs/customers/customer-store.ts'
import { ingest } from '../subgraphs/customers/index.ts'
import { missingForNeo4j, startNeo4j } from '../test/support/neo4j-server.ts'
import { startApi, type TestApi } from '../test/support/start-api.ts'
import { behaviourOf } from './behaviour.ts'
import { openBoltCounter } from './bolt-counter.ts'
import {
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

const CUSTOMERS = { embedded: 10_000, neo4j: 2_000 } as const
const SENDER = { kind: 'SERVICE', id: 'bench' } as const
const PURPOSE = 'SALES_FOLLOW_UP'
const PAGE = 50
const LATEST = 10
const FIRST_PAGE = { first: PAGE, afterId: undefined }
const ROUNDS = { rounds: 7, times: 10, roundMs: 6_000, warmUpMs: 1_500 } as const

/** Runs a statement on the engine itself, past the project. */
type Direct = (statement: string, params: Params) => Promise<readonly Row[]>

/** One engine with the data in it, reached through the project and past it. */
interface Site {
  readonly engine: 'embedded' | 'neo4j'
  readonly api: TestApi
  readonly direct: Direct
  /** What one run of each costs on the wire. */
  readonly onTheWire?: (
    ours: (graph: Graph) => Promise<unknown>,
    byHand: (direct: Direct) => Promise<unknown>,
  ) => Promise<Wire>
}

interface Wire {
  readonly ours: { readonly turnarounds: number; readonly bytes: number }
  readonly byHand: { readonly turnarounds: number; readonly bytes: number }
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
      ratios[`G1.${as}`] = ratio(times.store, times.direct)
      ratios[`page.${as}`] = ratio(times.page, times.direct)
      ratios[`operation/store.${as}`] = ratio(times.operation, times.store)
      ratios[`http/operation.${as}`] = ratio(times.http, times.operation)
      ratios[`http/direct.${as}`] = ratio(times.http, times.direct)
      for (const [name, value] of Object.entries(facts)) counts[`${name}.${as}`] = value
      rows.push([
        `${engine} ${kind}`,
        ...[times.direct, times.store, times.operation, times.http].map(each => rounded(median(each))),
        ratio(times.store, times.direct),
        facts.reads ?? 0,
      ])
    }
  }

  await owning(async own => measureSite(await embeddedSite(own, CUSTOMERS.embedded * size, counts)))
  const missing = missingForNeo4j()
  if (missing === undefined)
    await owning(async own => measureSite(await neo4jSite(own, CUSTOMERS.neo4j * size, counts)))
  else counts.neo4j = `not measured: ${missing}`

  printTable(['p50 in ms', 'by hand', 'store', 'operation', 'http', 'G1', 'reads of the operation'], rows)
  return { ratios, counts, engines: engineVersions() }
}

async function embeddedSite(own: Own, customers: number, counts: Record<string, number | string>): Promise<Site> {
  const directory = await mkdtemp(join(tmpdir(), 'sovereign-bench-'))
  own(() => rm(directory, { recursive: true, force: true }))
  const ours = join(directory, 'ours')
  const copy = join(directory, 'copy')
  const open = () => openEmbedded({ file: join(ours, 'graph.grafeo'), durability: 'os' })
  await owning(async ownLoad => load(await apiOver(ownLoad, await open()), customers, 'embedded', counts))
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
  const api = await apiOver(own, await openNeo4j({ url: server.url }))
  await load(api, customers, 'neo4j', counts)
  const onTheWire: NonNullable<Site['onTheWire']> = (ours, byHand) =>
    owning(async ownCounters => {
      const counter = await openBoltCounter(ownCounters, server.url)
      const graph = await openNeo4j({ url: counter.url })
      ownCounters(() => graph.close())
      const direct = directDriver(ownCounters, counter.url)
      return { ours: await counter.count(() => ours(graph)), byHand: await counter.count(() => byHand(direct)) }
    })
  return { engine: 'neo4j', api, direct: directDriver(own, server.url), onTheWire }
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
  return api
}

const STATE = `
MATCH (c:Customer)
OPTIONAL MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
RETURN count(DISTINCT c), count(i)`

const CUSTOMER_IDS = `
MATCH (c:Customer)
RETURN c.number, c.id`

const CONSENTS_A_UNIT = 500

async function load({ services }: TestApi, customers: number, engine: string, counts: Record<string, number | string>) {
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

interface Arms<T> {
  readonly direct: T
  readonly page: T
  readonly store: T
  readonly operation: T
  readonly http: T
}

async function measure(site: Site, claims: ViewerClaims) {
  const { api, direct, engine } = site
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
    const arms: Arms<() => Promise<unknown>> = {
      direct: () => latestByHand(direct, claims),
      page: () => customerStore(context).customersPage(FIRST_PAGE),
      store: () => latestByStore(context),
      operation: await operationOver(api.gateway),
      http: async () => (await api.post(body, headers)).text(),
    }

    const answer = JSON.parse((await arms.http()) as string) as { data: unknown; extensions: unknown }
    requireEqual(`${engine} ${claims.kind}: HTTP and by hand`, answer.data, await answerByHand(direct, claims))
    const inProcess = JSON.parse(JSON.stringify(await arms.operation())) as { data: unknown }
    requireEqual(`${engine} ${claims.kind}: HTTP and operation`, answer.data, inProcess.data)

    const counted = countingReads(api.services.graph)
    await (await operationOver(withGraph(api.gateway, counted.graph)))()
    const facts: Record<string, number> = {
      reads: counted.reads(),
      answerBytes: Buffer.byteLength(JSON.stringify(answer)),
      dataBytes: Buffer.byteLength(JSON.stringify(answer.data)),
      masksBytes: Buffer.byteLength(JSON.stringify(answer.extensions)),
    }
    const wire = await site.onTheWire?.(
      async graph => (await operationOver(withGraph(api.gateway, graph)))(),
      by => latestByHand(by, claims),
    )
    if (wire !== undefined) {
      facts.boltTurnarounds = wire.ours.turnarounds
      facts.boltBytes = wire.ours.bytes
      facts.boltTurnaroundsByHand = wire.byHand.turnarounds
      facts.boltBytesByHand = wire.byHand.bytes
    }
    return { times: await interleaved({ ...arms }, ROUNDS), facts }
  })
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
    health: () => graph.health(),
    close: () => graph.close(),
  }
  return { graph: counting, reads: () => reads }
}

/** The two statements of the operation, as the loaders of a request ask for them. */
async function latestByStore(context: RequestContext): Promise<unknown> {
  const store = customerStore(context)
  const page = await store.customersPage(FIRST_PAGE)
  const customerIds = page.slice(0, PAGE).map(({ record }) => record.id)
  return store.timelines(customerIds, { first: LATEST, afterId: undefined })
}

// One row a customer, so that its columns travel once; the list holds what the answer shows and no more.
const byHand = (customers: string) => `
${customers}
WITH c ORDER BY c.id LIMIT $limit
CALL (c) {
  MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
  WITH i ORDER BY i.occurredAt DESC, i.id LIMIT $latest
  RETURN collect([i.id, i.touchpoint, i.occurredAt, i.intent]) AS latest
}
RETURN c.id, [(c)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.recipient = '' | k.purpose], latest
ORDER BY c.id`

const BY_HAND = {
  MANAGER: byHand('MATCH (c:Customer) WHERE c.region = $region'),
  REP: byHand('MATCH (:Seller {id: $seller})-[:OWNS]->(c:Customer)'),
} as const

function latestByHand(direct: Direct, { kind, id, region }: ViewerClaims): Promise<readonly Row[]> {
  const params = { limit: PAGE + 1, latest: LATEST }
  return kind === 'MANAGER'
    ? direct(BY_HAND.MANAGER, { ...params, region: region ?? '' })
    : direct(BY_HAND.REP, { ...params, seller: id })
}

/** What the operation must answer: everything behind the consent to the purpose, the intent behind that to AI_DECISION as well. */
async function answerByHand(direct: Direct, claims: ViewerClaims): Promise<unknown> {
  const rows = await latestByHand(direct, claims)
  const page = rows.slice(0, PAGE)
  const last = page.at(-1)?.[0] ?? null
  const edges = page.map(([id, held, latest]) => {
    const consents = held as readonly GraphValue[]
    const isShown = consents.includes(PURPOSE)
    const isIntentShown = isShown && consents.includes('AI_DECISION')
    const timeline = (latest as readonly Row[]).map(([interaction, touchpoint, occurredAt, intent]) => ({
      node: {
        id: interaction,
        touchpoint: isShown ? touchpoint : null,
        occurredAt: isShown ? occurredAt : null,
        intent: isIntentShown ? intent : null,
      },
    }))
    return { node: { id, timeline: { edges: timeline } } }
  })
  return { customers: { edges, pageInfo: { hasNextPage: rows.length > PAGE, endCursor: cursorOf(last) } } }
}

const cursorOf = (id: GraphValue) => (id === null ? null : Buffer.from(`customers ${id}`).toString('base64url'))
