import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { recordReaction } from '../../core/change.ts'
import { accessLogWith } from '../../core/evidence/access-log.ts'
import type { Graph, Reader } from '../../core/graph/graph.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { activate, activateAtStart, POLICY_GUARD, readInForce } from '../../core/policy/policy-activation.ts'
import { followActivations } from '../../core/policy/policy-follower.ts'
import { policyInForce } from '../../core/policy/policy-in-force.ts'
import {
  activationOfVersion,
  activationsBefore,
  latestActivation,
  policiesByNumber,
  policyEpoch,
} from '../../core/policy/policy-store.ts'
import type { Viewer } from '../../core/viewer.ts'
import { openServices, type TestServices } from '../support/services.ts'

const OPERATOR: Viewer = { kind: 'OPERATOR', id: 'operator-1' }
const version = (number: number): Policy => ({ ...groundPolicy, version: number })

/** Policies are activated one after the other, each under a number of its own, and every process hears of it. */
export function describePolicies(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let reader: Reader
  beforeAll(async () => {
    const graph = await openGraph()
    services = await openServices(graph)
    reader = { run: (statement, params) => graph.read(statement, params) }
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const activateByOperator = (policy: Policy) =>
    recordReaction(services, OPERATOR, async change => {
      await change.unit.guard(POLICY_GUARD)
      return activate(change, policy, OPERATOR, await latestActivation(change.unit))
    })

  it('a graph without activations has epoch 0 and nothing in force', async () => {
    expect(await policyEpoch(reader)).toBe(0)
    expect(await latestActivation(reader)).toBeUndefined()
    await expect(readInForce(services.graph)).rejects.toThrow('no policy')
  })

  it('activations at the same time have numbers without a gap, and the last one holds', async () => {
    await Promise.all([2, 3, 4, 5].map(number => activateByOperator(version(number))))
    const found = await activationsBefore(reader, 99, 9)
    expect(found.map(({ number }) => number)).toEqual([4, 3, 2, 1])
    expect(found.map(each => each.version).sort()).toEqual([2, 3, 4, 5])
    expect(await readInForce(services.graph)).toMatchObject({ epoch: 4, policy: { version: found[0]?.version } })
    expect(await services.count('EvidenceEntry')).toBe(4)
  })

  it('an activation is found by its version, the latest of several, and gives the policy back as it was', async () => {
    await activateByOperator(version(1))
    await activateByOperator(version(2))
    await activateByOperator(version(1))
    expect(await activationOfVersion(reader, 'ground', 1)).toMatchObject({ number: 3, activatedBy: OPERATOR })
    expect(await activationOfVersion(reader, 'ground', 7)).toBeUndefined()
    const policies = await policiesByNumber(reader, [1, 2, 9])
    expect(policies).toEqual(
      new Map([
        [1, groundPolicy],
        [2, version(2)],
      ]),
    )
  })

  it('a start activates what ships once, and nothing over what an operator chose', async () => {
    await Promise.all(Array.from({ length: 3 }, () => activateAtStart(services, version(1))))
    expect(await policyEpoch(reader)).toBe(1)
    await activateByOperator(version(2))
    expect(await activateAtStart(services, version(3))).toMatchObject({ epoch: 2, policy: { version: 2 } })
  })

  it('another process hears of it with its next access record, or when it asks', async () => {
    await activateByOperator(version(1))
    const elsewhere = { ...services, policies: policyInForce(await readInForce(services.graph)) }
    const following = followActivations(elsewhere, cause => {
      throw cause
    })
    const log = accessLogWith(services.graph, services.ids, services.evidence)
    const access = {
      at: services.clock.now(),
      viewer: OPERATOR,
      document: 'd',
      subjectIds: new Set<string>(),
      masked: 1,
    }
    expect(await log.record({ ...access, categories: new Set() })).toMatchObject({ policyEpoch: 1 })
    await activateByOperator(version(2))
    expect(elsewhere.policies.current().epoch).toBeLessThanOrEqual(2)
    expect(await log.record({ ...access, categories: new Set() })).toMatchObject({ policyEpoch: 2 })
    await following.settle()
    expect(elsewhere.policies.current()).toMatchObject({ epoch: 2, policy: { version: 2 } })
    await following.stop()
  })
}
