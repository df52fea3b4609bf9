// Pure: what may be asked of settlement, and how what is refused is told.
import { ApiError, type ErrorDetail } from '../../../core/errors.ts'
import { toMinorUnits } from '../../../core/money.ts'
import { LARGEST_BALANCE, type LedgerRefusal } from './ledger.ts'
import type { Reward } from './shares.ts'
import type { ContributionInput, RewardInput } from './types.ts'
import type { Delivered } from './worth.ts'

const MOST_PARTS = 50
const LONGEST_PART = 100
const HEAVIEST = 1_000
const MOST_EVIDENCE = 20
const MOST_HOURS = 1_000
const LONGEST_REASON = 500

/** Credits in minor units. Throws BAD_USER_INPUT for fewer than `least`. */
export function creditsIn(at: string, decimal: string, least: number): number {
  const minor = toMinorUnits(decimal)
  if (minor < least || minor > LARGEST_BALANCE) {
    throw new ApiError('BAD_USER_INPUT', { at, expected: least > 0 ? 'more than 0 credits' : '0 credits or more' })
  }
  return minor
}

/** Throws BAD_USER_INPUT. */
export function toReward({ taskId, amount, rule, parts }: RewardInput): Reward {
  if (parts.length === 0 || parts.length > MOST_PARTS) throw outside('parts', `1 to ${MOST_PARTS}`)
  const names = parts.map(({ name }) => name)
  if (new Set(names).size < names.length) throw outside('parts.name', 'each name once')
  for (const { name, weight } of parts) {
    if (!isText(name, LONGEST_PART)) throw outside('parts.name', `1 to ${LONGEST_PART} characters`)
    if (weight < 1 || weight > HEAVIEST) throw outside('parts.weight', `1 to ${HEAVIEST}`)
  }
  return {
    taskId,
    amountMinor: creditsIn('amount', amount, 1),
    rule,
    parts: parts.map(({ name, weight }) => ({ name, weight })),
  }
}

/** Throws BAD_USER_INPUT. */
export function toDelivered({ sellerId, part, percent, hours, evidence }: ContributionInput): Delivered {
  const share = Math.round(percent * 100)
  if (!(share > 0 && share <= 10_000)) throw outside('percent', 'more than 0 and at most 100')
  if (!(hours >= 0 && hours <= MOST_HOURS)) throw outside('hours', `0 to ${MOST_HOURS}`)
  if (evidence.length === 0 || evidence.length > MOST_EVIDENCE) throw outside('evidence', `1 to ${MOST_EVIDENCE}`)
  return { personId: sellerId, part, share, hours: Math.round(hours * 100) / 100 }
}

/** Throws BAD_USER_INPUT. */
export function requireReason(because: string): void {
  if (!isText(because, LONGEST_REASON)) throw outside('because', `1 to ${LONGEST_REASON} characters`)
}

export function outside(at: string, expected: string): ApiError {
  return new ApiError('BAD_USER_INPUT', { at, expected })
}

function isText(text: string, longest: number): boolean {
  return text.trim() !== '' && text.length <= longest && text.isWellFormed()
}

const REFUSALS: { readonly [refusal in LedgerRefusal]: ErrorDetail } = {
  UNBALANCED: { expected: 'postings that add up to nothing' },
  NOT_WHOLE: { expected: 'whole minor units' },
  TOO_LARGE: { expected: 'a balance that can be told exactly' },
  OVERDRAFT: { expected: 'enough credits in the account that they are taken from' },
  ID_TAKEN: { expected: 'a transaction of its own' },
  UNKNOWN_TRANSACTION: { expected: 'a transaction that was posted' },
  REVERSED_BEFORE: { expected: 'a transaction that was not taken back before' },
  NO_COUNTERPART: { expected: 'the same postings the other way round' },
}

export function refusedBy(refusal: LedgerRefusal): ApiError {
  return new ApiError('CONFLICT', REFUSALS[refusal])
}
