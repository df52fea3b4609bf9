// Pure: which trades the open listings make possible: one person buys from another, two swap, or three pass on in a circle.

/** What somebody can do for others, and for how many credits. */
export interface Offer {
  readonly id: string
  readonly personId: string
  readonly skillId: string
  readonly priceMinor: number
}

/** What somebody looks for, and for how many credits at most. */
export interface Want {
  readonly id: string
  readonly personId: string
  readonly skillId: string
  readonly limitMinor: number
}

/** One capability that passes from who offers it to who wants it, at the price of the offer. */
export interface Leg {
  readonly offerId: string
  readonly wantId: string
  readonly giverId: string
  readonly takerId: string
  readonly skillId: string
  readonly priceMinor: number
}

/** A trade in which each takes part once as giver and once as taker; a purchase is a single leg, paid in credits. */
export interface PossibleTrade {
  /** The same for the same listings in the same roles. */
  readonly id: string
  readonly legs: readonly Leg[]
}

/**
 * Every trade of one to three legs in which this person takes part; those first that need fewest credits beside what is
 * exchanged, then those of fewest people. Nobody trades with itself. The same for the same listings in whatever order.
 */
export function possibleTrades(
  offers: readonly Offer[],
  wants: readonly Want[],
  personId: string,
): readonly PossibleTrade[] {
  const legs = legsOf(offers, wants)
  const given = grouped(legs, ({ giverId }) => giverId)
  const from = (giverId: string): readonly Leg[] => given.get(giverId) ?? []

  const found: (readonly Leg[])[] = legs
    .filter(({ giverId, takerId }) => giverId === personId || takerId === personId)
    .map(leg => [leg])
  for (const first of from(personId)) {
    for (const second of from(first.takerId)) {
      if (second.takerId === personId) found.push([first, second])
      else for (const third of from(second.takerId)) if (third.takerId === personId) found.push([first, second, third])
    }
  }
  return found.map(toTrade).sort(byCreditsThenPeople)
}

/** Every pair of an offer and a want that agree in skill and price and are not of one person. */
function legsOf(offers: readonly Offer[], wants: readonly Want[]): readonly Leg[] {
  const wantsOf = grouped(wants, ({ skillId }) => skillId)
  return offers.flatMap(offer =>
    (wantsOf.get(offer.skillId) ?? []).flatMap(want => {
      const leg = legOf(offer, want)
      return leg === undefined ? [] : [leg]
    }),
  )
}

/** Undefined where the two do not agree. */
export function legOf(offer: Offer, want: Want): Leg | undefined {
  if (offer.skillId !== want.skillId || offer.personId === want.personId || offer.priceMinor > want.limitMinor) {
    return undefined
  }
  const { id: offerId, personId: giverId, skillId, priceMinor } = offer
  return { offerId, wantId: want.id, giverId, takerId: want.personId, skillId, priceMinor }
}

/** Whether these legs are one trade: a single one, or a circle of two or three people each of whom gives and takes once. */
export function isTrade(legs: readonly Leg[]): boolean {
  if (legs.length === 0 || legs.length > 3) return false
  if (legs.length === 1) return true
  const givers = new Set(legs.map(({ giverId }) => giverId))
  return (
    givers.size === legs.length &&
    legs.every(({ takerId }, place) => takerId === legs[(place + 1) % legs.length]?.giverId)
  )
}

/** The legs of a trade in the order in which each taker gives next, beginning with the offer whose id comes first. */
export function inOrder(legs: readonly Leg[]): readonly Leg[] {
  const first = legs.reduce((a, b) => (b.offerId < a.offerId ? b : a))
  const from = legs.indexOf(first)
  const turned = [...legs.slice(from), ...legs.slice(0, from)]
  return isTrade(turned) ? turned : [first, ...turned.slice(1).toReversed()]
}

/** What each person pays for what it takes less what it is paid for what it gives; the sum of all is 0. */
export function paymentsOf(legs: readonly Leg[]): ReadonlyMap<string, number> {
  const payments = new Map<string, number>()
  const add = (personId: string, minor: number) => payments.set(personId, (payments.get(personId) ?? 0) + minor)
  for (const { giverId, takerId, priceMinor } of legs) {
    add(takerId, priceMinor)
    add(giverId, -priceMinor)
  }
  return payments
}

function grouped<T>(all: readonly T[], keyOf: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const each of all) {
    const group = groups.get(keyOf(each)) ?? []
    group.push(each)
    groups.set(keyOf(each), group)
  }
  return groups
}

function creditsNeeded(legs: readonly Leg[]): number {
  return [...paymentsOf(legs).values()].reduce((sum, payment) => sum + Math.max(0, payment), 0)
}

function toTrade(legs: readonly Leg[]): PossibleTrade {
  const ordered = inOrder(legs)
  return { id: ordered.map(({ offerId, wantId }) => `${offerId}+${wantId}`).join('/'), legs: ordered }
}

function byCreditsThenPeople(a: PossibleTrade, b: PossibleTrade): number {
  return (
    creditsNeeded(a.legs) - creditsNeeded(b.legs) ||
    a.legs.length - b.legs.length ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  )
}
