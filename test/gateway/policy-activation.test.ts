// A policy is put in force while requests run: at once for whoever begins after the answer, and never half for the others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordReaction } from '../../core/change.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { activateAtStart, activate as activatePolicyIn, readInForce } from '../../core/policy/policy-activation.ts'
import { latestActivation } from '../../core/policy/policy-store.ts'
import { type Answer, startApi, type TestApi } from '../support/start-api.ts'

const ACTIVATE = `mutation ($input: ActivatePolicyInput!, $idempotencyKey: String!) {
  activatePolicy(input: $input, idempotencyKey: $idempotencyKey) { policyVersion { epoch isInForce } evidenceEntryId }
}`
const POLICIES = `{ policies(first: 100) { edges { cursor node {
  epoch policyId version hash isInForce activatedByKind activatedById evidenceEntryId } } } }`
const CONTACT = '{ customers(first: 5) { edges { node { id name phone } } } }'

const changed = (version: number, id: string, change: object): Policy => ({
  ...groundPolicy,
  version,
  rules: groundPolicy.rules.map(rule => (rule.id === id ? { ...rule, ...change } : rule)),
})
const phonesShown = (version: number) => changed(version, 'sales-contact', { effect: 'ALLOW' })
const phonesHidden = (version: number) => changed(version, 'sales-contact', { effect: 'DENY' })
const GROUND = { policyId: 'ground', version: 1 }

let keys = 0
const activate = (api: TestApi, input: object, idempotencyKey = `activation-${keys++}`) =>
  api.ask('operator', ACTIVATE, { variables: { input, idempotencyKey } })
/** Asks again, for one and the same change, where another operator's policy came in force before the answer left. */
async function activateSurely(api: TestApi, data: Policy): Promise<Answer> {
  const key = `activation-${keys++}`
  const answer = await activate(api, { data }, key)
  return codesOf(answer).includes('POLICY_CHANGED') ? activate(api, { data }, key) : answer
}
const codesOf = ({ errors }: Answer) => errors.map(({ extensions }) => extensions.code)
const phonesIn = ({ data }: Answer): string[] =>
  data.customers.edges.flatMap(({ node }: { node: { phone: string | null } }) => node.phone ?? [])

describe('activatePolicy', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startApi({ customers: 8 })
  })
  afterAll(() => api.close())

  it('holds for the next request, is taken back by its name, and every step stays told', async () => {
    const before = phonesIn(await api.ask('rep', CONTACT))
    expect(before.length).toBeGreaterThan(0)
    expect(before.every(phone => phone.startsWith('***'))).toBe(true)

    const shown = await activate(api, { data: phonesShown(2) })
    expect(shown.data.activatePolicy.policyVersion).toEqual({ epoch: 2, isInForce: true })
    const during = phonesIn(await api.ask('rep', CONTACT))
    expect(during).toHaveLength(before.length)
    expect(during.every(phone => phone.startsWith('+'))).toBe(true)

    const back = await activate(api, GROUND)
    expect(back.data.activatePolicy.policyVersion).toEqual({ epoch: 3, isInForce: true })
    expect(phonesIn(await api.ask('rep', CONTACT))).toEqual(before)

    const { data } = await api.ask('auditor', POLICIES)
    const versions = data.policies.edges.map(({ node }: { node: Record<string, unknown> }) => node)
    expect(versions).toMatchObject([
      { epoch: 3, version: 1, isInForce: true, activatedByKind: 'OPERATOR' },
      { epoch: 2, version: 2, isInForce: false, evidenceEntryId: shown.data.activatePolicy.evidenceEntryId },
      { epoch: 1, version: 1, isInForce: false, activatedByKind: 'SERVICE', activatedById: 'start' },
    ])
    expect(versions[0].hash).toBe(versions[2].hash)
  })

  it('pages through what was in force, and gives each policy back as it was handed in', async () => {
    const page = `query ($after: String) { policies(first: 1, after: $after) {
      edges { node { epoch version data isInForce } } pageInfo { hasNextPage endCursor } } }`
    const seen: unknown[] = []
    let after: string | null = null
    do {
      const answer: Answer = await api.ask('operator', page, { variables: { after } })
      const { edges, pageInfo } = answer.data.policies
      expect(edges).toHaveLength(1)
      seen.push(edges[0].node)
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after !== null)
    expect(seen).toEqual([
      { epoch: 3, version: 1, isInForce: true, data: groundPolicy },
      { epoch: 2, version: 2, isInForce: false, data: phonesShown(2) },
      { epoch: 1, version: 1, isInForce: false, data: groundPolicy },
    ])
  })

  it.each<[string, object, string]>([
    ['the policy that is in force', GROUND, 'CONFLICT'],
    ['the same version with other rows', { data: phonesHidden(2) }, 'CONFLICT'],
    ['a version that never was in force', { policyId: 'ground', version: 77 }, 'NOT_VISIBLE'],
    ['nothing', {}, 'BAD_USER_INPUT'],
    ['a name without a version', { policyId: 'ground' }, 'BAD_USER_INPUT'],
    ['both data and a name', { ...GROUND, data: phonesShown(3) }, 'BAD_USER_INPUT'],
    ['data that is no policy', { data: { ...groundPolicy, version: 4, rules: 'all' } }, 'BAD_USER_INPUT'],
  ])('refuses %s, and changes nothing', async (_, input, code) => {
    expect(codesOf(await activate(api, input))).toEqual([code])
    expect(api.services.policies.current().epoch).toBe(3)
  })

  it('is done once for one idempotency key, also when another policy came after', async () => {
    const first = await activate(api, { data: phonesHidden(5) }, 'once')
    await activate(api, GROUND)
    const again = await activate(api, { data: phonesHidden(5) }, 'once')
    expect(again.data.activatePolicy.evidenceEntryId).toBe(first.data.activatePolicy.evidenceEntryId)
    expect(again.data.activatePolicy.policyVersion).toEqual({ epoch: 4, isInForce: false })
    expect(api.services.policies.current()).toMatchObject({ epoch: 5, policy: { version: 1 } })
  })

  it('is done one after the other by operators at the same time: each has an epoch and an entry of its own', async () => {
    const answers = await Promise.all([10, 11, 12, 13].map(version => activateSurely(api, phonesShown(version))))
    expect(answers.flatMap(codesOf)).toEqual([])
    const epochs = answers.map(({ data }) => data.activatePolicy.policyVersion.epoch)
    expect(epochs.sort()).toEqual([6, 7, 8, 9])
    expect(api.services.policies.current().epoch).toBe(9)
    await activate(api, GROUND)
  })
})

/** A graph of which a reading statement waits until it is let go. */
function heldGraph(graph: Graph) {
  let reached = () => {}
  let letGo = () => {}
  let holding: Promise<void> | undefined
  const hold = () => {
    holding = new Promise(resolve => {
      letGo = resolve
    })
    return new Promise<void>(resolve => {
      reached = resolve
    })
  }
  const read: Graph['read'] = async (statement, params) => {
    const rows = await graph.read(statement, params)
    if (holding !== undefined && String(statement).includes('c.phone')) {
      const waits = holding
      holding = undefined
      reached()
      await waits
    }
    return rows
  }
  // Methods of the engine keep their own `this`.
  const held = new Proxy(graph, {
    get: (target, name) => {
      if (name === 'read') return read
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { graph: held, hold, letGo: () => letGo() }
}

describe('a request that runs across an activation', () => {
  it('is refused, and answered by the new policy when it is sent again', async () => {
    const held = heldGraph(await openEmbedded({ durability: 'os' }))
    const api = await startApi({ customers: 4, graph: held.graph })
    try {
      const reached = held.hold()
      const running = api.ask('rep', CONTACT)
      await reached
      expect(codesOf(await activate(api, { data: phonesHidden(2) }))).toEqual([])
      held.letGo()
      const refused = await running
      expect(codesOf(refused)).toEqual(['POLICY_CHANGED'])
      expect([refused.status, refused.data]).toEqual([503, null])
      expect(refused.text).not.toContain('***')
      const again = await api.ask('rep', CONTACT)
      expect(codesOf(again)).toEqual([])
      expect(phonesIn(again)).toEqual([])
    } finally {
      held.letGo()
      await api.close()
    }
  })

  it('is refused, too, where another process activated and this one has not heard of it', async () => {
    const graph = await openEmbedded({ durability: 'os' })
    const api = await startApi({ customers: 4, graph })
    try {
      const actor = { kind: 'OPERATOR', id: 'operator-elsewhere' } as const
      await recordReaction(api.services, actor, async change =>
        activatePolicyIn(change, phonesHidden(2), actor, await latestActivation(change.unit)),
      )
      expect(api.services.policies.current().epoch).toBe(1)
      expect(codesOf(await api.ask('rep', CONTACT))).toEqual(['POLICY_CHANGED'])
      expect(api.services.policies.current()).toMatchObject({ epoch: 2, policy: { version: 2 } })
      expect(phonesIn(await api.ask('rep', CONTACT))).toEqual([])
    } finally {
      await api.close()
    }
  })
})

describe('a start', () => {
  it('keeps the policy that an operator put in force, and replaces one that only shipped', async () => {
    const api = await startApi()
    const inForceAfter = async (shipped: Policy) => {
      const { policy, epoch } = await activateAtStart(api.services, shipped)
      return [policy.version, epoch]
    }
    expect(await inForceAfter(groundPolicy)).toEqual([1, 1])
    expect(await inForceAfter(phonesHidden(2))).toEqual([2, 2])
    await activate(api, { data: phonesShown(3) })
    expect(await inForceAfter(phonesHidden(4))).toEqual([3, 3])
    await api.close()
  })

  it('is refused where somebody edited the policy behind the API', async () => {
    const api = await startApi()
    const edit = "MATCH (p:PolicyVersion) SET p.data = replace(p.data, 'LAST4', 'ALLOW')"
    await api.services.graph.write(unit => unit.run(edit))
    await expect(readInForce(api.services.graph)).rejects.toThrow('not the one that was activated')
    await api.close()
  })
})
