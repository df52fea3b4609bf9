import { z } from 'zod'
import { account, contact, emotions, instant, intents, seller, shortText, sourceOf, text } from '../record.ts'

const fieldVisit = z.strictObject({
  customer: contact,
  account: account.optional(),
  seller,
  visit: z.strictObject({
    startedAt: instant,
    durationMinutes: z.int().min(0).max(1_440),
    /** What the seller wrote down. */
    notes: text.min(1),
    intent: z.enum(intents).optional(),
    emotion: z.enum(emotions).optional(),
    outcome: shortText(64).optional(),
  }),
})

export const fieldVisitSource = sourceOf('field-visit', fieldVisit, ({ visit, ...others }) => {
  const { startedAt: occurredAt, durationMinutes, notes, ...told } = visit
  return {
    ...others,
    statedAt: occurredAt,
    interaction: { touchpoint: 'VISIT', occurredAt, text: notes, durationSeconds: durationMinutes * 60, ...told },
  }
})
