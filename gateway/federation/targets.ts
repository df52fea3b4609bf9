// Where in the answer a fetch puts what it gets: the objects at a path of the plan, through lists.
import type { ResponsePath } from './errors.ts'

type Data = Record<string, unknown>

/** Called with each object at the path, in the order of the answer. */
export function eachTarget(
  data: Data,
  path: ResponsePath,
  visit: (target: Data, place: readonly (string | number)[]) => void,
): void {
  const place: (string | number)[] = []
  function walk(value: unknown, index: number): void {
    if (value === null || value === undefined) return
    if (Array.isArray(value)) {
      for (const [position, item] of value.entries()) {
        place.push(position)
        walk(item, path[index] === '@' ? index + 1 : index)
        place.pop()
      }
    } else if (index === path.length) {
      visit(value as Data, place)
    } else {
      const key = String(path[index])
      if (!Object.hasOwn(value as Data, key)) return
      place.push(key)
      walk((value as Data)[key], index + 1)
      place.pop()
    }
  }
  walk(data, 0)
}

/** The objects at the path. `isShared` says that one may stand at several places; then it is there once. */
export function targetsAt(data: Data, path: ResponsePath, isShared: boolean): readonly Data[] {
  const targets: Data[] = []
  collect(data, path, 0, targets, isShared ? path.map(() => new Set()).concat(new Set()) : undefined)
  return targets
}

/** `seen` holds, for each part of the path, the objects from which it has been gone on already. */
function collect(
  value: unknown,
  path: ResponsePath,
  index: number,
  targets: Data[],
  seen: readonly Set<unknown>[] | undefined,
): void {
  if (value === null || value === undefined) return
  if (Array.isArray(value)) {
    const below = path[index] === '@' ? index + 1 : index
    for (const item of value) collect(item, path, below, targets, seen)
    return
  }
  if (seen !== undefined) {
    if (seen[index]?.has(value)) return
    seen[index]?.add(value)
  }
  const key = path[index]
  if (key === undefined) targets.push(value as Data)
  else if (Object.hasOwn(value as Data, key)) collect((value as Data)[key], path, index + 1, targets, seen)
}
