// Everything that happens to a request, in order, in one list. Each step has a file of its own where it is more than a line.
import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface'
import type { RequestContext, Services } from '../core/context.ts'
import { ApiError } from '../core/errors.ts'
import type { AccessLog } from '../core/evidence/access-log.ts'
import { notVisible } from '../core/policy/decide-access.ts'
import { entityMasks } from '../core/policy/entity-masks.ts'
import { viewerHash } from '../core/policy/masks.ts'
import type { Policy } from '../core/policy/policy.ts'
import type { Subgraph } from '../core/subgraph.ts'
import type { Viewer } from '../core/viewer.ts'
import type { PrepareDocument, PreparedDocument } from './answer-shape.ts'
import type { Authenticate } from './authenticate.ts'
import { documentHash } from './document-hash.ts'
import type { Supergraph } from './execution.ts'
import { explainMasks, type MaskEntry } from './explain-masks.ts'
import { operationKey } from './operation-key.ts'
import type { Log } from './log.ts'
import { withPurpose } from './purpose.ts'

/** What the steps work with, as long as the process lives. */
export interface Gateway {
  readonly services: Services
  readonly policy: Policy
  readonly subgraphs: readonly Subgraph[]
  readonly supergraph: Supergraph
  readonly prepare: PrepareDocument
  readonly authenticate: Authenticate
  /** Keys the HASH mask. */
  readonly hashSecret: Buffer
  readonly accessLog: AccessLog
  readonly log: Log
}

/** A request before its document is read. */
export interface Arrival {
  readonly requestId: string
  readonly headers: { readonly authorization?: string | undefined; readonly 'x-purpose'?: string | undefined }
  viewer?: Viewer
  context?: RequestContext
}

/** A request whose document is read and valid. */
export interface Operation {
  readonly request: GatewayGraphQLRequestContext
  readonly context: RequestContext
  prepared?: PreparedDocument
  answer: GatewayExecutionResult
  masks: readonly MaskEntry[]
}

type Step =
  | { readonly on: 'arrival'; readonly step: (arrival: Arrival, gateway: Gateway) => Promise<void> | void }
  | { readonly on: 'operation'; readonly step: (operation: Operation, gateway: Gateway) => Promise<void> | void }

const pipeline: readonly Step[] = [
  { on: 'arrival', step: authenticateViewer },
  { on: 'arrival', step: takeStatedPurpose },
  { on: 'arrival', step: openContext },
  // Here Apollo Server parses and validates the document.
  { on: 'operation', step: addEntityIds },
  { on: 'operation', step: execute },
  { on: 'operation', step: explainWhatWasWithheld },
  { on: 'operation', step: recordAccess },
]

/** Runs the steps before the document. Throws ApiError: UNAUTHENTICATED, BAD_USER_INPUT, PURPOSE_NOT_GRANTED. */
export async function arrive(gateway: Gateway, arrival: Arrival): Promise<RequestContext> {
  for (const each of pipeline) if (each.on === 'arrival') await each.step(arrival, gateway)
  if (arrival.context === undefined) throw new ApiError('UNAUTHENTICATED')
  return arrival.context
}

/** Runs the steps around the execution and answers what the client gets. */
export async function operate(
  gateway: Gateway,
  request: GatewayGraphQLRequestContext,
  context: RequestContext,
): Promise<GatewayExecutionResult> {
  const operation: Operation = { request, context, answer: {}, masks: [] }
  for (const each of pipeline) if (each.on === 'operation') await each.step(operation, gateway)
  return { ...operation.answer, extensions: { masks: operation.masks } }
}

async function authenticateViewer(arrival: Arrival, { authenticate }: Gateway): Promise<void> {
  arrival.viewer = await authenticate(arrival.headers.authorization)
}

function takeStatedPurpose(arrival: Arrival, { policy }: Gateway): void {
  if (arrival.viewer !== undefined) arrival.viewer = withPurpose(policy, arrival.viewer, arrival.headers['x-purpose'])
}

function openContext(arrival: Arrival, gateway: Gateway): void {
  const { viewer, requestId } = arrival
  if (viewer === undefined) return
  const { services, policy, subgraphs, supergraph, hashSecret } = gateway
  const masks = entityMasks(supergraph.personal, policy, viewer, viewerHash(hashSecret, viewer.id))
  const loaders = new Map<string, unknown>()
  const context: RequestContext = { requestId, at: services.clock.now(), viewer, policy, masks, services, loaders }
  for (const { name, createLoaders } of subgraphs) loaders.set(name, createLoaders(context))
  arrival.context = context
}

function addEntityIds(operation: Operation, { prepare }: Gateway): void {
  const { document, operation: definition } = operation.request
  operation.prepared = prepare(document, definition)
}

async function execute(operation: Operation, { supergraph, policy }: Gateway): Promise<void> {
  const { request, context, prepared } = operation
  const { answer } = await supergraph.federation.execute({
    document: prepared?.document ?? request.document,
    key: operationKey(request.queryHash, request.request.operationName, policy),
    variables: request.request.variables ?? {},
    context,
  })
  operation.answer = answer
}

function explainWhatWasWithheld(operation: Operation): void {
  const { prepared, answer, context } = operation
  if (prepared === undefined) return
  operation.masks = explainMasks(answer.data, prepared.shape, {
    masks: context.masks,
    notVisible: notVisible(context.policy),
    errors: answer.errors ?? [],
  })
}

// The answer waits for its record: what cannot be proved is not told. An operation that showed nothing personal leaves none.
async function recordAccess({ request, context, masks }: Operation, { accessLog, log }: Gateway): Promise<void> {
  const { requestId, viewer, at } = context
  const categories = context.masks.categoriesShown()
  if (categories.size === 0 && masks.length === 0) return
  const document = documentHash(request.document, request.operation)
  await accessLog.record({
    at,
    viewer,
    document,
    categories,
    subjectIds: context.masks.subjectsShown(),
    masked: masks.length,
  })
  log.info({
    event: 'access',
    requestId,
    viewer: viewer.kind,
    purpose: viewer.purpose,
    document,
    categories: [...categories].sort(),
    masked: masks.length,
  })
}
