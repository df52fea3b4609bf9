import { z } from 'zod'
import { instant, place, quantity, shortText, sourceOf } from '../record.ts'

const DAY_MS = 86_400_000

const erpStock = z.strictObject({
  /** Belongs to sales; a shortage is also part of the environment in which customers are talked to. */
  stock: z.strictObject({
    product: shortText(200),
    warehouse: shortText(64),
    /** Where the warehouse delivers to; everywhere without it. */
    place: place.optional(),
    quantity,
    /** At this quantity or below the product is short. */
    reorderPoint: quantity.optional(),
    asOf: instant,
    /** When the next reading is due; a day later without it. */
    validUntil: instant.optional(),
  }),
})

export const erpStockSource = sourceOf(
  'erp-stock',
  erpStock,
  ({ stock }) => ({
    statedAt: stock.asOf,
    ...(stock.reorderPoint !== undefined && stock.quantity <= stock.reorderPoint && { environment: shortage(stock) }),
  }),
  { concernsOthers: true },
)

function shortage({ product, warehouse, place, quantity, asOf, validUntil }: z.infer<typeof erpStock>['stock']) {
  return {
    kind: 'STOCK_LEVEL' as const,
    place,
    summary: `${product} is short in ${warehouse}`,
    measure: quantity,
    unit: 'pieces',
    startsAt: asOf,
    endsAt: validUntil ?? new Date(Date.parse(asOf) + DAY_MS).toISOString(),
  }
}
