// Who may call which root operation: the table as it is meant, and the behaviour of the guard that enforces it.
import { type ExecutionResult, execute, type GraphQLSchema, parse } from 'graphql'
import { Mutation, Query, Resolver } from 'type-graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiError } from '../../core/errors.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { Public } from '../../core/policy/directives.ts'
import { open, type RootRules } from '../../core/policy/shield.ts'
import { buildSubgraph, type Subgraph } from '../../core/subgraph.ts'
import { type Viewer, viewerKinds } from '../../core/viewer.ts'
import { subgraphs } from '../../gateway/subgraphs.ts'
import { openServices, requestOf, type TestServices } from '../support/services.ts'

const page = '{ edges { cursor } }'
// An empty key, and an explanation of nothing, are refused by the operation itself, so that its code tells that the guard let
// the call through.
const REFUSED_BY_ITSELF = /^mutation|explainAccess|simulateAs/
const replay = 'mutation { replayDeadLetters(input: { source: "call" }, idempotencyKey: "") { replayed } }'
const consent = '(input: { purpose: MARKETING }, idempotencyKey: "") { evidenceEntryId }'
const noKey = ', idempotencyKey: "") { evidenceEntryId } }'
const settlement = '(input: { settlementId: "s", because: "b" }'

const unproven = 'idempotencyKey: "") { evidenceEntryId } }'

/** Each root operation, by its subgraph. */
const OPERATIONS = {
  customer: ['customers', '{ customer(id: "unknown") { id } }'],
  customers: ['customers', `{ customers ${page} }`],
  interactions: ['customers', `{ interactions ${page} }`],
  search: ['customers', `{ search(text: "unknown") { customers ${page} } }`],
  neighbourhood: ['customers', '{ neighbourhood(customerId: "unknown") { isCut } }'],
  deadLetters: ['customers', `{ deadLetters ${page} }`],
  ingestRuns: ['customers', `{ ingestRuns ${page} }`],
  replayDeadLetters: ['customers', replay],
  environmentEvents: ['customers', `{ environmentEvents ${page} }`],
  classifyText: ['customers', '{ classifyText(text: "hello") { modelVersion } }'],
  signalModels: ['customers', '{ signalModels { version } }'],
  signalRuns: ['customers', `{ signalRuns ${page} }`],
  reinferSignals: ['customers', 'mutation { reinferSignals(idempotencyKey: "") { evidenceEntryId } }'],
  ingest: ['customers', 'mutation { ingest(input: { source: "call", events: [] }, idempotencyKey: "") { accepted } }'],
  whyMatched: ['customers', '{ whyMatched(a: "unknown", b: "unknown") { id } }'],
  howFormed: ['customers', '{ howFormed(customerId: "unknown") { id } }'],
  matchReviews: ['customers', `{ matchReviews ${page} }`],
  mergeCustomers: ['customers', `mutation { mergeCustomers(input: { customerIds: ["a", "b"] }, ${unproven}`],
  unmergeCustomer: ['customers', `mutation { unmergeCustomer(input: { customerId: "a" }, ${unproven}`],
  decideMatch: ['customers', `mutation { decideMatch(input: { reviewId: "a", samePerson: true }, ${unproven}`],
  confirmMerge: ['customers', `mutation { confirmMerge(${unproven}`],
  opportunities: ['sales', `{ opportunities ${page} }`],
  orders: ['sales', `{ orders ${page} }`],
  fulfilments: ['sales', `{ fulfilments ${page} }`],
  stockLevels: ['sales', `{ stockLevels ${page} }`],
  quotes: ['sales', `{ quotes ${page} }`],
  competitorParameters: ['sales', `{ competitorParameters ${page} }`],
  financePlans: ['sales', `{ financePlans ${page} }`],
  purposes: ['sovereignty', '{ purposes { purpose } }'],
  giveConsent: ['sovereignty', `mutation { giveConsent${consent} }`],
  withdrawConsent: ['sovereignty', `mutation { withdrawConsent${consent} }`],
  checkpoint: ['evidence', '{ checkpoint { size } }'],
  evidenceEntry: ['evidence', '{ evidenceEntry(id: "unknown") { id } }'],
  inclusionProof: ['evidence', '{ inclusionProof(entryId: "unknown") { position } }'],
  consistencyProof: ['evidence', '{ consistencyProof(fromSize: 0) { fromSize } }'],
  auditTrail: ['evidence', `{ auditTrail ${page} }`],
  checkpoints: ['evidence', `{ checkpoints ${page} }`],
  tile: ['evidence', '{ tile(level: 0, index: 0) }'],
  reconciliation: ['evidence', '{ reconciliation { entries } }'],
  consentReceipt: ['sovereignty', '{ consentReceipt { id } }'],
  requestErasure: ['sovereignty', 'mutation { requestErasure(idempotencyKey: "") { evidenceEntryId } }'],
  erasureCertificate: ['evidence', '{ erasureCertificate { requestId } }'],
  policies: ['access', `{ policies ${page} }`],
  explainAccess: ['access', '{ explainAccess { purpose } }'],
  simulateAs: ['access', '{ simulateAs(input: { document: "" }) { purpose } }'],
  activatePolicy: ['access', 'mutation { activatePolicy(input: {}, idempotencyKey: "") { evidenceEntryId } }'],
  metrics: ['metrics', `{ metrics ${page} }`],
  metric: ['metrics', '{ metric(id: "sales-cycle") { value } }'],
  metricTrend: ['metrics', '{ metricTrend(id: "sales-cycle") { value } }'],
  metricBreakdown: ['metrics', '{ metricBreakdown(id: "sales-cycle", by: REGION) { value } }'],
  graphCompleteness: ['metrics', '{ graphCompleteness { cells { value } } }'],
  healthCheck: ['metrics', '{ healthCheck { belowMean } }'],
  governanceBoard: ['metrics', '{ governanceBoard { indicators { metric { id } } } }'],
  sovereigntyHeatMap: ['metrics', '{ sovereigntyHeatMap { indicators { metric { id } } } }'],
  regulatorIndicators: ['metrics', '{ regulatorIndicators { indicators { metric { id } } } }'],
  tasks: ['talent', `{ tasks ${page} }`],
  goal: ['talent', '{ goal(id: "unknown") { id } }'],
  taskTemplates: ['talent', `{ taskTemplates ${page} }`],
  team: ['talent', '{ team(taskId: "unknown") { id } }'],
  knowledgePacks: ['talent', `{ knowledgePacks ${page} }`],
  minedTemplates: ['talent', `{ minedTemplates ${page} }`],
  routingPlan: ['talent', '{ routingPlan { placed } }'],
  orchestration: ['talent', '{ orchestration(since: "2026-03-01T00:00:00Z") { tasks } }'],
  whyNotMe: ['talent', '{ whyNotMe(taskId: "unknown") { id } }'],
  teamFor: ['talent', '{ teamFor(taskId: "unknown") { id } }'],
  publishTask: [
    'talent',
    'mutation { publishTask(input: { title: "t", quadrant: RISK_CONTROL, roles: [] }, idempotencyKey: "") { evidenceEntryId } }',
  ],
  completeTask: [
    'talent',
    'mutation { completeTask(taskId: "t", outcome: 1, idempotencyKey: "") { evidenceEntryId } }',
  ],
  acceptAssignment: [
    'talent',
    'mutation { acceptAssignment(assignmentId: "a", idempotencyKey: "") { evidenceEntryId } }',
  ],
  declineAssignment: [
    'talent',
    'mutation { declineAssignment(assignmentId: "a", idempotencyKey: "") { evidenceEntryId } }',
  ],
  overrideAssignment: [
    'talent',
    'mutation { overrideAssignment(input: { taskId: "t", role: "r", sellerId: "s", reason: "x" }, idempotencyKey: "") { evidenceEntryId } }',
  ],
  setAvailability: [
    'talent',
    'mutation { setAvailability(input: { capacity: 1 }, idempotencyKey: "") { evidenceEntryId } }',
  ],
  decomposeTask: [
    'talent',
    'mutation { decomposeTask(input: { title: "t", template: "x" }, idempotencyKey: "") { evidenceEntryId } }',
  ],
  acceptDecomposition: [
    'talent',
    'mutation { acceptDecomposition(goalId: "g", idempotencyKey: "") { evidenceEntryId } }',
  ],
  publishTemplate: [
    'talent',
    'mutation { publishTemplate(input: { document: {} }, idempotencyKey: "") { evidenceEntryId } }',
  ],
  adoptMinedTemplate: [
    'talent',
    'mutation { adoptMinedTemplate(input: { minedId: "m", name: "n", title: "t", titleZh: "t" }, idempotencyKey: "") { evidenceEntryId } }',
  ],
  assembleTeam: ['talent', 'mutation { assembleTeam(input: { taskId: "t" }, idempotencyKey: "") { evidenceEntryId } }'],
  publishKnowledgePack: [
    'talent',
    'mutation { publishKnowledgePack(input: { name: "n", title: "t", items: [] }, idempotencyKey: "") { evidenceEntryId } }',
  ],
  skills: ['talent', `{ skills ${page} }`],
  sellers: ['talent', `{ sellers ${page} }`],
  metricComparison: ['metrics', '{ metricComparison(id: "sales-cycle") { change } }'],
  driverTree: ['metrics', '{ driverTree(id: "sales-cycle") { change } }'],
  lineage: ['metrics', `{ lineage(id: "sales-cycle") ${page} }`],
  diagnosis: ['metrics', '{ diagnosis { adoptionPack { part } } }'],
  adoptionPlan: ['metrics', '{ adoptionPlan(pain: AUDIT_IS_FAILED) { version } }'],
  adoptionPart: ['metrics', '{ adoptionPart(part: AI_CONFIGURATION_WIZARD) { version } }'],
  scorecard: ['metrics', '{ scorecard(role: "seller") { score } }'],
  healthTrends: ['metrics', '{ healthTrends { trends { values { value } } } }'],
  regulatorReport: ['metrics', '{ regulatorReport { id } }'],
  setTarget: [
    'metrics',
    'mutation { setTarget(input: { metric: "sales-cycle" }, idempotencyKey: "") { evidenceEntryId } }',
  ],
  closePeriod: [
    'metrics',
    'mutation { closePeriod(input: { grain: DAY, day: "2026-01-01" }, idempotencyKey: "") { evidenceEntryId } }',
  ],
  modules: ['automation', '{ modules { id } }'],
  enableModule: ['automation', 'mutation { enableModule(name: "sales", idempotencyKey: "") { evidenceEntryId } }'],
  disableModule: ['automation', 'mutation { disableModule(name: "sales", idempotencyKey: "") { evidenceEntryId } }'],
  importSkills: ['talent', 'mutation { importSkills(skills: [], idempotencyKey: "") { added } }'],
  skillContests: ['talent', `{ skillContests ${page} }`],
  contestSkillEvidence: [
    'talent',
    'mutation { contestSkillEvidence(input: { evidenceId: "", reason: OTHER }, idempotencyKey: "") { evidenceId } }',
  ],
  reviewSkillEvidence: [
    'talent',
    'mutation { reviewSkillEvidence(evidenceId: "", accept: true, idempotencyKey: "") { evidenceId } }',
  ],
  selfAssessSkill: [
    'talent',
    'mutation { selfAssessSkill(uri: "", level: 1, idempotencyKey: "") { evidenceEntryId } }',
  ],
  setProfileConsent: ['talent', 'mutation { setProfileConsent(given: true, idempotencyKey: "") { evidenceEntryId } }'],
  rebuildProfiles: ['talent', 'mutation { rebuildProfiles(idempotencyKey: "") { evidenceEntryId } }'],
  ledger: ['talent', '{ ledger { id } }'],
  contributions: ['talent', `{ contributions ${page} }`],
  settlements: ['talent', `{ settlements ${page} }`],
  listings: ['talent', `{ listings ${page} }`],
  exchange: ['talent', `{ exchange ${page} }`],
  trades: ['talent', `{ trades ${page} }`],
  setReward: [
    'talent',
    `mutation { setReward(input: { taskId: "t", amount: "1", parts: [{ name: "a", weight: 1 }] }${noKey}`,
  ],
  recordContribution: [
    'talent',
    `mutation { recordContribution(input: { taskId: "t", sellerId: "s", part: "a", percent: 1, evidence: ["e"] }${noKey}`,
  ],
  settle: ['talent', `mutation { settle(taskId: "t"${noKey}`],
  reverseSettlement: ['talent', `mutation { reverseSettlement${settlement}${noKey}`],
  disputeSettlement: ['talent', `mutation { disputeSettlement${settlement}${noKey}`],
  rejectDispute: ['talent', `mutation { rejectDispute${settlement}${noKey}`],
  offerCapability: ['talent', `mutation { offerCapability(input: { skill: "s", credits: "1" }${noKey}`],
  wantCapability: ['talent', `mutation { wantCapability(input: { skill: "s", credits: "1" }${noKey}`],
  withdrawListing: ['talent', `mutation { withdrawListing(listingId: "l"${noKey}`],
  tradeCapability: ['talent', `mutation { tradeCapability(legs: [{ offerId: "o", wantId: "w" }]${noKey}`],
  completeTrade: ['talent', `mutation { completeTrade(tradeId: "t"${noKey}`],
  cancelTrade: ['talent', `mutation { cancelTrade(tradeId: "t"${noKey}`],
  rateTrade: ['talent', `mutation { rateTrade(input: { tradeId: "t", rating: 1 }${noKey}`],
  rotateLogKey: ['evidence', 'mutation { rotateLogKey(idempotencyKey: "") { evidenceEntryId } }'],
} as const

/** P: for a stated purpose, +: whatever the purpose, -: never. */
const TABLE = `
                 SUBJECT  REP  MANAGER  PRIVACY_OFFICER  PARTNER  ANALYST  AUDITOR  OPERATOR  SERVICE
customer         P        P    P        P                P        P        P        -         -
customers        P        P    P        P                P        P        P        -         -
interactions     P        P    P        P                P        P        P        -         -
search           P        P    P        P                P        P        P        -         -
neighbourhood    P        P    P        P                P        -        P        -         -
deadLetters      -        -    -        -                -        -        -        +         +
ingestRuns       -        -    -        -                -        -        -        +         +
replayDeadLetters -       -    -        -                -        -        -        +         +
environmentEvents +       +    +        +                +        +        +        +         +
classifyText     +        +    +        +                +        +        +        +         +
signalModels     +        +    +        +                +        +        +        +         +
signalRuns       -        -    -        -                -        -        -        +         +
reinferSignals   -        -    -        -                -        -        -        +         +
ingest           -        -    -        -                -        -        -        -         +
whyMatched       P        -    P        P                -        -        -        -         -
howFormed        P        P    P        P                -        -        -        -         -
matchReviews     -        -    P        P                -        -        -        -         -
mergeCustomers   -        -    P        P                -        -        -        -         -
unmergeCustomer  -        -    P        P                -        -        -        -         -
decideMatch      -        -    P        P                -        -        -        -         -
confirmMerge     +        -    -        -                -        -        -        -         -
opportunities    P        P    P        P                -        -        P        -         -
orders           P        P    P        P                -        -        P        -         -
fulfilments      P        P    P        P                -        -        P        -         -
stockLevels      +        +    +        +                +        +        +        +         +
quotes           +        +    +        +                +        +        +        +         +
competitorParameters +    +    +        +                +        +        +        +         +
financePlans     +        +    +        +                +        +        +        +         +
consentReceipt   P        -    -        -                -        -        -        -         -
purposes         +        +    +        +                +        +        +        +         +
giveConsent      +        -    -        -                -        -        -        -         -
withdrawConsent  +        -    -        -                -        -        -        -         -
checkpoint       +        -    -        +                -        -        +        +         -
evidenceEntry    +        -    -        +                -        -        +        +         -
inclusionProof   +        -    -        +                -        -        +        +         -
consistencyProof -        -    -        +                -        -        +        +         -
auditTrail       +        -    -        +                -        -        +        +         -
checkpoints      -        -    -        +                -        -        +        +         -
tile             -        -    -        +                -        -        +        +         -
reconciliation   -        -    -        +                -        -        +        +         -
requestErasure   +        -    -        -                -        -        -        -         -
erasureCertificate +      -    -        +                -        -        +        -         -
rotateLogKey     -        -    -        -                -        -        -        +         -
policies         -        -    -        +                -        -        +        +         -
activatePolicy   -        -    -        -                -        -        -        +         -
explainAccess    +        +    +        +                +        +        +        +         +
simulateAs       -        -    -        +                -        -        -        +         -
metrics          -        -    +        +                -        -        +        +         -
metric           -        -    +        +                -        -        +        +         -
metricTrend      -        -    +        +                -        -        +        +         -
metricBreakdown  -        -    +        +                -        -        +        +         -
healthCheck      -        -    +        +                -        -        +        +         -
governanceBoard  -        -    +        +                -        -        +        +         -
sovereigntyHeatMap -      -    +        +                -        -        +        +         -
regulatorIndicators -     -    -        +                -        -        +        +         -
metricComparison -        -    +        +                -        -        +        +         -
driverTree       -        -    +        +                -        -        +        +         -
graphCompleteness -       -    +        +                -        -        +        +         -
lineage          -        -    P        P                -        -        -        -         -
diagnosis        -        -    P        P                -        -        -        -         -
adoptionPlan     -        -    +        +                -        -        +        +         -
adoptionPart     -        -    +        +                -        -        +        +         -
scorecard        -        -    +        +                -        -        +        +         -
healthTrends     -        -    +        +                -        -        +        +         -
regulatorReport  -        -    -        +                -        -        +        +         -
setTarget        -        -    +        -                -        -        -        +         -
closePeriod      -        -    -        +                -        -        -        +         -
modules          -        +    +        +                -        -        +        +         +
enableModule     -        -    -        -                -        -        -        +         -
disableModule    -        -    -        -                -        -        -        +         -
tasks            -        +    +        -                -        -        -        -         -
goal             -        +    +        -                -        -        -        -         -
taskTemplates    -        +    +        -                -        -        -        -         -
team             -        +    +        -                -        -        -        -         -
knowledgePacks   -        -    +        -                -        -        -        -         -
minedTemplates   -        -    +        -                -        -        -        -         -
routingPlan      -        -    +        -                -        -        -        -         -
orchestration    -        -    +        -                -        -        -        -         -
whyNotMe         -        P    P        -                -        -        -        -         -
teamFor          -        -    P        -                -        -        -        -         -
publishTask      -        -    +        -                -        -        -        -         -
completeTask     -        -    +        -                -        -        -        -         -
acceptAssignment -        +    -        -                -        -        -        -         -
declineAssignment -        +    -        -                -        -        -        -         -
overrideAssignment -        -    +        -                -        -        -        -         -
setAvailability  -        +    +        -                -        -        -        -         -
decomposeTask    -        -    +        -                -        -        -        -         -
acceptDecomposition -        -    +        -                -        -        -        -         -
publishTemplate  -        -    +        -                -        -        -        -         -
adoptMinedTemplate -      -    +        -                -        -        -        -         -
assembleTeam     -        -    +        -                -        -        -        -         -
publishKnowledgePack -        -    +        -                -        -        -        -         -
skills           +        +    +        +                +        +        +        +         +
sellers          -        P    P        -                -        -        -        -         -
importSkills     -        -    -        -                -        -        -        +         +
skillContests    -        P    -        P                -        -        -        -         -
contestSkillEvidence -    +    -        -                -        -        -        -         -
reviewSkillEvidence -     -    -        +                -        -        -        -         -
selfAssessSkill  -        +    -        -                -        -        -        -         -
setProfileConsent -       +    -        -                -        -        -        -         -
rebuildProfiles  -        -    -        -                -        -        -        +         +
ledger           -        P    P        -                -        -        -        -         -
contributions    -        P    P        -                -        -        -        -         -
settlements      -        P    P        -                -        -        -        -         -
listings         -        +    +        -                -        -        -        -         -
exchange         -        +    +        -                -        -        -        -         -
trades           -        P    P        -                -        -        -        -         -
setReward        -        -    +        -                -        -        -        -         -
recordContribution -      -    +        -                -        -        -        -         +
settle           -        -    +        -                -        -        -        -         -
reverseSettlement -       -    +        -                -        -        -        -         -
disputeSettlement -       +    -        -                -        -        -        -         -
rejectDispute    -        -    +        -                -        -        -        -         -
offerCapability  -        +    -        -                -        -        -        -         -
wantCapability   -        +    -        -                -        -        -        -         -
withdrawListing  -        +    -        -                -        -        -        -         -
tradeCapability  -        +    -        -                -        -        -        -         -
completeTrade    -        +    +        -                -        -        -        -         -
cancelTrade      -        +    +        -                -        -        -        -         -
rateTrade        -        +    -        -                -        -        -        -         -`

const [kinds = [], ...rows] = TABLE.trim()
  .split('\n')
  .map(line => line.trim().split(/\s+/))
const cells = rows.flatMap(([name = '', ...row]) =>
  row.map((cell, index) => {
    const [subgraph, operation] = OPERATIONS[name as keyof typeof OPERATIONS]
    const kind = viewerKinds.find(each => each === kinds[index]) ?? 'SERVICE'
    const meant = { P: 'for a purpose', '+': 'always', '-': 'never' }[cell] ?? ''
    const reached = REFUSED_BY_ITSELF.test(operation) ? 'BAD_USER_INPUT' : 'allowed'
    return { name, kind, meant, reached, subgraph, operation }
  }),
)

let graph: Graph
let services: TestServices
let schemas: ReadonlyMap<string, GraphQLSchema>

beforeAll(async () => {
  graph = await openEmbedded({ durability: 'os', shuffle: true })
  services = await openServices(graph)
  schemas = new Map((await Promise.all(subgraphs.map(buildSubgraph))).map(({ name, schema }) => [name, schema]))
})
afterAll(async () => {
  await services.close()
  await graph.close()
})

describe('the table', () => {
  it.each(cells)('$name is open to $kind $meant', async ({ subgraph, operation, kind, meant, reached }) => {
    const outcome = async (viewer: Viewer) => codeOf(await run(subgraph, operation, viewer))
    const [without, stated] = {
      'for a purpose': ['PURPOSE_REQUIRED', reached],
      always: [reached, reached],
      never: ['FORBIDDEN', 'FORBIDDEN'],
    }[meant] ?? ['a cell', 'of the table']
    expect(await outcome({ kind, id: 'viewer-1' })).toBe(without)
    expect(await outcome({ kind, id: 'viewer-1', purpose: 'SERVICE_DELIVERY' })).toBe(stated)
  })

  it('is about every root operation and every kind of viewer', () => {
    const rootFields = subgraphs.flatMap(({ rootRules: { Query = {}, Mutation = {} } }) =>
      Object.keys({ ...Query, ...Mutation }),
    )
    expect(rows.map(([name]) => name).sort()).toEqual(rootFields.sort())
    expect(kinds).toEqual(viewerKinds)
    expect(cells).toHaveLength(rootFields.length * viewerKinds.length)
  })
})

describe('what composition needs stays open on a subgraph', () => {
  it.each(viewerKinds)('to %s', async kind => {
    const { data, errors } = await run(
      'customers',
      '{ _service { sdl } _entities(representations: [{ __typename: "Customer", id: "unknown" }]) { __typename } }',
      { kind, id: 'viewer-1' },
    )
    expect(errors).toBeUndefined()
    expect(data?._service).toMatchObject({ sdl: expect.stringContaining('type Customer') })
    expect(data?._entities).toEqual([null])
  })
})

@Resolver()
class PlantedResolver {
  @Query(() => String)
  @Public()
  listed(): string {
    return 'shown'
  }

  @Query(() => String)
  @Public()
  unlisted(): string {
    return 'shown'
  }

  @Mutation(() => String)
  @Public()
  unlistedToo(): string {
    return 'done'
  }

  @Query(() => String)
  @Public()
  failing(): string {
    throw new ApiError('GRAPH_UNAVAILABLE')
  }
}

describe('the guard', () => {
  const planted = (rootRules: RootRules): Subgraph => ({
    name: 'planted',
    types: [],
    resolvers: [PlantedResolver],
    references: {},
    rootRules,
    labels: { owns: [], reads: [] },
    migrations: [],
    consumers: [],
    evidenced: [],
    createLoaders: () => undefined,
  })
  const everyone = open(...viewerKinds)
  let schema: GraphQLSchema

  beforeAll(async () => {
    ;({ schema } = await buildSubgraph(planted({ Query: { listed: everyone, failing: everyone } })))
  })

  it.each(viewerKinds)('refuses %s a root field without a row', async kind => {
    const ask = async (operation: string) =>
      codeOf(await runOn(schema, operation, { kind, id: 'viewer-1', purpose: 'COMPLIANCE_AUDIT' }))
    expect(await ask('{ listed }')).toBe('allowed')
    expect(await ask('{ unlisted }')).toBe('FORBIDDEN')
    expect(await ask('mutation { unlistedToo }')).toBe('FORBIDDEN')
  })

  it('refuses one field and answers another of the same operation', async () => {
    const nullable = await run('sovereignty', '{ purposes { purpose } }', { kind: 'PARTNER', id: 'viewer-1' })
    expect(nullable.errors).toBeUndefined()
    const { data, errors } = await run('customers', `{ customers ${page} deadLetters ${page} }`, {
      kind: 'REP',
      id: 'viewer-1',
      purpose: 'SALES_FOLLOW_UP',
    })
    expect(data).toEqual({ customers: { edges: [] }, deadLetters: null })
    expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([[['deadLetters'], 'FORBIDDEN']])
  })

  it('says whom it expected, and nothing of the arguments', async () => {
    const { errors } = await run('customers', '{ deadLetters(source: "a secret") { edges { cursor } } }', {
      kind: 'REP',
      id: 'viewer-1',
    })
    expect(errors?.map(({ message }) => message)).toEqual([
      'This viewer may not call this operation. Expected: OPERATOR or SERVICE. Got: REP.',
    ])
  })

  it('leaves the error of an operation what it is', async () => {
    expect(codeOf(await runOn(schema, '{ failing }', { kind: 'REP', id: 'viewer-1' }))).toBe('GRAPH_UNAVAILABLE')
  })

  it('does not take a rule that fails for one that refuses', async () => {
    const failing = (cause: unknown) => ({
      get viewer(): Viewer {
        throw cause
      },
    })
    const ask = async (cause: unknown) => {
      const { errors } = await execute({ schema, document: parse('{ listed }'), contextValue: failing(cause) })
      return errors?.map(({ extensions, originalError }) => extensions.code ?? originalError?.name)
    }
    expect(await ask(new ApiError('GRAPH_UNAVAILABLE'))).toEqual(['GRAPH_UNAVAILABLE'])
    expect(await ask(new TypeError('a mistake of ours'))).toEqual(['TypeError'])
    expect(await ask('no error at all')).toEqual(['INTERNAL_SERVER_ERROR'])
  })

  it('is not built for a field that does not exist', async () => {
    await expect(buildSubgraph(planted({ Query: { misspelt: everyone } }))).rejects.toThrow('misspelt')
  })
})

async function run(subgraph: string, operation: string, viewer: Viewer): Promise<ExecutionResult> {
  const schema = schemas.get(subgraph)
  if (schema === undefined) throw new Error(`no subgraph ${subgraph}`)
  return runOn(schema, operation, viewer)
}

async function runOn(schema: GraphQLSchema, operation: string, viewer: Viewer): Promise<ExecutionResult> {
  const loaders = new Map<string, unknown>()
  const contextValue = { ...requestOf(services, viewer), loaders }
  for (const { name, createLoaders } of subgraphs) loaders.set(name, createLoaders(contextValue))
  return execute({ schema, document: parse(operation), contextValue })
}

function codeOf({ errors }: ExecutionResult): unknown {
  return errors === undefined ? 'allowed' : errors[0]?.extensions.code
}
