// Pure: what a group of people is worth to a task, from what each of them delivered of its parts.
import type { Game } from './shapley.ts'

/** All of a part, in hundredths of a percent. */
export const WHOLE_PART = 10_000

/** What the schema says of the worth of a group. */
export const WORTH =
  'A group of people is worth, for each part of the task, the weight of that part times the share of it that they delivered together, at most all of it'

/** A part of a task that a reward is for. */
export interface Part {
  readonly name: string
  /** How much the part counts beside the others. */
  readonly weight: number
}

/** What somebody delivered of a part, for which there is evidence. */
export interface Delivered {
  readonly personId: string
  readonly part: string
  /** In hundredths of a percent of the part. */
  readonly share: number
  readonly hours: number
}

/** Those who delivered anything, in the order of their ids. */
export function peopleOf(delivered: readonly Delivered[]): readonly string[] {
  return [...new Set(delivered.map(({ personId }) => personId))].sort()
}

/** The game of these people: whoever delivers what others deliver as well shares its worth with them. */
export function gameOf(parts: readonly Part[], delivered: readonly Delivered[]): Game {
  const people = peopleOf(delivered)
  const weights = parts.map(({ weight }) => weight)
  const brought = people.map(person => {
    const ofPerson = delivered.filter(({ personId }) => personId === person)
    return parts.flatMap(({ name }, place) => {
      const share = sumOf(ofPerson.filter(({ part }) => part === name).map(each => each.share))
      return share === 0 ? [] : [{ place, share }]
    })
  })
  return {
    players: people.length,
    brings: brought.map(each => JSON.stringify(each)),
    form: () => {
      const reached = new Array<number>(parts.length).fill(0)
      return player => {
        let adds = 0
        for (const { place, share } of brought[player] ?? []) {
          const before = reached[place] ?? 0
          const after = Math.min(WHOLE_PART, before + share)
          reached[place] = after
          adds += (weights[place] ?? 0) * (after - before)
        }
        return adds
      }
    },
  }
}

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0)
}
