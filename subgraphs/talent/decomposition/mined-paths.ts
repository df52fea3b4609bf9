// Pure: which steps, in which order, the paths of top sellers share. docs/talent.md tells it with figures. What comes out names
// kinds of steps alone, and none that fewer than five customers went through.

/** What happened on the way of one opportunity to its end. */
export interface SalesPath {
  readonly sellerId: string
  readonly customerId: string
  readonly isWon: boolean
  /** Kinds, in the order of time. */
  readonly steps: readonly string[]
}

export interface SharedPath {
  /** Two to four different kinds, in the order in which they came; others may lie between. */
  readonly kinds: readonly string[]
  /** Its support: how many customers whom top sellers won went through it. */
  readonly customers: number
  /** The same as a share of all customers whom top sellers won. */
  readonly share: number
  /** How much more frequent it is in what top sellers won than in all paths of all sellers. */
  readonly lift: number
}

const LEAST_WINS = 3
const LEAST_CUSTOMERS = 5
/** What only one seller does is nothing that top sellers share, and would tell of that seller. */
const LEAST_SELLERS = 2
/** What fewer of the customers went through is chance. */
const LEAST_SHARE = 0.2
const LONGEST = 4
const MOST = 100
/** A quarter of those who won enough, and at least two. */
const TOP_SHARE = 0.25
/** Of Wilson's interval, which holds the win rate with a confidence of 90 %. */
const Z = 1.645

/** The lower end of Wilson's interval about a win rate: a few lucky wins count for less than many. */
export function winRateAtLeast(won: number, closed: number): number {
  const rate = won / closed
  const spread = Z * Math.sqrt((rate * (1 - rate)) / closed + Z ** 2 / (4 * closed ** 2))
  return (rate + Z ** 2 / (2 * closed) - spread) / (1 + Z ** 2 / closed)
}

/** The ids of the sellers whose win rate is highest for sure; of equals the one whose id comes first. */
export function topSellers(paths: readonly SalesPath[]): readonly string[] {
  const tallies = new Map<string, { won: number; closed: number }>()
  for (const { sellerId, isWon } of paths) {
    const { won, closed } = tallies.get(sellerId) ?? { won: 0, closed: 0 }
    tallies.set(sellerId, { won: won + (isWon ? 1 : 0), closed: closed + 1 })
  }
  const ranked = [...tallies]
    .filter(([, { won }]) => won >= LEAST_WINS)
    .map(([id, { won, closed }]) => ({ id, rate: winRateAtLeast(won, closed) }))
    .sort((a, b) => b.rate - a.rate || byText(a.id, b.id))
  return ranked.slice(0, Math.max(LEAST_SELLERS, Math.ceil(ranked.length * TOP_SHARE))).map(({ id }) => id)
}

/** Whether a path leads through all of these kinds in this order. */
export function leadsThrough(steps: readonly string[], kinds: readonly string[]): boolean {
  let found = 0
  for (const step of steps) if (step === kinds[found]) found += 1
  return found === kinds.length
}

/** A path from a place on. */
interface Rest {
  readonly path: SalesPath
  readonly from: number
}

/**
 * The paths that top sellers share, those of the highest lift first. A path is left out where a longer one has the same customers.
 * Stands still at its yields; the order in which paths are given does not matter.
 */
export function* sharedPaths(paths: readonly SalesPath[]): Generator<void, readonly SharedPath[]> {
  const top = new Set(topSellers(paths))
  const won = paths.filter(({ sellerId, isWon }) => isWon && top.has(sellerId))
  const customers = customersOf(won)
  const least = Math.max(LEAST_CUSTOMERS, Math.ceil(customers * LEAST_SHARE))
  const found: SharedPath[] = []
  const open: { readonly kinds: readonly string[]; readonly rests: readonly Rest[] }[] = [
    { kinds: [], rests: won.map(path => ({ path, from: 0 })) },
  ]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    yield
    for (const [kind, rests] of nextKinds(at.rests)) {
      const through = rests.map(({ path }) => path)
      const support = customersOf(through)
      if (at.kinds.includes(kind) || support < least || sellersOf(through) < LEAST_SELLERS) continue
      const kinds = [...at.kinds, kind]
      if (kinds.length < LONGEST) open.push({ kinds, rests })
      if (kinds.length < 2) continue
      const everywhere = paths.filter(({ steps }) => leadsThrough(steps, kinds)).length
      const lift = through.length / won.length / (everywhere / paths.length)
      if (lift > 1) found.push({ kinds, customers: support, share: support / customers, lift })
    }
  }
  return found
    .filter(each => !found.some(other => isPartOf(each, other)))
    .sort((a, b) => b.lift - a.lift || b.customers - a.customers || byText(a.kinds.join(), b.kinds.join()))
    .slice(0, MOST)
}

/** Every kind that comes next, with what is left of each path after it came first. */
function nextKinds(rests: readonly Rest[]): ReadonlyMap<string, readonly Rest[]> {
  const next = new Map<string, Rest[]>()
  for (const { path, from } of rests) {
    const seen = new Set<string>()
    for (const [index, kind] of path.steps.entries()) {
      if (index < from || seen.has(kind)) continue
      seen.add(kind)
      const after = next.get(kind) ?? []
      after.push({ path, from: index + 1 })
      next.set(kind, after)
    }
  }
  return next
}

function isPartOf(one: SharedPath, other: SharedPath): boolean {
  const isLonger = other.kinds.length > one.kinds.length
  return isLonger && other.customers === one.customers && leadsThrough(other.kinds, one.kinds)
}

const customersOf = (paths: readonly SalesPath[]) => new Set(paths.map(({ customerId }) => customerId)).size
const sellersOf = (paths: readonly SalesPath[]) => new Set(paths.map(({ sellerId }) => sellerId)).size

function byText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
