// Pure: one optimisation over all open tasks and all people. It is a flow from roles to people, at the least cost of skills, load,
// collaboration, region, working time and moves; a place that nobody takes costs, too.
import { type Fairness, fairnessOf } from './fairness.ts'
import { loadCost, type PairCost } from './fit.ts'
import { FlowNetwork } from './flow.ts'
import { type Candidate, type Market, marketOf } from './market.ts'
import type { RoutingModel } from './model.ts'
import { freePlaces, type OpenTask, type Person, type Problem, type Role } from './problem.ts'

/** A place that the plan gives to somebody. */
export interface Place {
  readonly taskId: string
  readonly role: string
  readonly personId: string
  readonly cost: PairCost
}

export interface EmptyPlaces {
  readonly taskId: string
  readonly role: string
  readonly people: number
}

export interface Plan {
  /** In order of task, role and person. */
  readonly places: readonly Place[]
  readonly empty: readonly EmptyPlaces[]
  /** Of everything, in points: pairs, load and empty places. */
  readonly cost: number
  /** No plan costs less than this, by the prices of the dual. Equal to the cost where the plan is proven the best. */
  readonly lowerBound: number
  /** Of everybody who could be given something. */
  readonly fairness: Fairness
  /** Proposals of before that the plan does not keep. */
  readonly moved: number
}

/** A role in the network. */
interface RoleNode {
  readonly task: OpenTask
  readonly role: Role
  readonly node: number
  readonly emptyArc: number
  /** Who may take it, in order of id. */
  readonly candidates: readonly Candidate[]
  /** The arc of each candidate that the network holds, by person. */
  readonly arcs: Map<string, number>
}

interface Pair {
  readonly role: RoleNode
  readonly person: Person
}

/** A solved problem that can still be asked what another plan would cost. */
export class Routing {
  readonly market: Market
  readonly model: RoutingModel
  readonly network = new FlowNetwork()
  readonly roles: RoleNode[] = []
  /** The nodes of people, and the arcs by which they take their first, second … more task. */
  readonly #people = new Map<
    string,
    { readonly person: Person; readonly node: number; readonly loads: readonly number[] }
  >()
  /** Where several roles of a task meet at a person, so that nobody has two of them. */
  readonly #meetings = new Map<string, number>()
  readonly #pairs = new Map<number, Pair>()
  readonly #emptyArcs = new Set<number>()
  readonly #sink = this.network.addNode()
  /** What candidates that were left out could save at most; 0 where the prices say that nobody is missing. */
  #leftOut = 0

  private constructor(problem: Problem, model: RoutingModel) {
    this.market = marketOf(problem, model)
    this.model = model
    for (const person of this.market.people) this.#addPerson(person)
  }

  /** Solves in steps, between which whoever drives it may let others run. */
  static *solve(problem: Problem, model: RoutingModel): Generator<undefined, Routing> {
    const routing = new Routing(problem, model)
    const { candidates } = model
    for (const task of routing.market.tasks) {
      for (const role of task.roles) routing.#addRole(task, role)
      yield
    }
    for (const { node, role } of routing.roles) {
      for (let place = 0; place < role.people; place++) {
        routing.network.send(node, routing.#sink)
        yield
      }
    }
    for (let round = 0; round <= candidates.rounds; round++) {
      const isLast = round === candidates.rounds
      routing.#leftOut = 0
      for (const role of routing.roles) {
        routing.#price(role, isLast)
        yield
      }
      if (!isLast && routing.#leftOut === 0) break
    }
    return routing
  }

  plan(): Plan {
    const places = this.roles.flatMap(({ task, role, arcs }) =>
      [...arcs]
        .filter(([, arc]) => this.network.unitsOn(arc) > 0)
        .map(([personId, arc]) => ({ taskId: task.id, role: role.name, personId, cost: this.#costOf(arc) }))
        .sort((a, b) => (a.personId < b.personId ? -1 : 1)),
    )
    const empty = this.roles
      .map(({ task, role, emptyArc }) => ({
        taskId: task.id,
        role: role.name,
        people: this.network.unitsOn(emptyArc),
      }))
      .filter(({ people }) => people > 0)
    const supplies = new Map(this.roles.map(({ node, role }) => [node, role.people]))
    return {
      places,
      empty,
      cost: this.network.cost(),
      lowerBound: this.network.lowerBound(supplies, this.#sink) + this.#leftOut,
      fairness: fairnessOf(this.#loads()),
      moved: this.#moved(places),
    }
  }

  isGiven({ arcs }: RoleNode, personId: string): boolean {
    const arc = arcs.get(personId)
    return arc !== undefined && this.network.unitsOn(arc) > 0
  }

  /** Whether the plan leaves the person room for one task more. */
  hasRoom(personId: string): boolean {
    const loads = this.#people.get(personId)?.loads ?? []
    return loads.some(arc => this.network.unitsOn(arc) === 0)
  }

  /** The arc of a pair, added where the network does not hold it yet; undefined where the person may not take the role. */
  arcOf(role: RoleNode, personId: string): number | undefined {
    const known = role.arcs.get(personId)
    if (known !== undefined) return known
    const candidate = role.candidates.find(({ person }) => person.id === personId)
    return candidate && this.#addCandidate(role, candidate)
  }

  /** The pair of an arc; undefined for an arc of another kind. */
  pairOf(arc: number): Pair | undefined {
    return this.#pairs.get(arc)
  }

  isEmptyArc(arc: number): boolean {
    return this.#emptyArcs.has(arc)
  }

  costOf({ role: { task, role }, person }: Pair): PairCost {
    return this.market.costOf(task, role, person)
  }

  #costOf(arc: number): PairCost {
    const pair = this.#pairs.get(arc)
    if (pair === undefined) throw new Error('An arc of a pair stands for no pair.')
    return this.costOf(pair)
  }

  #addPerson(person: Person): void {
    const node = this.network.addNode()
    const loads = Array.from({ length: freePlaces(person) }, (_, index) =>
      this.network.addArc(node, this.#sink, 1, loadCost(person, index + 1, this.model)),
    )
    this.#people.set(person.id, { person, node, loads })
  }

  #addRole(task: OpenTask, role: Role): void {
    const node = this.network.addNode()
    const emptyArc = this.network.addArc(node, this.#sink, role.people, this.model.empty.cost)
    this.#emptyArcs.add(emptyArc)
    const candidates = this.market.candidates(task, role)
    const added = { task, role, node, emptyArc, candidates, arcs: new Map() }
    this.roles.push(added)
    for (const each of cheapest(candidates, this.model.candidates.perRole)) this.#addCandidate(added, each)
  }

  #addCandidate(at: RoleNode, { person, cost }: Candidate): number {
    const arc = this.network.addArc(at.node, this.#entryOf(at.task, person), 1, cost)
    at.arcs.set(person.id, arc)
    this.#pairs.set(arc, { role: at, person })
    return arc
  }

  #entryOf(task: OpenTask, { id }: Person): number {
    const personNode = this.#people.get(id)?.node ?? -1
    if (task.roles.length < 2) return personNode
    const key = JSON.stringify([task.id, id])
    const known = this.#meetings.get(key)
    if (known !== undefined) return known
    const node = this.network.addNode(personNode)
    this.network.addArc(node, personNode, 1, 0)
    this.#meetings.set(key, node)
    return node
  }

  /** Adds the candidates that the prices call for, or, `isLast`, only counts what they could save. */
  #price(at: RoleNode, isLast: boolean): void {
    for (const candidate of at.candidates) {
      if (at.arcs.has(candidate.person.id)) continue
      const entry = this.#meetings.get(JSON.stringify([at.task.id, candidate.person.id]))
      const node = entry ?? this.#people.get(candidate.person.id)?.node ?? -1
      const saves = candidate.cost + this.network.priceBetween(at.node, node)
      if (saves >= 0) continue
      this.#leftOut += saves
      if (!isLast) this.network.takeUp(this.#addCandidate(at, candidate))
    }
  }

  #loads(): readonly number[] {
    return [...this.#people.values()]
      .filter(({ loads }) => loads.length > 0)
      .map(({ person, loads }) => {
        const given = loads.filter(arc => this.network.unitsOn(arc) > 0).length
        return (person.carries + given) / person.capacity
      })
  }

  #moved(places: readonly Place[]): number {
    const kept = new Set(places.map(({ taskId, role, personId }) => JSON.stringify([taskId, role, personId])))
    return this.market.tasks
      .flatMap(({ id, proposed }) =>
        [...proposed].flatMap(([role, people]) => [...people].map(personId => JSON.stringify([id, role, personId]))),
      )
      .filter(pair => !kept.has(pair)).length
  }
}

/** The plan in one go. */
export function planOf(problem: Problem, model: RoutingModel): Plan {
  return routingOf(problem, model).plan()
}

export function routingOf(problem: Problem, model: RoutingModel): Routing {
  const steps = Routing.solve(problem, model)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** So many of the least cost; of equal ones the first. */
function cheapest(candidates: readonly Candidate[], count: number): readonly Candidate[] {
  return candidates.length <= count ? candidates : candidates.toSorted((a, b) => a.cost - b.cost).slice(0, count)
}
