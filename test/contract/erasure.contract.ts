import { createHash, createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { setConsent } from '../../core/consent/set-consent.ts'
import type { SubjectEraser } from '../../core/erasure/eraser.ts'
import { erasesSubjects } from '../../core/erasure/erasure.ts'
import { erasureRecord } from '../../core/erasure/erasure-store.ts'
import { ApiError } from '../../core/errors.ts'
import { deliveryOf } from '../../core/events/delivery.ts'
import { canonicalJson } from '../../core/evidence/commitment.ts'
import type { Graph } from '../../core/graph/graph.ts'
import type { Viewer } from '../../core/viewer.ts'
import { consumers, erasers } from '../../gateway/subgraphs.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import { changeConsent } from '../../subgraphs/sovereignty/consents.ts'
import { requestErasure } from '../../subgraphs/sovereignty/erasure.ts'
import { graphThatFailsAt, portOf } from '../support/faulty-graph.ts'
import { aChat, aDeal } from '../support/records.ts'
import { deliverAll, IS_WRITTEN, openServices, type TestServices } from '../support/services.ts'

const SILO = { kind: 'SERVICE', id: 'silo' } as const
const A_CRASH = new ApiError('GRAPH_UNAVAILABLE')

/** What the records below say of the customer who is erased, and of nobody else. */
// Long enough that no random id or commitment holds one of them.
const ERASED = ['C-ERASED', 'Canary Name', '+8613912345678', 'canary-wecom', 'canary words', 'canary-event', 'D-ERASED']
const PERSON = { number: 'C-ERASED', name: 'Canary Name', phone: '+8613912345678', weComId: 'canary-wecom' }

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

const ALL_VALUES = `
MATCH (n) WHERE ${IS_WRITTEN}
RETURN labels(n), properties(n)`

/** A subject is erased part by part, whatever dies on the way; others, and what was proved, stay as they are. */
export function describeErasure(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let subjectId: string
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(async () => {
    await services.empty()
    subjectId = await writeCustomer()
  })
  afterAll(() => services.close())

  const send = (source: string, ...events: Parameters<typeof ingest>[3]['events']) =>
    ingest(services, SILO, `send-${++sent}`, { source, events })
  const subject = (): Viewer => ({ kind: 'SUBJECT', id: subjectId, purpose: 'SUBJECT_REQUEST' })
  const idOf = async (number: string) =>
    String((await services.read('MATCH (c:Customer {number: $number}) RETURN c.id', { number }))[0]?.[0])

  /** Customer C-ERASED with something in every part, and customer C-1 beside it. */
  async function writeCustomer(): Promise<string> {
    const account = { name: 'Account A' }
    const seller = { number: 'S-1', name: 'Seller One' }
    const said = aChat('canary-event', { customer: PERSON, account, seller, message: { text: 'canary words' } })
    const broken = { eventId: 'broken', payload: { customer: { number: 'C-ERASED' }, message: 'unreadable' } }
    const bystander = { eventId: 'broken-other', payload: { customer: { number: 'C-17' }, message: 'unreadable' } }
    await send('wecom-chat', said, aChat('other', { account, seller }), broken, bystander)
    await send('wecom-chat', aChat('canary-event', { customer: PERSON, message: { text: 'said otherwise' } }))
    await send('crm-deal', aDeal('deal-7', { number: 'D-ERASED' }, PERSON), aDeal('deal-1'))
    await deliverAll(services)
    const id = await idOf('C-ERASED')
    const viewer: Viewer = { kind: 'SUBJECT', id }
    await changeConsent(services, viewer, 'give', { purpose: 'MARKETING' }, true)
    await changeConsent(services, viewer, 'withdraw', { purpose: 'MARKETING' }, false)
    await changeConsent(services, { ...viewer, id: await idOf('C-1') }, 'give', { purpose: 'MARKETING' }, true)
    await deliverAll(services)
    return id
  }
  const valuesInGraph = async () => JSON.stringify(await services.read(ALL_VALUES))
  const record = () => erasureRecord({ run: services.graph.read.bind(services.graph) }, { subjectId })
  const index = async () =>
    JSON.stringify(await services.read('MATCH (e:EvidenceEntry) RETURN e.entry, e.actorId, e.subjects, e.facts'))
  const commitments = async () =>
    (await services.read('MATCH (e:EvidenceEntry) RETURN e.id, e.facts')).flatMap(([id, facts]) =>
      (facts as readonly string[]).map(line => `${id} ${line.split(' ')[0]}`),
    )
  const counts = async (...labels: readonly string[]) => Promise.all(labels.map(services.count))

  async function expectErased(): Promise<void> {
    const values = await valuesInGraph()
    expect(ERASED.filter(each => values.includes(each))).toEqual([])
    const { request, steps, store } = (await record()) ?? {}
    expect(request).toMatchObject({ state: 'COMPLETED', completedAt: services.clock.now() })
    expect(store).toBe(services.graph.engine === 'neo4j' ? 'LEFT_TO_OPERATOR' : 'REWRITTEN')
    const erased: Record<string, number> = {}
    for (const step of steps ?? []) {
      for (const [label, count] of Object.entries(step.erased)) erased[label] = (erased[label] ?? 0) + count
    }
    expect(erased).toMatchObject({
      Customer: 1,
      SourceRecord: 2,
      Interaction: 1,
      Period: 1,
      DeadLetter: 2,
      Opportunity: 1,
      StageEntry: 1,
      Consent: 1,
      ConsentEvent: 2,
    })
    // The other customer, and what both shared.
    expect(await counts('Customer', 'SourceRecord', 'Interaction', 'Period', 'DeadLetter')).toEqual([1, 2, 1, 1, 1])
    expect(await counts('Opportunity', 'StageEntry', 'Consent', 'ConsentEvent')).toEqual([1, 1, 1, 1])
    expect(await counts('Account', 'Seller', 'Product', 'ParkedEvent')).toEqual([1, 1, 1, 0])
    const once = ['SUBJECT_KEY_DESTROYED', 'ERASURE_COMPLETED']
    const kinds = (await services.read('MATCH (e:EvidenceEntry) RETURN e.kind')).map(([kind]) => String(kind))
    for (const kind of once) expect(kinds.filter(each => each === kind)).toEqual([kind])
  }

  it('deletes all that is held of the subject, and nothing of anybody else', async () => {
    const before = await valuesInGraph()
    expect(ERASED.filter(each => !before.includes(each))).toEqual([])
    await requestErasure(services, subject(), 'erase')
    await deliverAll(services)
    await expectErased()
    const { steps } = (await record()) ?? {}
    expect(steps?.map(({ part }) => part)).toEqual([
      'requests',
      'talent',
      'metrics',
      'sovereignty',
      'sales',
      'customers',
    ])
  })

  it('destroys the key, so that no key that is left nor any hash of what is known matches a commitment', async () => {
    const key = (await services.keys.keysOf([subjectId])).get(subjectId) ?? Buffer.alloc(0)
    const others = [await idOf('C-1'), 'gateway/hash-mask']
    const known = []
    for (const { byId, toFact, label } of services.evidenced) {
      const ids = (await services.read(`MATCH (n:${label}) RETURN n.id`)).map(([id]) => String(id))
      const rows = (await services.read(byId, { ids })).filter(([, about]) => about === subjectId)
      known.push(...rows.map(([id, about, , ...columns]) => toFact(String(about), String(id), columns).content))
    }
    const contents = [
      'actor',
      ...known,
      ...(await services.read('MATCH (r:SourceRecord) RETURN r.payloadHash')).map(([hash]) => hash),
      ...(await services.read('MATCH (r:SourceRecord) RETURN r.payload')).map(([payload]) => payload),
      ...ERASED,
      subjectId,
    ]
    const texts = contents.flatMap(content => [canonicalJson({ subjectId, content }), String(content)])
    const matched = async (keys: readonly Buffer[]) => {
      const log = await index()
      const ids = (await services.read('MATCH (e:EvidenceEntry) RETURN e.id')).map(([id]) => String(id))
      const openings = keys.flatMap(each => [each, ...ids.map(id => hmac(each, id))])
      const guesses = [
        ...texts.flatMap(text => openings.map(opening => hmac(opening, text))),
        ...texts.map(text => createHash('sha256').update(text).digest()),
      ]
      return guesses.filter(each => log.includes(each.toString('base64url')) || log.includes(each.toString('hex')))
    }
    // What each node holds, and twice who acted.
    expect((await matched([key])).length).toBeGreaterThanOrEqual(known.length + 2)
    const tag = await services.evidence.tagOf(subjectId)
    const tagged = async () => (await index()).includes(String(tag))
    expect(await tagged()).toBe(true)
    const before = await commitments()
    await requestErasure(services, subject(), 'erase')
    await deliverAll(services)
    const left = await services.keys.keysOf([...others, subjectId, subjectId])
    expect(await matched([...left.values()])).toEqual([])
    expect(await tagged()).toBe(false)
    // The root of a batch is made of all its commitments.
    expect(await commitments()).toEqual(expect.arrayContaining(before))
  })

  it('is one request, however often and by whatever key it is asked for', async () => {
    const first = await requestErasure(services, subject(), 'erase')
    const again = await requestErasure(services, subject(), 'erase')
    expect(again).toEqual(first)
    const other = await requestErasure(services, subject(), 'another key')
    expect(other.request).toEqual(first.request)
    await deliverAll(services)
    const after = await requestErasure(services, subject(), 'a third key')
    expect(after).toMatchObject({ request: { id: first.request.id, state: 'COMPLETED' } })
    await deliverAll(services)
    await expectErased()
  })

  it('of somebody of whom nothing is known is refused', async () => {
    const stranger = requestErasure(services, { kind: 'SUBJECT', id: 'stranger' }, 'erase')
    await expect(stranger).rejects.toMatchObject({ code: 'NOT_VISIBLE' })
    expect(await services.count('RightsRequest')).toBe(0)
  })

  it('makes the same person, when it comes again, a new customer with a new key', async () => {
    await requestErasure(services, subject(), 'erase')
    await deliverAll(services)
    await send('wecom-chat', aChat('canary-event', { customer: PERSON, message: { text: 'canary words' } }))
    const again = await idOf('C-ERASED')
    expect(again).not.toBe(subjectId)
    const keys = await services.keys.keysOf([again])
    expect(await services.keys.keysOf([again])).toEqual(keys)
  })

  it('takes along what came while it was under way', async () => {
    let isLate = false
    const consentBetweenParts: SubjectEraser = {
      part: 'consent between the parts',
      erase: async unit => {
        if (isLate) return {}
        isLate = true
        const change = { unit, at: services.clock.now(), evidenceEntryId: 'entry' }
        const consent = { customerId: subjectId, purpose: 'ANALYTICS', recipient: '', state: 'GIVEN' } as const
        await setConsent(services, change, consent)
        return {}
      },
    }
    const parts = [...erasers.slice(0, -1), consentBetweenParts, ...erasers.slice(-1)]
    const failures: string[] = []
    await requestErasure(services, subject(), 'erase')
    const delivery = deliveryOf(services, [erasesSubjects(parts)], { failed: (_, __, code) => failures.push(code) })
    await delivery.settle()
    await delivery.stop()
    expect(failures).toEqual(['CONFLICT'])
    expect((await record())?.request.state).toBe('COMPLETED')
    expect(await counts('Customer', 'Consent', 'ConsentEvent')).toEqual([1, 1, 1])
  })

  describe('when the process dies', () => {
    const STATEMENTS = [
      'MERGE (c:Consumer',
      'DELETE r',
      'DETACH DELETE e',
      'DETACH DELETE k',
      'DETACH DELETE h',
      'DETACH DELETE o',
      'MATCH (d:DeadLetter)',
      'DETACH DELETE d',
      'DETACH DELETE i',
      'DETACH DELETE p',
      'DETACH DELETE r',
      'DELETE ownership',
      'DELETE c',
      'CREATE (r)-[:TOOK]->',
      'CREATE (:EvidenceEntry',
      "SET r.state = 'KEY_DESTROYED'",
      "SET r.state = 'COMPLETED'",
      'SET c.position',
    ]
    it.each(STATEMENTS)('at %s, the next one goes on', async statement => {
      await requestErasure(services, subject(), 'erase')
      const mortal = { ...services, graph: graphThatFailsAt(services.graph, statement, A_CRASH) }
      await expect(deliverAll(mortal)).rejects.toMatchObject({ code: A_CRASH.code })
      await deliverAll(services)
      await expectErased()
    })

    it.each(Array.from({ length: 12 }, (_, before) => before))(
      'with the answer to a commit after %i others, the next one goes on',
      async before => {
        await requestErasure(services, subject(), 'erase')
        let commits = 0
        const loses: Graph = {
          ...portOf(services.graph),
          write: async work => {
            const result = await services.graph.write(work)
            if (commits++ === before) throw A_CRASH
            return result
          },
        }
        await deliverAll({ ...services, graph: loses }).catch(() => undefined)
        expect(commits).toBeGreaterThan(before)
        await deliverAll(services)
        await expectErased()
      },
    )

    it('around the destruction of the key, the next one goes on', async () => {
      await requestErasure(services, subject(), 'erase')
      const { evidence } = services
      const dies = { ...evidence, destroyKey: () => Promise.reject(new ApiError('EVIDENCE_UNAVAILABLE')) }
      await expect(deliverAll({ ...services, evidence: dies })).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' })
      expect((await record())?.request.state).toBe('REQUESTED')
      const diesAfter = {
        ...evidence,
        destroyKey: async (id: string) => {
          await evidence.destroyKey(id)
          throw new ApiError('EVIDENCE_UNAVAILABLE')
        },
      }
      await expect(deliverAll({ ...services, evidence: diesAfter })).rejects.toMatchObject({
        code: 'EVIDENCE_UNAVAILABLE',
      })
      await deliverAll(services)
      await expectErased()
    })
  })

  it('is delivered to the consumers of the house', () => {
    const names = consumers.filter(({ kinds }) => kinds.includes('ERASURE_REQUESTED')).map(({ name }) => name)
    // Who is part of a person leaves it before its data is deleted. Metrics mark what any event is about.
    expect(names).toEqual(['customers/tells-persons', 'metrics/marks-what-changed', 'core/erases-subjects'])
  })
}
