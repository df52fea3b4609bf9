import { z } from 'zod'
import { account, customer, emotions, instant, intents, seller, shortText, sourceOf, text } from './record.ts'

const call = z.strictObject({
  customer,
  account: account.optional(),
  seller: seller.optional(),
  call: z.strictObject({
    occurredAt: instant,
    durationSeconds: z.int().min(0).max(86_400),
    transcript: text.optional(),
    intent: z.enum(intents).optional(),
    /** As the telephone system hears it in the voice. */
    emotion: z.enum(emotions).optional(),
    outcome: shortText(64).optional(),
  }),
})

export const callSource = sourceOf('call', call, { concernsOthers: false }, payload => {
  const { transcript, ...said } = payload.call
  return { ...payload, interaction: { touchpoint: 'PHONE', text: transcript, ...said } }
})
