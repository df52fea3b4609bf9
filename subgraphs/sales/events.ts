// What sales does when records that concern it were accepted.
import { recordReaction } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import type { DomainEvent } from '../../core/events/kinds.ts'
import type { EventConsumer } from '../../core/events/outbox.ts'
import { parameterOf, planOf, quoteOf, type Reading, shopStockOf, warehouseStockOf } from './market.ts'
import { type MarketLabel, payloadsOf, tellMarket } from './market-store.ts'
import { customerRecords, recordsToTakeIn, writeOpportunities } from './opportunity-store.ts'
import { writeFulfilments, writeOrders } from './order-store.ts'
import { fulfilmentOf, orderOf } from './orders.ts'
import { dealStepOf } from './rules.ts'

const SALES = { kind: 'SERVICE', id: 'sales' } as const

export const takesInDeals: EventConsumer = {
  name: 'sales/takes-in-deals',
  kinds: ['RECORDS_ACCEPTED'],
  consume: async (event, services) => {
    if (event.kind === 'RECORDS_ACCEPTED' && event.body.source === 'crm-deal') await takeInDeals(event, services)
  },
}

/** Of which source what is kept of the market, and how it is read. */
const MARKET: {
  readonly [source: string]: {
    readonly label: MarketLabel
    readonly read: (payload: unknown) => Omit<Reading, 'recordId'>
  }
} = {
  'erp-stock': { label: 'StockLevel', read: warehouseStockOf },
  'shop-stock': { label: 'StockLevel', read: shopStockOf },
  'shop-quote': { label: 'Quote', read: quoteOf },
  'competitor-product': { label: 'CompetitorParameter', read: parameterOf },
  'finance-plan': { label: 'FinancePlan', read: planOf },
}

export const takesInMarket: EventConsumer = {
  name: 'sales/takes-in-market',
  kinds: ['RECORDS_ACCEPTED'],
  consume: async (event, services) => {
    if (event.kind !== 'RECORDS_ACCEPTED') return
    const { source, recordIds } = event.body
    const market = MARKET[source]
    if (market === undefined) return
    await recordReaction(services, SALES, async ({ unit, evidenceEntryId }) => {
      await unit.guard('sales/takes-in-market')
      const records = await payloadsOf(unit, recordIds)
      const readings = records.map(({ recordId, payload }) => ({ ...market.read(payload), recordId }))
      const count = await tellMarket(unit, market.label, readings, evidenceEntryId, services.ids)
      if (count === 0) return undefined
      return {
        evidence: { kind: 'MARKET_RECORDED' as const, statement: { source, count, because: event.id }, facts: [] },
        events: [],
        result: {},
      }
    })
  },
}

export const takesInOrders: EventConsumer = {
  name: 'sales/takes-in-orders',
  kinds: ['RECORDS_ACCEPTED'],
  consume: async (event, services) => {
    if (event.kind !== 'RECORDS_ACCEPTED') return
    const { source, recordIds } = event.body
    if (source !== 'erp-order' && source !== 'service-fulfilment') return
    await recordReaction(services, SALES, async ({ unit, evidenceEntryId }) => {
      await unit.guard('sales/takes-in-orders')
      const records = (await customerRecords(unit, recordIds)).map(({ payload, ...named }) => ({
        ...named,
        payload: JSON.parse(payload) as unknown,
      }))
      const { ids, facts } =
        source === 'erp-order'
          ? await writeOrders(unit, evidenceEntryId, records.map(withRead(orderOf)), services.ids)
          : await writeFulfilments(unit, evidenceEntryId, records.map(withRead(fulfilmentOf)), services.ids)
      if (ids.length === 0) return undefined
      return {
        evidence: {
          kind: 'ORDERS_RECORDED' as const,
          statement: { source, count: ids.length, because: event.id },
          facts,
        },
        events: [],
        result: {},
      }
    })
  },
}

function withRead<T extends object>(read: (payload: unknown) => T) {
  return ({ payload, ...named }: { recordId: string; customerId: string; payload: unknown }) => ({
    ...read(payload),
    ...named,
  })
}

/** Idempotent by record: one that has its stage entry already is not read again. */
async function takeInDeals(event: DomainEvent & { kind: 'RECORDS_ACCEPTED' }, services: Services): Promise<void> {
  await recordReaction(services, SALES, async ({ unit, evidenceEntryId }) => {
    // A process that lost its lease may still be at the same event: it waits here and then finds nothing left to do.
    await unit.guard('sales/takes-in-deals')
    const records = await recordsToTakeIn(unit, event.body.recordIds)
    if (records.length === 0) return undefined
    const steps = records.map(({ recordId, customerId, payload }) => ({ recordId, customerId, ...dealStepOf(payload) }))
    const { opportunityIds, facts } = await writeOpportunities(unit, evidenceEntryId, steps, services.ids)
    return {
      evidence: {
        kind: 'OPPORTUNITIES_RECORDED' as const,
        statement: { opportunities: opportunityIds.length, because: event.id },
        facts,
      },
      events: [{ kind: 'OPPORTUNITIES_CHANGED' as const, body: { opportunityIds: [...opportunityIds] } }],
      result: {},
    }
  })
}
