import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { aChat, aStatement } from '../support/records.ts'
import { openServices, type TestServices } from '../support/services.ts'

const SENDER = { kind: 'SERVICE', id: 'sender' } as const

/** Whose a record is that does not say the company's number. */
export function describeIdentify(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const send = (...events: SentEvent[]) =>
    ingest(services, SENDER, `identify-${++sent}`, { source: 'wecom-chat', events })
  const contact = (eventId: string, stated: object) => aChat(eventId, { customer: { number: undefined, ...stated } })
  /** How many customers there are, and of how many records each. */
  const records = async () => {
    const rows = await services.read(
      'MATCH (c:Customer)<-[:IDENTIFIES]-(r:SourceRecord) WITH c, collect(r.eventId) AS events RETURN events',
    )
    return rows.map(([events]) => [...(events as string[])].sort().join(' ')).sort()
  }

  it.each([
    ['WeCom id', { weComId: 'wx-1' }, { weComId: 'wx-1' }],
    ['phone', { phone: '+8613900000001' }, { phone: '+8613900000001' }],
    ['mail, in letters of either case', { email: 'Mei@Example.org' }, { email: 'mei@example.ORG' }],
  ])('is told by its %s', async (_, stated, again) => {
    await send(aChat('e-1', { customer: stated }), aChat('e-2', { customer: { number: 'C-2', name: 'Other' } }))
    await send(contact('e-3', again))
    expect(await records()).toEqual(['e-1 e-3', 'e-2'])
  })

  describe.each(['wecom-chat', 'feishu-chat', 'call', 'mail', 'web', 'field-visit'])('of the source %s', source => {
    const from = (eventId: string, customer: object) => {
      const stated = { at: '2026-02-10T09:00:00.000Z', customer: { number: undefined, ...customer } }
      return ingest(services, SENDER, `identify-${++sent}`, {
        source,
        events: [aStatement(source, eventId, stated).event],
      })
    }

    it('is told by its WeCom id, phone or mail, and of whom nobody knows makes a customer of its own', async () => {
      const keys = [{ weComId: 'wx-1' }, { phone: '+8613900000001' }, { email: 'mei@example.org' }]
      await send(aChat('known', { customer: Object.assign({}, ...keys) }))
      for (const [n, each] of keys.entries()) {
        expect(await from(`by key ${n}`, each)).toMatchObject({ accepted: 1, deadLetters: 0 })
      }
      expect(await from('unknown', { phone: '+8613900000009' })).toMatchObject({ accepted: 1, deadLetters: 0 })
      expect(await from('the same', { phone: '+8613900000009', name: '周明澜' })).toMatchObject({ accepted: 1 })
      expect(await records()).toEqual(['by key 0 by key 1 by key 2 known', 'the same unknown'])
    })
  })

  it('is told by what an earlier record of its own batch states', async () => {
    await send(
      contact('e-1', { weComId: 'wx-1', phone: '+8613900000001' }),
      contact('e-2', { phone: '+8613900000001', email: 'mei@example.org' }),
      contact('e-3', { email: 'mei@example.org' }),
    )
    expect(await records()).toEqual(['e-1 e-2 e-3'])
  })

  it('is a customer of its own where nothing is known, and again where two hold the same phone', async () => {
    const phone = '+8613900000001'
    await send(aChat('e-1', { customer: { phone } }), aChat('e-2', { customer: { number: 'C-2', phone } }))
    await send(contact('e-3', { phone }), contact('e-4', { name: '周明澜' }))
    expect(await records()).toEqual(['e-1', 'e-2', 'e-3', 'e-4'])
  })

  it('is not told by a phone that somebody of another name holds', async () => {
    const phone = '+8613900000001'
    await send(aChat('e-1', { customer: { phone, name: '周明澜' } }))
    await send(contact('e-2', { phone, name: '欧阳建国' }), contact('e-3', { phone, name: '明澜周' }))
    expect(await records()).toEqual(['e-1', 'e-2', 'e-3'])
  })

  it('names whoever states nothing by which a person is known in a dead letter', async () => {
    expect(await send(contact('e-1', {}))).toMatchObject({ accepted: 0, deadLetters: 1 })
  })
}
