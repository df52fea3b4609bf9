// Chance that can be repeated: the same number draws the same again.

/** Numbers from 0 up to `below`. */
export type Draw = (below: number) => number

/** The same sequence for the same seed (mulberry32). */
export function drawFrom(seed: number): Draw {
  let state = seed | 0
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

export const pick = <T>(draw: Draw, among: readonly T[]): T => among[draw(among.length)] as T
export const chance = (draw: Draw, percent: number) => draw(100) < percent

/** A number that depends on all of its parts and on nothing else. */
export function hashOf(...parts: readonly (string | number)[]): number {
  let hash = 2166136261
  for (const character of parts.join('|')) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619)
  return drawFrom(hash)(2 ** 31)
}
