// A gateway over subgraphs that are HTTP services, with nothing of ours but the execution: no viewers, no policy, no masks.
import './no-telemetry.ts'
import { createHash } from 'node:crypto'
import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { GatewayInterface } from '@apollo/server-gateway-interface'
import fastifyApollo from '@as-integrations/fastify'
import Fastify from 'fastify'
import { Agent } from 'undici'
import { notingRefusedDocuments, type Reading, settleStatus } from './answer-status.ts'
import { type Federation, openFederation } from './federation/federation.ts'
import { remoteLink } from './federation/remote.ts'
import { endOf } from './request-end.ts'
import { unresolvedOperation } from './unresolved-operation.ts'

export interface StandaloneOptions {
  /** The SDL of a Federation 2 supergraph; it names the addresses of its subgraphs. */
  readonly supergraphSdl: string
  readonly host: string
  readonly port: number
  /** How long one call of a subgraph may take, in milliseconds. */
  readonly subgraphTimeoutMs: number
  /** How long a whole request may take, in milliseconds. */
  readonly requestDeadlineMs: number
}

/** What is known of a request. */
interface StandaloneContext {
  readonly signal: AbortSignal
  /** It came without credentials. */
  readonly isAnonymous: boolean
  readonly reading: Reading
}

export interface Standalone {
  readonly url: string
  readonly federation: Federation
  close(): Promise<void>
}

/** Serves `/graphql` and `/health`. Throws for a supergraph that Apollo's tools do not accept. */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  const dispatcher = new Agent({ keepAliveTimeout: 30_000 })
  const federation = openFederation({
    sdl: options.supergraphSdl,
    linkTo: ({ url }) => remoteLink({ url, dispatcher, timeoutMs: options.subgraphTimeoutMs, sharedBy }),
  })
  const api = new ApolloServer<StandaloneContext>({
    gateway: gatewayOf(federation, options),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stringifyResult: JSON.stringify,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      notingRefusedDocuments(({ reading }) => reading),
    ],
    stopOnTerminationSignals: false,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  })
  await api.start()
  const http = Fastify({ logger: false, forceCloseConnections: 'idle' })
  http.get('/health', async () => ({ status: 'ok' }))
  const readings = new WeakMap<object, Reading>()
  http.addHook('onSend', async (request, reply) => {
    const reading = readings.get(request)
    if (reading !== undefined) settleStatus(reply, reading)
  })
  await http.register(fastifyApollo(api), {
    path: '/graphql',
    method: ['GET', 'POST'],
    context: async (request, reply) => {
      const { authorization, cookie } = request.headers
      const reading = { isDocumentRefused: false }
      readings.set(request, reading)
      return {
        signal: endOf(reply, options.requestDeadlineMs),
        isAnonymous: authorization === undefined && cookie === undefined,
        reading,
      }
    },
  })
  const url = await http.listen({ host: options.host, port: options.port })
  return {
    url,
    federation,
    close: async () => {
      await http.close()
      await api.stop()
      await dispatcher.close()
    },
  }
}

/** Without a policy nobody says what is personal, so that whoever shows credentials shares nothing. */
function sharedBy(context: unknown): string | undefined {
  return (context as StandaloneContext).isAnonymous ? 'anonymous' : undefined
}

function gatewayOf(federation: Federation, { supergraphSdl }: StandaloneOptions): GatewayInterface {
  return {
    onSchemaLoadOrUpdate: listener => {
      listener({ apiSchema: federation.schema, coreSupergraphSdl: supergraphSdl })
      return () => {}
    },
    load: async () => ({
      executor: async requestContext => {
        const unresolved = unresolvedOperation(requestContext)
        if (unresolved !== undefined) return unresolved
        const { document, request, source, context } = requestContext
        const hash = createHash('sha256').update(source).digest('hex')
        const { operationName, variables = {} } = request
        const key = { document: hash, operationName, contract: 'whole', viewerClass: 'every', policyEpoch: 0 }
        const { signal } = context as StandaloneContext
        try {
          const { answer } = await federation.execute({ document, key, variables, context, signal })
          const { shapeMs: _, errors, ...rest } = answer
          return { ...rest, ...(errors && { errors: [...errors] }) }
        } catch (error) {
          if (!signal.aborted) throw error
          return { data: null, errors: [signal.reason] }
        }
      },
    }),
    stop: async () => {},
  }
}
