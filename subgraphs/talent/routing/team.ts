// Pure: the team for a task of several places. Unlike the plan for all tasks it also weighs how well those who are chosen worked
// with one another; that is no flow any more, so it is searched, and the answer says whether the search has proven it the best.
import { loadCost } from './fit.ts'
import type { Candidate, Market } from './market.ts'
import type { RoutingModel } from './model.ts'
import type { OpenTask, Problem, Role } from './problem.ts'

export interface TeamMember {
  readonly role: string
  readonly personId: string
}

export interface Team {
  /** In order of role and person; fewer than the places where not enough people may take them. */
  readonly members: readonly TeamMember[]
  /** In points: pairs, load, empty places, and strangers among the members. */
  readonly cost: number
  readonly lowerBound: number
  /** Of what all roles require, the share that the best member of the role brings: a mean over the requirements, 0 to 1. */
  readonly coverage: number
  /** The mean of past collaboration over all pairs of members, 0 to 1; 0 for fewer than two. */
  readonly collaboration: number
}

/** A choice for one place of a role. */
interface Seat {
  readonly role: Role
  readonly candidates: readonly Candidate[]
  /** True where the seat before is of the same role: then only later candidates, because their order means nothing. */
  readonly isSameAsBefore: boolean
}

/** After so many partial teams the search stops with the best that it found. */
const SEARCH_LIMIT = 20_000

export function teamFor(market: Market, task: OpenTask, problem: Problem, model: RoutingModel): Team {
  const seats = seatsOf(market, task, model)
  const strangers = strangersAmong(seats.length, problem, model)
  const search = searchTeam(seats, strangers, model)
  const members = search.best.flatMap((candidate, index) =>
    candidate === undefined ? [] : [{ role: seats[index]?.role.name ?? '', personId: candidate.person.id }],
  )
  return {
    members,
    cost: search.cost,
    lowerBound: search.isExhaustive ? search.cost : cheapestSeats(seats, model),
    coverage: coverageOf(task, members, market),
    collaboration: collaborationOf(members, problem),
  }
}

function seatsOf(market: Market, task: OpenTask, model: RoutingModel): readonly Seat[] {
  return task.roles.flatMap(role => {
    const candidates = market
      .candidates(task, role)
      .map(({ person, cost }) => ({ person, cost: cost + loadCost(person, 1, model) }))
      .filter(({ cost }) => cost < model.empty.cost)
      .sort((a, b) => a.cost - b.cost || (a.person.id < b.person.id ? -1 : 1))
    return Array.from({ length: role.people }, (_, index) => ({ role, candidates, isSameAsBefore: index > 0 }))
  })
}

/** What two members cost for what is missing to perfect collaboration: among strangers each costs what one costs in a plan. */
function strangersAmong(places: number, { collaboration }: Problem, model: RoutingModel) {
  const each = (2 * model.collaboration.strangerCost) / Math.max(1, places - 1) / 2
  return (one: string, other: string) => Math.round((1 - collaboration(one, other)) * each)
}

type Strangers = ReturnType<typeof strangersAmong>
type Choice = readonly (Candidate | undefined)[]

/** Depth first, cheapest candidates first, leaving whatever cannot become cheaper than the best so far. */
function searchTeam(seats: readonly Seat[], strangers: Strangers, model: RoutingModel) {
  const restBounds = seats.map((_, index) => cheapestSeats(seats.slice(index), model))
  let best: Choice = seats.map(() => undefined)
  let cost = seats.length * model.empty.cost
  let looked = 0

  function look(seat: number, chosen: Choice, spent: number, from: number): void {
    if (spent + (restBounds[seat] ?? 0) >= cost || ++looked > SEARCH_LIMIT) return
    const at = seats[seat]
    if (at === undefined) {
      best = chosen
      cost = spent
      return
    }
    const begin = at.isSameAsBefore ? from : 0
    for (let index = begin; index < at.candidates.length; index++) {
      const candidate = at.candidates[index]
      if (candidate === undefined || chosen.some(each => each?.person.id === candidate.person.id)) continue
      const among = chosen.reduce((sum, each) => sum + (each ? strangers(each.person.id, candidate.person.id) : 0), 0)
      look(seat + 1, [...chosen, candidate], spent + candidate.cost + among, index + 1)
    }
    // A seat left empty leaves the rest of its role empty, too.
    look(seat + 1, [...chosen, undefined], spent + model.empty.cost, at.candidates.length)
  }

  look(0, [], 0, 0)
  return { best, cost, isExhaustive: looked <= SEARCH_LIMIT }
}

/** What these seats cost at least: each at its cheapest, whoever else sits where. */
function cheapestSeats(seats: readonly Seat[], model: RoutingModel): number {
  return seats.reduce((sum, { candidates }) => sum + (candidates[0]?.cost ?? model.empty.cost), 0)
}

function coverageOf({ roles }: OpenTask, members: readonly TeamMember[], { levelOf }: Market): number {
  const shares = roles.flatMap(({ name, requirements }) => {
    const holders = members.filter(({ role }) => role === name)
    return requirements.map(({ skillId, level }) =>
      holders.reduce((best, { personId }) => Math.max(best, levelOf(skillId, personId) / level), 0),
    )
  })
  return shares.length === 0 ? 1 : shares.reduce((sum, share) => sum + Math.min(1, share), 0) / shares.length
}

function collaborationOf(members: readonly TeamMember[], { collaboration }: Problem): number {
  const pairs = members.flatMap(({ personId }, index) =>
    members.slice(index + 1).map(other => collaboration(personId, other.personId)),
  )
  return pairs.length === 0 ? 0 : pairs.reduce((sum, each) => sum + each, 0) / pairs.length
}
