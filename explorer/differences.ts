// Where several answers to one operation differ. Pure.
import { childrenOf, isRecord, placeKey, type Step } from './paths.ts'

/** So many places are compared; beyond, the page says that it stopped. */
const MOST_PLACES = 50_000

export interface Differences {
  /** Keys, by placeKey, of the named paths of leaves and missing parts that differ. */
  readonly places: ReadonlySet<string>
  readonly isComplete: boolean
}

/** The places at which not all of these values are the same. A place that only some have differs. */
export function differencesOf(values: readonly unknown[]): Differences {
  const places = new Set<string>()
  let left = MOST_PLACES

  function compare(each: readonly unknown[], path: readonly Step[]): void {
    if (left-- <= 0) return
    if (!each.every(isRecord) || new Set(each.map(Array.isArray)).size > 1) {
      if (each.some(value => !sameLeaf(value, each[0]))) places.add(placeKey(path))
      return
    }
    const children = each.map(value => new Map(childrenOf(value).map(child => [child.name, child.value])))
    for (const name of new Set(children.flatMap(child => [...child.keys()]))) {
      const at = [...path, name]
      if (children.every(child => child.has(name)))
        compare(
          children.map(child => child.get(name)),
          at,
        )
      else places.add(placeKey(at))
    }
  }

  compare(values, [])
  return { places, isComplete: left > 0 }
}

// Two objects that come here stand beside something that is none, so that the place differs whatever they hold.
function sameLeaf(one: unknown, other: unknown): boolean {
  return !isRecord(one) && one === other
}
