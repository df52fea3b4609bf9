// Everything that happens to a request, in order, in one list. Each step has a file of its own where it is more than a line.
import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface'
import { GraphQLError, getVariableValues, type OperationDefinitionNode } from 'graphql'
import type { RequestContext, Services } from '../core/context.ts'
import { ApiError, errorCatalogue } from '../core/errors.ts'
import type { AccessLog } from '../core/evidence/access-log.ts'
import { moduleDisabled, notVisible } from '../core/policy/decide-access.ts'
import { entityMasks } from '../core/policy/entity-masks.ts'
import { viewerHash } from '../core/policy/masks.ts'
import { readInForce } from '../core/policy/policy-activation.ts'
import type { InForce } from '../core/policy/policy-in-force.ts'
import type { Subgraph } from '../core/subgraph.ts'
import type { Viewer } from '../core/viewer.ts'
import type { Reading } from './answer-status.ts'
import type { Authenticate } from './authenticate.ts'
import { type Cost, staticCost } from './cost.ts'
import { documentHash } from './document-hash.ts'
import { inOrderOfPlace } from './error-format.ts'
import type { Supergraph } from './execution.ts'
import { explainMasks, type MaskEntry } from './explain-masks.ts'
import { asksForSchema, introspectors } from './introspectors.ts'
import type { Log } from './log.ts'
import { operationKey } from './operation-key.ts'
import type { PreparedOperation, PrepareOperation } from './prepared-operation.ts'
import type { Pruned } from './prune.ts'
import { withPurpose } from './purpose.ts'
import { noTimings, stopwatch, type Timings, timedGraph } from './timings.ts'
import type { ToldSchema } from './told-schema.ts'

/** What the steps work with, as long as the process lives. */
export interface Gateway {
  readonly services: Services
  readonly subgraphs: readonly Subgraph[]
  readonly supergraph: Supergraph
  readonly prepare: PrepareOperation
  readonly toldSchema: ToldSchema
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
  /** Aborted when the client has left or its time is up. */
  readonly signal?: AbortSignal
  viewer?: Viewer
  /** The policy by which all of the request is decided. */
  inForce?: InForce
  context?: ArrivedContext
}

/** What the steps of an operation go on with from its request's arrival. */
interface Arrived extends Reading {
  readonly signal: AbortSignal | undefined
  readonly timings: Timings
  /** Measures what happens between the arrival and the operation. */
  readonly elapsed: () => number
  /** The policy epoch that the request itself began, by putting a policy in force. */
  ownEpoch?: number
  /** True for a complete answer that holds nothing that depends on whom the viewer may know of. */
  isPublic: boolean
  /** The access record of the answer; an operation that showed nothing personal leaves none. */
  evidenceEntryId?: string
}

/** The context of a request with what only the gateway looks at. Apollo Server hands on a copy of it. */
export interface ArrivedContext extends RequestContext {
  readonly arrived: Arrived
}

/** A request whose document is read and valid. */
export interface Operation {
  readonly request: GatewayGraphQLRequestContext
  readonly context: ArrivedContext
  prepared?: PreparedOperation
  answer: GatewayExecutionResult
  masks: readonly MaskEntry[]
}

type Step =
  | { readonly on: 'arrival'; readonly step: (arrival: Arrival, gateway: Gateway) => Promise<void> | void }
  | { readonly on: 'operation'; readonly step: (operation: Operation, gateway: Gateway) => Promise<void> | void }

const pipeline: readonly Step[] = [
  { on: 'arrival', step: authenticateViewer },
  { on: 'arrival', step: takePolicyInForce },
  { on: 'arrival', step: takeStatedPurpose },
  { on: 'arrival', step: openContext },
  // Here Apollo Server parses and validates the document.
  { on: 'operation', step: refuseIntrospection },
  { on: 'operation', step: prune },
  { on: 'operation', step: refuseWhatWasPruned },
  { on: 'operation', step: execute },
  { on: 'operation', step: explainWhatWasWithheld },
  { on: 'operation', step: recordAccess },
  { on: 'operation', step: requireSamePolicy },
]

/** Runs the steps before the document. Throws ApiError: UNAUTHENTICATED, BAD_USER_INPUT, PURPOSE_NOT_GRANTED. */
export async function arrive(gateway: Gateway, arrival: Arrival): Promise<ArrivedContext> {
  for (const each of pipeline) if (each.on === 'arrival') await each.step(arrival, gateway)
  if (arrival.context === undefined) throw new ApiError('UNAUTHENTICATED')
  return arrival.context
}

/** The header Cache-Control of the answer that was given in this context. */
export function cacheControlOf({ arrived }: ArrivedContext): string {
  return arrived.isPublic ? 'private, no-cache' : 'private, no-store'
}

/** Runs the steps around the execution and answers what the client gets. */
export async function operate(
  gateway: Gateway,
  request: GatewayGraphQLRequestContext,
  context: ArrivedContext,
): Promise<GatewayExecutionResult> {
  const { arrived } = context
  arrived.timings.parse = arrived.elapsed()
  const operation: Operation = { request, context, answer: {}, masks: [] }
  for (const each of pipeline) if (each.on === 'operation') await each.step(operation, gateway)
  arrived.isPublic = operation.prepared?.isPersonal === false && !operation.answer.errors
  return { ...operation.answer, extensions: { masks: operation.masks, cost: costOf(operation, gateway) } }
}

/** As it was asked: what left it for this viewer is no part of how it is answered. */
function costOf({ prepared, request }: Operation, { supergraph }: Gateway): Cost | null {
  if (prepared === undefined) return null
  return staticCost(prepared.asked, request.operation, supergraph.schema, request.request.variables ?? {})
}

async function authenticateViewer(arrival: Arrival, { authenticate }: Gateway): Promise<void> {
  arrival.viewer = await authenticate(arrival.headers.authorization)
}

function takePolicyInForce(arrival: Arrival, { services }: Gateway): void {
  arrival.inForce = services.policies.current()
}

function takeStatedPurpose(arrival: Arrival): void {
  const { viewer, inForce } = arrival
  if (viewer === undefined || inForce === undefined) return
  arrival.viewer = withPurpose(inForce.policy, viewer, arrival.headers['x-purpose'])
}

function openContext(arrival: Arrival, gateway: Gateway): void {
  const { viewer, inForce, requestId, signal } = arrival
  if (viewer === undefined || inForce === undefined) return
  const timings = noTimings()
  const { subgraphs, supergraph, hashSecret } = gateway
  const { policy, epoch: policyEpoch } = inForce
  const at = gateway.services.clock.now()
  const masks = entityMasks(supergraph.personal, policy, viewer, viewerHash(hashSecret, viewer.id), at)
  const loaders = new Map<string, unknown>()
  const arrived: Arrived = { signal, timings, elapsed: stopwatch(), isPublic: false, isDocumentRefused: false }
  const { policies } = gateway.services
  const services: Services = {
    ...gateway.services,
    graph: timedGraph(gateway.services.graph, timings),
    policies: {
      current: policies.current,
      take: activated => {
        arrived.ownEpoch = activated.epoch
        policies.take(activated)
      },
    },
  }
  const context: ArrivedContext = {
    requestId,
    at,
    viewer,
    policy,
    policyEpoch,
    masks,
    services,
    loaders,
    arrived,
  }
  for (const { name, createLoaders } of subgraphs) loaders.set(name, createLoaders(context))
  arrival.context = context
}

function prune(operation: Operation, { prepare }: Gateway): void {
  const { request, context } = operation
  const elapsed = stopwatch()
  operation.prepared = prepare(request.document, request.operation, context.masks.compiled)
  context.arrived.timings.prune = elapsed()
}

function refuseIntrospection({ request, context }: Operation): void {
  const { kind } = context.viewer
  if (introspectors.includes(kind) || !asksForSchema(request.document)) return
  throw new ApiError('FORBIDDEN', { at: '__schema, __type', expected: introspectors.join(' or '), got: kind })
}

// Whatever @skip and @include would leave of it: what a key may ask for does not depend on variables.
function refuseWhatWasPruned({ prepared, context }: Operation): void {
  const left = prepared?.pruned.left ?? []
  if (context.viewer.refusesPruned !== true || left.length === 0) return
  throw new ApiError('FIELDS_NOT_GRANTED', { at: left.join(', '), expected: 'only fields that can be shown' })
}

async function execute(operation: Operation, { supergraph, toldSchema }: Gateway): Promise<void> {
  const { request, context, prepared } = operation
  if (prepared === undefined) return
  const { signal, timings } = context.arrived
  const variables = request.request.variables ?? {}
  const unfit = unfitVariables(request.operation, prepared.pruned, supergraph, variables)
  if (unfit !== undefined) {
    operation.answer = { errors: [...unfit] }
    return
  }
  const elapsed = stopwatch()
  try {
    const { answer, planMs, compileMs } = await supergraph.federation.execute({
      document: prepared.document,
      key: operationKey(request.queryHash, request.request.operationName, context.policyEpoch, prepared.pruned),
      variables,
      context,
      signal,
      introspected: () => toldSchema(context.policy, context.viewer),
    })
    timings.plan = planMs
    timings.compile = compileMs
    timings.shape = answer.shapeMs
    operation.answer = {
      ...('data' in answer && { data: answer.data }),
      ...(answer.errors && { errors: inOrderOfPlace(answer.errors) }),
    }
  } catch (error) {
    if (!(signal?.aborted && error instanceof GraphQLError)) throw error
    operation.answer = { data: null, errors: [error] }
  }
  timings.execute = elapsed() - timings.plan - timings.compile
}

// A variable that nothing uses any more still has to fit: whether an operation is in order does not depend on who asks.
function unfitVariables(
  { variableDefinitions = [] }: OperationDefinitionNode,
  { operation }: Pruned,
  { schema }: Supergraph,
  variables: Readonly<Record<string, unknown>>,
): readonly GraphQLError[] | undefined {
  if (variableDefinitions.length === operation.variableDefinitions?.length) return undefined
  return getVariableValues(schema, variableDefinitions, variables).errors
}

function explainWhatWasWithheld(operation: Operation, { services: { modules }, supergraph }: Gateway): void {
  const { prepared, answer, context } = operation
  if (prepared === undefined) return
  const elapsed = stopwatch()
  operation.masks = explainMasks(answer.data, prepared.explained, {
    masks: context.masks,
    notVisible: notVisible(context.policy),
    errors: answer.errors ?? [],
    disabled: (type, field) => {
      const name = supergraph.addedFields.get(`${type}.${field}`)
      return name !== undefined && modules.isOff(name) ? moduleDisabled(context.policy) : undefined
    },
  })
  context.arrived.timings.mask = elapsed()
}

// The answer waits for its record: what cannot be proved is not told. An operation that showed nothing personal leaves none,
// and neither does one that an error left without data, whatever it still reads.
async function recordAccess(
  { request, context, masks, answer }: Operation,
  { accessLog, log, services }: Gateway,
): Promise<void> {
  const { requestId, viewer, at } = context
  const categories = context.masks.categoriesShown()
  if (answer.data == null || (categories.size === 0 && masks.length === 0)) return
  const document = documentHash(request.document, request.operation)
  const { evidenceEntryId, policyEpoch } = await accessLog.record({
    at,
    viewer,
    document,
    categories,
    subjectIds: context.masks.subjectsShown(),
    masked: masks.length,
  })
  context.arrived.evidenceEntryId = evidenceEntryId
  log.info({
    event: 'access',
    requestId,
    viewer: viewer.kind,
    purpose: viewer.purpose,
    document,
    categories: [...categories].sort(),
    masked: masks.length,
  })
  // Another process may have put a policy in force of which this one has not heard yet.
  if (policyEpoch > services.policies.current().epoch) services.policies.take(await readInForce(services.graph))
}

// An answer holds for the policy under which it began, or does not leave: half of it may have been read under each.
function requireSamePolicy({ context }: Operation, { services }: Gateway): void {
  const { epoch } = services.policies.current()
  if (epoch === context.policyEpoch || epoch === context.arrived.ownEpoch) return
  const refused = new ApiError('POLICY_CHANGED')
  // Apollo Server takes the status from here and answers 500 without it.
  refused.extensions.http = { status: errorCatalogue.POLICY_CHANGED.status }
  throw refused
}
