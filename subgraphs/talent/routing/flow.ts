// Pure: minimum-cost flow, one unit after another along the cheapest path (successive shortest paths with potentials). It stands
// for routing: what goes in is arcs, what comes out is which of them are used, and prices that prove that nothing is cheaper.
import FlatQueue from 'flatqueue'

/** A way through the arcs that are left, with what it costs. */
interface Path {
  readonly cost: number
  /** In the order in which they are walked; an odd number is an arc walked backwards, which gives a unit back. */
  readonly steps: readonly number[]
}

/**
 * A network whose arcs have whole capacities and costs. Every arc has an even number; the next odd one is its way back. Nodes and
 * arcs come in the order in which they were added, and equal inputs give equal flows.
 */
export class FlowNetwork {
  readonly #leadsTo: number[] = []
  /** Units that still fit. */
  readonly #room: number[] = []
  readonly #cost: number[] = []
  readonly #outOf: number[][] = []
  /** Prices of nodes: no step with room costs less than the difference of its ends, whatever was sent before. */
  readonly #potential: number[] = []
  // What one search writes, kept for the next.
  readonly #distance: number[] = []
  readonly #reachedBy: number[] = []
  readonly #search: number[] = []
  readonly #queue = new FlatQueue<number>()
  #searches = 0

  /** A node at the price of another, or at none. */
  addNode(like?: number): number {
    this.#distance.push(0)
    this.#reachedBy.push(-1)
    this.#search.push(0)
    this.#potential.push(like === undefined ? 0 : (this.#potential[like] ?? 0))
    return this.#outOf.push([]) - 1
  }

  /** Costs are not negative: a network without flow is then the cheapest one without flow. */
  addArc(from: number, to: number, capacity: number, cost: number): number {
    const arc = this.#leadsTo.push(to, from) - 2
    this.#room.push(capacity, 0)
    this.#cost.push(cost, -cost)
    this.#outOf[from]?.push(arc)
    this.#outOf[to]?.push(arc + 1)
    return arc
  }

  unitsOn(arc: number): number {
    return this.#room[arc + 1] ?? 0
  }

  /** Where an arc begins, or, for the odd number of its way back, where it ends. */
  startOf(step: number): number {
    return this.#leadsTo[step ^ 1] ?? -1
  }

  /** Sends one unit so that the whole flow is again the cheapest of its size. Answers whether there was a way. */
  send(from: number, to: number): boolean {
    const path = this.#cheapestPath(from, to, true)
    if (path === undefined) return false
    for (const step of path.steps) this.#walk(step)
    return true
  }

  /** The cost of a step at these prices: what using it would add to the cost of the whole at least. */
  reducedCost(step: number): number {
    return (this.#cost[step] ?? 0) + this.priceBetween(this.startOf(step), this.#leadsTo[step] ?? -1)
  }

  /** The price of the one node less that of the other. */
  priceBetween(from: number, to: number): number {
    return (this.#potential[from] ?? 0) - (this.#potential[to] ?? 0)
  }

  /** Makes the flow the cheapest again after an arc of capacity one was added. */
  takeUp(arc: number): void {
    if (this.reducedCost(arc) >= 0) return
    const [from, to] = [this.startOf(arc), this.#leadsTo[arc] ?? -1]
    this.#walk(arc)
    // The arc is full, so that its price no longer matters; what it brought goes back the cheapest way, maybe its own.
    this.send(to, from)
  }

  /**
   * The cheapest way to have one unit more on an unused arc while everything else stays as large as it is: what that adds to the
   * cost of the whole, and the steps after the arc by which the rest makes room. Changes nothing.
   */
  forcing(arc: number): Path | undefined {
    const back = this.#cheapestPath(this.#leadsTo[arc] ?? -1, this.startOf(arc), false)
    return back && { cost: (this.#cost[arc] ?? 0) + back.cost, steps: back.steps }
  }

  /**
   * What a flow of so many units from each of these nodes to the goal costs at least, by the prices alone: weak duality, true for
   * any prices, so that a mistake in the search cannot make it too large.
   */
  lowerBound(supplies: ReadonlyMap<number, number>, goal: number): number {
    let bound = 0
    for (const [node, units] of supplies) bound -= units * this.priceBetween(node, goal)
    for (let arc = 0; arc < this.#room.length; arc += 2) {
      const capacity = (this.#room[arc] ?? 0) + this.unitsOn(arc)
      bound += capacity * Math.min(0, this.reducedCost(arc))
    }
    return bound
  }

  /** What the flow costs as it is. */
  cost(): number {
    let cost = 0
    for (let arc = 0; arc < this.#room.length; arc += 2) cost += this.unitsOn(arc) * (this.#cost[arc] ?? 0)
    return cost
  }

  costOf(step: number): number {
    return this.#cost[step] ?? 0
  }

  #walk(step: number): void {
    this.#room[step] = (this.#room[step] ?? 0) - 1
    this.#room[step ^ 1] = (this.#room[step ^ 1] ?? 0) + 1
  }

  /** Dijkstra over costs made non-negative by the prices; `keepsPrices` writes the prices that hold once the path is walked. */
  #cheapestPath(from: number, to: number, keepsPrices: boolean): Path | undefined {
    const distance = this.#distance
    const search = ++this.#searches
    const settled: number[] = []
    const queue = this.#queue
    queue.clear()
    this.#reach(from, 0, -1, search)
    queue.push(from, 0)
    while (queue.length > 0) {
      const far = queue.peekValue() ?? 0
      const node = queue.pop() ?? -1
      // An older, longer way to the same node.
      if (far > (distance[node] ?? 0)) continue
      if (node === to) {
        const path = this.#pathTo(from, to, far)
        if (keepsPrices) for (const each of settled) this.#raise(each, (distance[each] ?? 0) - far)
        return path
      }
      settled.push(node)
      for (const step of this.#outOf[node] ?? []) {
        if ((this.#room[step] ?? 0) === 0) continue
        const next = this.#leadsTo[step] ?? -1
        const nextFar = far + this.reducedCost(step)
        if (this.#search[next] === search && nextFar >= (distance[next] ?? 0)) continue
        this.#reach(next, nextFar, step, search)
        queue.push(next, nextFar)
      }
    }
    return undefined
  }

  #reach(node: number, distance: number, by: number, search: number): void {
    this.#distance[node] = distance
    this.#reachedBy[node] = by
    this.#search[node] = search
  }

  #raise(node: number, by: number): void {
    this.#potential[node] = (this.#potential[node] ?? 0) + by
  }

  #pathTo(from: number, to: number, distance: number): Path {
    const steps: number[] = []
    for (let node = to; node !== from; ) {
      const step = this.#reachedBy[node] ?? -1
      steps.push(step)
      node = this.startOf(step)
    }
    return { cost: distance - this.priceBetween(from, to), steps: steps.reverse() }
  }
}
