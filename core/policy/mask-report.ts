// What a subgraph that is a service tells of the entities that it answered: what it withheld of which and why, and of whom it
// showed something. The gateway explains its answer by it and leaves its access record.
import { z } from 'zod'
import { purposes } from '../viewer.ts'
import { categories } from './categories.ts'
import type { ReasonCode } from './decide-access.ts'
import { maskKinds } from './masks.ts'

const text = z.string()

/** An entity of which nothing was withheld stands in `withheld` without masks. */
export const maskReport = z.strictObject({
  withheld: z.array(
    z.strictObject({
      type: text,
      id: text,
      masks: z.array(
        z.strictObject({
          field: text,
          mask: z.enum(maskKinds),
          reason: z.strictObject({
            reasonCode: z.custom<ReasonCode>(value => typeof value === 'string'),
            policyId: text,
            policyVersion: z.number(),
            legalBasis: text.nullable(),
            remedy: text,
          }),
        }),
      ),
    }),
  ),
  /** Of whom each entity is, as far as decisions ask: what was not read of it is explained by that. */
  states: z.array(
    z.strictObject({
      id: text,
      region: text,
      otherRegion: text.optional(),
      age: z.int().optional(),
      consents: z.array(z.enum(purposes)),
      byGuardian: z.array(z.enum(purposes)).optional(),
    }),
  ),
  /** The categories of which values were shown, and the customers of whom. */
  categories: z.array(z.enum(categories)),
  subjects: z.array(text),
})

export type MaskReport = z.infer<typeof maskReport>
