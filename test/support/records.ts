// Records as the silos write them, for tests: whole ones to begin with, and every way in which they may be spoilt.
import fc from 'fast-check'
import type { SentEvent, SentRejection } from '../../subgraphs/customers/rules.ts'

interface ChatParts {
  readonly customer?: object
  readonly account?: object
  readonly seller?: object
  readonly message?: object
}

const A_CUSTOMER = { number: 'C-1', region: 'CN-SH' }

/** A chat message of customer C-1; parts that are given are laid over it. */
export function aChat(eventId: string, { customer, message, ...others }: ChatParts = {}): SentEvent {
  const said = { occurredAt: '2026-02-10T09:00:00.000Z', text: `text of ${eventId}`, ...message }
  return { eventId, payload: { ...others, customer: { ...A_CUSTOMER, ...customer }, message: said } }
}

/** A step of deal D-1 of customer C-1. */
export function aDeal(eventId: string, deal: object = {}, customer: object = {}): SentEvent {
  return {
    eventId,
    payload: {
      customer: { ...A_CUSTOMER, ...customer },
      seller: { number: 'S-1', name: 'Seller One' },
      deal: { number: 'D-1', product: 'Server', stage: 'PROSPECTING', openedAt: '2026-01-01T00:00:00.000Z', ...deal },
    },
  }
}

/** Order O-1 of customer C-1. */
export const anOrder = (eventId: string, order: object = {}, number = 'C-1'): SentEvent => ({
  eventId,
  payload: {
    customer: { number, region: 'CN-SH' },
    order: {
      number: 'O-1',
      product: 'Server',
      quantity: 2,
      amount: { amount: '48200.50', currency: 'CNY' },
      status: 'PLACED',
      orderedAt: '2026-01-01T00:00:00.000Z',
      statusAt: '2026-01-01T00:00:00.000Z',
      ...order,
    },
  },
})

/** Service T-1 of customer C-1. */
export const aFulfilment = (eventId: string, fulfilment: object = {}): SentEvent => ({
  eventId,
  payload: {
    customer: { number: 'C-1', region: 'CN-SH' },
    fulfilment: {
      number: 'T-1',
      service: 'Installation',
      status: 'PROMISED',
      promisedFor: '2026-01-03T00:00:00.000Z',
      statusAt: '2026-01-01T00:00:00.000Z',
      ...fulfilment,
    },
  },
})

/** What is in force where, and from when to when. */
export interface Held {
  readonly place: string | undefined
  readonly startsAt: string
  readonly endsAt: string | undefined
}

/** A policy, in force everywhere from 2026 on without other word. */
export const aPolicy = (
  eventId: string,
  { place, startsAt, endsAt }: Held = { place: undefined, startsAt: '2026-01-01T00:00:00.000Z', endsAt: undefined },
): SentEvent => ({
  eventId,
  payload: {
    change: { reference: eventId, summary: 'holds', publishedAt: '2025-01-01T00:00:00.000Z', startsAt, endsAt, place },
  },
})

const oneOf = (...values: readonly (string | undefined)[]) => fc.constantFrom(...values)

/** Chats of a few customers who share accounts and sellers, each record with more or less of what is known. */
export const chats: fc.Arbitrary<SentEvent[]> = fc
  .array(
    fc.record({
      number: oneOf('C-1', 'C-2', 'C-3'),
      region: oneOf('CN-SH', 'EU-DE'),
      name: oneOf(undefined, 'Name A', 'Name B'),
      phone: oneOf(undefined, '+8613900000001', '+8613900000002'),
      account: oneOf(undefined, 'Account A', 'Account B'),
      sector: oneOf(undefined, 'finance', 'retail'),
      seller: oneOf(undefined, 'S-1', 'S-2'),
      area: oneOf(undefined, 'North', 'South'),
      occurredAt: fc.constantFrom('2026-01-31T23:59:59.999Z', '2026-02-01T00:00:00.000Z', '2026-02-10T09:00:00.000Z'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map(drawn =>
    drawn.map(({ number, region, name, phone, account, sector, seller, area, occurredAt }, index) =>
      aChat(`event-${index}`, {
        customer: { number, region, name, phone },
        ...(account && { account: { name: account, sector } }),
        ...(seller && { seller: { number: seller, name: `Seller ${seller}`, region: area } }),
        message: { occurredAt },
      }),
    ),
  )

export interface Statement {
  readonly at: string
  readonly customer: object
  readonly account?: object | undefined
  readonly seller?: object | undefined
}

/** What a source of this name states of customer C-1. */
export function aStatement(source: string, eventId: string, { at, customer, ...others }: Statement) {
  const of: Record<string, object> = {
    'wecom-chat': { message: { occurredAt: at, text: 'text' } },
    mail: { mail: { sentAt: at, subject: 'subject', body: 'body' } },
    'feishu-chat': { message: { occurredAt: at, text: 'text' } },
    call: { call: { occurredAt: at, durationSeconds: 60 } },
    web: { view: { viewedAt: at, path: '/products' } },
    'field-visit': {
      seller: { number: 'S-1', name: 'Seller' },
      visit: { startedAt: at, durationMinutes: 30, notes: 'notes' },
    },
    'crm-contact': { updatedAt: at },
  }
  return { source, event: { eventId, payload: { ...others, customer: { ...A_CUSTOMER, ...customer }, ...of[source] } } }
}

/** Of one customer or another, by one source or another: often of the same time, and seldom the same. */
export const statements = fc.record({
  source: fc.constantFrom('wecom-chat', 'mail', 'crm-contact'),
  at: fc.constantFrom('2026-02-01T09:00:00.000Z', '2026-02-02T09:00:00.000Z', '2026-02-03T09:00:00.000Z'),
  customer: fc.record({
    number: fc.constantFrom('C-1', 'C-1', 'C-2'),
    region: oneOf('CN-SH', 'EU-DE', 'EU-FR'),
    otherRegion: oneOf(undefined, 'CN-GD', 'EU-DE'),
    name: oneOf(undefined, 'Name A', 'Name B', '名\u{20BB7}', '名\uFA11'),
    phone: oneOf(undefined, '+8613900000001', '+8613900000002'),
    email: oneOf(undefined, 'A@example.org', 'b@example.org'),
    weComId: oneOf(undefined, 'wx-1', 'wx-2'),
    birthDate: oneOf(undefined, '1980-05-20', '1990-05-20'),
  }),
  account: fc.option(fc.record({ name: oneOf('A', 'B'), sector: oneOf(undefined, 'finance', 'retail') }), {
    nil: undefined,
  }),
  seller: fc.option(fc.record({ number: oneOf('S-1', 'S-2'), name: fc.constant('Seller') }), { nil: undefined }),
})

/** Text of every kind that has ever hurt: halves of surrogate pairs, NUL, emoji at a limit, names of prototypes. */
const evilText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '\ud800',
    '\u0000',
    '__proto__',
    'constructor',
    '=HYPERLINK("x")',
    `${'x'.repeat(199)}😀`,
    `${'x'.repeat(299)}😀`,
  ),
)
const evilValue = fc.oneof(
  evilText,
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(undefined, null, 1e308, -0, [], {}, JSON.parse('{"__proto__": {"polluted": true}}')),
)
const places = [
  'customer',
  'message',
  'account',
  'seller',
  'deal',
  'message.text',
  'message.occurredAt',
  'customer.number',
]
const spoiltPlace = fc.oneof(
  fc.constantFrom(...places, 'customer.region', 'customer.name', 'customer.email', 'customer.weComId', 'account.name'),
  evilText,
)

/** Batches in which any record may be whole, spoilt, sent twice, or sent again with other content under the same id. */
export const spoiltBatch: fc.Arbitrary<{ events: SentEvent[]; rejected: SentRejection[] }> = fc.record({
  events: fc.array(
    fc
      .record({
        eventId: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('e-1', 'e-2', 'e-3', 'e-4') }, evilText),
        text: fc.oneof({ weight: 2, arbitrary: fc.constantFrom('hello', 'bye') }, evilText),
        place: fc.option(evilText),
        spoilt: fc.option(fc.tuple(spoiltPlace, evilValue)),
      })
      .map(({ eventId, text, place, spoilt }) => {
        const { payload } = aChat(eventId, { message: { text } })
        return { eventId, place, payload: spoilt === null ? payload : withValue(payload as object, ...spoilt) }
      }),
    { maxLength: 12 },
  ),
  rejected: fc.array(fc.record({ eventId: evilText, place: evilText, reason: evilText, payload: evilValue }), {
    maxLength: 3,
  }),
})

function withValue(record: object, place: string, value: unknown): object {
  const [first = '', ...rest] = place.split('.')
  const inner = (record as Record<string, unknown>)[first]
  const next =
    rest.length === 0 ? value : withValue(typeof inner === 'object' && inner ? inner : {}, rest.join('.'), value)
  return { ...record, [first]: next }
}
