// Pure: whether a piece of evidence counts, and as what, after what the person said of it and what was decided on that.
import type { Instant } from '../../../core/clock.ts'
import type { WeighedEvidence } from './level.ts'

/** CONTESTED by the person and not decided; then UPHELD as it is, STRUCK, or CORRECTED to what the person proposed. */
export const reviews = ['CONTESTED', 'UPHELD', 'STRUCK', 'CORRECTED'] as const
export type Review = (typeof reviews)[number]

/** Why a person says that evidence is wrong: in no words of its own, which might tell of others. */
export const contestReasons = ['NOT_ME', 'WRONG_OUTCOME', 'WRONG_COMPLEXITY', 'OUT_OF_DATE', 'OTHER'] as const
export type ContestReason = (typeof contestReasons)[number]

export interface SeenEvidence {
  readonly outcome: number
  readonly complexity: number
  readonly weight: number
  readonly seenAt: Instant
  /** Whether its source took it back. */
  readonly isRetracted: boolean
  readonly review: Review | null
  readonly proposedOutcome: number | null
  readonly proposedComplexity: number | null
}

/** As what it counts; undefined where it does not. What is contested does not count until that is decided. */
export function countedAs(evidence: SeenEvidence): WeighedEvidence | undefined {
  const { outcome, complexity, weight, seenAt, isRetracted, review } = evidence
  if (isRetracted || review === 'CONTESTED' || review === 'STRUCK') return undefined
  if (review !== 'CORRECTED') return { at: seenAt, outcome, complexity, weight }
  const { proposedOutcome, proposedComplexity } = evidence
  return { at: seenAt, outcome: proposedOutcome ?? outcome, complexity: proposedComplexity ?? complexity, weight }
}

/** What a decision makes of a contest. */
export function decided(
  isAccepted: boolean,
  proposed: Pick<SeenEvidence, 'proposedOutcome' | 'proposedComplexity'>,
): Review {
  if (!isAccepted) return 'UPHELD'
  return proposed.proposedOutcome === null && proposed.proposedComplexity === null ? 'STRUCK' : 'CORRECTED'
}
