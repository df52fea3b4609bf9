import { z } from 'zod'
import { account, customer, instant, seller, shortText, sourceOf } from '../record.ts'

const serviceFulfilment = z.strictObject({
  customer,
  account: account.optional(),
  seller: seller.optional(),
  /** Belongs to sales. */
  fulfilment: z.strictObject({
    number: shortText(64),
    service: shortText(200),
    status: z.enum(['PROMISED', 'UNDER_WAY', 'DONE', 'CANCELLED']),
    promisedFor: instant,
    /** When it came into this status. */
    statusAt: instant,
  }),
})

export const serviceFulfilmentSource = sourceOf(
  'service-fulfilment',
  serviceFulfilment,
  payload => ({ ...payload, statedAt: payload.fulfilment.statusAt }),
  { concernsOthers: true },
)
