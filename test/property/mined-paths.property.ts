import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  leadsThrough,
  type SalesPath,
  type SharedPath,
  sharedPaths,
  topSellers,
  winRateAtLeast,
} from '../../subgraphs/talent/decomposition/mined-paths.ts'
import { CASES } from '../support/cases.ts'

const KINDS = ['a', 'b', 'c', 'd']

function mined(paths: readonly SalesPath[]): readonly SharedPath[] {
  const steps = sharedPaths(paths)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

const path = (sellerId: string, customerId: string, isWon: boolean, steps: string): SalesPath => {
  return { sellerId, customerId, isWon, steps: [...steps] }
}

/** Few sellers, customers and kinds, so that much is shared. */
const aPath = fc.record({
  sellerId: fc.constantFrom('s1', 's2', 's3', 's4'),
  customerId: fc.integer({ min: 1, max: 9 }).map(String),
  isWon: fc.boolean(),
  steps: fc.array(fc.constantFrom(...KINDS), { maxLength: 7 }),
})
const somePaths = fc.array(aPath, { minLength: 20, maxLength: 60 })

const longer = (kinds: readonly string[]) => KINDS.filter(kind => !kinds.includes(kind)).map(kind => [...kinds, kind])
const PAIRS = KINDS.flatMap(kind => longer([kind]))
/** Every sequence of two to four different kinds. */
const SEQUENCES = [...PAIRS, ...PAIRS.flatMap(longer), ...PAIRS.flatMap(longer).flatMap(longer)]

/** The same by looking for every sequence in every path with an expression for it. */
function byBruteForce(paths: readonly SalesPath[]): ReadonlyMap<string, { customers: number; lift: number }> {
  const top = topSellers(paths)
  const won = paths.filter(each => each.isWon && top.includes(each.sellerId))
  const customers = (of: readonly SalesPath[]) => new Set(of.map(({ customerId }) => customerId)).size
  const all = SEQUENCES.flatMap(kinds => {
    const form = new RegExp(kinds.join('.*'))
    const through = (of: readonly SalesPath[]) => of.filter(({ steps }) => form.test(steps.join('')))
    const found = through(won)
    const lift = found.length / won.length / (through(paths).length / paths.length)
    const isShared = new Set(found.map(({ sellerId }) => sellerId)).size >= 2
    const isFrequent = customers(found) >= Math.max(5, 0.2 * customers(won))
    return isShared && isFrequent && lift > 1 ? [{ kinds, form, customers: customers(found), lift }] : []
  })
  const closed = all.filter(
    each =>
      !all.some(
        other =>
          other.kinds.length > each.kinds.length &&
          other.customers === each.customers &&
          each.form.test(other.kinds.join('')),
      ),
  )
  return new Map(closed.map(({ kinds, customers, lift }) => [kinds.join(''), { customers, lift }]))
}

describe('the paths that top sellers share', () => {
  it('are counted as in the example that docs/talent.md works out by hand', () => {
    const paths = [
      ...[1, 2, 3].map(number => path('ana', `a${number}`, true, 'xab')),
      ...[1, 2, 3].map(number => path('ben', `b${number}`, true, 'ayb')),
      ...[1, 2, 3].map(number => path('cai', `c${number}`, true, 'ba')),
      ...[4, 5, 6].map(number => path('cai', `c${number}`, false, 'ab')),
    ]
    expect([winRateAtLeast(3, 3), winRateAtLeast(3, 6)].map(rate => rate.toFixed(3))).toEqual(['0.526', '0.221'])
    expect(topSellers(paths)).toEqual(['ana', 'ben'])
    // All six customers of Ana and Ben, 6 of 6 paths, beside 9 of 12 of everybody: 1 ÷ 0.75.
    expect(mined(paths)).toEqual([{ kinds: ['a', 'b'], customers: 6, share: 1, lift: 1 / 0.75 }])
  })

  it('are those of brute force, with their support and lift', () => {
    let proposed = 0
    fc.assert(
      fc.property(somePaths, paths => {
        const found = mined(paths)
        proposed += found.length
        expect(new Map(found.map(({ kinds, customers, lift }) => [kinds.join(''), { customers, lift }]))).toEqual(
          byBruteForce(paths),
        )
      }),
      { numRuns: CASES },
    )
    expect(proposed).toBeGreaterThan(0)
  })

  it('are the same in whatever order the paths come', () => {
    const shuffled = somePaths.chain(paths =>
      fc.tuple(fc.constant(paths), fc.shuffledSubarray(paths, { minLength: paths.length })),
    )
    fc.assert(
      fc.property(shuffled, ([paths, others]) => {
        expect(mined(others)).toEqual(mined(paths))
      }),
      { numRuns: CASES },
    )
  })

  it('are none where fewer than five customers went through, however often', () => {
    const few = fc.array(
      aPath.map(each => ({ ...each, customerId: String(Number(each.customerId) % 4) })),
      { minLength: 20, maxLength: 60 },
    )
    fc.assert(
      fc.property(few, paths => {
        expect(mined(paths)).toEqual([])
      }),
      { numRuns: CASES },
    )
  })

  it('are none that one seller goes alone, and none of who won less than three', () => {
    const alone = [1, 2, 3, 4, 5, 6].map(number => path('ana', `a${number}`, true, 'ab'))
    const others = [1, 2, 3, 4, 5, 6].map(number => path('ben', `b${number}`, number < 4, 'c'))
    expect(mined([...alone, ...others])).toEqual([])
    expect(topSellers([path('lucky', '1', true, 'ab'), path('lucky', '2', true, 'ab')])).toEqual([])
  })

  it('lead through steps in their order, with others between', () => {
    expect(leadsThrough([...'axbc'], ['a', 'c'])).toBe(true)
    expect(leadsThrough([...'ca'], ['a', 'c'])).toBe(false)
  })
})

describe('the top sellers', () => {
  it('are a quarter of those who won enough, at least two, of equals the first by id', () => {
    const sellers = Array.from({ length: 12 }, (_, index) => `s${String(index).padStart(2, '0')}`)
    const paths = sellers.flatMap(seller => [1, 2, 3].map(number => path(seller, `${seller}/${number}`, true, 'ab')))
    expect(topSellers([...paths].reverse())).toEqual(['s00', 's01', 's02'])
    expect(topSellers(paths.slice(0, 9))).toEqual(['s00', 's01'])
  })
})
