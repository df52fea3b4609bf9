import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { CASES, CASES_TIMEOUT_MS, say, seedOf } from '../support/cases.ts'
import { oddPolicy, trial } from '../support/oracle-trials.ts'
import { openTwinApi, type TwinApi } from '../support/twin-api.ts'

const TRIALS = Math.max(50, Math.ceil(CASES / 10))

describe.each([
  ['the policy that ships', groundPolicy, 0.7],
  ['a policy with every mask', oddPolicy, 0.3],
])('under %s', (name, policy, share) => {
  let api: TwinApi
  beforeAll(async () => {
    api = await openTwinApi(policy)
  })
  afterAll(() => api.close())

  it(
    `two graphs that look alike to a viewer answer it alike, byte for byte, by the same statements`,
    async () => {
      let withData = 0
      let cases = 0
      await fc.assert(
        fc.asyncProperty(fc.integer(), async seed => {
          const { differences, ...counted } = await trial(api, seed)
          withData += counted.withData
          cases += counted.cases
          const [first] = differences
          if (first === undefined) return
          const { traces, ...what } = first
          expect({ ...what, answered: traces[1] }).toEqual({ ...what, answered: traces[0] })
        }),
        { numRuns: Math.round(TRIALS * share), endOnFailure: true, seed: seedOf(`no oracle under ${name}`) },
      )
      say(`no oracle under ${name}: ${cases} operations answered alike, ${withData} of them with data`)
      // Were most answers refusals, their equality would show nothing.
      expect(withData).toBeGreaterThan(cases / 16)
    },
    CASES_TIMEOUT_MS,
  )
})
