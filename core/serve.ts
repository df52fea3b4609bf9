// A subgraph as a service of its own: the same schema behind HTTP, for the gateway alone. The gateway has decided who asks and
// signs it; the subgraph decides rows, masks and writes as it does in the gateway's process, and tells what it withheld.
import Fastify from 'fastify'
import { type DocumentNode, execute, type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
import { z } from 'zod'
import type { RequestContext, Services } from './context.ts'
import { ApiError, errorCatalogue } from './errors.ts'
import { entityMasks } from './policy/entity-masks.ts'
import { viewerHash } from './policy/masks.ts'
import { personalFields } from './policy/personal.ts'
import { readInForce } from './policy/policy-activation.ts'
import { readSignedViewer, type SignedRequest, VIEWER_HEADER } from './signed-viewer.ts'
import { buildSubgraph, type Subgraph } from './subgraph.ts'

/** The extension of each answer that holds what was withheld, of the form of `policy/mask-report.ts`. */
export const MASK_REPORT = 'maskReport'

export interface ServeOptions {
  readonly subgraph: Subgraph
  readonly services: Services
  /** Shared with the gateway: by it the gateway signs who asks. */
  readonly viewerSecret: Uint8Array
  /** Shared with the gateway: keys the HASH mask, which is equal wherever a viewer is shown it. */
  readonly hashSecret: Buffer
  readonly host: string
  readonly port: number
  /** Told the cause of each error that is not of the catalogue; the answer does not. */
  readonly failed: (cause: unknown) => void
}

export interface ServedSubgraph {
  readonly url: string
  close(): Promise<void>
}

const LARGEST_BODY_BYTES = 4 * 1024 * 1024
const MOST_DOCUMENTS = 1_000
const MEDIA_TYPE = 'application/graphql-response+json; charset=utf-8'

const requestBody = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() })

/** Serves `/graphql`. Every request without a viewer that the gateway signed for this subgraph is refused. */
export async function serveSubgraph(options: ServeOptions): Promise<ServedSubgraph> {
  const { subgraph, services, viewerSecret } = options
  const { schema } = await buildSubgraph(subgraph)
  const contextFor = contextsOf(options, schema)
  const documentOf = documentsOf(schema)
  const readViewer = readSignedViewer(viewerSecret, subgraph.name, services.clock)
  const asked = new WeakMap<object, SignedRequest>()

  const http = Fastify({ logger: false, bodyLimit: LARGEST_BODY_BYTES, forceCloseConnections: 'idle' })
  http.setErrorHandler((error, _request, reply) => {
    const shown = shownError(error, options.failed)
    return reply
      .code(shown.status)
      .type(MEDIA_TYPE)
      .send(JSON.stringify({ errors: [shown.error] }))
  })
  // Before the body is read: who is not the gateway has nothing to say.
  http.addHook('onRequest', async request => {
    asked.set(request, await readViewer(request.headers[VIEWER_HEADER]))
  })
  http.post('/graphql', async (request, reply) => {
    const { query, variables } = requestBody.parse(request.body)
    const context = await contextFor(asked.get(request) as SignedRequest)
    const { data, errors } = await execute({
      schema,
      document: documentOf(query),
      variableValues: variables ?? {},
      contextValue: context,
    })
    return reply.type(MEDIA_TYPE).send(
      JSON.stringify({
        data,
        ...(errors && { errors: errors.map(error => shownError(error, options.failed).error) }),
        extensions: { [MASK_REPORT]: context.masks.report() },
      }),
    )
  })
  return { url: `${await http.listen({ host: options.host, port: options.port })}/graphql`, close: () => http.close() }
}

function contextsOf({ subgraph, services, hashSecret }: ServeOptions, schema: GraphQLSchema) {
  const personal = personalFields(schema)
  return async ({ viewer, requestId, at, policyEpoch }: SignedRequest): Promise<RequestContext> => {
    const { policies, graph } = services
    if (policies.current().epoch < policyEpoch) policies.take(await readInForce(graph))
    const { policy, epoch } = policies.current()
    // Half of an answer by one policy and half by another is none.
    if (epoch !== policyEpoch) throw new ApiError('POLICY_CHANGED')
    const masks = entityMasks(personal, policy, viewer, viewerHash(hashSecret, viewer.id), at)
    const loaders = new Map<string, unknown>()
    const context = { requestId, at, viewer, policy, policyEpoch, masks, services, loaders }
    loaders.set(subgraph.name, subgraph.createLoaders(context))
    return context
  }
}

/** Valid documents by their text: the gateway asks few, and each many times. */
function documentsOf(schema: GraphQLSchema): (text: string) => DocumentNode {
  const known = new Map<string, DocumentNode>()
  return text => {
    const parsed = known.get(text)
    if (parsed !== undefined) return parsed
    const document = parse(text, { noLocation: true })
    const [problem] = validate(schema, document)
    if (problem !== undefined) throw problem
    known.set(text, document)
    const [oldest] = known.keys()
    if (known.size > MOST_DOCUMENTS && oldest !== undefined) known.delete(oldest)
    return document
  }
}

/** As the gateway may see it: an error of the catalogue, and of anything else that it happened. */
function shownError(error: unknown, failed: (cause: unknown) => void) {
  const { path, originalError } = error as Partial<GraphQLError>
  const cause = originalError ?? error
  if (!(cause instanceof ApiError)) failed(cause)
  const code = cause instanceof ApiError ? cause.code : 'INTERNAL_SERVER_ERROR'
  const { sentence, status } = errorCatalogue[code]
  const message = cause instanceof ApiError ? cause.message : sentence
  return { status, error: { message, ...(path && { path }), extensions: { code } } }
}
