// What the other silos of the seeds deliver: chats, mails, visits and page views beside the calls, orders and services, and
// what tells of nobody: stock, quotes, competitors, finance plans, policies, weather, opinion.
import { officeTime, WORKDAYS } from './calendar.ts'
import type { Profile } from './customers.ts'
import { at, type Random, randomFor } from './random.ts'
import { offers, regions, YUAN_FOR_EURO } from './words.ts'

const ofCustomers = [
  'feishu-chat',
  'mail',
  'field-visit',
  'web',
  'crm-contact',
  'erp-order',
  'service-fulfilment',
] as const
const ofNobody = [
  'erp-stock',
  'shop-stock',
  'shop-quote',
  'competitor-product',
  'finance-plan',
  'competitor-move',
  'policy-change',
  'weather',
  'public-opinion',
] as const
export type SiloSource = (typeof ofCustomers)[number] | (typeof ofNobody)[number]

export interface SiloRecord {
  readonly source: SiloSource
  readonly eventId: string
  readonly payload: unknown
}

/** Whose conversations examples and figures rest on is left to the calls and chats. */
const FIRST_TALKATIVE = 21
const DAY_MS = 86_400_000

export function siloRecordsOf(profiles: readonly Profile[]): readonly SiloRecord[] {
  const ofPeople = profiles.flatMap(profile => recordsOf(profile))
  const bySource = ofCustomers.flatMap(source => ofPeople.filter(record => record.source === source))
  return [...bySource, ...marketRecords(), ...environmentRecords()]
}

function recordsOf(profile: Profile): SiloRecord[] {
  const { index, number, name, phone, email, region, seller, account } = profile
  const random = randomFor('silos', index)
  const customer = { number, region: region.code }
  const language = region.language
  const when = officeTime(random.below(WORKDAYS), random.below(9 * 60), language)
  const product = random.pick(profile.offer.products[language])
  const isChinese = language === 'zh'
  const record = (source: SiloSource, payload: object): SiloRecord => ({
    source,
    eventId: `${source}/${number}`,
    payload,
  })
  const told: SiloRecord[] = []
  if (index >= FIRST_TALKATIVE) {
    const kind = index % 5
    if (kind === 0) {
      const text = isChinese ? `${product}的交货期还能提前吗？` : `Can ${product} be delivered earlier?`
      told.push(record('feishu-chat', { customer, seller, message: { occurredAt: when, text } }))
    }
    if (kind === 1) {
      const subject = isChinese ? `关于${product}的报价` : `Quote for ${product}`
      const body = isChinese
        ? '请把含税价格和质保条款一并发来。'
        : 'Please send the price with taxes and the warranty terms.'
      told.push(record('mail', { customer, seller, mail: { sentAt: when, subject, body } }))
    }
    if (kind === 2) {
      const notes = isChinese
        ? `拜访${account.name}，现场看了${product}的安装位置。`
        : `Saw at ${account.name} where ${product} would stand.`
      const visit = { startedAt: when, durationMinutes: 30 + random.below(60), notes, outcome: 'FOLLOW_UP_AGREED' }
      told.push(record('field-visit', { customer, seller, visit }))
    }
    if (kind === 3) {
      const view = { viewedAt: when, path: '/products', durationSeconds: 10 + random.below(200), searchedFor: product }
      told.push(record('web', { customer, view }))
    }
    if (kind === 4) {
      const contact = { ...customer, name, ...(phone && { phone }), ...(email && { email }) }
      told.push(record('crm-contact', { customer: contact, updatedAt: when }))
    }
  }
  if (index % 4 === 0) told.push(record('erp-order', { customer, order: orderOf(profile, product, when, random) }))
  if (index % 6 === 0) {
    const fulfilment = {
      number: `T-${String(index).padStart(5, '0')}`,
      service: isChinese ? '安装调试' : 'Installation',
      status: random.pick(['PROMISED', 'UNDER_WAY', 'DONE']),
      promisedFor: later(when, 14),
      statusAt: when,
    }
    told.push(record('service-fulfilment', { customer, fulfilment }))
  }
  return told
}

function orderOf({ index, offer, region }: Profile, product: string, statusAt: string, random: Random) {
  const quantity = 1 + random.below(10)
  const unitPrice = offer.unitPrice * (region.currency === 'CNY' ? YUAN_FOR_EURO : 1)
  return {
    number: `O-${String(index).padStart(5, '0')}`,
    product,
    quantity,
    amount: { amount: (quantity * unitPrice).toFixed(2), currency: region.currency },
    status: random.pick(['PLACED', 'CONFIRMED', 'SHIPPED', 'DELIVERED']),
    orderedAt: later(statusAt, -10),
    statusAt,
  }
}

function marketRecords(): SiloRecord[] {
  const asOf = officeTime(WORKDAYS - 1, 0, 'zh')
  return offers.flatMap((offer, index) => {
    const random = randomFor('market', index)
    const region = at(regions, index)
    const product = at(offer.products[region.language], 0)
    const place = region.code
    const unitPrice = offer.unitPrice * (region.currency === 'CNY' ? YUAN_FOR_EURO : 1)
    const shop = {
      number: `SH-${index + 1}`,
      name: region.language === 'zh' ? `${index + 1}号门店` : `Shop ${index + 1}`,
      place,
    }
    const price = { amount: (unitPrice * 1.05).toFixed(2), currency: region.currency }
    const monthly = (unitPrice / 12) * (1.03 + random.below(6) / 100)
    const record = (source: SiloSource, payload: object) => ({ source, eventId: `${source}/${index + 1}`, payload })
    return [
      record('erp-stock', {
        stock: { product, warehouse: `W-${place}`, place, quantity: random.below(40), reorderPoint: 12, asOf },
      }),
      record('shop-stock', { stock: { shop, product, quantity: random.below(12), asOf } }),
      record('shop-quote', { quote: { shop, product, price, quotedAt: asOf, validUntil: later(asOf, 30) } }),
      record('competitor-product', {
        parameter: {
          competitor: 'Northwind Systems',
          product: `NS-${index + 1}0`,
          comparedWith: product,
          name: 'warranty',
          reading: String(12 * (1 + random.below(4))),
          unit: 'months',
          asOf,
        },
      }),
      record('finance-plan', {
        plan: {
          number: `F-${index + 1}`,
          provider: 'Hafenbank',
          product,
          currency: region.currency,
          financed: unitPrice.toFixed(2),
          months: 12,
          monthlyPayment: monthly.toFixed(2),
          statedAt: asOf,
        },
      }),
    ]
  })
}

function environmentRecords(): SiloRecord[] {
  const record = (source: SiloSource, name: string, payload: object) => ({
    source,
    eventId: `${source}/${name}`,
    payload,
  })
  const spells = Array.from({ length: 12 }, (_, month) => {
    const region = at(regions, month)
    const startsAt = officeTime(10 + month * 20, 0, region.language)
    const summary = region.language === 'zh' ? '暴雨' : 'Storm'
    return record('weather', String(month + 1), {
      weather: { place: region.code, summary, reportedAt: startsAt, startsAt, endsAt: later(startsAt, 3) },
    })
  })
  return [
    record('competitor-move', '1', {
      move: {
        competitor: 'Northwind Systems',
        summary: '全线降价一成',
        place: 'CN',
        reportedAt: '2026-03-01T00:00:00.000Z',
        startsAt: '2026-03-01T00:00:00.000Z',
        endsAt: '2026-05-01T00:00:00.000Z',
      },
    }),
    record('policy-change', '1', {
      change: {
        reference: 'DRG 2.0',
        summary: '医院按病组付费',
        place: 'CN',
        publishedAt: '2025-12-01T00:00:00.000Z',
        startsAt: '2026-01-01T00:00:00.000Z',
      },
    }),
    ...spells,
    record('public-opinion', '1', {
      opinion: {
        topic: 'data portability',
        summary: 'Welcomed in most comments',
        place: 'EU',
        balance: 0.4,
        measuredAt: '2026-06-08T00:00:00.000Z',
        startsAt: '2026-06-01T00:00:00.000Z',
        endsAt: '2026-06-08T00:00:00.000Z',
      },
    }),
  ]
}

function later(time: string, days: number): string {
  return new Date(Date.parse(time) + days * DAY_MS).toISOString()
}
