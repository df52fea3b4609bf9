// No change without evidence: every mutation of the supergraph and the activation of a policy are done here, so that one that
// leaves no entry cannot be added unseen.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { seededId } from '../../core/ids.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { parsePolicy } from '../../core/policy/policy.ts'
import { activateAtStart } from '../../core/policy/policy-activation.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

interface Recipe {
  readonly viewer: string
  /** A prepared operation, or a document. */
  readonly operation: string
  readonly kind: string
  readonly variables?: Record<string, unknown>
  /** What is done before, for a change that needs it; answers more variables. */
  readonly before?: (api: TestApi) => Promise<Record<string, unknown>>
}

const MERGE =
  'mutation ($customerIds: [ID!]!, $idempotencyKey: String!) { mergeCustomers(input: { customerIds: $customerIds }, idempotencyKey: $idempotencyKey) { personId evidenceEntryId } }'

async function customersAfter(api: TestApi, numbers: readonly string[]): Promise<readonly string[]> {
  const customers = numbers.map(number => ({ number, region: 'CN-SH', name: `周${number}` }))
  const message = { occurredAt: '2026-02-10T09:00:00.000Z', text: 'hello' }
  const events = customers.map(customer => ({ eventId: `coverage-${customer.number}`, payload: { customer, message } }))
  const key = { idempotencyKey: `coverage-${numbers.join()}` }
  const input = { source: 'wecom-chat', events }
  await api.ask('service', readFileSync('schema/operations/Ingest.graphql', 'utf8'), {
    variables: { ...key, input },
  })
  const rows = await api.services.graph.read(
    'UNWIND $numbers AS number MATCH (c:Customer {number: number}) RETURN c.id',
    { numbers },
  )
  return rows.map(([id]) => String(id))
}

async function mergedSubject(api: TestApi): Promise<Record<string, unknown>> {
  const [other = ''] = await customersAfter(api, ['M-0'])
  const customerIds = [seededId('sovereign-graph', 'Customer', 1), other]
  const { errors } = await api.ask('privacy-officer', MERGE, {
    variables: { customerIds, idempotencyKey: 'merge-subject' },
  })
  expect(errors).toEqual([])
  return { customerId: customerIds[0] }
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
  mergeCustomers: {
    viewer: 'manager',
    operation: MERGE,
    kind: 'CUSTOMERS_MERGED',
    before: async api => ({ customerIds: await customersAfter(api, ['M-1', 'M-2']) }),
  },
  confirmMerge: {
    viewer: 'subject',
    operation:
      'mutation ($idempotencyKey: String!) { confirmMerge(idempotencyKey: $idempotencyKey) { evidenceEntryId } }',
    kind: 'MERGE_CONFIRMED',
    before: mergedSubject,
  },
  unmergeCustomer: {
    viewer: 'privacy-officer',
    operation:
      'mutation ($customerId: ID!, $idempotencyKey: String!) { unmergeCustomer(input: { customerId: $customerId }, idempotencyKey: $idempotencyKey) { evidenceEntryId } }',
    kind: 'CUSTOMERS_UNMERGED',
    before: async () => ({ customerId: seededId('sovereign-graph', 'Customer', 1) }),
  },
  decideMatch: {
    viewer: 'privacy-officer',
    operation:
      'mutation ($reviewId: ID!, $idempotencyKey: String!) { decideMatch(input: { reviewId: $reviewId, samePerson: false }, idempotencyKey: $idempotencyKey) { evidenceEntryId } }',
    kind: 'CUSTOMERS_COMPARED',
    before: async api => {
      await api.services.graph.write(async unit => {
        await unit.run(
          `MATCH (a:Customer {number: 'M-1'}) MATCH (b:Customer {number: 'M-0'})
           CREATE (r:MatchReview {id: 'a-review', key: a.id + ' ' + b.id, state: 'PENDING', at: '2026-11-02T08:00:00.000Z'})
           CREATE (r)-[:COMPARES]->(a) CREATE (r)-[:COMPARES]->(b)`,
        )
      })
      return { reviewId: 'a-review' }
    },
  },
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
    const text = recipe.operation.startsWith('mutation')
      ? recipe.operation
      : readFileSync(`schema/operations/${recipe.operation}.graphql`, 'utf8')
    const more = await recipe.before?.(api)
    const variables = { idempotencyKey: `coverage-${mutation}`, ...recipe.variables, ...more }
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
