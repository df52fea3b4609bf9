import { z } from 'zod'
import { account, customer, instant, money, seller, shortText, sourceOf } from '../record.ts'

const erpOrder = z.strictObject({
  customer,
  account: account.optional(),
  seller: seller.optional(),
  /** Belongs to sales. */
  order: z.strictObject({
    number: shortText(64),
    product: shortText(200),
    quantity: z.int().min(1).max(1_000_000),
    amount: money,
    status: z.enum(['PLACED', 'CONFIRMED', 'SHIPPED', 'DELIVERED', 'CANCELLED']),
    orderedAt: instant,
    /** When it came into this status. */
    statusAt: instant,
  }),
})

export const erpOrderSource = sourceOf(
  'erp-order',
  erpOrder,
  payload => ({ ...payload, statedAt: payload.order.statusAt }),
  { concernsOthers: true },
)
