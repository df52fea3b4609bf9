import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SEED_PARTNER_ID, type SeedRecord, seedCustomers, seedRecords } from '../../seeds/generate.ts'
import { sources } from '../../subgraphs/customers/sources/index.ts'

interface Payload {
  customer: { number: string; name?: string; email?: string; phone?: string; region: string }
  account?: { name: string }
  seller: { number: string; region: string }
  deal?: { number: string }
  call?: { occurredAt: string; transcript?: string; intent?: string; emotion?: string; outcome?: string }
  message?: { occurredAt: string; text: string; intent?: string; emotion?: string }
}

const records = [...seedRecords(1000)]
const payloadOf = (record: SeedRecord) => record.payload as Payload
const payloadsFrom = (...names: SeedRecord['source'][]) => records.filter(r => names.includes(r.source)).map(payloadOf)

const accounts = payloadsFrom('crm-account')
const interactions = payloadsFrom('call', 'wecom-chat')
const timeOf = ({ call, message }: Payload) => call?.occurredAt ?? message?.occurredAt ?? ''
const textOf = ({ call, message }: Payload) => call?.transcript ?? message?.text ?? ''
const saidBy = (number: string) =>
  interactions
    .filter(({ customer }) => customer.number === number)
    .map(textOf)
    .join('\n')
const tally = (values: readonly string[]) => {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

describe('the seed records', () => {
  it('all pass the schema of their source', () => {
    for (const { source, eventId, payload } of records) {
      const result = sources.get(source)?.schema.safeParse(payload)
      expect(result?.success, `${eventId}: ${result?.error?.message}`).toBe(true)
    }
  })

  it('are the same on every run', () => {
    expect([...seedRecords(1000)]).toEqual(records)
    expect(seedCustomers(1000)).toEqual(seedCustomers(1000))
  })

  it('say the same of a customer whatever the number of customers', () => {
    const byEvent = new Map(records.map(record => [record.eventId, record]))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 120 }), customers => {
        for (const record of seedRecords(customers)) expect(byEvent.get(record.eventId)).toEqual(record)
      }),
      { numRuns: 10 },
    )
  })

  it('never use an event id twice', () => {
    expect(new Set(records.map(({ eventId }) => eventId)).size).toBe(records.length)
  })

  it('come as accounts, then deals, then interactions by time', () => {
    const phases: Record<string, number> = { 'crm-account': 0, 'crm-deal': 1, call: 2, 'wecom-chat': 2 }
    const order = records.map(({ source }) => phases[source] ?? Number.NaN)
    expect(order).toEqual(order.toSorted())
    const times = interactions.map(timeOf)
    expect(times).toEqual(times.toSorted())
    expect((times[0] ?? '') >= '2025-09-01' && (times.at(-1) ?? '') < '2026-11-01').toBe(true)
  })

  it('of a thousand customers have twelve sellers and four regions alike', () => {
    expect(accounts).toHaveLength(1000)
    expect(new Set(accounts.map(({ customer }) => customer.number)).size).toBe(1000)
    expect(tally(accounts.map(({ customer }) => customer.region))).toEqual({
      'CN-SH': 250,
      'CN-GD': 250,
      'EU-DE': 250,
      'EU-FR': 250,
    })
    expect(new Set(accounts.map(({ seller }) => seller.number)).size).toBe(12)
    expect(accounts.slice(0, 13).map(({ seller }) => seller.number)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1].map(n => `S-${String(n).padStart(2, '0')}`),
    )
    expect(accounts.every(({ customer, seller }) => customer.region === seller.region)).toBe(true)
    expect(new Set(accounts.map(({ account }) => account?.name)).size).toBeLessThan(800)
  })

  it('of a thousand customers have ten thousand interactions, unevenly', () => {
    expect(interactions).toHaveLength(10_000)
    const perCustomer = Object.values(tally(interactions.map(({ customer }) => customer.number)))
    expect(perCustomer).toHaveLength(1000)
    expect([Math.min(...perCustomer), Math.max(...perCustomer)]).toEqual([1, 60])
    for (const source of ['call', 'wecom-chat'] as const) expect(payloadsFrom(source).length).toBeGreaterThan(3000)
  })

  it('follow some deals through several stages', () => {
    const deals = payloadsFrom('crm-deal')
    expect(deals.length / 1000).toBeGreaterThan(1.3)
    expect(deals.length / 1000).toBeLessThan(1.7)
    expect(Math.max(...Object.values(tally(deals.map(({ deal }) => deal?.number ?? ''))))).toBeGreaterThan(2)
  })

  it('speak Chinese in China and English in Europe, with every slot filled', () => {
    for (const payload of interactions) {
      const text = textOf(payload)
      expect(text).not.toMatch(/[{}]|undefined|NaN/)
      if (text) expect(/\p{Script=Han}/u.test(text), text).toBe(payload.customer.region.startsWith('CN'))
    }
  })

  it('rarely repeat a text', () => {
    const texts = interactions.map(textOf).filter(Boolean)
    expect(new Set(texts).size / texts.length).toBeGreaterThan(0.95)
  })

  it('carry intent and emotion on most interactions and an outcome on most calls', () => {
    const share = (some: number, all: number) => some / all
    expect(share(interactions.filter(i => (i.call ?? i.message)?.intent).length, 10_000)).toBeGreaterThan(0.85)
    expect(share(interactions.filter(i => (i.call ?? i.message)?.emotion).length, 10_000)).toBeGreaterThan(0.85)
    const calls = payloadsFrom('call')
    expect(share(calls.filter(({ call }) => call?.outcome).length, calls.length)).toBeGreaterThan(0.8)
  })

  it('reach nobody: mail is reserved for examples, phones are fictitious', () => {
    const everything = JSON.stringify(records)
    const domains = new Set([...everything.matchAll(/@([\w.-]+)/g)].map(([, domain]) => domain))
    expect([...domains].toSorted()).toEqual(['example.com', 'example.net', 'example.org'])
    expect(everything).not.toMatch(/https?:|www\.|\.(cn|de|fr)\b/)
    const fictitious =
      /^\+(49(3023125|4066969|8999998|2214710)\d{3}|33(19900|26191|46571|53649)\d{4}|86(21|20|755|757|769)0\d{7})$/
    for (const { customer } of payloadsFrom('crm-account', 'call')) {
      if (customer.phone) expect(customer.phone).toMatch(fictitious)
    }
  })

  it('are made one at a time, when asked for', () => {
    const endless = seedRecords(Number.MAX_SAFE_INTEGER)
    expect([endless.next().value, endless.next().value]).toEqual(records.slice(0, 2))
  })
})

describe('the worked examples', () => {
  it('begin with the procurement director of a hospital in Shanghai', () => {
    const [first] = accounts
    expect(first?.customer).toMatchObject({ number: 'C-00001', region: 'CN-SH' })
    expect(first?.account?.name).toContain('医院（三级甲等）')
    expect(first?.seller.number).toBe('S-01')
    expect(saidBy('C-00001')).toMatch(/采购科主任.*预算审批流程延迟/)
    expect(saidBy('C-00001')).toContain('按病种付费（DRG）')
  })

  it.each([
    ['C-00002', /tier-1 supplier.*automotive certification/],
    ['C-00003', /试驾数据不要再拿去训练AI了，请撤回/],
    ['C-00004', /AI overview says that three competitors/],
    ['C-00005', /学习目标.*预算从一万二改成两万/],
    ['C-00006', /may it serve as evidence/],
    ['C-00007', /付款偏好连续三次没有更新/],
    ['C-00008', /Without a source label that is misleading/],
    ['C-00009', /出口管制的新规.*72小时/],
    ['C-00010', /transfer my complete record/],
    ['C-00011', /聊天记录算不算证据/],
    ['C-00012', /new model is out for a month/],
  ])('are said by customer %s', (number, words) => {
    expect(saidBy(number)).toMatch(words)
  })
})

describe('the seed consents', () => {
  const consents = seedCustomers(1000)
  const purposesOf = (number: string) =>
    consents.find(customer => customer.number === number)?.consents.map(({ purpose }) => purpose)

  it('are fixed for the first three customers', () => {
    expect(purposesOf('C-00001')?.toSorted()).toEqual(['ANALYTICS', 'PARTNER_SHARING', 'SALES_FOLLOW_UP'])
    expect(purposesOf('C-00002')).toHaveLength(6)
    expect(purposesOf('C-00003')).toEqual([])
  })

  it('name a recipient for partner sharing alone', () => {
    for (const { purpose, recipient } of consents.flatMap(customer => customer.consents)) {
      expect(recipient).toBe(purpose === 'PARTNER_SHARING' ? SEED_PARTNER_ID : '')
    }
  })

  it('are given as often as people give them', () => {
    const given = tally(consents.flatMap(customer => customer.consents.map(({ purpose }) => purpose)))
    const expected = {
      SALES_FOLLOW_UP: 850,
      MARKETING: 400,
      AI_DECISION: 500,
      AI_TRAINING: 450,
      ANALYTICS: 600,
      PARTNER_SHARING: 350,
    }
    expect(Object.keys(given).toSorted()).toEqual(Object.keys(expected).toSorted())
    for (const [purpose, count] of Object.entries(expected)) {
      expect(Math.abs((given[purpose] ?? 0) - count), purpose).toBeLessThan(50)
    }
  })

  it('cover the customers of the records, in their order', () => {
    expect(consents.map(({ number }) => number)).toEqual(accounts.map(({ customer }) => customer.number))
  })
})
