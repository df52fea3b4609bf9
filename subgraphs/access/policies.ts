// The operator puts policies in force and takes them back. Which were in force stays in the graph, and in the log.
import { type Change, recordChange } from '../../core/change.ts'
import type { RequestContext, Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { type Connection, type PageRequest, toConnection } from '../../core/paging.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { activate, POLICY_GUARD, readInForce } from '../../core/policy/policy-activation.ts'
import {
  type Activation,
  activationOfVersion,
  activationsBefore,
  hashOfPolicy,
  latestActivation,
  policiesByNumber,
} from '../../core/policy/policy-store.ts'
import type { Viewer } from '../../core/viewer.ts'
import { type StatedPolicy, toPolicyChoice } from './rules.ts'
import type { ActivatePolicyPayload, PolicyVersion } from './types.ts'

export const POLICIES = 'policies'

/** A page of the versions that were in force, newest first. */
export async function policiesPage(
  { services: { graph } }: RequestContext,
  page: PageRequest,
): Promise<Connection<PolicyVersion>> {
  const reader = { run: graph.read.bind(graph) }
  const before = page.afterId === undefined ? Number.MAX_SAFE_INTEGER : Number(page.afterId)
  const found = await activationsBefore(reader, before, page.first + 1)
  const inForce = page.afterId === undefined ? found[0] : await latestActivation(reader)
  return toConnection(
    POLICIES,
    page,
    found.map(each => toPolicyVersion(each, inForce?.number)),
  )
}

/** Throws BAD_USER_INPUT, CONFLICT, NOT_VISIBLE for a version that was never in force. */
export async function activatePolicy(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  stated: StatedPolicy,
): Promise<ActivatePolicyPayload> {
  const choice = toPolicyChoice(stated)
  if (choice.kind === 'refused') throw new ApiError('BAD_USER_INPUT', choice.problem)
  const request = { viewer, mutation: 'activatePolicy', idempotencyKey, input: choice }
  const { activation, evidenceEntryId } = await recordChange(services, request, async change => {
    await change.unit.guard(POLICY_GUARD)
    const latest = await latestActivation(change.unit)
    const policy = choice.kind === 'data' ? choice.policy : await knownPolicy(change, choice)
    await requireActivatable(change, policy, latest)
    return activate(change, policy, viewer, latest)
  })
  // A request that begins after the answer is decided by it, in this process at once.
  services.policies.take(await readInForce(services.graph))
  const { epoch } = services.policies.current()
  return { policyVersion: toPolicyVersion(activation, epoch), evidenceEntryId }
}

async function knownPolicy({ unit }: Change, { policyId, version }: { policyId: string; version: number }) {
  const known = await activationOfVersion(unit, policyId, version)
  const policy = known && (await policiesByNumber(unit, [known.number])).get(known.number)
  if (policy === undefined)
    throw new ApiError('NOT_VISIBLE', { at: 'input.version', expected: 'a version that was in force' })
  return policy
}

async function requireActivatable({ unit }: Change, policy: Policy, latest: Activation | undefined): Promise<void> {
  const hash = hashOfPolicy(policy)
  if (latest?.hash === hash) throw new ApiError('CONFLICT', { expected: 'a policy that is not in force already' })
  const known = await activationOfVersion(unit, policy.id, policy.version)
  if (known !== undefined && known.hash !== hash) {
    throw new ApiError('CONFLICT', {
      at: 'input.data.version',
      expected: 'a version that was not in force with other rows',
    })
  }
}

function toPolicyVersion(activation: Activation, inForce: number | undefined): PolicyVersion {
  const { number, policyId, version, hash, activatedAt, activatedBy, evidenceEntryId } = activation
  return {
    id: String(number),
    epoch: number,
    policyId,
    version,
    hash,
    isInForce: number === inForce,
    activatedAt,
    activatedByKind: activatedBy.kind,
    activatedById: activatedBy.id,
    evidenceEntryId,
  }
}
