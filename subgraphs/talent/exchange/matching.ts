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

/** How many circles of three are told of: popular skills have more than anybody reads. */
export const MOST_CIRCLES = 1_000

/**
 * Every trade of one to three legs in which this person takes part, of circles of three at most a thousand; those first that need
 * fewest credits beside what is exchanged, then those of fewest people. Nobody trades with itself. The same for the same
 * listings in whatever order.
 */
export function possibleTrades(
  offers: readonly Offer[],
  wants: readonly Want[],
  personId: string,
): readonly PossibleTrade[] {
  const market = marketOf(offers, wants)
  const gives = [...legsFrom(market, personId)]
  const takes = [...legsTo(market, personId)]
  const returns = grouped(takes, ({ giverId }) => giverId)
  const swaps = gives.flatMap(first => (returns.get(first.takerId) ?? []).map(second => [first, second]))
  const circles: (readonly Leg[])[] = []
  for (const circle of circlesOf(market, gives, returns)) {
    circles.push(circle)
    if (circles.length === MOST_CIRCLES) break
  }
  return [...gives.map(leg => [leg]), ...takes.map(leg => [leg]), ...swaps, ...circles]
    .map(legs => ({ trade: toTrade(legs), credits: creditsNeeded(legs) }))
    .sort((x, y) => x.credits - y.credits || byPeople(x.trade, y.trade))
    .map(({ trade }) => trade)
}

/** The listings by what is asked of them, in the order of their ids. */
interface Market {
  readonly offersBy: ReadonlyMap<string, readonly Offer[]>
  readonly wantsBy: ReadonlyMap<string, readonly Want[]>
  readonly offersOf: ReadonlyMap<string, readonly Offer[]>
  readonly wantsOf: ReadonlyMap<string, readonly Want[]>
}

function marketOf(offers: readonly Offer[], wants: readonly Want[]): Market {
  const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1)
  const [allOffers, allWants] = [offers.toSorted(byId), wants.toSorted(byId)]
  return {
    offersBy: grouped(allOffers, ({ personId }) => personId),
    wantsBy: grouped(allWants, ({ personId }) => personId),
    offersOf: grouped(allOffers, ({ skillId }) => skillId),
    wantsOf: grouped(allWants, ({ skillId }) => skillId),
  }
}

function* legsFrom({ offersBy, wantsOf }: Market, personId: string): Iterable<Leg> {
  for (const offer of offersBy.get(personId) ?? []) {
    for (const want of wantsOf.get(offer.skillId) ?? []) {
      const leg = legOf(offer, want)
      if (leg !== undefined) yield leg
    }
  }
}

function* legsTo({ wantsBy, offersOf }: Market, personId: string): Iterable<Leg> {
  for (const want of wantsBy.get(personId) ?? []) {
    for (const offer of offersOf.get(want.skillId) ?? []) {
      const leg = legOf(offer, want)
      if (leg !== undefined) yield leg
    }
  }
}

/** Circles of three: from what the person gives, over two others, to what comes back to it. */
function* circlesOf(
  { offersBy, wantsOf }: Market,
  gives: readonly Leg[],
  returns: ReadonlyMap<string, readonly Leg[]>,
): Iterable<readonly Leg[]> {
  for (const first of gives) {
    for (const offer of offersBy.get(first.takerId) ?? []) {
      for (const want of wantsOf.get(offer.skillId) ?? []) {
        const back = returns.get(want.personId)
        const second = back && legOf(offer, want)
        if (second !== undefined) for (const third of back ?? []) yield [first, second, third]
      }
    }
  }
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

function byPeople(a: PossibleTrade, b: PossibleTrade): number {
  return a.legs.length - b.legs.length || (a.id < b.id ? -1 : Number(a.id > b.id))
}
