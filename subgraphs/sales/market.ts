// Pure: what records tell of the market: stock, quotes, products of competitors, plans to pay by. Nothing of it is personal.
import { z } from 'zod'
import type { GraphValue } from '../../core/graph/graph.ts'
import { toMinorUnits } from '../../core/money.ts'

/** What a source last told of one thing. */
export interface Reading {
  /** Which thing: of two readings of one the newer holds. */
  readonly key: string
  readonly at: string
  readonly recordId: string
  readonly told: { readonly [property: string]: GraphValue }
}

// The records were validated when they were accepted; sales checks no more than what it reads.
const money = z.object({ amount: z.string(), currency: z.string() })
const shop = z.object({ number: z.string(), name: z.string(), place: z.string() })
const minorUnits = ({ amount, currency }: z.infer<typeof money>) => ({ minor: toMinorUnits(amount), currency })

const warehouseStock = z.object({
  stock: z.object({
    product: z.string(),
    warehouse: z.string(),
    place: z.string().optional(),
    quantity: z.number(),
    asOf: z.string(),
  }),
})

const shopStock = z.object({
  stock: z.object({ shop, product: z.string(), quantity: z.number(), asOf: z.string() }),
})

const quote = z.object({
  quote: z.object({ shop, product: z.string(), price: money, quotedAt: z.string(), validUntil: z.string().optional() }),
})

const parameter = z.object({
  parameter: z.object({
    competitor: z.string(),
    product: z.string(),
    comparedWith: z.string().optional(),
    name: z.string(),
    reading: z.string(),
    unit: z.string().optional(),
    asOf: z.string(),
  }),
})

const plan = z.object({
  plan: z.object({
    number: z.string(),
    provider: z.string(),
    product: z.string(),
    currency: z.string(),
    financed: z.string(),
    upfront: z.string().optional(),
    months: z.number(),
    monthlyPayment: z.string(),
    statedAt: z.string(),
  }),
})

type Told = Omit<Reading, 'recordId'>

export function warehouseStockOf(payload: unknown): Told {
  const { product, warehouse, place = null, quantity, asOf } = warehouseStock.parse(payload).stock
  const told = { holder: warehouse, holderKind: 'WAREHOUSE', place, product, quantity }
  return { key: keyOf('warehouse', warehouse, product), at: asOf, told }
}

export function shopStockOf(payload: unknown): Told {
  const { shop, product, quantity, asOf } = shopStock.parse(payload).stock
  const told = { holder: shop.name, holderKind: 'SHOP', place: shop.place, product, quantity }
  return { key: keyOf('shop', shop.number, product), at: asOf, told }
}

export function quoteOf(payload: unknown): Told {
  const { shop, product, price, quotedAt, validUntil = null } = quote.parse(payload).quote
  const { minor, currency } = minorUnits(price)
  const told = { shop: shop.name, place: shop.place, product, priceMinor: minor, currency, validUntil }
  return { key: keyOf(shop.number, product), at: quotedAt, told }
}

export function parameterOf(payload: unknown): Told {
  const {
    competitor,
    product,
    comparedWith = null,
    name,
    reading,
    unit = null,
    asOf,
  } = parameter.parse(payload).parameter
  return {
    key: keyOf(competitor, product, name),
    at: asOf,
    told: { competitor, product, comparedWith, name, reading, unit },
  }
}

export function planOf(payload: unknown): Told {
  const { number, provider, product, currency, financed, upfront = '0', months, ...others } = plan.parse(payload).plan
  const terms = {
    financedMinor: toMinorUnits(financed),
    upfrontMinor: toMinorUnits(upfront),
    months,
    monthlyMinor: toMinorUnits(others.monthlyPayment),
  }
  const told = { number, provider, product, currency, ...terms, annualRatePercent: annualRatePercent(terms) }
  return { key: keyOf(provider, number), at: others.statedAt, told }
}

// As JSON, because a name may hold any character: joined by one of them, two things could share a key.
const keyOf = (...parts: readonly string[]) => JSON.stringify(parts)

export interface PlanTerms {
  readonly financedMinor: number
  readonly upfrontMinor: number
  readonly months: number
  readonly monthlyMinor: number
}

const HALVINGS = 80

/**
 * What a plan truly costs: the rate a year at which the payments are worth what is left of the sum after what is due at once
 * (internal rate of return, effective), in percent with two places. Null where there is no such rate from -99 % to 1,000 % a
 * month, as when nothing is left.
 * @example 100,000.00 financed, 12 × 8,884.88 → 12.68 (1 % a month)
 */
function annualRatePercent({ financedMinor, upfrontMinor, months, monthlyMinor }: PlanTerms): number | null {
  const worthAt = (rate: number) => {
    let worth = 0
    for (let month = 1; month <= months; month++) worth += monthlyMinor / (1 + rate) ** month
    return worth - (financedMinor - upfrontMinor)
  }
  // What later payments are worth falls as the rate rises.
  let [low, high] = [-0.99, 10]
  if (financedMinor <= upfrontMinor || worthAt(low) < 0 || worthAt(high) > 0) return null
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2
    if (worthAt(middle) > 0) low = middle
    else high = middle
  }
  return Math.round(((1 + low) ** 12 - 1) * 10_000) / 100
}

/** Of these readings those that are news: the newest of each thing, unless the graph knows it or a newer one. */
export function newsAmong(
  readings: readonly Reading[],
  known: ReadonlyMap<string, Pick<Reading, 'at' | 'recordId'>>,
): readonly Reading[] {
  const newest = new Map<string, Reading>()
  for (const reading of readings) {
    const before = newest.get(reading.key)
    if (before === undefined || before.at <= reading.at) newest.set(reading.key, reading)
  }
  return [...newest.values()].filter(({ key, at, recordId }) => {
    const before = known.get(key)
    return before === undefined || before.at < at || (before.at === at && before.recordId < recordId)
  })
}
