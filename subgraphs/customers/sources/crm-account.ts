import { z } from 'zod'
import { account, customer, seller, sourceOf } from './record.ts'

const crmAccount = z.strictObject({ customer, account, seller: seller.optional() })

export const crmAccountSource = sourceOf('crm-account', crmAccount, { concernsOthers: false }, payload => payload)
