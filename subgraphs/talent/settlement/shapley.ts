// Pure: the Shapley value of a game, which shares out what all are worth together by what each adds to the others, over all
// orders in which they could have come. Exact for few; for many over orders that are drawn by a stated seed.
import { createHash } from 'node:crypto'

/** Who plays, counted from 0, and what they are worth. Worth is a whole number, and nobody is worth nothing. */
export interface Game {
  readonly players: number
  /** What a player brings, as text: players who bring the same are due the same, also where orders are drawn. */
  readonly brings: readonly string[]
  /** A group without members yet: each call lets one player join, and answers by how much the group is worth more. */
  form(): (player: number) => number
}

/** Up to this many players every order is counted; with more of them an exact value takes too long. */
export const MOST_PLAYERS_EXACT = 10

/** How many orders are drawn for more players. Each is followed by its reverse, so that early and late places are even. */
export const ORDERS_DRAWN = 10_000

/**
 * What each player is due, as parts of the sum of all, which is a positive multiple of what all are worth together. `seed`
 * decides which orders are drawn for more than ten players.
 */
export function shapleyParts(game: Game, seed: string): readonly bigint[] {
  return game.players <= MOST_PLAYERS_EXACT ? exactParts(game) : drawnParts(game, seed)
}

/** The parts over all orders; their sum is players! × the worth of all. */
export function exactParts(game: Game): readonly bigint[] {
  const { players } = game
  const worths = Array.from({ length: 2 ** players }, (_, members) => worthOf(game, members))
  const parts = new Array<bigint>(players).fill(0n)
  for (const [members, worth] of worths.entries()) {
    for (let player = 0; player < players; player++) {
      if (isMember(members, player)) continue
      const adds = (worths[members | (1 << player)] ?? 0) - worth
      const before = countOf(members)
      // As many orders have these members before the player, and the others after it.
      parts[player] = (parts[player] ?? 0n) + factorial(before) * factorial(players - before - 1) * BigInt(adds)
    }
  }
  return parts
}

/** The parts over orders that are drawn; their sum is a multiple of the worth of all, so that nothing is lost by drawing. */
export function drawnParts(game: Game, seed: string): readonly bigint[] {
  const { players } = game
  const parts = new Array<number>(players).fill(0)
  const draw = drawnBy(seed)
  const order = Array.from({ length: players }, (_, player) => player)
  for (let drawn = 0; drawn < ORDERS_DRAWN; drawn += 2) {
    shuffle(order, draw)
    for (const each of [order, order.toReversed()]) {
      const join = game.form()
      for (const player of each) parts[player] = (parts[player] ?? 0) + join(player)
    }
  }
  return evenedOut(game.brings, parts.map(BigInt))
}

/** Gives players who bring the same the mean of their parts; all parts are multiplied so that it is whole. */
function evenedOut(brings: readonly string[], parts: readonly bigint[]): readonly bigint[] {
  const alike = new Map<string, { players: bigint; sum: bigint }>()
  for (const [player, brought] of brings.entries()) {
    const { players, sum } = alike.get(brought) ?? { players: 0n, sum: 0n }
    alike.set(brought, { players: players + 1n, sum: sum + (parts[player] ?? 0n) })
  }
  const multiple = [...alike.values()].reduce((least, { players }) => leastCommonMultiple(least, players), 1n)
  return brings.map(brought => {
    const { players, sum } = alike.get(brought) ?? { players: 1n, sum: 0n }
    return (sum * multiple) / players
  })
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a, b]
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest]
  return (a / divisor) * b
}

function worthOf(game: Game, members: number): number {
  const join = game.form()
  let worth = 0
  for (let player = 0; player < game.players; player++) if (isMember(members, player)) worth += join(player)
  return worth
}

function isMember(members: number, player: number): boolean {
  return (members & (1 << player)) !== 0
}

function countOf(members: number): number {
  return members === 0 ? 0 : (members & 1) + countOf(members >> 1)
}

function factorial(n: number): bigint {
  return n <= 1 ? 1n : BigInt(n) * factorial(n - 1)
}

/** Draws whole numbers below a bound: the same ones for the same seed, whatever the machine. */
function drawnBy(seed: string): (below: number) => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE()
  return below => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

function shuffle(order: number[], draw: (below: number) => number): void {
  for (let last = order.length - 1; last > 0; last--) {
    const place = draw(last + 1)
    const moved = order[last] ?? 0
    order[last] = order[place] ?? 0
    order[place] = moved
  }
}
