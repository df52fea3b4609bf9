import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChainedPeriod, misplaced } from '../../subgraphs/customers/period-chain.ts'
import { CASES } from '../support/cases.ts'

const months = fc.integer({ min: 0, max: 400 }).map(n => new Date(Date.UTC(2000, n)).toISOString().slice(0, 7))
/** The second customer's id begins like a period of the first one. */
const keys = fc.tuple(fc.constantFrom('c', 'c/20', 'd'), months).map(([customer, month]) => `${customer}/${month}`)

/** The periods when the links are as told. */
function relinked(periods: readonly ChainedPeriod[]): readonly ChainedPeriod[] {
  const { cut, links } = misplaced(periods)
  const olderOf = new Map(periods.flatMap(({ key, older }) => (older === undefined ? [] : [[key, older] as const])))
  for (const key of cut) expect(olderOf.delete(key)).toBe(true)
  for (const [key, older] of links) {
    expect(olderOf.has(key)).toBe(false)
    olderOf.set(key, older)
  }
  return periods.map(({ key }) => ({ key, older: olderOf.get(key) }))
}

describe('the chain of periods', () => {
  it('leads from each period to the next older one of its customer, in whatever order they were added', () => {
    const property = fc.property(fc.uniqueArray(keys), fc.nat(), (all, cutAt) => {
      const known = all.slice(0, cutAt).map(key => ({ key, older: undefined }))
      const added = all.slice(cutAt).map(key => ({ key, older: undefined }))
      const chained = relinked([...relinked(known), ...added])
      for (const { key, older } of chained) {
        const [customer, month] = [key.slice(0, -8), key.slice(-7)]
        const before = all.filter(each => each.slice(0, -8) === customer && each.slice(-7) < month)
        expect(older).toBe(before.sort().at(-1))
      }
    })
    fc.assert(property, { numRuns: CASES })
  })

  it('is cut and linked at the places of the new periods alone', () => {
    const chained = relinked(
      ['c/2020-01', 'c/2020-02', 'c/2020-04', 'c/2020-05'].map(key => ({ key, older: undefined })),
    )
    expect(misplaced([...chained, { key: 'c/2020-03', older: undefined }])).toEqual({
      cut: ['c/2020-04'],
      links: [
        ['c/2020-04', 'c/2020-03'],
        ['c/2020-03', 'c/2020-02'],
      ],
    })
  })
})
