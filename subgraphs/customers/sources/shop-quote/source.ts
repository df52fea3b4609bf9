import { z } from 'zod'
import { instant, money, shop, shortText, sourceOf } from '../record.ts'

const shopQuote = z.strictObject({
  /** Belongs to sales. */
  quote: z.strictObject({
    shop,
    product: shortText(200),
    price: money,
    quotedAt: instant,
    validUntil: instant.optional(),
  }),
})

export const shopQuoteSource = sourceOf('shop-quote', shopQuote, ({ quote }) => ({ statedAt: quote.quotedAt }), {
  concernsOthers: true,
})
