// Our own supergraph through the whole pipeline, masks and access records included: our execution beside Apollo's gateway
// in its place. The graph's part is the same in both, and counted in both.
import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { ApolloGateway, LocalGraphQLDataSource } from '@apollo/gateway'
import { type GraphQLSchema, Kind, parse } from 'graphql'
import { openDevelopment, signToken } from '../core/development.ts'
import { buildSubgraph } from '../core/subgraph.ts'
import { openApi } from '../gateway/api.ts'
import { arrive, type Gateway } from '../gateway/pipeline.ts'
import { registerOperations } from '../gateway/registered-operations.ts'
import { subgraphs } from '../gateway/subgraphs.ts'
import { startApi } from '../test/support/start-api.ts'
import { type Arm, apolloArm } from './federation-arms.ts'
import { cpuRounds, median, type Own, ratio, rounded, say } from './harness.ts'

const CUSTOMERS = 200
const ROUNDS = 5
const FOLDER = new URL('../schema/operations/', import.meta.url)

/** Queries that a manager may run as they are; all of them are registered. */
function registeredQueries(): readonly string[] {
  return readdirSync(FOLDER)
    .map(file => readFileSync(new URL(file, FOLDER), 'utf8'))
    .filter(text => {
      const [operation] = parse(text).definitions
      return operation?.kind === Kind.OPERATION_DEFINITION && operation.operation === 'query'
    })
}

export async function ownSupergraph(own: Own) {
  say('our own supergraph')
  const api = await startApi({ customers: CUSTOMERS })
  own(() => api.close())
  const development = await openDevelopment(api.dataDir)
  const issuedAt = Math.floor(Date.parse(api.clock.now()) / 1000)
  const token = await signToken(development, 'manager', {
    audience: 'sovereign-graph',
    expiresInSeconds: 86_400,
    issuedAt,
  })
  const headers = { authorization: `Bearer ${token}`, 'x-purpose': 'SALES_FOLLOW_UP' }
  const waits: number[] = []
  const timed: Gateway = {
    ...api.gateway,
    accessLog: {
      ...api.gateway.accessLog,
      record: async access => {
        const startedAt = performance.now()
        const recorded = await api.gateway.accessLog.record(access)
        waits.push(performance.now() - startedAt)
        return recorded
      },
    },
  }
  const documents = registerOperations({
    ...timed,
    ...timed.supergraph,
    inForce: api.services.policies.current(),
  })
  const armOf = async (gateway: Gateway): Promise<Arm> => {
    const server = await openApi(gateway, documents)
    own(() => server.stop())
    return apolloArm(server, () => arrive(gateway, { requestId: 'bench', headers }))
  }
  const arms = { ours: await armOf(timed), apolloLocal: await armOf(await withStockGateway(own, timed)) }

  const queries: string[] = []
  for (const query of registeredQueries()) {
    // What is counted beside requests counts those before, and must not do so between the two.
    await api.settle()
    const [ours, theirs] = [JSON.parse(await arms.ours(query, {})), JSON.parse(await arms.apolloLocal(query, {}))]
    if (!isDeepStrictEqual(ours, theirs)) throw new Error(`the answers differ: ${query}`)
    if (ours.errors === undefined) queries.push(query)
  }
  const { counts } = timed.supergraph.federation
  const before = { ...counts }
  const variablesAt = (query: string, call: number) =>
    query.includes('$first: Int!') ? { first: 5 + (call % 10) } : {}
  const callOf = (ask: Arm) => (call: number) => {
    const query = queries[call % queries.length] as string
    return ask(query, variablesAt(query, call))
  }
  const calls = { ours: callOf(arms.ours), apolloLocal: callOf(arms.apolloLocal) }
  const measured = await cpuRounds({ calls, cycle: queries.length }, { rounds: ROUNDS, batchMs: 1_000 })
  return {
    ratios: { 'F1L.own': ratio(measured.apolloLocal.cpuMs, measured.ours.cpuMs) },
    counts: {
      ownOperations: queries.length,
      ownCpuMs: rounded(median(measured.ours.cpuMs)),
      ownInterpreted: counts.interpreted - before.interpreted,
      ownFallbacks: counts.fallbacks - before.fallbacks,
      recordWaitMs: rounded(median(waits)),
    },
  }
}

/** The same pipeline with Apollo's gateway as what executes. */
async function withStockGateway(own: Own, gateway: Gateway): Promise<Gateway> {
  const built = new Map((await Promise.all(subgraphs.map(buildSubgraph))).map(({ name, schema }) => [name, schema]))
  const stock = new ApolloGateway({
    supergraphSdl: gateway.supergraph.sdl,
    buildService: ({ name }) => new LocalGraphQLDataSource(built.get(name) as GraphQLSchema),
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  })
  const { executor } = await stock.load()
  own(() => stock.stop())
  const federation: Gateway['supergraph']['federation'] = {
    ...gateway.supergraph.federation,
    execute: async ({ document, key, variables, context }) => {
      const operation = document.definitions.find(each => each.kind === Kind.OPERATION_DEFINITION)
      const { data, errors } = await executor({
        request: { variables: { ...variables } },
        document,
        operation,
        queryHash: key.document,
        schema: gateway.supergraph.schema,
        context,
        metrics: {},
        logger: console,
      } as unknown as Parameters<typeof executor>[0])
      const answer = { ...(data !== undefined && { data }), ...(errors && { errors }), shapeMs: 0 }
      return { answer, planMs: 0, compileMs: 0 }
    },
  }
  return { ...gateway, supergraph: { ...gateway.supergraph, federation } }
}
