// By what routing weighs: constraints and costs as versioned data. A cost is a whole number of points; a thousand points is a role
// for which somebody can do nothing of what it requires.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { canonicalJson, sha256 } from '../../../core/evidence/commitment.ts'

const points = z.int().min(0).max(1_000_000)
const share = z.number().min(0).max(1)

const modelSchema = z.strictObject({
  id: z.string(),
  version: z.int().min(1),
  skill: z.strictObject({
    /** How much of a level counts for a skill that lies so many BROADER steps away; further away nothing counts. */
    nearShares: z.array(share).min(1),
    /** Of a required level, the share below which an essential skill keeps somebody out. */
    essentialShare: share,
    gapCost: points,
    surplusCost: points,
  }),
  load: z.strictObject({ cost: points }),
  collaboration: z.strictObject({ strangerCost: points }),
  region: z.strictObject({ otherCost: points }),
  /** Of working time inside the task's window: below `leastMinutes` nobody is taken; what is short of the whole window costs. */
  hours: z.strictObject({ leastMinutes: z.int().min(0).max(1_440), shortCost: points }),
  /** What a pair costs that is not proposed already, so that a new plan keeps the old one where little is gained. */
  stability: z.strictObject({ moveCost: points }),
  /** What it costs to leave a place empty. */
  empty: z.strictObject({ cost: points }),
  /** With how many people a role begins, and how often those are added that the prices call for. */
  candidates: z.strictObject({ perRole: z.int().min(1).max(1_000), rounds: z.int().min(0).max(100) }),
  response: z.strictObject({ targetHours: z.number().positive() }),
})

export interface RoutingModel extends z.infer<typeof modelSchema> {
  /** Over all of it, so that a plan can say by which model it was made. */
  readonly hash: string
}

/** Throws a ZodError for what is no model. */
function parseModel(value: unknown): RoutingModel {
  const model = modelSchema.parse(value)
  return { ...model, hash: sha256(canonicalJson(model)).toString('base64url') }
}

export const routingModel: RoutingModel = parseModel(
  JSON.parse(readFileSync(new URL('./model.json', import.meta.url), 'utf8')),
)
