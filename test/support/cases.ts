/** How many cases a property is tried on: CASES of the environment, 25 without it. */
export const CASES = Number(process.env.CASES ?? 25)

/** Time for that many cases on a slow machine. */
export const CASES_TIMEOUT_MS = 180_000 + CASES * 2_000

/** The seed of a run: SEED of the environment, or another one each time. It is printed, so that any run can be made again. */
export function seedOf(property: string): number {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  say(`${property}: SEED=${seed}`)
  return seed
}

/** A figure for whoever reads the output of the tests. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
