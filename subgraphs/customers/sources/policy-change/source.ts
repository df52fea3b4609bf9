import { z } from 'zod'
import { ENDS_AFTER_START, endsAfterStart, instant, place, shortText, sourceOf } from '../record.ts'

const policyChange = z.strictObject({
  change: z
    .strictObject({
      /** As the authority cites it; what is published of the same later corrects it. */
      reference: shortText(200),
      summary: shortText(500),
      place: place.optional(),
      publishedAt: instant,
      startsAt: instant,
      endsAt: instant.optional(),
    })
    .refine(endsAfterStart, ENDS_AFTER_START),
})

export const policyChangeSource = sourceOf('policy-change', policyChange, ({ change }) => {
  const { reference, summary, publishedAt, ...others } = change
  return {
    statedAt: publishedAt,
    environment: { kind: 'POLICY_CHANGE', reference, summary: `${reference}: ${summary}`, ...others },
  }
})
