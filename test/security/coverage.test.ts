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
import { prepareWork, workRecipes } from './work-recipes.ts'

interface Recipe {
  readonly viewer: string
  /** A prepared operation, or where there is none its text. */
  readonly operation: string
  readonly kind: string
  /** Where they depend on what was done before: made from the payloads so far. */
  readonly variables?: Record<string, unknown> | ((done: ReadonlyMap<string, Payload>) => Record<string, unknown>)
}

type Payload = { readonly [field: string]: string }

const changed = parsePolicy({ ...groundPolicy, version: groundPolicy.version + 1 })

const SEED = 'sovereign-graph'
const TASK = 'a-task'
const SKILLS = 'https://sovereign-graph.org/skills/'

/** A mutation of settlement or exchange in which `argument` is given as a variable of this type. */
const given = (mutation: string, argument: string, type: string, fields: string) =>
  `mutation ($idempotencyKey: String!, $given: ${type}!) {
    ${mutation}(${argument}: $given, idempotencyKey: $idempotencyKey) { ${fields} evidenceEntryId }
  }`
const identity = (mutation: string, argument: string, type: string) => given(mutation, argument, type, 'personId')
const settlement = (mutation: string, viewer: string, kind: string): Recipe => ({
  viewer,
  operation: given(mutation, 'input', 'SettlementReasonInput', 'settlementId'),
  kind,
  variables: done => ({ given: { settlementId: done.get('settle')?.settlementId, because: 'a reason' } }),
})
const trade = (mutation: string, viewer: string, made: string): Recipe => ({
  viewer,
  operation: given(mutation, 'tradeId', 'ID', 'tradeId'),
  kind: 'TRADE_CHANGED',
  variables: done => ({ given: done.get(made)?.tradeId }),
})

/** How each mutation is done once, by whom, and what the log calls it. */
const RECIPES: { readonly [mutation: string]: Recipe } = {
  ingest: { viewer: 'service', operation: 'Ingest', kind: 'RECORDS_INGESTED' },
  replayDeadLetters: {
    viewer: 'operator',
    operation: given('replayDeadLetters', 'input', 'ReplayInput', 'replayed'),
    kind: 'DEAD_LETTERS_REPLAYED',
    variables: { given: { source: 'wecom-chat' } },
  },
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
  // Before profiles are made anew, in which nothing is left of skills that nobody was seen at.
  ...workRecipes,
  selfAssessSkill: { viewer: 'rep', operation: 'SelfAssessSkill', kind: 'SKILL_EVIDENCE_RECORDED' },
  contestSkillEvidence: {
    viewer: 'rep',
    operation: 'ContestSkillEvidence',
    kind: 'SKILL_EVIDENCE_CONTESTED',
    variables: done => ({ input: { evidenceId: done.get('selfAssessSkill')?.evidenceId, reason: 'OTHER' } }),
  },
  reviewSkillEvidence: {
    viewer: 'privacy-officer',
    operation: 'ReviewSkillEvidence',
    kind: 'SKILL_EVIDENCE_REVIEWED',
    variables: done => ({ evidenceId: done.get('selfAssessSkill')?.evidenceId }),
  },
  setProfileConsent: { viewer: 'rep', operation: 'SetProfileConsent', kind: 'CONSENT_GIVEN' },
  rebuildProfiles: { viewer: 'operator', operation: 'RebuildProfiles', kind: 'PROFILES_REBUILT' },
  setTarget: { viewer: 'operator', operation: 'SetTarget', kind: 'METRIC_TARGET_SET' },
  closePeriod: { viewer: 'operator', operation: 'ClosePeriod', kind: 'METRIC_PERIOD_CLOSED' },
  disableModule: { viewer: 'operator', operation: 'DisableModule', kind: 'MODULE_DISABLED' },
  enableModule: { viewer: 'operator', operation: 'EnableModule', kind: 'MODULE_ENABLED' },
  importSkills: { viewer: 'operator', operation: 'ImportSkills', kind: 'SKILLS_IMPORTED' },
  setReward: {
    viewer: 'manager',
    operation: given('setReward', 'input', 'RewardInput', 'taskId'),
    kind: 'REWARD_SET',
    variables: { given: { taskId: TASK, amount: '90.00', parts: [{ name: 'all', weight: 1 }] } },
  },
  recordContribution: {
    viewer: 'service',
    operation: given('recordContribution', 'input', 'ContributionInput', 'contributionId'),
    kind: 'CONTRIBUTION_RECORDED',
    variables: done => ({
      given: {
        taskId: TASK,
        sellerId: seededId(SEED, 'Seller', 1),
        part: 'all',
        percent: 100,
        evidence: [done.get('setReward')?.evidenceEntryId],
      },
    }),
  },
  settle: {
    viewer: 'manager',
    operation: given('settle', 'taskId', 'ID', 'settlementId'),
    kind: 'TASK_SETTLED',
    variables: { given: TASK },
  },
  disputeSettlement: settlement('disputeSettlement', 'rep', 'SETTLEMENT_DISPUTED'),
  rejectDispute: settlement('rejectDispute', 'manager', 'DISPUTE_REJECTED'),
  reverseSettlement: settlement('reverseSettlement', 'manager', 'SETTLEMENT_REVERSED'),
  offerCapability: { viewer: 'rep', operation: 'OfferCapability', kind: 'CAPABILITY_LISTED' },
  wantCapability: {
    viewer: 'rep',
    operation: given('wantCapability', 'input', 'ListingInput', 'listingId'),
    kind: 'CAPABILITY_LISTED',
    variables: { given: { skill: `${SKILLS}small-language-training`, credits: '0' } },
  },
  tradeCapability: {
    viewer: 'rep',
    operation: given('tradeCapability', 'legs', '[TradeLegInput!]', 'tradeId'),
    kind: 'TRADE_PROPOSED',
    variables: done => ({
      given: [{ offerId: done.get('offerCapability')?.listingId, wantId: done.get('want of another')?.listingId }],
    }),
  },
  cancelTrade: trade('cancelTrade', 'rep', 'tradeCapability'),
  completeTrade: trade('completeTrade', 'other-rep', 'agreed trade'),
  rateTrade: {
    viewer: 'other-rep',
    operation: given('rateTrade', 'input', 'RatingInput', 'tradeId'),
    kind: 'TRADE_RATED',
    variables: done => ({ given: { tradeId: done.get('agreed trade')?.tradeId, rating: 4 } }),
  },
  withdrawListing: {
    viewer: 'rep',
    operation: given('withdrawListing', 'listingId', 'ID', 'listingId'),
    kind: 'LISTING_WITHDRAWN',
    variables: done => ({ given: done.get('offerCapability')?.listingId }),
  },
  mergeCustomers: {
    viewer: 'privacy-officer',
    operation: identity('mergeCustomers', 'input', 'MergeCustomersInput'),
    kind: 'CUSTOMERS_MERGED',
    variables: { given: { customerIds: [seededId(SEED, 'Customer', 1), 'merged-1'] } },
  },
  confirmMerge: {
    viewer: 'subject',
    operation:
      'mutation ($idempotencyKey: String!) { confirmMerge(idempotencyKey: $idempotencyKey) { evidenceEntryId } }',
    kind: 'MERGE_CONFIRMED',
  },
  unmergeCustomer: {
    viewer: 'privacy-officer',
    operation: identity('unmergeCustomer', 'input', 'UnmergeCustomerInput'),
    kind: 'CUSTOMERS_UNMERGED',
    variables: done => ({ given: { customerId: done.get('mergeCustomers')?.personId } }),
  },
  decideMatch: {
    viewer: 'privacy-officer',
    operation: identity('decideMatch', 'input', 'DecideMatchInput'),
    kind: 'CUSTOMERS_COMPARED',
    variables: { given: { reviewId: 'a-review', samePerson: false } },
  },
  requestErasure: { viewer: 'subject', operation: 'RequestErasure', kind: 'ERASURE_REQUESTED' },
}

const A_TASK = "CREATE (:Task {id: $id, state: 'DONE'})"
const A_REVIEW = `
UNWIND [1, 2] AS number
CREATE (:Customer {id: 'merged-' + toString(number), number: 'M-' + toString(number), region: 'CN-SH', revision: 1})
WITH count(*) AS two
MATCH (a:Customer {id: 'merged-1'})
MATCH (b:Customer {id: 'merged-2'})
CREATE (r:MatchReview {id: 'a-review', key: 'merged-1 merged-2', state: 'PENDING', at: '2026-11-02T08:00:00.000Z'})
CREATE (r)-[:COMPARES]->(a)
CREATE (r)-[:COMPARES]->(b)`
const ENTRY = 'MATCH (e:EvidenceEntry {id: $id}) RETURN e.kind, e.state, e.position'

let api: TestApi
const done = new Map<string, Payload>()
beforeAll(async () => {
  api = await startApi({ customers: 2 })
  await prepareWork(api.services)
  await api.services.graph.write(unit => unit.run(A_TASK, { id: TASK }))
  await api.services.graph.write(unit => unit.run(A_REVIEW))
  await agreeOnATrade()
})
afterAll(() => api.close())

/** Two reps agree on a trade, and the second wants what OfferCapability offers. */
async function agreeOnATrade(): Promise<void> {
  const ask = async (viewer: string, mutation: string, operation: string, value: unknown): Promise<Payload> => {
    const variables = { idempotencyKey: `${viewer} ${JSON.stringify(value)}`, given: value }
    const { data, errors } = await api.ask(viewer, operation, { variables })
    expect(errors).toEqual([])
    return data[mutation]
  }
  const list = (viewer: string, mutation: string, skill: string, credits: string) =>
    ask(viewer, mutation, given(mutation, 'input', 'ListingInput', 'listingId'), {
      skill: `${SKILLS}${skill}`,
      credits,
    })
  const offer = await list('rep', 'offerCapability', 'independent-site-seo', '0')
  const want = await list('other-rep', 'wantCapability', 'independent-site-seo', '0')
  const legs = [{ offerId: offer.listingId, wantId: want.listingId }]
  const agree = given('tradeCapability', 'legs', '[TradeLegInput!]', 'tradeId')
  await ask('rep', 'tradeCapability', agree, legs)
  done.set('agreed trade', await ask('other-rep', 'tradeCapability', agree, legs))
  done.set('want of another', await list('other-rep', 'wantCapability', 'overseas-warehouse-customs', '30.00'))
}

describe('every mutation', () => {
  it('has a recipe here', () => {
    const mutations = Object.keys(api.gateway.supergraph.schema.getMutationType()?.getFields() ?? {})
    expect(Object.keys(RECIPES).sort()).toEqual(mutations.sort())
  })

  it.each(Object.entries(RECIPES))('%s leaves the entry that its payload names', async (mutation, recipe) => {
    const { operation, variables: values } = recipe
    const isPrepared = !operation.includes('{')
    const text = isPrepared ? readFileSync(`schema/operations/${operation}.graphql`, 'utf8') : operation
    const told = typeof values === 'function' ? values(done) : values
    const variables = { idempotencyKey: `coverage-${mutation}`, ...told }
    const { data, errors } = await api.ask(recipe.viewer, text, { variables })
    expect(errors).toEqual([])
    done.set(mutation, data[mutation])
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
