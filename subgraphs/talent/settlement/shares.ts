// Pure: who is given how much of a reward, under the rule by which it is shared out.
import { unreachable } from '../../../core/errors.ts'
import { apportioned } from './apportion.ts'
import { MOST_PLAYERS_EXACT, shapleyParts } from './shapley.ts'
import { type Delivered, gameOf, type Part, peopleOf, sumOf } from './worth.ts'

export const sharingRules = ['SHAPLEY', 'EQUAL', 'HOURS', 'DELIVERED'] as const
export type SharingRule = (typeof sharingRules)[number]

export interface Reward {
  readonly taskId: string
  readonly amountMinor: number
  readonly rule: SharingRule
  readonly parts: readonly Part[]
}

/**
 * The minor units of each person who contributed; they add up to the reward. Undefined where there is nothing to share it
 * out by: nobody contributed, or nobody any hours.
 */
export function sharesOf(reward: Reward, delivered: readonly Delivered[]): ReadonlyMap<string, number> | undefined {
  return apportioned(reward.amountMinor, partsOf(reward, delivered))
}

/** Whether the shares rest on orders that are drawn. */
export function isDrawn({ rule }: Reward, delivered: readonly Delivered[]): boolean {
  return rule === 'SHAPLEY' && peopleOf(delivered).length > MOST_PLAYERS_EXACT
}

/** What those orders are drawn by. */
export function seedOf({ taskId }: Pick<Reward, 'taskId'>): string {
  return `settlement/${taskId}`
}

function partsOf(reward: Reward, delivered: readonly Delivered[]): ReadonlyMap<string, bigint> {
  const people = peopleOf(delivered)
  const { rule, parts } = reward
  switch (rule) {
    case 'SHAPLEY': {
      const due = shapleyParts(gameOf(parts, delivered), seedOf(reward))
      return new Map(people.map((person, player) => [person, due[player] ?? 0n]))
    }
    case 'EQUAL':
      return new Map(people.map(person => [person, 1n]))
    case 'HOURS':
      // In hundredths of an hour, which is what hours are told in.
      return partsBy(people, delivered, ({ hours }) => Math.round(hours * 100))
    case 'DELIVERED': {
      const weights = new Map(parts.map(({ name, weight }) => [name, weight]))
      return partsBy(people, delivered, ({ part, share }) => (weights.get(part) ?? 0) * share)
    }
    default:
      return unreachable(rule)
  }
}

function partsBy(people: readonly string[], delivered: readonly Delivered[], measure: (each: Delivered) => number) {
  return new Map(
    people.map(person => [person, BigInt(sumOf(delivered.filter(({ personId }) => personId === person).map(measure)))]),
  )
}
