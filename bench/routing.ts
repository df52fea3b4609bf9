// Routing beside greedy: tasks by the hundred, thousand and ten thousand over a thousand people. What is planned is asked first of
// the problem in memory, then once of a graph that holds it, with the statements that takes.

import { fairnessOf } from '../subgraphs/talent/routing/fairness.ts'
import { levelFor, loadCost, pairCost, skillFit, totalOf } from '../subgraphs/talent/routing/fit.ts'
import { routingModel } from '../subgraphs/talent/routing/model.ts'
import { planOf } from '../subgraphs/talent/routing/plan.ts'
import type { OpenTask, Person, Problem } from '../subgraphs/talent/routing/problem.ts'
import { milliseconds, type Result, say } from './harness.ts'
import { measureInGraph } from './routing-graph.ts'
import { greedyPlaces, routingWorld } from './routing-world.ts'

const PEOPLE = 1_000
const TASKS = [100, 1_000, 10_000]

interface Figures {
  readonly cost: number
  /** Mean share of what is required that is brought, 0 to 1. */
  readonly fit: number
  readonly placed: number
  readonly largestLoad: number
  readonly gini: number
}

export async function benchRouting(size: number): Promise<Result> {
  const ratios: Record<string, number> = {}
  const counts: Record<string, number | string> = { people: PEOPLE * size }
  const rows: Record<string, string | number>[] = []
  for (const tasks of TASKS.map(count => count * size)) {
    const problem = routingWorld(String(tasks), tasks, PEOPLE * size)
    let plan = planOf({ ...problem, tasks: [] }, routingModel)
    const planMs = await milliseconds(async () => {
      plan = planOf(problem, routingModel)
    })
    const optimal = figuresOf(problem, new Map(plan.places.map(({ taskId, personId }) => [taskId, personId])))
    let given: ReadonlyMap<string, string> = new Map()
    const greedyMs = await milliseconds(async () => {
      given = greedyPlaces(problem, routingModel)
    })
    const greedy = figuresOf(problem, given)
    if (optimal.cost !== plan.cost) throw new Error('The plan does not cost what it says.')
    const row = (arm: string, { cost, fit, placed, largestLoad, gini }: Figures, ms: number) => {
      const gap = (cost - plan.lowerBound) / plan.lowerBound
      rows.push({
        tasks,
        arm,
        placed,
        fit: fit.toFixed(4),
        cost,
        'gap %': (gap * 100).toFixed(3),
        'max load': largestLoad.toFixed(2),
        gini: gini.toFixed(3),
        ms: Math.round(ms),
      })
      counts[`${arm} ${tasks}: gap`] = gap
      counts[`${arm} ${tasks}: ms`] = Math.round(ms)
    }
    row('plan', optimal, planMs)
    row('greedy', greedy, greedyMs)
    ratios[`cost of greedy ÷ plan, ${tasks}`] = greedy.cost / optimal.cost
    ratios[`time of plan ÷ greedy, ${tasks}`] = planMs / greedyMs
    say(`  ${tasks} tasks: plan ${Math.round(planMs)} ms, greedy ${Math.round(greedyMs)} ms`)
  }
  console.table(rows)
  const inGraph = await measureInGraph(500 * size, 200 * size)
  console.table([inGraph])
  return { ratios, counts: { ...counts, ...inGraph }, engines: {} }
}

function figuresOf(problem: Problem, places: ReadonlyMap<string, string>): Figures {
  const people = new Map(problem.people.map(person => [person.id, person]))
  const given = new Map<string, number>()
  let cost = 0
  let fit = 0
  for (const task of problem.tasks) {
    const person = people.get(places.get(task.id) ?? '')
    if (person === undefined) {
      cost += routingModel.empty.cost
      continue
    }
    const nth = (given.get(person.id) ?? 0) + 1
    given.set(person.id, nth)
    const { pair, brought } = judged(problem, task, person)
    cost += pair + loadCost(person, nth, routingModel)
    fit += brought
  }
  const loads = problem.people
    .filter(({ capacity, carries }) => capacity > carries)
    .map(({ id, capacity, carries }) => (carries + (given.get(id) ?? 0)) / capacity)
  return { cost, fit: fit / Math.max(1, places.size), placed: places.size, ...fairnessOf(loads) }
}

function judged({ nearSkills, collaboration }: Problem, task: OpenTask, person: Person) {
  const [role] = task.roles
  if (role === undefined) throw new Error('A task of the world has one role.')
  const skill = skillFit(role.requirements, id => levelFor(nearSkills(id), person, routingModel), routingModel)
  const pair = totalOf(pairCost(task, role, person, skill, collaboration, routingModel))
  return { pair, brought: 1 - skill.gap / routingModel.skill.gapCost }
}
