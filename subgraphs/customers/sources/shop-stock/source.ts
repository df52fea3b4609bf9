import { z } from 'zod'
import { instant, quantity, shop, shortText, sourceOf } from '../record.ts'

const shopStock = z.strictObject({
  /** Belongs to sales. */
  stock: z.strictObject({ shop, product: shortText(200), quantity, asOf: instant }),
})

export const shopStockSource = sourceOf('shop-stock', shopStock, ({ stock }) => ({ statedAt: stock.asOf }), {
  concernsOthers: true,
})
