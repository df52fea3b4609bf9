import { readdirSync, readFileSync } from 'node:fs'
import type { ApolloServer } from '@apollo/server'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { RequestContext } from '../../core/context.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { openNeo4j } from '../../core/graph/neo4j.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { openApi } from '../../gateway/api.ts'
import { arrive, type Gateway } from '../../gateway/pipeline.ts'
import { proofsOver } from '../../subgraphs/evidence/index.ts'
import { boltProxy } from '../support/bolt-proxy.ts'
import { portOf } from '../support/faulty-graph.ts'
import { EMPTY } from '../support/services.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const OPERATIONS = new URL('../../schema/operations/', import.meta.url)
const names = readdirSync(OPERATIONS).map(file => file.replace('.graphql', ''))

/**
 * Who asks, for what, and how many answers of the store it takes one after the other: one for each subgraph that the plan
 * waits for, whatever the length of the lists. What is asked at once counts once.
 */
const DEPTHS: { readonly [operation: string]: readonly [viewer: string, purpose: string | undefined, depth: number] } =
  {
    // The key, the guard, what is in force, the version that is asked for, its rows, whether it was ever in force with others,
    // the activation, the entry, the result and the commit; then what is in force now, and its rows.
    ActivatePolicy: ['operator', undefined, 12],
    AuditTrail: ['auditor', 'COMPLIANCE_AUDIT', 1],
    // The model is in the process, and a text that is tried out is asked of nobody.
    ClassifyText: ['rep', undefined, 0],
    ConsentHistory: ['subject', 'SUBJECT_REQUEST', 2],
    CustomerTimeline: ['subject', 'SUBJECT_REQUEST', 2],
    Customers: ['manager', 'SALES_FOLLOW_UP', 1],
    CustomersTimeline: ['manager', 'SALES_FOLLOW_UP', 1],
    DeadLetters: ['operator', undefined, 1],
    // The checkpoint tells the size, the size the newest entry, its place the tiles.
    EvidenceProof: ['auditor', 'COMPLIANCE_AUDIT', 3],
    // A change is a unit: its key, whether the customer may consent alone, the change, the entry, the events, the result and
    // the commit.
    GiveConsent: ['subject', 'SUBJECT_REQUEST', 9],
    // Counts of the customers by consent, and of all.
    ExplainAccess: ['rep', undefined, 2],
    Policies: ['operator', undefined, 1],
    SimulateAs: ['privacy-officer', undefined, 2],
    // A record that is known already: the key, the guard, the record, the entry, the result and the commit.
    GovernanceBoard: ['manager', undefined, 1],
    GraphCompleteness: ['manager', undefined, 1],
    HealthCheck: ['manager', undefined, 1],
    RegulatorIndicators: ['auditor', undefined, 1],
    AdoptionPlan: ['manager', undefined, 1],
    // The health check, then what is weak: here nothing is, of which examples would be read.
    Diagnosis: ['manager', 'SALES_FOLLOW_UP', 2],
    // Whom the viewer may know of, what was counted of them, and what customers tell of them.
    Lineage: ['manager', 'SALES_FOLLOW_UP', 3],
    // What is due, what changed and what was appended, then the unit: the key, the guard, the closings, all values at once, the
    // closing, the entry, the result and the commit.
    ClosePeriod: ['operator', undefined, 12],
    // The report and the checkpoint, then the tiles.
    RegulatorReport: ['auditor', undefined, 3],
    // The key, the guard, the target, the entry, the result and the commit.
    SetTarget: ['operator', undefined, 6],
    Modules: ['operator', undefined, 1],
    // The key, the guard, the module before, the module, the entry, the result and the commit; then all modules.
    DisableModule: ['operator', undefined, 8],
    EnableModule: ['operator', undefined, 8],
    Ingest: ['service', undefined, 7],
    IngestRuns: ['operator', undefined, 1],
    // Whether it is part of a person, then the customer, then both its lists at once, then what its records state.
    HowFormed: ['manager', 'SERVICE_DELIVERY', 4],
    Interactions: ['manager', 'SALES_FOLLOW_UP', 1],
    // The customer, its interactions, those beside it, theirs.
    Neighbourhood: ['manager', 'SALES_FOLLOW_UP', 4],
    // Both lists at once.
    Search: ['manager', 'SALES_FOLLOW_UP', 1],
    Opportunities: ['manager', 'SALES_FOLLOW_UP', 2],
    MatchReviews: ['manager', 'SERVICE_DELIVERY', 1],
    Purposes: ['rep', undefined, 0],
    // The key, the guard, the runs before, who consents, the last number, the run, the entry, the result and the commit.
    ReinferSignals: ['operator', undefined, 9],
    // The key, the guard, the keys that were announced, the entry, the result and the commit.
    RotateLogKey: ['operator', undefined, 6],
    SignalModels: ['rep', undefined, 0],
    SignalRuns: ['operator', undefined, 1],
    // Interactions with their customer, then what was inferred from them.
    Signals: ['subject', 'SUBJECT_REQUEST', 2],
    // Tasks, their requirements, their assignments, then the names of who is assigned.
    OpenTasks: ['manager', 'WORKFORCE_PLANNING', 4],
    // Everything that is open and everybody at once.
    WhyNotMe: ['rep', 'SUBJECT_REQUEST', 1],
    // The same, then the names of the members.
    TeamFor: ['manager', 'WORKFORCE_PLANNING', 1],
    ImportSkills: ['operator', undefined, 6],
    // Whom the viewer may know of, what each was seen at beside its guidance, the evidence, then the names of all.
    MySkills: ['rep', 'SUBJECT_REQUEST', 4],
    // The key, the guard, the skill, the seller, the skills that are told of, what is known, the piece, all of the standing, the
    // standing, the fact, the entry, the last number, the event, the result and the commit.
    SelfAssessSkill: ['rep', undefined, 15],
    // The key, the guard, the piece, what is said of it, all of the standing, the standing, the fact, the entry, the last number,
    // the event, the result and the commit.
    ContestSkillEvidence: ['rep', undefined, 12],
    ReviewSkillEvidence: ['privacy-officer', undefined, 12],
    SkillContests: ['privacy-officer', 'COMPLIANCE_AUDIT', 2],
    SetProfileConsent: ['rep', undefined, 8],
    Skills: ['rep', undefined, 2],
    // Open listings; what they make possible is worked out of them.
    Exchange: ['rep', undefined, 1],
    MyLedger: ['rep', 'SUBJECT_REQUEST', 1],
    MyTrades: ['rep', 'SUBJECT_REQUEST', 1],
    // The key, who and what, the listing, the entry, the result and the commit.
    OfferCapability: ['rep', undefined, 6],
    // Whether they are part of a person, who may be known of, then what is compared.
    WhyMatched: ['manager', 'SERVICE_DELIVERY', 3],
    WithdrawConsent: ['subject', 'SUBJECT_REQUEST', 8],
    // The step of the consent, then its entry and the checkpoint at once, then the tiles.
    ConsentReceipt: ['subject', 'SUBJECT_REQUEST', 3],
    // Behind the others: it leaves no subject whom they could show. Whether there is such a request already, then the unit.
    RequestErasure: ['subject', 'SUBJECT_REQUEST', 9],
    // The request, what was done about it, then the entries of that and the checkpoint at once, then the tiles.
    ErasureCertificate: ['auditor', 'COMPLIANCE_AUDIT', 4],
  }

/** Done in as many units as there are sellers. */
const UNCOUNTED = ['RebuildProfiles']

/** What can be done once: every other operation opens its connections by a run that is not counted. */
const ONCE: readonly string[] = ['RequestErasure', 'ClosePeriod']

/** What must have happened before an operation can do what it does; answers with what it is asked. */
const BEFORE: { readonly [operation: string]: (api: TestApi, run: string) => Promise<object> } = {
  SelfAssessSkill: async (_, run) => ({ level: run === 'first' ? 2 : 4 }),
  ContestSkillEvidence: async api => ({ input: { evidenceId: await uncontested(api), reason: 'WRONG_OUTCOME' } }),
  ReviewSkillEvidence: async (api, run) => {
    const evidenceId = await uncontested(api)
    const variables = { input: { evidenceId, reason: 'NOT_ME' }, idempotencyKey: `contest ${run}` }
    await api.ask('rep', CONTEST, { variables })
    return { evidenceId }
  },
  // It takes back a policy that another one replaced.
  ActivatePolicy: async (api, run) => {
    const data = { ...groundPolicy, version: run === 'first' ? 2 : 3 }
    await api.ask('operator', ACTIVATE, { variables: { data, idempotencyKey: `before ${run}` } })
    return {}
  },
}

/** A piece of evidence about the seller who asks, of which it has said nothing. */
async function uncontested(api: TestApi): Promise<string> {
  const { data } = await api.ask('rep', PIECES, { purpose: 'SUBJECT_REQUEST' })
  const pieces = data.sellers.edges[0].node.skills.edges.flatMap((each: Edge<{ evidence: { edges: unknown[] } }>) => {
    return each.node.evidence.edges
  })
  return pieces.find(({ node }: Edge<{ review: string | null }>) => node.review === null).node.id
}

interface Edge<T> {
  readonly node: T
}

const PIECES = `{ sellers { edges { node { skills { edges { node { evidence { edges { node { id review } } } } } } } } } }`
const CONTEST = `mutation ($input: ContestSkillEvidenceInput!, $idempotencyKey: String!) {
  contestSkillEvidence(input: $input, idempotencyKey: $idempotencyKey) { evidenceId }
}`
const ACTIVATE = `mutation ($data: JSON!, $idempotencyKey: String!) {
  activatePolicy(input: { data: $data }, idempotencyKey: $idempotencyKey) { evidenceEntryId }
}`

/** Each prepared operation waits for the store as often as its plan is deep; background work is not counted. */
export function describeTurnarounds(openGraph: () => Promise<Graph>, engine: Graph['engine']): void {
  let api: TestApi
  let server: ApolloServer<RequestContext>
  let gateway: Gateway
  let counted: CountedGraph

  beforeAll(async () => {
    // Left open when the server ends: other suites have it, too.
    const graph = { ...portOf(await openGraph()), close: async () => undefined }
    await graph.write(unit => unit.run(EMPTY))
    api = await startApi({ customers: 24, graph })
    await api.settle()
    counted = engine === 'neo4j' ? await throughProxy() : waitsOn(graph)
    gateway = { ...api.gateway, services: { ...api.services, graph: counted.graph, proofs: proofsOver(counted.graph) } }
    server = await openApi(gateway)
  })
  afterAll(async () => {
    await server?.stop()
    await counted?.close()
    await api?.close()
  })

  it('are told for every prepared operation', () => {
    expect(names).toEqual([...Object.keys(DEPTHS), ...UNCOUNTED].sort())
  })

  describe('of a prepared operation', () => {
    it.each(Object.keys(DEPTHS))('%s', async name => {
      const [viewer = '', purpose, depth] = DEPTHS[name] ?? []
      const headers = { authorization: `Bearer ${await api.tokenOf(viewer)}`, 'x-purpose': purpose }
      const query = readFileSync(new URL(`${name}.graphql`, OPERATIONS), 'utf8')
      const run = async (idempotencyKey: string) => {
        // A receipt is asked for of what was done before, and a key is rotated when the last one is in force.
        const asked = await BEFORE[name]?.(api, idempotencyKey)
        await api.settle()
        const contextValue = await arrive(gateway, { requestId: 'test', headers })
        counted.turnarounds()
        const { body } = await server.executeOperation(
          { query, variables: { ...asked, idempotencyKey } },
          { contextValue },
        )
        const result = body.kind === 'single' ? body.singleResult : undefined
        expect(result?.errors).toBeUndefined()
        expect(Object.values(result?.data ?? {})).not.toContain(null)
        expect(JSON.stringify(result?.data)).not.toContain('"customer":null')
        return counted.turnarounds()
      }
      if (!ONCE.includes(name)) await run('first')
      expect(await run('second')).toBe(depth)
    })
  })
}

interface CountedGraph {
  readonly graph: Graph
  /** How many answers were waited for one after the other since the last call. */
  turnarounds(): number
  close(): Promise<void>
}

async function throughProxy(): Promise<CountedGraph> {
  const neo4j = inject('neo4j')
  if ('skipReason' in neo4j) throw new Error(neo4j.skipReason)
  const proxy = await boltProxy(neo4j.url)
  const graph = await openNeo4j({ ...neo4j, url: proxy.url })
  return {
    graph,
    turnarounds: proxy.turnarounds,
    close: async () => {
      await graph.close()
      await proxy.close()
    },
  }
}

/** The same count at the port, where there is no wire: a unit waits for each of its statements and for its commit. */
function waitsOn(graph: Graph): CountedGraph {
  let answered = 0
  const waited = async <T>(call: Promise<T>): Promise<T> => {
    const asked = answered + 1
    const result = await call
    answered = Math.max(answered, asked)
    return result
  }
  return {
    graph: {
      ...portOf(graph),
      read: (statement, params) => waited(graph.read(statement, params)),
      write: async work => {
        const result = await graph.write(unit =>
          work({
            run: (statement, params) => waited(unit.run(statement, params)),
            guard: name => waited(unit.guard(name)),
          }),
        )
        answered++
        return result
      },
    },
    turnarounds: () => {
      const waits = answered
      answered = 0
      return waits
    },
    close: async () => undefined,
  }
}
