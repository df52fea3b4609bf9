// Apollo Server over the pipeline: it parses and validates the document, the pipeline does the rest.
import './no-telemetry.ts'
import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { GatewayInterface } from '@apollo/server-gateway-interface'
import type { RequestContext } from '../core/context.ts'
import { notingRefusedDocuments } from './answer-status.ts'
import { formatError } from './error-format.ts'
import { describeCause } from './log.ts'
import { type ArrivedContext, type Gateway, operate } from './pipeline.ts'
import type { DocumentStore } from './registered-operations.ts'
import { unresolvedOperation } from './unresolved-operation.ts'

const MOST_TOKENS = 2_000
const MOST_RECURSIVE_SELECTIONS = 1_000

export async function openApi(gateway: Gateway, documentStore?: DocumentStore): Promise<ApolloServer<RequestContext>> {
  const server = new ApolloServer<RequestContext>({
    gateway: executorOf(gateway),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stringifyResult: JSON.stringify,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    hideSchemaDetailsFromClientErrors: true,
    persistedQueries: false,
    ...(documentStore && { documentStore }),
    parseOptions: { maxTokens: MOST_TOKENS },
    maxRecursiveSelections: MOST_RECURSIVE_SELECTIONS,
    // The default cache-control plugin wraps every field; our hint is one an operation.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      notingRefusedDocuments(context => (context as ArrivedContext).arrived),
    ],
    formatError: (formatted, error) =>
      formatError(formatted, error, cause => gateway.log.error({ event: 'unexpected', ...describeCause(cause) })),
    stopOnTerminationSignals: false,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  })
  await server.start()
  return server
}

/** The pipeline in the place where Apollo Server expects a gateway. */
function executorOf(gateway: Gateway): GatewayInterface {
  const { supergraph } = gateway
  return {
    onSchemaLoadOrUpdate: listener => {
      listener({ apiSchema: supergraph.schema, coreSupergraphSdl: supergraph.sdl })
      return () => {}
    },
    load: async () => ({
      executor: async request =>
        unresolvedOperation(request) ?? (await operate(gateway, request, request.context as ArrivedContext)),
    }),
    stop: async () => {},
  }
}
