// Chance that repeats itself: each topic and number has a stream of its own, so one more draw for one customer's consents
// leaves everybody's conversations as they were.

export function randomFor(topic: string, number: number): Random {
  return new Random(fnv1a(`${topic}/${number}`))
}

/** Mulberry32. A class and not closures, since a stream is made for every record. */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = seed
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(list: readonly T[]): T {
    return at(list, this.below(list.length))
  }

  /** Picks by weight: `[choice, weight]` rows. */
  weighted<T>(rows: readonly (readonly [T, number])[]): T {
    let left = this.next() * rows.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [choice, weight] of rows) {
      left -= weight
      if (left < 0) return choice
    }
    return at(rows, rows.length - 1)[0]
  }

  shuffled<T>(list: readonly T[]): T[] {
    const cards = [...list]
    for (let last = cards.length - 1; last > 0; last--) {
      const other = this.below(last + 1)
      const card = at(cards, last)
      cards[last] = at(cards, other)
      cards[other] = card
    }
    return cards
  }

  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** The element at `index`, counted round and round. */
export function at<T>(list: readonly T[], index: number): T {
  if (list.length === 0) throw new RangeError('expected a list with something in it')
  return list[index % list.length] as T
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return hash
}
