import { z } from 'zod'
import { account, customer, instant, seller, sourceOf } from '../record.ts'

const crmContact = z.strictObject({
  customer,
  account: account.optional(),
  seller: seller.optional(),
  updatedAt: instant,
})

export const crmContactSource = sourceOf('crm-contact', crmContact, ({ updatedAt, ...payload }) => ({
  ...payload,
  statedAt: updatedAt,
}))
