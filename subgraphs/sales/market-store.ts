// What sales keeps of the market: one node a thing, which holds what was told of it last.
import type { GraphValue, Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { Ids } from '../../core/ids.ts'
import { fromMinorUnits } from '../../core/money.ts'
import type { PageRequest } from '../../core/paging.ts'
import { newsAmong, type Reading } from './market.ts'
import type { CompetitorParameter, FinancePlan, Quote, StockLevel } from './market-types.ts'

const RECORDS_BY_ID = `
UNWIND $recordIds AS wanted
MATCH (r:SourceRecord {id: wanted})
RETURN r.id, r.payload`

const KNOWN_STOCK_LEVELS = `
UNWIND $keys AS key
MATCH (n:StockLevel {key: key})
RETURN n.key, n.at, n.recordId`

const TELL_STOCK_LEVELS = `
UNWIND $readings AS reading
MERGE (n:StockLevel {key: reading.key})
ON CREATE SET n.id = reading.newId
SET n += reading.told
SET n.at = reading.at, n.recordId = reading.recordId, n.evidenceEntryId = $evidenceEntryId`

const STOCK_LEVELS_PAGE = `
MATCH (n:StockLevel)
WHERE n.id > $afterId AND ($product = '' OR n.product = $product)
RETURN n.id, n.holder, n.holderKind, n.place, n.product, n.quantity, n.at, n.evidenceEntryId
ORDER BY n.id LIMIT $limit`

const KNOWN_QUOTES = `
UNWIND $keys AS key
MATCH (n:Quote {key: key})
RETURN n.key, n.at, n.recordId`

const TELL_QUOTES = `
UNWIND $readings AS reading
MERGE (n:Quote {key: reading.key})
ON CREATE SET n.id = reading.newId
SET n += reading.told
SET n.at = reading.at, n.recordId = reading.recordId, n.evidenceEntryId = $evidenceEntryId`

const QUOTES_PAGE = `
MATCH (n:Quote)
WHERE n.id > $afterId AND ($product = '' OR n.product = $product)
RETURN n.id, n.shop, n.place, n.product, n.priceMinor, n.currency, n.at, n.validUntil, n.evidenceEntryId
ORDER BY n.id LIMIT $limit`

const KNOWN_PARAMETERS = `
UNWIND $keys AS key
MATCH (n:CompetitorParameter {key: key})
RETURN n.key, n.at, n.recordId`

const TELL_PARAMETERS = `
UNWIND $readings AS reading
MERGE (n:CompetitorParameter {key: reading.key})
ON CREATE SET n.id = reading.newId
SET n += reading.told
SET n.at = reading.at, n.recordId = reading.recordId, n.evidenceEntryId = $evidenceEntryId`

const PARAMETERS_PAGE = `
MATCH (n:CompetitorParameter)
WHERE n.id > $afterId AND ($product = '' OR n.comparedWith = $product)
RETURN n.id, n.competitor, n.product, n.comparedWith, n.name, n.reading, n.unit, n.at, n.evidenceEntryId
ORDER BY n.id LIMIT $limit`

const KNOWN_PLANS = `
UNWIND $keys AS key
MATCH (n:FinancePlan {key: key})
RETURN n.key, n.at, n.recordId`

const TELL_PLANS = `
UNWIND $readings AS reading
MERGE (n:FinancePlan {key: reading.key})
ON CREATE SET n.id = reading.newId
SET n += reading.told
SET n.at = reading.at, n.recordId = reading.recordId, n.evidenceEntryId = $evidenceEntryId`

const PLANS_PAGE = `
MATCH (n:FinancePlan)
WHERE n.id > $afterId AND ($product = '' OR n.product = $product)
RETURN n.id, n.number, n.provider, n.product, n.currency, n.financedMinor, n.upfrontMinor, n.months, n.monthlyMinor,
  n.annualRatePercent, n.at, n.evidenceEntryId
ORDER BY n.id LIMIT $limit`

const statements = {
  StockLevel: { known: KNOWN_STOCK_LEVELS, tell: TELL_STOCK_LEVELS },
  Quote: { known: KNOWN_QUOTES, tell: TELL_QUOTES },
  CompetitorParameter: { known: KNOWN_PARAMETERS, tell: TELL_PARAMETERS },
  FinancePlan: { known: KNOWN_PLANS, tell: TELL_PLANS },
}
export type MarketLabel = keyof typeof statements

/** The payloads of these records, in this order: a declared read of customers' label. */
export async function payloadsOf(
  reader: Reader,
  recordIds: readonly string[],
): Promise<readonly { readonly recordId: string; readonly payload: unknown }[]> {
  const rows = await reader.run(RECORDS_BY_ID, { recordIds })
  const found = new Map(rows.map(([id, payload]) => [String(id), JSON.parse(String(payload)) as unknown]))
  return recordIds.flatMap(recordId => (found.has(recordId) ? [{ recordId, payload: found.get(recordId) }] : []))
}

/** Writes those of these readings that are news; answers how many. */
export async function tellMarket(
  unit: UnitOfWork,
  label: MarketLabel,
  readings: readonly Reading[],
  evidenceEntryId: string,
  ids: Ids,
): Promise<number> {
  const { known, tell } = statements[label]
  const rows = await unit.run(known, { keys: [...new Set(readings.map(({ key }) => key))] })
  const held = new Map(rows.map(([key, at, recordId]) => [String(key), { at: String(at), recordId: String(recordId) }]))
  const news = newsAmong(readings, held)
  if (news.length === 0) return 0
  await unit.run(tell, { readings: news.map(each => ({ ...each, newId: ids.next(label) })), evidenceEntryId })
  return news.length
}

const asked = ({ first, afterId = '' }: PageRequest, product: string | null | undefined) => ({
  afterId,
  limit: first + 1,
  product: product ?? '',
})

const moneyOf = (minor: GraphValue | undefined, currency: GraphValue | undefined) => ({
  amount: fromMinorUnits(Number(minor)),
  currency: String(currency),
})

type PageOf<T> = (reader: Reader, page: PageRequest, product: string | null | undefined) => Promise<readonly T[]>

/** Each answers the things about a product, or all, in the order of their ids: one more than asked for where there are more. */
export const stockLevelsPage: PageOf<StockLevel> = async (reader, page, product) =>
  (await reader.run(STOCK_LEVELS_PAGE, asked(page, product))).map(
    ([id, holder, holderKind, place, of, quantity, asOf, evidenceEntryId]: Row) =>
      ({ id, holder, holderKind, place, product: of, quantity, asOf, evidenceEntryId }) as unknown as StockLevel,
  )

export const quotesPage: PageOf<Quote> = async (reader, page, product) =>
  (await reader.run(QUOTES_PAGE, asked(page, product))).map(
    ([id, shop, place, of, minor, currency, quotedAt, validUntil, evidenceEntryId]: Row) => {
      const price = moneyOf(minor, currency)
      return { id, shop, place, product: of, price, quotedAt, validUntil, evidenceEntryId } as unknown as Quote
    },
  )

export const parametersPage: PageOf<CompetitorParameter> = async (reader, page, product) =>
  (await reader.run(PARAMETERS_PAGE, asked(page, product))).map(
    ([id, competitor, of, comparedWith, name, reading, unit, asOf, evidenceEntryId]: Row) => {
      const told = { id, competitor, product: of, comparedWith, name, reading, unit, asOf, evidenceEntryId }
      return told as unknown as CompetitorParameter
    },
  )

export const plansPage: PageOf<FinancePlan> = async (reader, page, product) =>
  (await reader.run(PLANS_PAGE, asked(page, product))).map(
    ([
      id,
      number,
      provider,
      of,
      currency,
      financed,
      upfront,
      months,
      monthly,
      rate,
      statedAt,
      evidenceEntryId,
    ]: Row) => {
      const told = { id, number, provider, product: of, months, annualRatePercent: rate, statedAt, evidenceEntryId }
      const terms = {
        financed: moneyOf(financed, currency),
        upfront: moneyOf(upfront, currency),
        monthlyPayment: moneyOf(monthly, currency),
      }
      return { ...told, ...terms } as unknown as FinancePlan
    },
  )
