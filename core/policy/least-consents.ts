// Which sets of consents are enough for something, told by asking. Pure.
import type { Purpose } from '../viewer.ts'

/**
 * Every least set of consents that is enough, of those in `among`, in one order for equal questions. More consents must never
 * be less: what is enough stays enough with any consent beside it.
 */
export function leastConsents(
  among: readonly Purpose[],
  isEnough: (consents: readonly Purpose[]) => boolean,
): readonly (readonly Purpose[])[] {
  const found = new Map<string, readonly Purpose[]>()
  const explored = new Set<string>()
  const explore = (within: readonly Purpose[]): void => {
    if (explored.has(within.join()) || !isEnough(within)) return
    explored.add(within.join())
    let least = within
    for (const purpose of within) {
      const fewer = least.filter(each => each !== purpose)
      if (isEnough(fewer)) least = fewer
    }
    found.set(least.join(), least)
    for (const purpose of least) explore(within.filter(each => each !== purpose))
  }
  explore(among)
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, set]) => set)
}
