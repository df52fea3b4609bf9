import { z } from 'zod'
import { account, customer, instant, money, seller, shortText, sourceOf } from '../record.ts'

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
    amount: money.optional(),
  }),
})

export const crmDealSource = sourceOf(
  'crm-deal',
  crmDeal,
  payload => ({ ...payload, statedAt: payload.deal.stageAt ?? payload.deal.closedAt ?? payload.deal.openedAt }),
  { concernsOthers: true },
)
