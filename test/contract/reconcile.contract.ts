import neo4jDriver from 'neo4j-driver'
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { recordReaction } from '../../core/change.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import { type LoggedEntry, trail } from '../../subgraphs/evidence/log-store.ts'
import { reconcileEntries, reconcileOrphans } from '../../subgraphs/evidence/reconcile.ts'
import { integrateBatch } from '../../subgraphs/evidence/sequencer.ts'
import { changeConsent } from '../../subgraphs/sovereignty/consents.ts'
import { tellObservations } from '../../subgraphs/talent/profiles/observation-store.ts'
import { recordContribution, setReward, settle } from '../../subgraphs/talent/settlement/settlements.ts'
import { keepOwnSkills } from '../../subgraphs/talent/skills/import-skills.ts'
import { countingGraph } from '../support/counting-graph.ts'
import { aChat, aDeal, aFulfilment, anOrder, aPolicy } from '../support/records.ts'
import { deliverAll, openServices, type TestServices } from '../support/services.ts'

const WORK = `
CREATE (:Seller {id: 'ana', number: 'ana', name: 'Ana', region: 'CN-SH'})
CREATE (:Task {id: 'task', state: 'DONE'})`
const SENDER = { kind: 'SERVICE', id: 'sender' } as const
const neo4j = inject('neo4j')

/** Every node that the log vouches for, changed behind the API by the engine's own client, is named. */
export function describeReconcile(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(async () => {
    await services.empty()
    await ingest(services, SENDER, 'chats', {
      source: 'wecom-chat',
      events: [aChat('1'), aChat('2', { customer: { number: 'C-2' } })],
    })
    await ingest(services, SENDER, 'deals', { source: 'crm-deal', events: [aDeal('3'), aDeal('4')] })
    await ingest(services, SENDER, 'orders', { source: 'erp-order', events: [anOrder('5')] })
    await ingest(services, SENDER, 'services', { source: 'service-fulfilment', events: [aFulfilment('6')] })
    await ingest(services, SENDER, 'policies', { source: 'policy-change', events: [aPolicy('7')] })
    await deliverAll(services)
    const [[id]] = (await services.read("MATCH (c:Customer {number: 'C-1'}) RETURN c.id")) as [[string]]
    const subject = { kind: 'SUBJECT', id, purpose: 'SUBJECT_REQUEST' } as const
    await changeConsent(services, subject, 'give', { purpose: 'MARKETING' }, true)
    await changeConsent(services, subject, 'withdraw', { purpose: 'MARKETING' }, false)
    await settleATask()
    await seeAnaAtWork()
    await services.graph.write(integrateBatch)
  })
  afterAll(() => services.close())

  async function settleATask(): Promise<void> {
    const manager = { kind: 'MANAGER', id: 'manager', region: 'CN-SH' } as const
    await services.graph.write(unit => unit.run(WORK))
    const parts = [{ name: 'all', weight: 1 }]
    const reward = { taskId: 'task', amount: '10.00', rule: 'EQUAL', parts } as const
    const { evidenceEntryId } = await setReward(services, manager, 'reward', { ...reward, parts })
    const contribution = { taskId: 'task', part: 'all', percent: 50, hours: 1.5, evidence: [evidenceEntryId] }
    await recordContribution(services, manager, 'contribution', { ...contribution, sellerId: 'ana' })
    await settle(services, manager, 'settle', 'task')
  }

  async function seeAnaAtWork(): Promise<void> {
    const at = '2026-03-01T08:00:00.000Z'
    const seen = { sourceId: 'talk', sellerId: 'ana', behaviour: 'NEGOTIATION', outcome: 1, complexity: 3, at } as const
    await keepOwnSkills(services)
    await recordReaction(services, SENDER, async change => ({
      evidence: { kind: 'RECORDS_INGESTED', statement: {}, facts: [] },
      events: [await tellObservations(change, [seen])],
      result: {},
    }))
    await deliverAll(services)
  }

  /** What somebody does who has the store and not the API. */
  async function tamper(statement: string): Promise<unknown> {
    if (services.graph.engine === 'embedded' || 'skipReason' in neo4j) {
      return (await services.graph.write(unit => unit.run(statement)))[0]?.[0]
    }
    const { url, user = '', password = '' } = neo4j
    const driver = neo4jDriver.driver(url, neo4jDriver.auth.basic(user, password))
    const { records } = await driver.executeQuery(statement)
    await driver.close()
    return records[0]?.get(0)
  }
  const entries = (): Promise<readonly LoggedEntry[]> =>
    trail({ run: services.graph.read.bind(services.graph) }, {}, { first: 100, afterId: undefined })
  const found = async () => {
    const { findings } = await reconcileEntries(services, await entries())
    return [...findings, ...(await reconcileOrphans(services))].map(
      ({ label, nodeId, problem }) => `${problem} ${label} ${nodeId}`,
    )
  }
  const labels = () => services.evidenced.map(({ label }) => label)
  /** One of the nodes of a label that name an entry: each label has one in this graph. */
  const oneOf = (label: string) =>
    tamper(`MATCH (n:${label}) WHERE n.evidenceEntryId IS NOT NULL RETURN n.id ORDER BY n.id LIMIT 1`)

  it('finds nothing where nobody was, and compares a fact of every label', async () => {
    expect(await found()).toEqual([])
    const { checked, erased } = await reconcileEntries(services, await entries())
    expect(erased).toBe(0)
    const counts = await Promise.all(labels().map(label => services.count(label)))
    expect(counts.every(count => count > 0)).toBe(true)
    // Consents and opportunities were written more than once, so that there are more facts than nodes.
    expect(checked).toBeGreaterThanOrEqual(counts.reduce((sum, count) => sum + count))
  })

  it('names a node of any label that was edited', async () => {
    for (const label of labels()) {
      const id = await oneOf(label)
      const edited = EDITS[label] ?? ''
      await tamper(`MATCH (n:${label} {id: '${id}'}) SET n.before = n.${edited}, n.${edited} = 'edited'`)
      expect(await found()).toEqual([`EDITED ${label} ${id}`])
      await tamper(`MATCH (n:${label} {id: '${id}'}) SET n.${edited} = n.before`)
      expect(await found()).toEqual([])
    }
  })

  it('names a node of any label that was deleted', async () => {
    for (const label of labels().toReversed()) {
      const id = await oneOf(label)
      await tamper(`MATCH (n:${label} {id: '${id}'}) DETACH DELETE n`)
      expect(await found()).toContain(`DELETED ${label} ${id}`)
    }
  })

  it('names a node that was set back to what it was before', async () => {
    const id = await oneOf('Consent')
    const first = await tamper("MATCH (e:EvidenceEntry {kind: 'CONSENT_GIVEN'}) RETURN e.id")
    await tamper(`MATCH (k:Consent {id: '${id}'}) SET k.state = 'GIVEN', k.steps = 1, k.evidenceEntryId = '${first}'`)
    expect(await found()).toEqual([`EDITED Consent ${id}`])
  })

  it('names nodes that were inserted, whether they name an entry, one that is not there, or none', async () => {
    const consent = await oneOf('Consent')
    const entry = await tamper("MATCH (e:EvidenceEntry {kind: 'CONSENT_GIVEN'}) RETURN e.id")
    const insert = (id: string, entryId: string | null) =>
      tamper(`MATCH (k:Consent {id: '${consent}'})
        CREATE (e:ConsentEvent {id: '${id}', evidenceEntryId: ${entryId === null ? 'null' : `'${entryId}'`}})
        CREATE (k)-[:CHANGED_BY]->(e)`)
    await insert('inserted', String(entry))
    await insert('forged', 'no-entry')
    await insert('bare', null)
    expect((await found()).sort()).toEqual([
      'INSERTED ConsentEvent forged',
      'INSERTED ConsentEvent inserted',
      'INSERTED ConsentEvent null',
    ])
  })

  it('costs a fixed number of statements a label, however much a page of the log is about', async () => {
    const few = await statementsFor(await entries())
    const events = Array.from({ length: 40 }, (_, n) => aChat(`more ${n}`, { customer: { number: `C-${n}` } }))
    await ingest(services, SENDER, 'more', { source: 'wecom-chat', events })
    await services.graph.write(integrateBatch)
    expect(await statementsFor(await entries())).toBe(few)
  })

  async function statementsFor(page: readonly LoggedEntry[]): Promise<number> {
    const graph = countingGraph(services.graph)
    await reconcileEntries({ ...services, graph }, page)
    return graph.statements.length
  }
}

/** A property of each label that the log commits to. */
const EDITS: { readonly [label: string]: string } = {
  ConsentEvent: 'controller',
  Consent: 'since',
  Customer: 'phone',
  SourceRecord: 'payload',
  Interaction: 'text',
  Opportunity: 'stage',
  StageEntry: 'stage',
  EnvironmentEvent: 'summary',
  Order: 'status',
  Fulfilment: 'status',
  Contribution: 'share',
  Posting: 'amountMinor',
  SkillEvidence: 'outcome',
}
