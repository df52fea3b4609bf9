import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Graph, GraphValue } from '../../core/graph/graph.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { Purpose, Viewer } from '../../core/viewer.ts'
import {
  confirmMerge,
  decideMatch,
  mergeCustomers,
  unmergeCustomer,
} from '../../subgraphs/customers/identity/merges.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { trail } from '../../subgraphs/evidence/log-store.ts'
import { reconcileEntries, reconcileOrphans } from '../../subgraphs/evidence/reconcile.ts'
import { changeConsent } from '../../subgraphs/sovereignty/consents.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { aChat, aDeal, chats } from '../support/records.ts'
import { deliverAll, IS_WRITTEN, openServices, type TestServices } from '../support/services.ts'

const SENDER = { kind: 'SERVICE', id: 'sender' } as const
const OFFICER: Viewer = { kind: 'PRIVACY_OFFICER', id: 'officer', purpose: 'COMPLIANCE_AUDIT' }

/** What a merge and its undoing leave behind on purpose: the log, the events, and that somebody decided. */
const HISTORY = [
  'EvidenceEntry',
  'DomainEvent',
  'Sequence',
  'Guard',
  'IdempotencyRecord',
  'MatchReview',
  'Consumer',
  'MetricEntity',
  'MetricCell',
  'MetricState',
  'MetricChange',
]

/** Customers who turned out to be one person, and who did not. */
export function describePersons(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let asked = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const key = () => `persons-${++asked}`
  const asking = (viewer: Viewer = OFFICER) => ({ services, viewer, policy: groundPolicy })
  const send = (events: readonly SentEvent[], source = 'wecom-chat') =>
    ingest(services, SENDER, key(), { source, events })
  const merge = (...ids: string[]) => mergeCustomers(asking(), key(), ids)
  const undo = (customerId: string, recordIds: string[] = []) => unmergeCustomer(asking(), key(), customerId, recordIds)
  const idOf = async (number: string) =>
    String((await services.read('MATCH (c:Customer {number: $number}) RETURN c.id', { number }))[0]?.[0])
  const consent = (id: string, purpose: Purpose, given: boolean) =>
    changeConsent(services, { kind: 'SUBJECT', id }, key(), { purpose }, given)
  const consentsOf = async (id: string) =>
    (
      await services.read(
        "MATCH (c:Customer {id: $id})<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' RETURN k.purpose ORDER BY k.purpose",
        { id },
      )
    ).flat()

  /** Every node with its labels and properties, and every relationship with its own, but for what is history. */
  async function everything(): Promise<readonly string[]> {
    const isHistory = (labels: GraphValue | undefined) => (labels as string[]).some(label => HISTORY.includes(label))
    const nodes = await services.graph.read(`MATCH (n) WHERE ${IS_WRITTEN} RETURN labels(n), properties(n)`)
    const relationships = await services.graph.read(
      'MATCH (a)-[r]->(b) RETURN labels(a), coalesce(a.id, a.key, a.name), type(r), properties(r), coalesce(b.id, b.key, b.name)',
    )
    const told = [
      ...nodes.filter(([labels]) => !isHistory(labels)).map(([labels, all]) => [labels, present(all)]),
      ...relationships
        .filter(([labels]) => !isHistory(labels))
        .map(([, a, type, all, b]) => [a, type, present(all), b]),
    ]
    return told.map(each => JSON.stringify(each)).sort()
  }

  describe('taking apart what was merged', () => {
    it(
      'leaves the graph as it was, ids included, whatever the customers hold',
      async () => {
        const property = fc.asyncProperty(
          chats,
          fc.array(
            fc.tuple(
              fc.constantFrom('C-1', 'C-2', 'C-3'),
              fc.constantFrom<Purpose>('MARKETING', 'ANALYTICS', 'AI_DECISION'),
              fc.boolean(),
            ),
            { maxLength: 4 },
          ),
          fc.boolean(),
          async (events, consents, isThrough) => {
            await services.empty()
            await send([
              ...events,
              ...['C-1', 'C-2', 'C-3'].map(number => aChat(`last-${number}`, { customer: { number } })),
            ])
            await send([aDeal('deal')], 'crm-deal')
            for (const [number, purpose, given] of consents) await consent(await idOf(number), purpose, given)
            await deliverAll(services)
            const [a, b, c] = [await idOf('C-1'), await idOf('C-2'), await idOf('C-3')]
            const before = await everything()
            const { personId } = await merge(a, b)
            expect(await everything()).not.toEqual(before)
            const merged = await everything()
            await merge(isThrough ? a : personId, c)
            await undo(personId)
            expect(withoutRevisions(await everything())).toEqual(withoutRevisions(merged))
            await undo(personId)
            expect(await everything()).toEqual(before)
            await deliverAll(services)
            expect(await everything()).toEqual(before)
          },
        )
        await fc.assert(property, { numRuns: Math.ceil(CASES / 20) })
      },
      CASES_TIMEOUT_MS,
    )

    it('brings back a person who had become part of another, with its id', async () => {
      await send(['C-1', 'C-2', 'C-3', 'C-4'].map(number => aChat(number, { customer: { number } })))
      const ids = await Promise.all(['C-1', 'C-2', 'C-3', 'C-4'].map(idOf))
      const one = await merge(ids[0] ?? '', ids[1] ?? '')
      const other = await merge(ids[2] ?? '', ids[3] ?? '')
      await deliverAll(services)
      const before = await everything()
      await merge(one.personId, other.personId)
      await undo(one.personId)
      expect(withoutRevisions(await everything())).toEqual(withoutRevisions(before))
    })

    it('takes out the customers of chosen records alone, and never brings them together again by itself', async () => {
      await send(['C-1', 'C-2', 'C-3'].map(number => aChat(number, { customer: { number } })))
      const [a, b, c] = [await idOf('C-1'), await idOf('C-2'), await idOf('C-3')]
      const { personId } = await merge(a, b)
      await merge(personId, c)
      const [[recordId] = []] = await services.read("MATCH (r:SourceRecord {eventId: 'C-1'}) RETURN r.id")
      expect(await undo(personId, [String(recordId)])).toMatchObject({ customerIds: [a] })
      const [[parts] = []] = await services.read('MATCH (c:Customer {id: $personId}) RETURN c.parts', { personId })
      expect(String(parts).split(' ').sort()).toEqual([b, c].sort())
      const apart = await services.read("MATCH (r:MatchReview {state: 'TWO_PERSONS'}) RETURN r.key")
      expect(apart).toHaveLength(2)
    })

    it('tells others from when to when they were one', async () => {
      await send(['C-1', 'C-2'].map(number => aChat(number, { customer: { number } })))
      const { personId } = await merge(await idOf('C-1'), await idOf('C-2'))
      const mergedAt = services.clock.now()
      services.clock.set('2026-03-05T08:00:00.000Z')
      await undo(personId)
      const events = await services.outbox.after({ run: services.graph.read.bind(services.graph) }, 0, 100)
      expect(events.find(({ kind }) => kind === 'CUSTOMERS_UNMERGED')?.body).toEqual({
        personId,
        customerIds: [await idOf('C-2')],
        mergedAt,
        unmergedAt: '2026-03-05T08:00:00.000Z',
        dissolved: true,
      })
    })
  })

  describe('a person', () => {
    it('has the interactions of its parts, also those that are recorded later', async () => {
      await send(['C-1', 'C-2'].map(number => aChat(number, { customer: { number } })))
      const { personId } = await merge(await idOf('C-1'), await idOf('C-2'))
      await send([aChat('late', { customer: { number: 'C-2' }, message: { occurredAt: '2026-01-10T09:00:00.000Z' } })])
      await deliverAll(services)
      const texts = await services.read(
        'MATCH (c:Customer {id: $personId})-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction) RETURN i.text ORDER BY i.text',
        { personId },
      )
      expect(texts.flat()).toEqual(['text of C-1', 'text of C-2', 'text of late'])
    })

    it('is told by the rule of each field: the name that most records state, the newest phone', async () => {
      const stated = (eventId: string, number: string, customer: object) =>
        aChat(eventId, { customer: { number, ...customer } })
      await send([
        stated('1', 'C-1', { name: '周明澜', phone: '+8613900000001' }),
        stated('2', 'C-1', { name: '周明澜' }),
      ])
      services.clock.set('2026-03-03T08:00:00.000Z')
      await send([stated('3', 'C-2', { name: '周明兰', phone: '+8613900000002' })])
      const { personId } = await merge(await idOf('C-1'), await idOf('C-2'))
      const told = () => services.read('MATCH (c:Customer {id: $personId}) RETURN c.name, c.phone', { personId })
      expect(await told()).toEqual([['周明澜', '+8613900000002']])
      services.clock.set('2026-03-04T08:00:00.000Z')
      await send([stated('4', 'C-1', { phone: '+8613900000003' })])
      await deliverAll(services)
      expect(await told()).toEqual([['周明澜', '+8613900000003']])
    })

    it('consents to what every part consents to, at once, until each part says that it is one person', async () => {
      await send(['C-1', 'C-2'].map(number => aChat(number, { customer: { number } })))
      const [a, b] = [await idOf('C-1'), await idOf('C-2')]
      await consent(a, 'MARKETING', true)
      await consent(a, 'ANALYTICS', true)
      await consent(b, 'ANALYTICS', true)
      const { personId } = await merge(a, b)
      expect(await consentsOf(personId)).toEqual(['ANALYTICS'])
      await consent(b, 'ANALYTICS', false)
      expect(await consentsOf(personId)).toEqual([])
      services.clock.set('2026-03-03T08:00:00.000Z')
      await consent(a, 'ANALYTICS', true)
      await consent(a, 'AI_DECISION', true)
      expect(await consentsOf(personId)).toEqual([])
      await confirmMerge(asking({ kind: 'SUBJECT', id: a }), key())
      expect(await consentsOf(personId)).toEqual([])
      await confirmMerge(asking({ kind: 'SUBJECT', id: b }), key())
      expect(await consentsOf(personId)).toEqual(['AI_DECISION', 'MARKETING'])
    })

    it('lives where its parts live, and three residences make no person', async () => {
      await send(
        [
          ['C-1', 'CN-SH'],
          ['C-2', 'EU-DE'],
          ['C-3', 'EU-FR'],
        ].map(([number, region]) => aChat(String(number), { customer: { number, region } })),
      )
      const { personId } = await merge(await idOf('C-1'), await idOf('C-2'))
      expect(
        await services.read('MATCH (c:Customer {id: $personId}) RETURN c.region, c.otherRegion', { personId }),
      ).toEqual([['CN-SH', 'EU-DE']])
      await expect(merge(personId, await idOf('C-3'))).rejects.toMatchObject({ code: 'CONFLICT' })
    })

    it('adds nothing that the log does not vouch for, and its undoing takes nothing away', async () => {
      await send(['C-1', 'C-2'].map(number => aChat(number, { customer: { number } })))
      const [a, b] = [await idOf('C-1'), await idOf('C-2')]
      await consent(a, 'ANALYTICS', true)
      await consent(b, 'ANALYTICS', true)
      const { personId } = await merge(a, b)
      await deliverAll(services)
      expect(await findings()).toEqual([])
      await undo(personId)
      await deliverAll(services)
      expect(await findings()).toEqual([])
    })
  })

  describe('matching', () => {
    const contact = (eventId: string, customer: object, account?: string) =>
      aChat(eventId, { customer: { number: undefined, ...customer }, ...(account && { account: { name: account } }) })
    const zhou = { name: '周明澜', birthDate: '1980-05-20' }
    const persons = async () =>
      (await services.read('MATCH (c:Customer) WHERE c.parts IS NOT NULL RETURN c.name')).flat()
    const reviews = () =>
      services.read('MATCH (r:MatchReview) RETURN r.state ORDER BY r.state').then(rows => rows.flat())

    it('makes one person of who is surely the same, across sources and slips', async () => {
      await send([aChat('1', { customer: { ...zhou, email: 'zhou@example.org' }, account: { name: '上海澄岚医院' } })])
      await send([aChat('again', { customer: zhou })])
      await send([contact('2', { ...zhou, name: '明澜\u200b周' }, '上海澄岚医院')])
      await deliverAll(services)
      expect(await persons()).toEqual(['周明澜'])
      expect(await reviews()).toEqual(['ONE_PERSON'])
    })

    it('asks a person about who may be the same, once', async () => {
      await send([aChat('1', { customer: { name: '周明澜' } })])
      await send([contact('2', { name: '周明澜' })])
      await deliverAll(services)
      expect(await reviews()).toEqual(['PENDING'])
      const [[reviewId] = []] = await services.read('MATCH (r:MatchReview) RETURN r.id')
      await decideMatch(asking(), key(), String(reviewId), false)
      await expect(decideMatch(asking(), key(), String(reviewId), true)).rejects.toMatchObject({ code: 'CONFLICT' })
      await send([aChat('3', { customer: { ...zhou } })])
      await deliverAll(services)
      expect([await persons(), await reviews()]).toEqual([[], ['TWO_PERSONS']])
    })

    it('leaves two customers of the company, each with a number, to people', async () => {
      const email = 'zhou@example.org'
      await send([
        aChat('1', { customer: { ...zhou, email } }),
        aChat('2', { customer: { ...zhou, email, number: 'C-2' } }),
      ])
      await deliverAll(services)
      expect([await persons(), await reviews()]).toEqual([[], []])
    })

    it('brings no chain of likenesses together whose ends contradict each other: that is asked', async () => {
      const account = '上海澄岚医院'
      await send([contact('1', zhou, account)])
      await send([contact('2', { name: '周明澜' }, account)])
      await deliverAll(services)
      expect([await persons(), await reviews()]).toEqual([['周明澜'], ['ONE_PERSON']])
      await send([contact('3', { name: '周明澜', birthDate: '1991-11-02' }, account)])
      await deliverAll(services)
      expect((await reviews()).filter(state => state === 'ONE_PERSON')).toHaveLength(1)
      expect(await reviews()).toContain('PENDING')
    })

    it('looks at a few customers in a unit, however many a batch names', async () => {
      const people = Array.from({ length: 60 }, (_, n) => ({ name: `Anna Lind${n}`, weComId: `wx-${n}` }))
      await send(people.map((each, n) => contact(`first ${n}`, { ...each, birthDate: '1980-05-20' }, `Account ${n}`)))
      await send(people.map(({ name }, n) => contact(`again ${n}`, { name, birthDate: '1980-05-20' }, `Account ${n}`)))
      await deliverAll(services)
      expect(await persons()).toHaveLength(60)
      const entries = await services.read("MATCH (e:EvidenceEntry {kind: 'CUSTOMERS_COMPARED'}) RETURN e.entry")
      const merged = entries.map(([entry]) => Number(/"merged":"?(\d+)/.exec(String(entry))?.[1]))
      expect(merged.reduce((sum, each) => sum + each, 0)).toBe(60)
      expect(Math.max(...merged)).toBeLessThanOrEqual(20)
    })

    it('decides alike when the same events are delivered again', async () => {
      await send([aChat('1', { customer: { ...zhou, email: 'zhou@example.org' }, account: { name: '上海澄岚医院' } })])
      await send([contact('2', zhou, '上海澄岚医院')])
      await deliverAll(services)
      const once = await everything()
      await services.graph.write(unit => unit.run('MATCH (c:Consumer) SET c.position = 0'))
      await deliverAll(services)
      expect(withoutRevisions(await everything())).toEqual(withoutRevisions(once))
    })
  })

  async function findings() {
    const { findings: found } = await reconcileEntries(
      services,
      await trail({ run: services.graph.read.bind(services.graph) }, {}, { first: 100, afterId: undefined }),
    )
    return [...found, ...(await reconcileOrphans(services))]
  }
}

/** Null and absent are one: an engine may keep either. */
function present(properties: GraphValue | undefined): unknown {
  return Object.entries(properties as object)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** A person that comes back was told anew meanwhile: by another entry, once more. What became of its consents stays in their history. */
function withoutRevisions(told: readonly string[]): readonly string[] {
  return told
    .filter(each => !each.startsWith('[["ConsentEvent"]') && !each.includes('"CHANGED_BY"'))
    .map(each => each.replace(/\["(revision|evidenceEntryId|steps)",[^\]]*\],?/g, ''))
    .sort()
}
