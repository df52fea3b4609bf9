// How a policy is put in force: by an operator, or by a start for the one that ships. Both leave the same entry.
import { type Change, type ChangeOutcome, recordReaction } from '../change.ts'
import type { Services } from '../context.ts'
import type { Viewer } from '../viewer.ts'
import type { Policy } from './policy.ts'
import type { InForce } from './policy-in-force.ts'
import { type Activation, hashOfPolicy, keepActivation, latestActivation, policiesByNumber } from './policy-store.ts'

const WHO_STARTS: Pick<Viewer, 'kind' | 'id'> = { kind: 'SERVICE', id: 'start' }

/** Taken by every unit that activates, so that of two at once one waits for the other. */
export const POLICY_GUARD = 'policy'

/** Adds the activation to the unit, in the place of `replaced`. The caller holds the guard. */
export async function activate(
  { unit, at, evidenceEntryId }: Change,
  policy: Policy,
  activatedBy: Pick<Viewer, 'kind' | 'id'>,
  replaced: Activation | undefined,
): Promise<ChangeOutcome<{ readonly activation: Activation }>> {
  const number = (replaced?.number ?? 0) + 1
  const hash = hashOfPolicy(policy)
  const { id: policyId, version } = policy
  const { kind, id } = activatedBy
  const activation: Activation = {
    number,
    policyId,
    version,
    hash,
    activatedAt: at,
    activatedBy: { kind, id },
    evidenceEntryId,
  }
  await keepActivation(unit, activation, policy)
  return {
    evidence: {
      kind: 'POLICY_ACTIVATED',
      statement: { policyId, version, hash, epoch: number, replaced: replaced?.hash ?? null },
      facts: [],
    },
    events: [],
    result: { activation },
  }
}

/**
 * Activates the policy that ships, unless it is in force already or an operator has put another one in its place. Throws
 * where the policy in force cannot be read.
 */
export async function activateAtStart(services: Services, shipped: Policy): Promise<InForce> {
  const { graph } = services
  const hash = hashOfPolicy(shipped)
  await recordReaction(services, WHO_STARTS, async change => {
    await change.unit.guard(POLICY_GUARD)
    const latest = await latestActivation(change.unit)
    if (latest?.hash === hash) return undefined
    if (latest?.activatedBy.kind === 'OPERATOR') return undefined
    return activate(change, shipped, WHO_STARTS, latest)
  })
  return readInForce(graph)
}

/** Reads the policy in force. Throws where there is none, or none that can be read. */
export async function readInForce(graph: Services['graph']): Promise<InForce> {
  const reader = { run: graph.read.bind(graph) }
  const latest = await latestActivation(reader)
  const policy = latest && (await policiesByNumber(reader, [latest.number])).get(latest.number)
  if (policy === undefined) throw new Error('the graph holds no policy that is in force')
  return { policy, epoch: latest?.number ?? 0 }
}
