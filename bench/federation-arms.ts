// The ways of answering the same operation that the federation bench compares. Each takes a document and variables and
// gives the text of the answer, without a socket before it; where subgraphs are services, their sockets are real.
import '../gateway/no-telemetry.ts'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { composeServices } from '@apollo/composition'
import { ApolloGateway, LocalGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer, type ApolloServerOptions, type BaseContext, HeaderMap } from '@apollo/server'
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled'
import { type DocumentNode, type GraphQLSchema, parse } from 'graphql'
import { type Federation, openFederation } from '../gateway/federation/federation.ts'
import { inProcessLink } from '../gateway/federation/in-process.ts'
import { monolithSchema, PREPARED, shopSubgraphs, subgraphSchema } from './federation-shop.ts'
import type { Own } from './harness.ts'
import { requirePeer } from './peers.ts'

export type Variables = Readonly<Record<string, unknown>>
export type Arm = (query: string, variables: Variables) => Promise<string>

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export function composeShop(urlOf: (name: string) => string): string {
  const services = shopSubgraphs.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl), url: urlOf(name) }))
  const { supergraphSdl, errors } = composeServices(services)
  if (supergraphSdl === undefined) throw new Error(String(errors))
  return supergraphSdl
}

async function behindApollo(own: Own, options: ApolloServerOptions<BaseContext>, cacheControl = false): Promise<Arm> {
  const server = new ApolloServer({
    ...options,
    includeStacktraceInErrorResponses: false,
    stringifyResult: JSON.stringify,
    csrfPrevention: false,
    logger: silent,
    stopOnTerminationSignals: false,
    ...(!cacheControl && { plugins: [ApolloServerPluginCacheControlDisabled()] }),
  } as ApolloServerOptions<BaseContext>)
  await server.start()
  own(() => server.stop())
  return apolloArm(server)
}

export function apolloArm<Context extends BaseContext>(
  server: ApolloServer<Context>,
  context: () => Promise<Context> = async () => ({}) as Context,
): Arm {
  return async (query, variables) => {
    const headers = new HeaderMap([['content-type', 'application/json']])
    const { body } = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers, search: '', body: { query, variables } },
      context,
    })
    if (body.kind !== 'complete') throw new Error('an answer in parts')
    return body.string
  }
}

export interface OurArm {
  readonly ask: Arm
  readonly federation: Federation
}

/** Ours behind Apollo Server's gateway hook, with the prepared operations registered. */
export async function ourArm(own: Own): Promise<OurArm> {
  const sdl = composeShop(name => `in-process://${name}`)
  const schemas = new Map(shopSubgraphs.map(each => [each.name, subgraphSchema(each)]))
  const federation = openFederation({
    sdl,
    linkTo: ({ name }) => inProcessLink(schemas.get(name) as GraphQLSchema, () => {}),
  })
  const keyOf = (document: string, operationName?: string) => ({
    document,
    operationName,
    contract: 'whole',
    viewerClass: 'every',
    policyEpoch: 1,
  })
  const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
  const documents = new Map<string, DocumentNode>()
  for (const text of PREPARED) {
    const hash = hashOf(text)
    documents.set(hash, parse(text))
    federation.register(documents.get(hash) as DocumentNode, keyOf(hash))
  }
  const ask = await behindApollo(own, {
    gateway: {
      onSchemaLoadOrUpdate: listener => {
        listener({ apiSchema: federation.schema, coreSupergraphSdl: sdl })
        return () => {}
      },
      load: async () => ({
        executor: async ({ document, queryHash, request, context }) => {
          const variables = request.variables ?? {}
          const { answer } = await federation.execute({ document, key: keyOf(queryHash), variables, context })
          const { data, errors } = answer
          return { ...(data !== undefined && { data }), ...(errors && { errors: [...errors] }) }
        },
      }),
      stop: async () => {},
    },
    documentStore: {
      get: async key => documents.get(key.slice(-64)),
      set: async (key, document) => void documents.set(key.slice(-64), document),
      delete: async key => documents.delete(key.slice(-64)),
    },
  })
  return { ask, federation }
}

export async function stockLocal(own: Own): Promise<Arm> {
  const schemas = new Map(shopSubgraphs.map(each => [each.name, subgraphSchema(each)]))
  const gateway = new ApolloGateway({
    supergraphSdl: composeShop(name => `http://${name}.invalid`),
    buildService: ({ name }) => new LocalGraphQLDataSource(schemas.get(name) as GraphQLSchema),
    logger: silent,
  })
  return behindApollo(own, { gateway: gateway as never })
}

export async function stockOverHttp(own: Own): Promise<Arm> {
  const urls = new Map<string, string>()
  for (const each of shopSubgraphs) urls.set(each.name, await serve(own, subgraphSchema(each)))
  const gateway = new ApolloGateway({ supergraphSdl: composeShop(name => urls.get(name) ?? ''), logger: silent })
  return behindApollo(own, { gateway: gateway as never })
}

/** A subgraph as a service: Apollo Server behind node:http. */
async function serve(own: Own, schema: GraphQLSchema): Promise<string> {
  const answer = await behindApollo(own, { schema })
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString())
    response.setHeader('content-type', 'application/json')
    response.end(await answer(query, variables))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  own(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

export function apolloMonolith(own: Own, cacheControl: boolean): Promise<Arm> {
  return behindApollo(own, { schema: monolithSchema() }, cacheControl)
}

interface Yoga {
  fetch(url: string, init?: object): Promise<Response>
}
interface YogaModule {
  createYoga(options: object): Yoga
}

const fetched =
  (yoga: Yoga): Arm =>
  async (query, variables) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' }
    const body = JSON.stringify({ query, variables })
    const response = await yoga.fetch('http://localhost/graphql', { method: 'POST', headers, body })
    return await response.text()
  }

export function yogaMonolith(): Arm {
  const { createYoga } = requirePeer<YogaModule>('graphql-yoga')
  return fetched(createYoga({ schema: monolithSchema(), logging: false, graphiql: false }))
}

interface HiveModule {
  createGatewayRuntime(options: object): Yoga & AsyncDisposable
  useCustomFetch(fetch: (url: string, init?: object) => Promise<Response>): object
}

/** Hive's gateway over subgraphs that yoga answers in this process: its best case, without a socket. */
export function hiveGateway(own: Own, isNative: boolean): Arm {
  const { createYoga } = requirePeer<YogaModule>('graphql-yoga')
  const hive = requirePeer<HiveModule>('@graphql-hive/gateway-runtime')
  const native = requirePeer<{ readonly unifiedGraphHandler: unknown }>('@graphql-hive/router-runtime')
  const services = new Map(
    shopSubgraphs.map(each => [
      `${each.name}.invalid`,
      createYoga({ schema: subgraphSchema(each), logging: false, graphiql: false }),
    ]),
  )
  const runtime = hive.createGatewayRuntime({
    supergraph: composeShop(name => `http://${name}.invalid/graphql`),
    logging: false,
    plugins: () => [
      hive.useCustomFetch(async (url, init) => {
        const service = services.get(new URL(url).hostname)
        if (service === undefined) throw new Error(`no service at ${url}`)
        return service.fetch(url, init)
      }),
    ],
    ...(isNative && { unifiedGraphHandler: native.unifiedGraphHandler }),
  })
  own(() => runtime[Symbol.asyncDispose]?.())
  return fetched(runtime)
}

interface JitModule {
  compileQuery(schema: GraphQLSchema, document: DocumentNode): { readonly query: JitQuery }
}
type JitQuery = (root: unknown, context: unknown, variables: unknown) => Promise<object> | object

/** What is left when nothing but the execution is: documents parsed, found valid and compiled once. */
export function jitMonolith(): Arm {
  const { compileQuery } = requirePeer<JitModule>('graphql-jit')
  const schema = monolithSchema()
  const compiled = new Map<string, JitQuery>()
  return async (query, variables) => {
    const run = compiled.get(query) ?? compileQuery(schema, parse(query)).query
    compiled.set(query, run)
    return JSON.stringify(await run({}, {}, variables))
  }
}
