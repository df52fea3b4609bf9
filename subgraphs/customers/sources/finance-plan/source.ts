import { z } from 'zod'
import { amount, currency, instant, shortText, sourceOf } from '../record.ts'

const financePlan = z.strictObject({
  /** Belongs to sales, which computes what the plan truly costs. */
  plan: z.strictObject({
    number: shortText(64),
    provider: shortText(200),
    product: shortText(200),
    currency,
    /** What is paid out, or what the goods cost. */
    financed: amount,
    /** What is due at once, fees included. */
    upfront: amount.optional(),
    months: z.int().min(1).max(600),
    monthlyPayment: amount,
    statedAt: instant,
  }),
})

export const financePlanSource = sourceOf('finance-plan', financePlan, ({ plan }) => ({ statedAt: plan.statedAt }), {
  concernsOthers: true,
})
