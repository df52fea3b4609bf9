import { z } from 'zod'
import { account, customer, instant, seller, shortText, sourceOf } from './record.ts'

const crmDeal = z.strictObject({
  customer,
  account: account.optional(),
  seller,
  /** Belongs to sales, which reads it from the source record; here only its shape is checked. */
  deal: z.strictObject({
    number: shortText(64),
    product: shortText(200),
    stage: z.enum(['PROSPECTING', 'ENGAGING', 'PROPOSAL', 'WON', 'LOST']),
    /** When it entered the stage; a CRM that does not say leaves the closing, or else the opening. */
    stageAt: instant.optional(),
    openedAt: instant,
    closedAt: instant.optional(),
    amount: z
      .strictObject({
        amount: z.string().regex(/^\d{1,12}(\.\d{1,2})?$/, 'expected a decimal with at most two places'),
        currency: z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 currency'),
      })
      .optional(),
  }),
})

export const crmDealSource = sourceOf('crm-deal', crmDeal, { concernsOthers: true }, payload => payload)
