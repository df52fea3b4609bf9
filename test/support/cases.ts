/** How many cases a property is tried on: CASES of the environment, 25 without it. */
export const CASES = Number(process.env.CASES ?? 25)

/** Time for that many cases on a slow machine. */
export const CASES_TIMEOUT_MS = 180_000 + CASES * 2_000
