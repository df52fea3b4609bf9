// What would become of an operation, told before it is asked: by the policy, and by counts of consents. No value is read.
import type { CoordinatesAnalysis, OperationAnalysis, StatedOperation } from '../../core/access/analysis.ts'
import { viewerOfKeyId } from '../../core/access/api-keys.ts'
import { type ConsentCount, consentCounts, customerCount } from '../../core/consent/consent-counts.ts'
import { visibleRows } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { CompiledMasks, FieldMask } from '../../core/policy/compiled-masks.ts'
import type { SubjectState } from '../../core/policy/decide-access.ts'
import { possibleStates } from '../../core/policy/possible-states.ts'
import type { Viewer } from '../../core/viewer.ts'
import type { AccessExplanation, FieldAccess, FieldOutcome, SimulationInput } from './explanation-types.ts'
import { SMALLEST_COHORT, shareOf } from './rules.ts'

export interface Asked {
  readonly document?: string | null | undefined
  readonly operationName?: string | null | undefined
  readonly variables?: unknown
  readonly coordinates?: readonly string[] | null | undefined
}

const MOST_COORDINATES = 100

/** Explains to the viewer what it would be answered itself. Throws BAD_USER_INPUT. */
export async function explainAccess(context: RequestContext, asked: Asked): Promise<AccessExplanation> {
  const { document, coordinates } = asked
  if (typeof document === 'string' && coordinates == null) {
    return explainOperation(context, context.viewer, { ...asked, document, variables: toVariables(asked.variables) })
  }
  if (coordinates == null || document != null) {
    throw new ApiError('BAD_USER_INPUT', { at: 'document', expected: 'either a document or coordinates' })
  }
  if (coordinates.length > MOST_COORDINATES) {
    throw new ApiError('BAD_USER_INPUT', { at: 'coordinates', expected: `at most ${MOST_COORDINATES}` })
  }
  const { policy, viewer, services } = context
  return explained(context, viewer, services.analyses.ofCoordinates(policy, viewer, coordinates))
}

/** Explains what another viewer would be answered. Throws BAD_USER_INPUT, PURPOSE_NOT_GRANTED, NOT_VISIBLE for an unknown key. */
export async function simulateAs(context: RequestContext, input: SimulationInput): Promise<AccessExplanation> {
  const { policy, services } = context
  const viewer = await simulatedViewer(context, input)
  const asking = services.analyses.withPurpose(policy, viewer, input.purpose ?? undefined)
  const { document, operationName, variables } = input
  return explainOperation(context, asking, { document, operationName, variables: toVariables(variables) })
}

async function simulatedViewer(
  { services: { graph }, at }: RequestContext,
  { viewer, keyId }: SimulationInput,
): Promise<Viewer> {
  if ((viewer == null) === (keyId == null)) {
    throw new ApiError('BAD_USER_INPUT', { at: 'input', expected: 'either viewer or keyId' })
  }
  if (viewer != null) return { kind: viewer.kind, id: viewer.id, region: viewer.region ?? undefined }
  const found = await viewerOfKeyId(graph, keyId ?? '', at)
  if (found === undefined)
    throw new ApiError('NOT_VISIBLE', { at: 'input.keyId', expected: 'the id of a key in force' })
  return found
}

function toVariables(stated: unknown): StatedOperation['variables'] {
  if (stated === undefined || stated === null) return {}
  if (typeof stated === 'object' && !Array.isArray(stated)) return stated as StatedOperation['variables']
  throw new ApiError('BAD_USER_INPUT', { at: 'variables', expected: 'an object' })
}

async function explainOperation(
  context: RequestContext,
  viewer: Viewer,
  stated: StatedOperation,
): Promise<AccessExplanation> {
  const analysis = context.services.analyses.ofOperation(context.policy, viewer, stated)
  return explained(context, viewer, analysis)
}

async function explained(
  { policy, services: { graph, analyses } }: RequestContext,
  viewer: Viewer,
  analysis: CoordinatesAnalysis & Partial<OperationAnalysis>,
): Promise<AccessExplanation> {
  const reader = { run: graph.read.bind(graph) }
  const all = await customerCount(reader)
  const counts = await consentCounts(reader, visibleRows(policy, viewer))
  const masks = analyses.masksOf(policy, viewer)
  const types = new Set(analysis.fields.map(({ type }) => type))
  const states = possibleStates(policy, viewer, masks, types)
  const fields = analysis.fields.map(({ type, field, category, isPruned }): FieldAccess => {
    const looks = (state: SubjectState) => lookOf(masks, type, field, state)
    return { type, field, category, isPruned, outcomes: outcomesOf(states, counts, looks) }
  })
  const rows = (analysis.rows ?? []).map(({ type, field, reason }): FieldAccess => {
    return { type, field, category: null, isPruned: false, outcomes: [{ mask: 'NULL', ...reason, share: null }] }
  })
  return {
    viewerKind: viewer.kind,
    purpose: viewer.purpose ?? null,
    prunedDocument: analysis.pruned ?? null,
    fields: [...rows, ...fields],
    refused: [...(analysis.refused ?? [])],
    customersVisible: shareOf(visibleIn(counts), all),
    cost: analysis.cost,
    prunedCost: analysis.prunedCost,
  }
}

const visibleIn = (counts: readonly ConsentCount[]) => counts.reduce((sum, { customers }) => sum + customers, 0)

function lookOf(masks: CompiledMasks, type: string, field: string, state: SubjectState) {
  return masks.viewOf(type, state).masks.find(each => each.field === field)
}

type Look = FieldMask | undefined

/**
 * Each way in which the field may look, with its share. What cannot be told from the policy alone, such as in a region that
 * no regime names, is told of no fewer than five. How many are minors is an age of each, and is not counted.
 */
function outcomesOf(
  possible: readonly SubjectState[],
  counts: readonly ConsentCount[],
  looks: (state: SubjectState) => Look,
): FieldOutcome[] {
  const found = new Map<string, { readonly look: Look; customers: number; isPossible: boolean; isOfMinors: boolean }>()
  const note = (state: SubjectState, customers: number, isPossible: boolean) => {
    const look = looks(state)
    const key = JSON.stringify(look ?? null)
    const known = found.get(key) ?? { look, customers: 0, isPossible, isOfMinors: true }
    known.customers += customers
    known.isOfMinors &&= state.age !== undefined
    found.set(key, known)
  }
  for (const state of possible) note(state, 0, true)
  for (const { state, customers } of counts) note(state, customers, false)
  return [...found.values()]
    .filter(({ customers, isPossible }) => isPossible || customers >= SMALLEST_COHORT)
    .sort((a, b) => Number(a.look !== undefined) - Number(b.look !== undefined))
    .map(({ look, customers, isOfMinors }) => outcome(look, isOfMinors ? null : shareOf(customers, visibleIn(counts))))
}

function outcome(look: Look, share: FieldOutcome['share']): FieldOutcome {
  if (look !== undefined) return { mask: look.mask, ...look.reason, share }
  return { mask: null, reasonCode: null, policyId: null, policyVersion: null, legalBasis: null, remedy: null, share }
}
