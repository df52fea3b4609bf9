import { createHash, randomUUID } from 'node:crypto'

/** Where ids come from. Ids are random, never derived from a personal value, and therefore public. */
export interface Ids {
  /** A new id of this kind, such as `Customer`. */
  next(kind: string): string
}

export const randomIds: Ids = { next: () => randomUUID() }

/**
 * The same ids at every run, one sequence a kind, so that the n-th Customer has the same id whatever else was made.
 * For seeds and tests.
 */
export function seededIds(seed: string): Ids {
  const drawn = new Map<string, number>()
  return {
    next: kind => {
      const count = (drawn.get(kind) ?? 0) + 1
      drawn.set(kind, count)
      return seededId(seed, kind, count)
    },
  }
}

/** The id that `seededIds(seed)` gives to the n-th of its kind, counted from 1. */
export function seededId(seed: string, kind: string, n: number): string {
  const hex = createHash('sha256').update(`${seed}/${kind}/${n}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
