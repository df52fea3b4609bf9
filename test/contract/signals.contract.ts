import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { BackgroundWork } from '../../core/background.ts'
import { setConsent } from '../../core/consent/set-consent.ts'
import { ApiError } from '../../core/errors.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { currentModel } from '../../subgraphs/customers/signals/classify.ts'
import { followsInteractionsAndConsent } from '../../subgraphs/customers/signals/events.ts'
import { LARGEST_UNIT } from '../../subgraphs/customers/signals/infer.ts'
import { runsPage } from '../../subgraphs/customers/signals/run-store.ts'
import { startReinference, startSignalWork } from '../../subgraphs/customers/signals/runs.ts'
import { signalsOf } from '../../subgraphs/customers/signals/signal-store.ts'
import { changeConsent } from '../../subgraphs/sovereignty/consents.ts'
import { graphThatFailsAt, graphThatLosesAnswers } from '../support/faulty-graph.ts'
import { aChat } from '../support/records.ts'
import { deliverAll, openServices, requestOf, type TestServices } from '../support/services.ts'

const SENDER = { kind: 'SERVICE', id: 'wecom' } as const
const OPERATOR = { kind: 'OPERATOR', id: 'operator' } as const
const OFFICER = { kind: 'PRIVACY_OFFICER', id: 'officer', purpose: 'COMPLIANCE_AUDIT' } as const

const BARGAIN = '价格能不能再便宜一点？'
const SIGNALS = `
MATCH (c:Customer)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
RETURN c.number, i.text, i.signalModel, [(i)-[e:EXPRESSED]->(n:Intent) | n.name], i.arousal
ORDER BY c.number, i.text`
const EXPRESSED = 'MATCH (:Interaction)-[e:EXPRESSED]->(:Intent) RETURN count(e)'
const CUSTOMERS = 'MATCH (c:Customer) RETURN c.number, c.id ORDER BY c.number'
const RUNS =
  'MATCH (r:SignalRun) RETURN r.state, r.customersTotal, r.customersDone, r.interactionsRead ORDER BY r.number'
const AGED = "MATCH (i:Interaction) WHERE i.signalModel IS NOT NULL SET i.signalModel = 'signals-before'"
const KINDS = 'MATCH (e:EvidenceEntry) WHERE e.kind STARTS WITH $start RETURN e.kind ORDER BY e.kind'

/** What a text says is inferred with the consent of who wrote it, kept as long as that holds, and read again by a newer model. */
export function describeSignals(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const { version } = currentModel()
  const send = (source: string, ...events: readonly SentEvent[]) =>
    ingest(services, SENDER, `signals-${++sent}`, { source, events })
  const write = (number: string, text: string, eventId = `${number}/${text}`) =>
    send('wecom-chat', aChat(eventId, { customer: { number }, message: { text } }))
  const idOf = async (number: string) =>
    String((await services.read(CUSTOMERS)).find(([each]) => each === number)?.[1] ?? '')
  const consent = async (
    number: string,
    given: boolean,
    purpose: 'AI_DECISION' | 'SALES_FOLLOW_UP' = 'AI_DECISION',
  ) => {
    const viewer = { kind: 'SUBJECT', id: await idOf(number) } as const
    await changeConsent(services, viewer, `consent-${++sent}`, { purpose }, given)
  }
  /** Consents without an event, as a graph holds them that was filled before there were signals. */
  const consentSilently = async (number: string) => {
    const customerId = await idOf(number)
    const change = { customerId, purpose: 'AI_DECISION', recipient: '', state: 'GIVEN' } as const
    const stamp = { at: services.clock.now(), evidenceEntryId: 'none' }
    await services.graph.write(unit => setConsent(services, { unit, ...stamp }, change))
  }
  const signals = () => services.read(SIGNALS)
  const work = (graph = services.graph): Promise<BackgroundWork> =>
    startSignalWork({ ...services, graph }, { failed: () => undefined } as never)
  const reinfer = async () => {
    await startReinference(services, OPERATOR, `run-${++sent}`)
    const working = await work()
    await working.settle()
    await working.stop()
  }

  it('infers what a consenting customer writes, and proves it', async () => {
    await write('C-1', '你好')
    await consent('C-1', true)
    await write('C-1', BARGAIN)
    await deliverAll(services)
    expect(await signals()).toEqual([
      ['C-1', BARGAIN, version, ['BARGAINING'], 0],
      ['C-1', '你好', version, [], 0],
    ])
    expect(await services.read(KINDS, { start: 'SIGNALS' })).toEqual([['SIGNALS_INFERRED'], ['SIGNALS_INFERRED']])
  })

  it('infers nothing of who did not consent, or consented to something else', async () => {
    await write('C-1', BARGAIN)
    await consent('C-1', true, 'SALES_FOLLOW_UP')
    await deliverAll(services)
    expect(await signals()).toEqual([['C-1', BARGAIN, null, [], null]])
    expect(await services.read(KINDS, { start: 'SIGNALS' })).toEqual([])
  })

  it('reads what was written before when the consent is given', async () => {
    await write('C-1', BARGAIN)
    await write('C-2', BARGAIN)
    await deliverAll(services)
    await consent('C-1', true)
    await deliverAll(services)
    expect((await signals()).map(([number, , model]) => [number, model])).toEqual([
      ['C-1', version],
      ['C-2', null],
    ])
  })

  it('removes everything when the consent is withdrawn, of that customer only', async () => {
    for (const number of ['C-1', 'C-2']) {
      await write(number, BARGAIN)
      await consent(number, true)
    }
    await deliverAll(services)
    await consent('C-1', false)
    await deliverAll(services)
    expect(await signals()).toEqual([
      ['C-1', BARGAIN, null, [], null],
      ['C-2', BARGAIN, version, ['BARGAINING'], 0],
    ])
    expect(await services.read(KINDS, { start: 'SIGNALS_REMOVED' })).toEqual([['SIGNALS_REMOVED']])
  })

  it('shows nothing between the withdrawal and the removal', async () => {
    await write('C-1', BARGAIN)
    await consent('C-1', true)
    await deliverAll(services)
    const [[interactionId] = []] = await services.read('MATCH (i:Interaction) RETURN i.id')
    const shown = async () =>
      (await signalsOf(requestOf(services, OFFICER), [String(interactionId)])).get(String(interactionId))
    expect((await shown())?.record).toMatchObject({
      modelVersion: version,
      intents: [{ intent: 'BARGAINING', start: 0, end: 11 }],
    })
    await consent('C-1', false)
    expect((await shown())?.record).toEqual({
      id: interactionId,
      intents: [],
      emotion: null,
      modelVersion: null,
      evidenceEntryId: null,
    })
  })

  it('does the same once, however often an event comes', async () => {
    await write('C-1', BARGAIN)
    await consent('C-1', true)
    await deliverAll(services)
    const before = await services.count('EvidenceEntry')
    const events = await services.outbox.after({ run: services.graph.read.bind(services.graph) }, 0, 100)
    for (const event of events) await followsInteractionsAndConsent.consume(event, services)
    expect(await services.count('EvidenceEntry')).toBe(before)
    expect(await services.read(EXPRESSED)).toEqual([[1]])
  })

  it('takes more interactions than one unit holds', async () => {
    const count = LARGEST_UNIT + 3
    await send(
      'wecom-chat',
      ...Array.from({ length: count }, (_, n) => aChat(`many-${n}`, { message: { text: BARGAIN } })),
    )
    await consent('C-1', true)
    await deliverAll(services)
    expect(await services.read(EXPRESSED)).toEqual([[count]])
    await consent('C-1', false)
    await deliverAll(services)
    expect(await services.read(EXPRESSED)).toEqual([[0]])
  })

  it('hears a raised voice where the call measured one', async () => {
    const call = (eventId: string, voice?: object) => ({
      eventId,
      payload: {
        customer: { number: 'C-1', region: 'CN-SH' },
        call: { occurredAt: '2026-02-10T09:00:00.000Z', durationSeconds: 60, transcript: `客户：${eventId}`, voice },
      },
    })
    const measured = { loudness: 2, pitch: 2, speechRate: 2 }
    await send('call', call('请尽快'), { ...call('请马上'), payload: call('请马上', measured).payload })
    await consent('C-1', true)
    await deliverAll(services)
    expect((await signals()).map(([, text, , , arousal]) => [text, Number(arousal).toFixed(2)])).toEqual([
      ['客户：请尽快', '0.00'],
      ['客户：请马上', '0.76'],
    ])
  })

  it('reads again, in the background, what an older model read or none did', async () => {
    for (const number of ['C-1', 'C-2', 'C-3']) await write(number, BARGAIN)
    await consent('C-1', true)
    await deliverAll(services)
    await services.graph.write(unit => unit.run(AGED))
    await consentSilently('C-2')
    await reinfer()
    expect((await signals()).map(([number, , model, intents]) => [number, model, intents])).toEqual([
      ['C-1', version, ['BARGAINING']],
      ['C-2', version, ['BARGAINING']],
      ['C-3', null, []],
    ])
    expect(await services.read(RUNS)).toEqual([['DONE', 2, 2, 2]])
  })

  it.each([
    'RETURN c.id, i.id, i.recordId',
    'DELETE e',
    'SET i.signalModel = $modelVersion',
    'CREATE (i)-[:EXPRESSED',
    'SET r.afterCustomerId = $afterCustomerId',
    'CREATE (:EvidenceEntry',
    "SET r.state = 'DONE'",
  ])('goes on after a failure at %s, and reads nothing twice', async place => {
    for (const number of ['C-1', 'C-2']) {
      await write(number, BARGAIN)
      await consentSilently(number)
    }
    await startReinference(services, OPERATOR, `run-${++sent}`)
    const failing = await work(graphThatFailsAt(services.graph, place, new ApiError('GRAPH_UNAVAILABLE')))
    await expect(failing.settle()).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' })
    await failing.stop()
    const restarted = await work(graphThatLosesAnswers(services.graph, 1))
    await expect(restarted.settle()).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' })
    await restarted.stop()
    const last = await work()
    await last.settle()
    await last.stop()
    expect(await services.read(RUNS)).toEqual([['DONE', 2, 2, 2]])
    expect(await services.read(EXPRESSED)).toEqual([[2]])
  })

  it('lets a new run take the place of one that is under way, and lists the newest first', async () => {
    await write('C-1', BARGAIN)
    await consentSilently('C-1')
    const runs: string[] = []
    for (const key of ['first', 'second', 'third']) {
      runs.push((await startReinference(services, OPERATOR, key)).run.id)
    }
    const again = await startReinference(services, OPERATOR, 'third')
    expect(again.run.id).toBe(runs[2])
    const page = (first: number, afterId?: string) =>
      runsPage({ run: services.graph.read.bind(services.graph) }, { first, afterId })
    expect((await page(5)).map(({ id, state }) => [id, state])).toEqual([
      [runs[2], 'RUNNING'],
      [runs[1], 'SUPERSEDED'],
      [runs[0], 'SUPERSEDED'],
    ])
    expect((await page(5, runs[1])).map(({ id }) => id)).toEqual([runs[0]])
    const working = await work()
    await working.settle()
    await working.stop()
    expect((await page(1))[0]).toMatchObject({ id: runs[2], state: 'DONE', customersDone: 1, interactionsRead: 1 })
  })
}
