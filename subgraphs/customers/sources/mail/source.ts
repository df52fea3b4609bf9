import { z } from 'zod'
import { account, contact, instant, intents, LONGEST_TEXT, seller, shortText, sourceOf, text } from '../record.ts'

const mail = z.strictObject({
  customer: contact,
  account: account.optional(),
  seller: seller.optional(),
  mail: z
    .strictObject({
      sentAt: instant,
      subject: shortText(500),
      body: text.min(1),
      intent: z.enum(intents).optional(),
    })
    .refine(({ subject, body }) => subject.length + 1 + body.length <= LONGEST_TEXT, {
      path: ['body'],
      error: `expected at most ${LONGEST_TEXT} characters with the subject`,
    }),
})

export const mailSource = sourceOf('mail', mail, ({ mail: { sentAt, subject, body, intent }, ...others }) => ({
  ...others,
  statedAt: sentAt,
  interaction: { touchpoint: 'MAIL', occurredAt: sentAt, text: `${subject}\n${body}`, intent },
}))
