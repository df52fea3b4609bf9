import { z } from 'zod'
import { account, contact, emotions, instant, intents, seller, sourceOf, text } from './record.ts'

const weComChat = z.strictObject({
  customer: contact,
  account: account.optional(),
  seller: seller.optional(),
  message: z.strictObject({
    occurredAt: instant,
    text: text.min(1),
    intent: z.enum(intents).optional(),
    emotion: z.enum(emotions).optional(),
  }),
})

export const weComChatSource = sourceOf('wecom-chat', weComChat, { concernsOthers: false }, payload => ({
  ...payload,
  interaction: { touchpoint: 'WECOM', ...payload.message },
}))
