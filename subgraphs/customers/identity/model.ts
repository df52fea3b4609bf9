// The weights by which customers are told to be one person: data with a version, estimated from examples of known truth.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { comparedFields, levels } from './compare.ts'

const chance = z.number().gt(0).max(1)
const odds = z.strictObject({
  /** How often the comparison comes out like this for one person, */
  m: chance,
  /** and for two. */
  u: chance,
})

const modelSchema = z
  .strictObject({
    version: z.string().min(1),
    /** The odds that two customers who are compared at all are one person, as their logarithm to base 2. */
    priorBits: z.number(),
    thresholds: z.strictObject({ merge: z.number(), review: z.number() }),
    fields: z.record(z.enum(comparedFields), z.partialRecord(z.enum(levels), odds)),
  })
  .refine(({ thresholds }) => thresholds.review < thresholds.merge, {
    path: ['thresholds'],
    error: 'expected the threshold of review below that of merging',
  })

export type MatchModel = z.infer<typeof modelSchema>

let current: MatchModel | undefined

/** The model that ships, read at first use. */
export function matchModel(): MatchModel {
  current ??= modelSchema.parse(JSON.parse(readFileSync(new URL('./model.json', import.meta.url), 'utf8')))
  return current
}
