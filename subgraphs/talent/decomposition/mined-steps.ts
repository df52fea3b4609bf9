// The kinds of steps that paths are made of, with the quadrant that each adds to: data with a version, mined-steps.json.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { quadrant } from './template.ts'

const { version, steps } = z
  .strictObject({ version: z.int().min(1), steps: z.record(z.string(), z.tuple([quadrant, z.string(), z.string()])) })
  .parse(JSON.parse(readFileSync(new URL('./mined-steps.json', import.meta.url), 'utf8')))

export const minedStepsVersion = version

export interface MinedStep {
  readonly kind: string
  readonly quadrant: z.infer<typeof quadrant>
  readonly title: string
  readonly titleZh: string
}

/** By kind. */
export const minedSteps: ReadonlyMap<string, MinedStep> = new Map(
  Object.entries(steps).map(([kind, [where, title, titleZh]]) => [kind, { kind, quadrant: where, title, titleZh }]),
)
