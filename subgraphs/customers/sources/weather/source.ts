import { z } from 'zod'
import { ENDS_AFTER_START, endsAfterStart, instant, place, reference, shortText, sourceOf } from '../record.ts'

const weather = z.strictObject({
  weather: z
    .strictObject({
      reference: reference.optional(),
      place,
      summary: shortText(200),
      temperatureCelsius: z.number().min(-100).max(70).optional(),
      reportedAt: instant,
      startsAt: instant,
      endsAt: instant,
    })
    .refine(endsAfterStart, ENDS_AFTER_START),
})

export const weatherSource = sourceOf('weather', weather, payload => {
  const { reportedAt, temperatureCelsius, ...others } = payload.weather
  const measured = temperatureCelsius === undefined ? {} : { measure: temperatureCelsius, unit: 'Celsius' }
  return { statedAt: reportedAt, environment: { kind: 'WEATHER', ...measured, ...others } }
})
