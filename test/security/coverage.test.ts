// No change without evidence: every mutation of the supergraph and the activation of a policy are done here, so that one that
// leaves no entry cannot be added unseen.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { parsePolicy } from '../../core/policy/policy.ts'
import { activateAtStart } from '../../core/policy/policy-activation.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

interface Recipe {
  readonly viewer: string
  /** A prepared operation. */
  readonly operation: string
  readonly kind: string
  readonly variables?: Record<string, unknown>
}

const changed = parsePolicy({ ...groundPolicy, version: groundPolicy.version + 1 })

/** How each mutation is done once, by whom, and what the log calls it. */
const RECIPES: { readonly [mutation: string]: Recipe } = {
  ingest: { viewer: 'service', operation: 'Ingest', kind: 'RECORDS_INGESTED' },
  giveConsent: { viewer: 'subject', operation: 'GiveConsent', kind: 'CONSENT_GIVEN' },
  reinferSignals: { viewer: 'operator', operation: 'ReinferSignals', kind: 'SIGNAL_RUN_STARTED' },
  withdrawConsent: { viewer: 'subject', operation: 'WithdrawConsent', kind: 'CONSENT_WITHDRAWN' },
  rotateLogKey: { viewer: 'operator', operation: 'RotateLogKey', kind: 'LOG_KEY_ROTATED' },
  activatePolicy: {
    viewer: 'operator',
    operation: 'ActivatePolicy',
    kind: 'POLICY_ACTIVATED',
    variables: { input: { data: changed } },
  },
  importSkills: { viewer: 'operator', operation: 'ImportSkills', kind: 'SKILLS_IMPORTED' },
  requestErasure: { viewer: 'subject', operation: 'RequestErasure', kind: 'ERASURE_REQUESTED' },
}

const ENTRY = 'MATCH (e:EvidenceEntry {id: $id}) RETURN e.kind, e.state, e.position'

let api: TestApi
beforeAll(async () => {
  api = await startApi({ customers: 2 })
})
afterAll(() => api.close())

describe('every mutation', () => {
  it('has a recipe here', () => {
    const mutations = Object.keys(api.gateway.supergraph.schema.getMutationType()?.getFields() ?? {})
    expect(Object.keys(RECIPES).sort()).toEqual(mutations.sort())
  })

  it.each(Object.entries(RECIPES))('%s leaves the entry that its payload names', async (mutation, recipe) => {
    const text = readFileSync(`schema/operations/${recipe.operation}.graphql`, 'utf8')
    const variables = { idempotencyKey: `coverage-${mutation}`, ...recipe.variables }
    const { data, errors } = await api.ask(recipe.viewer, text, { variables })
    expect(errors).toEqual([])
    const { evidenceEntryId } = data[mutation]
    await api.settle()
    const [row] = await api.services.graph.read(ENTRY, { id: evidenceEntryId })
    expect(row?.slice(0, 2)).toEqual([recipe.kind, 'INTEGRATED'])
  })
})

describe('the activation of a policy by a start', () => {
  let started: TestApi
  beforeAll(async () => {
    started = await startApi()
  })
  afterAll(() => started.close())
  const entries = async () => {
    const rows = await started.services.graph.read("MATCH (e:EvidenceEntry {kind: 'POLICY_ACTIVATED'}) RETURN e.entry")
    return rows.map(([entry]) => JSON.parse(String(entry)).statement).sort((a, b) => a.version - b.version)
  }

  it('leaves an entry at the first start, and none while the policy stays the same', async () => {
    await activateAtStart(started.services, groundPolicy)
    expect(await entries()).toMatchObject([{ policyId: 'ground', version: groundPolicy.version, replaced: null }])
  })

  it('leaves an entry that names what it replaced, also when an old policy comes back', async () => {
    await activateAtStart(started.services, changed)
    const [first, second] = await entries()
    expect(second).toMatchObject({ version: changed.version, replaced: first.hash })
    await activateAtStart(started.services, groundPolicy)
    expect(await entries()).toHaveLength(3)
  })

  it('is recorded once by several processes that start at the same time', async () => {
    const graph = await openEmbedded({ durability: 'os' })
    const fresh = await startApi({ graph })
    const next = parsePolicy({ ...groundPolicy, version: 9 })
    await Promise.all(Array.from({ length: 4 }, () => activateAtStart(fresh.services, next)))
    const rows = await fresh.services.graph.read('MATCH (p:PolicyVersion) RETURN p.number, p.version ORDER BY p.number')
    expect(rows).toEqual([
      [1, 1],
      [2, 9],
    ])
    await fresh.close()
  })
})
