// A property that outlived its test would go on under the tests after it: test/support/setup.ts ends it before.
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'

const LIMIT_MS = 10_000
const RUN_MS = 20

it(
  'a property that is too slow for its test ends before it, as a failure, and runs no more',
  async () => {
    let runs = 0
    const slow = fc.asyncProperty(fc.nat(), async () => {
      runs++
      await pause(RUN_MS)
    })
    await expect(fc.assert(slow, { numRuns: LIMIT_MS })).rejects.toThrow('interrupted')
    const ran = runs
    await pause(3 * RUN_MS)
    expect(runs).toBe(ran)
  },
  LIMIT_MS,
)
