// Plans and teams by trying all of them: the oracle of routing, in the plainest words there are.
import { levelFor, loadCost, pairCost, skillFit, totalOf } from '../../subgraphs/talent/routing/fit.ts'
import { marketOf } from '../../subgraphs/talent/routing/market.ts'
import type { RoutingModel } from '../../subgraphs/talent/routing/model.ts'
import type { OpenTask, Person, Problem, Role } from '../../subgraphs/talent/routing/problem.ts'

interface Place {
  readonly task: OpenTask
  readonly role: Role
}

export interface Pair {
  readonly taskId: string
  readonly personId: string
}

/** The cost of the cheapest plan, or of the cheapest in which the pair is; Infinity where there is none. */
export function cheapestCost(problem: Problem, model: RoutingModel, forced?: Pair): number {
  let best = Number.POSITIVE_INFINITY
  for (const { places, chosen } of allPlans(problem, model)) {
    const isIn = places.some(({ task }, at) => task.id === forced?.taskId && chosen[at]?.id === forced.personId)
    if (forced === undefined || isIn) best = Math.min(best, costOf(problem, model, places, chosen))
  }
  return best
}

/** The same for a team of one task, with what strangers among its members cost. */
export function cheapestTeamCost(problem: Problem, task: OpenTask, model: RoutingModel): number {
  let best = Number.POSITIVE_INFINITY
  for (const { places, chosen } of allPlans({ ...problem, tasks: [task] }, model)) {
    let cost = costOf(problem, model, places, chosen)
    for (let a = 0; a < chosen.length; a++) {
      for (let b = a + 1; b < chosen.length; b++) {
        const [one, other] = [chosen[a], chosen[b]]
        if (one === undefined || other === undefined) continue
        const share = model.collaboration.strangerCost / Math.max(1, places.length - 1)
        cost += Math.round((1 - problem.collaboration(one.id, other.id)) * share)
      }
    }
    best = Math.min(best, cost)
  }
  return best
}

function* allPlans(problem: Problem, model: RoutingModel) {
  const { constraintOf } = marketOf(problem, model)
  const places: Place[] = problem.tasks.flatMap(task =>
    task.roles.flatMap(role => Array.from({ length: role.people }, () => ({ task, role }))),
  )
  function* from(at: number, chosen: readonly (Person | undefined)[]): Generator<readonly (Person | undefined)[]> {
    const place = places[at]
    if (place === undefined) {
      yield chosen
      return
    }
    yield* from(at + 1, [...chosen, undefined])
    for (const person of problem.people) {
      if (constraintOf(place.task, place.role, person) !== undefined) continue
      const given = places.filter((_, index) => chosen[index] === person)
      if (given.length >= person.capacity - person.carries) continue
      if (given.some(({ task }) => task === place.task)) continue
      yield* from(at + 1, [...chosen, person])
    }
  }
  for (const chosen of from(0, [])) yield { places, chosen }
}

function costOf(
  { people, collaboration, nearSkills }: Problem,
  model: RoutingModel,
  places: readonly Place[],
  chosen: readonly (Person | undefined)[],
): number {
  let cost = 0
  places.forEach(({ task, role }, at) => {
    const person = chosen[at]
    if (person === undefined) cost += model.empty.cost
    else {
      const fit = skillFit(role.requirements, id => levelFor(nearSkills(id), person, model), model)
      cost += totalOf(pairCost(task, role, person, fit, collaboration, model))
    }
  })
  for (const person of people) {
    const tasks = chosen.filter(each => each === person).length
    for (let nth = 1; nth <= tasks; nth++) cost += loadCost(person, nth, model)
  }
  return cost
}
