import { z } from 'zod'
import { account, customer, instant, seller, sourceOf } from '../record.ts'

const crmAccount = z.strictObject({ customer, account, seller: seller.optional(), updatedAt: instant.optional() })

export const crmAccountSource = sourceOf('crm-account', crmAccount, ({ updatedAt, ...payload }) => ({
  ...payload,
  statedAt: updatedAt,
}))
