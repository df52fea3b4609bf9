// Pure: how likely two customers are one person, after Fellegi and Sunter: what a comparison weighs is the logarithm of how
// much more often it comes out like that for one person than for two.
import { type ComparedField, type Comparison, compared, comparedFields, type Identity } from './compare.ts'
import type { MatchModel } from './model.ts'

/** In bits: what each field that both state weighs, and all of it with the odds of any two. */
export interface Score {
  readonly weights: { readonly [field in ComparedField]?: number }
  readonly total: number
}

export type Verdict = 'ONE_PERSON' | 'UNSURE' | 'TWO_PERSONS'

/** By what two customers were told to be one person, or not. */
export function scoreOf(model: MatchModel, a: Identity, b: Identity): Score {
  const comparison = compared(a, b)
  const weights: Partial<Record<ComparedField, number>> = {}
  let total = model.priorBits
  for (const field of comparedFields) {
    const weight = weightOf(model, field, comparison)
    if (weight === undefined) continue
    weights[field] = weight
    total += weight
  }
  return { weights, total: rounded(total) }
}

export function verdictOn(model: MatchModel, { total }: Score): Verdict {
  if (total >= model.thresholds.merge) return 'ONE_PERSON'
  return total >= model.thresholds.review ? 'UNSURE' : 'TWO_PERSONS'
}

/** So many bits against it, and one field alone says that two are not one person; of residences none does. */
const CONTRADICTION = -5

/**
 * Whether two persons, each made of some customers, cannot be one: where any two of them differ in what people do not change,
 * such as the date of birth or the WeCom id. A chain of likenesses would else bring namesakes together.
 */
export function areContradicted(model: MatchModel, these: readonly Identity[], those: readonly Identity[]): boolean {
  return these.some(one => those.some(other => contradicts(scoreOf(model, one, other))))
}

function contradicts({ weights }: Score): boolean {
  return comparedFields.some(field => field !== 'region' && (weights[field] ?? 0) <= CONTRADICTION)
}

function weightOf(model: MatchModel, field: ComparedField, comparison: Comparison): number | undefined {
  const level = comparison[field]
  if (level === undefined) return undefined
  const chance = model.fields[field][level]
  return chance && rounded(Math.log2(chance.m / chance.u))
}

function rounded(bits: number): number {
  return Number(bits.toFixed(2))
}
