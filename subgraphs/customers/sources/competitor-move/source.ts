import { z } from 'zod'
import { ENDS_AFTER_START, endsAfterStart, instant, place, reference, shortText, sourceOf } from '../record.ts'

const competitorMove = z.strictObject({
  move: z
    .strictObject({
      reference: reference.optional(),
      competitor: shortText(200),
      summary: shortText(500),
      place: place.optional(),
      reportedAt: instant,
      startsAt: instant,
      endsAt: instant.optional(),
    })
    .refine(endsAfterStart, ENDS_AFTER_START),
})

export const competitorMoveSource = sourceOf('competitor-move', competitorMove, ({ move }) => {
  const { competitor, summary, reportedAt, ...others } = move
  return {
    statedAt: reportedAt,
    environment: { kind: 'COMPETITOR_MOVE', summary: `${competitor}: ${summary}`, ...others },
  }
})
