import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apportioned } from '../../subgraphs/talent/settlement/apportion.ts'
import { drawnParts, exactParts, type Game } from '../../subgraphs/talent/settlement/shapley.ts'
import { sharesOf, sharingRules } from '../../subgraphs/talent/settlement/shares.ts'
import { type Delivered, gameOf, type Part, peopleOf, WHOLE_PART } from '../../subgraphs/talent/settlement/worth.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'

const partNames = ['reading', 'validation', 'service'] as const
const parts = fc.tuple(
  ...partNames.map(name => fc.record({ name: fc.constant(name), weight: fc.integer({ min: 1, max: 9 }) })),
)

const deliveries = (people: number, min = 1) =>
  fc.array(
    fc.record({
      personId: fc.integer({ min: 0, max: people - 1 }).map(n => `p-${String(n).padStart(2, '0')}`),
      part: fc.constantFrom(...partNames),
      share: fc.integer({ min: 1, max: WHOLE_PART }),
      hours: fc.integer({ min: 0, max: 400 }).map(quarters => quarters / 4),
    }),
    { minLength: min, maxLength: 3 * people },
  )

const sum = (values: Iterable<bigint>) => [...values].reduce((all, each) => all + each, 0n)

/** What all are worth together. */
function worthOfAll(game: Game): number {
  const join = game.form()
  let worth = 0
  for (let player = 0; player < game.players; player++) worth += join(player)
  return worth
}

/** The Shapley value as its definition says it: the mean of what a player adds, over all orders. */
function overAllOrders(game: Game): number[] {
  const added = new Array<number>(game.players).fill(0)
  let orders = 0
  const visit = (order: readonly number[]) => {
    if (order.length < game.players) {
      for (let player = 0; player < game.players; player++) if (!order.includes(player)) visit([...order, player])
      return
    }
    orders++
    const join = game.form()
    for (const player of order) added[player] = (added[player] ?? 0) + join(player)
  }
  visit([])
  return added.map(each => each / orders)
}

/** Two games played at once by the same players. */
function together(a: Game, b: Game): Game {
  return {
    players: a.players,
    brings: a.brings.map((brought, player) => `${brought}/${b.brings[player]}`),
    form: () => {
      const [joinA, joinB] = [a.form(), b.form()]
      return player => joinA(player) + joinB(player)
    },
  }
}

describe('the exact Shapley value', () => {
  const games = fc.tuple(parts, deliveries(5)).map(([each, delivered]) => gameOf(each, delivered))

  it('is what a player adds, over all orders in which they could have come', () => {
    fc.assert(
      fc.property(games, game => {
        const exact = exactParts(game)
        const scale = Number(sum(exact)) / worthOfAll(game)
        for (const [player, mean] of overAllOrders(game).entries()) {
          expect(Number(exact[player]) / scale).toBeCloseTo(mean, 6)
        }
      }),
      { numRuns: CASES },
    )
  })

  it('gives out all that they are worth together, and nobody less than nothing', () => {
    fc.assert(
      fc.property(games, game => {
        const exact = exactParts(game)
        const orders = [...exact.keys()].reduce((product, player) => product * BigInt(player + 1), 1n)
        expect(sum(exact)).toBe(orders * BigInt(worthOfAll(game)))
        expect(exact.every(part => part >= 0n)).toBe(true)
      }),
      { numRuns: CASES },
    )
  })

  it('gives two who bring the same the same, and one who adds nothing nothing', () => {
    fc.assert(
      fc.property(parts, deliveries(4), fc.integer({ min: 1, max: WHOLE_PART }), (each, others, share) => {
        const twins: Delivered[] = ['twin-a', 'twin-b'].map(personId => ({
          personId,
          part: 'reading',
          share,
          hours: 1,
        }))
        const idler: Delivered = { personId: 'idler', part: 'nothing that is asked for', share, hours: 9 }
        const delivered = [...others, ...twins, idler]
        const people = peopleOf(delivered)
        const exact = exactParts(gameOf(each, delivered))
        expect(exact[people.indexOf('twin-a')]).toBe(exact[people.indexOf('twin-b')])
        expect(exact[people.indexOf('idler')]).toBe(0n)
      }),
      { numRuns: CASES },
    )
  })

  it('of two tasks together is the sum of that of each', () => {
    fc.assert(
      fc.property(parts, parts, deliveries(5), deliveries(5), (partsA, partsB, deliveredA, deliveredB) => {
        // Both are played by whoever delivered to either.
        const all = [...deliveredA, ...deliveredB].map(each => ({ ...each, share: 0 }))
        const a = gameOf(partsA, [...all, ...deliveredA])
        const b = gameOf(partsB, [...all, ...deliveredB])
        const [ofA, ofB] = [exactParts(a), exactParts(b)]
        expect(exactParts(together(a, b))).toEqual(ofA.map((part, player) => part + (ofB[player] ?? 0n)))
      }),
      { numRuns: CASES },
    )
  })

  it('is that of the example that is worked out in docs/talent.md', () => {
    // Reading (weight 2) is done by Ana alone; validation (weight 3) by Ben, of whom Cai could have done two thirds.
    const asked: readonly Part[] = [
      { name: 'reading', weight: 2 },
      { name: 'validation', weight: 3 },
    ]
    const delivered: readonly Delivered[] = [
      { personId: 'ana', part: 'reading', share: 10_000, hours: 4 },
      { personId: 'ben', part: 'validation', share: 10_000, hours: 6 },
      { personId: 'cai', part: 'validation', share: 6_000, hours: 2 },
    ]
    const shares = (rule: (typeof sharingRules)[number]) =>
      Object.fromEntries(sharesOf({ taskId: 't', amountMinor: 100_000, rule, parts: asked }, delivered) ?? [])
    // Ana 2.0, Ben (3.0 + 1.2) / 2 = 2.1, Cai (1.8 + 0.0) / 2 = 0.9, of 5.0.
    expect(shares('SHAPLEY')).toEqual({ ana: 40_000, ben: 42_000, cai: 18_000 })
    expect(shares('EQUAL')).toEqual({ ana: 33_334, ben: 33_333, cai: 33_333 })
    expect(shares('HOURS')).toEqual({ ana: 33_333, ben: 50_000, cai: 16_667 })
    // 20,000 : 30,000 : 18,000.
    expect(shares('DELIVERED')).toEqual({ ana: 29_412, ben: 44_118, cai: 26_470 })
  })
})

describe('the Shapley value over drawn orders', () => {
  const games = fc.tuple(parts, deliveries(8, 8)).map(([each, delivered]) => gameOf(each, delivered))

  it(
    'is within two percent of the worth of all of the exact one',
    () => {
      fc.assert(
        fc.property(games, fc.string(), (game, seed) => {
          const [exact, drawn] = [exactParts(game), drawnParts(game, seed)]
          const [ofExact, ofDrawn] = [Number(sum(exact)), Number(sum(drawn))]
          for (const [player, part] of exact.entries()) {
            expect(Math.abs(Number(part) / ofExact - Number(drawn[player]) / ofDrawn)).toBeLessThan(0.02)
          }
        }),
        { numRuns: Math.min(CASES, 200) },
      )
    },
    CASES_TIMEOUT_MS,
  )

  it('gives out all, is the same for the same seed, and the same to who brings the same', () => {
    const delivered = Array.from({ length: 24 }, (_, n) => ({
      personId: `p-${String(n).padStart(2, '0')}`,
      part: partNames[n % 3] ?? '',
      share: 2_000 + (n % 2) * 1_500,
      hours: 1,
    }))
    const game = gameOf(
      partNames.map(name => ({ name, weight: 5 })),
      delivered,
    )
    const drawn = drawnParts(game, 'settlement/task-1')
    expect(sum(drawn) % BigInt(worthOfAll(game))).toBe(0n)
    expect(drawnParts(game, 'settlement/task-1')).toEqual(drawn)
    for (const [player, brought] of game.brings.entries()) {
      expect(drawn[player]).toBe(drawn[game.brings.indexOf(brought)])
    }
    expect(drawnParts(game, 'settlement/task-2')).not.toEqual(drawn)
  })
})

describe('sharing out a reward', () => {
  const rewards = fc.record({
    taskId: fc.uuid(),
    amountMinor: fc.integer({ min: 1, max: 10 ** 12 }),
    rule: fc.constantFrom(...sharingRules),
    parts,
  })

  it(
    'loses and makes nothing under any rule, among few and many',
    () => {
      fc.assert(
        fc.property(rewards, fc.oneof(deliveries(9), deliveries(14)), (reward, delivered) => {
          const shares = sharesOf(reward, delivered)
          if (reward.rule === 'HOURS' && delivered.every(({ hours }) => hours === 0)) {
            expect(shares).toBeUndefined()
            return
          }
          const given = [...(shares?.values() ?? [])]
          expect(given.reduce((all, each) => all + each, 0)).toBe(reward.amountMinor)
          expect(given.every(each => Number.isSafeInteger(each) && each >= 0)).toBe(true)
          expect([...(shares?.keys() ?? [])]).toEqual(peopleOf(delivered))
        }),
        { numRuns: CASES },
      )
    },
    CASES_TIMEOUT_MS,
  )

  it('counts hours to the hundredth', () => {
    const delivered = [0.25, 0.5].map((hours, n) => ({ personId: `p-${n}`, part: 'reading', share: 1, hours }))
    const reward = { taskId: 't', amountMinor: 300, rule: 'HOURS', parts: [{ name: 'reading', weight: 1 }] } as const
    expect([...(sharesOf(reward, delivered)?.values() ?? [])]).toEqual([100, 200])
  })

  it('does not depend on the order in which contributions were recorded', () => {
    fc.assert(
      fc.property(rewards, deliveries(6), (reward, delivered) => {
        expect(sharesOf(reward, delivered.toReversed())).toEqual(sharesOf(reward, delivered))
      }),
      { numRuns: CASES },
    )
  })

  it('rounds nobody by a whole unit, and gives what remains to who lost most, then by id', () => {
    const some = fc.dictionary(fc.string({ minLength: 1 }), fc.bigInt({ min: 0n, max: 10n ** 20n }), { minKeys: 1 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 52 }), some, (amount, dictionary) => {
        const weights = new Map(Object.entries(dictionary))
        const all = sum(weights.values())
        const given = apportioned(amount, weights)
        if (all === 0n) {
          expect(given).toBeUndefined()
          return
        }
        const ids = [...weights.keys()]
        const lost = (id: string) => (BigInt(amount) * (weights.get(id) ?? 0n)) % all
        const isUp = (id: string) => BigInt(given?.get(id) ?? 0) * all > BigInt(amount) * (weights.get(id) ?? 0n)
        for (const id of ids) {
          const exact = BigInt(amount) * (weights.get(id) ?? 0n)
          const off = BigInt(given?.get(id) ?? 0) * all - exact
          expect(off < all && off > -all).toBe(true)
        }
        // Whoever was rounded up lost at least as much as whoever was not, and came first among equals.
        for (const up of ids.filter(isUp)) {
          for (const down of ids.filter(id => !isUp(id) && lost(id) > 0n)) {
            expect(lost(up) > lost(down) || (lost(up) === lost(down) && up < down)).toBe(true)
          }
        }
      }),
      { numRuns: CASES },
    )
  })
})
