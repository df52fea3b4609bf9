// Where a mask's field stands in an answer that is printed with two spaces, one member a line. Pure.
import { isRecord, placeKey, type Step } from './paths.ts'

/** The line, counted from 1, of each of these places in `JSON.stringify(value, null, 2)`. Places that are not there are left out. */
export function linesOf(value: unknown, places: ReadonlySet<string>): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  let line = 1

  function walk(each: unknown, path: readonly Step[]): void {
    const key = placeKey(path)
    if (places.has(key)) lines.set(key, line)
    if (!isRecord(each)) return
    const entries = Array.isArray(each)
      ? [...each.entries()]
      : Object.entries(each).filter(([, below]) => below !== undefined)
    if (entries.length === 0) return
    for (const [step, below] of entries) {
      line++
      walk(below, [...path, step])
    }
    line++
  }

  walk(value, [])
  return lines
}
