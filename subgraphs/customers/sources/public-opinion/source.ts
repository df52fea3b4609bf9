import { z } from 'zod'
import { ENDS_AFTER_START, endsAfterStart, instant, place, reference, shortText, sourceOf } from '../record.ts'

const publicOpinion = z.strictObject({
  opinion: z
    .strictObject({
      reference: reference.optional(),
      topic: shortText(200),
      /** What the public says, without naming anybody. */
      summary: shortText(500),
      place: place.optional(),
      /** -1 all against to 1 all in favour. */
      balance: z.number().min(-1).max(1),
      measuredAt: instant,
      startsAt: instant,
      endsAt: instant,
    })
    .refine(endsAfterStart, ENDS_AFTER_START),
})

export const publicOpinionSource = sourceOf('public-opinion', publicOpinion, ({ opinion }) => {
  const { topic, summary, balance, measuredAt, ...others } = opinion
  return {
    statedAt: measuredAt,
    environment: {
      kind: 'PUBLIC_OPINION',
      summary: `${topic}: ${summary}`,
      measure: balance,
      unit: 'balance',
      ...others,
    },
  }
})
