import { z } from 'zod'
import { account, contact, emotions, instant, intents, seller, shortText, sourceOf, text } from '../record.ts'

/** In standard deviations. */
const deviation = z.number().min(-10).max(10)

const call = z.strictObject({
  customer: contact,
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
    /** How the voice differed from this speaker's usual one; kept with the record, from which signals read it. */
    voice: z.strictObject({ loudness: deviation, pitch: deviation, speechRate: deviation }).optional(),
  }),
})

export const callSource = sourceOf('call', call, payload => {
  const { transcript, voice: _, ...said } = payload.call
  return { ...payload, statedAt: said.occurredAt, interaction: { touchpoint: 'PHONE', text: transcript, ...said } }
})
