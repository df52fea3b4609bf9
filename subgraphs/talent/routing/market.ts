// Pure: who may take which role and at what cost, found without looking at every person for every role: roles that require the
// same are looked at once.
import {
  barrierOf,
  type Constraint,
  constraintOf,
  levelFor,
  type PairCost,
  pairCost,
  type SkillFit,
  skillFit,
  totalOf,
} from './fit.ts'
import type { RoutingModel } from './model.ts'
import { freePlaces, type OpenTask, type Person, type Problem, type Role } from './problem.ts'

export interface Candidate {
  readonly person: Person
  /** In points, without load. */
  readonly cost: number
}

export interface Market {
  readonly tasks: readonly OpenTask[]
  readonly people: readonly Person[]
  /** Who may take the role, in order of id. */
  candidates(task: OpenTask, role: Role): readonly Candidate[]
  costOf(task: OpenTask, role: Role, person: Person): PairCost
  /** What keeps the person out of the role; undefined where nothing does. */
  constraintOf(task: OpenTask, role: Role, person: Person): Constraint | undefined
  levelOf(skillId: string, personId: string): number
}

/** Somebody with room whose skills do not keep it out. */
interface Able {
  readonly person: Person
  readonly fit: SkillFit
}

/** Tasks and people stand in order of id, so that no order of the input matters. */
export function marketOf(problem: Problem, model: RoutingModel): Market {
  const { collaboration, nearSkills } = problem
  const tasks = problem.tasks.toSorted(byId)
  const people = problem.people.toSorted(byId)
  const levels = new Map<string, ReadonlyMap<string, number>>()
  const able = new Map<string, readonly Able[]>()

  /** What everybody brings to a skill; who brings nothing is absent. */
  function levelsFor(skillId: string): ReadonlyMap<string, number> {
    const known = levels.get(skillId)
    if (known !== undefined) return known
    const near = nearSkills(skillId)
    const found = people.map(person => [person.id, levelFor(near, person, model)] as const)
    const brought = new Map(found.filter(([, level]) => level > 0))
    levels.set(skillId, brought)
    return brought
  }

  function fitOf({ requirements }: Role, { id }: Person): SkillFit {
    return skillFit(requirements, skillId => levelsFor(skillId).get(id) ?? 0, model)
  }

  /** Who could take any role that requires the same. */
  function ableTo(role: Role): readonly Able[] {
    const key = JSON.stringify(role.requirements)
    const found =
      able.get(key) ??
      people.flatMap(person => {
        const fit = fitOf(role, person)
        return freePlaces(person) === 0 || fit.isBarred ? [] : [{ person, fit }]
      })
    able.set(key, found)
    return found
  }

  const costWith = (task: OpenTask, role: Role, person: Person, fit: SkillFit) =>
    pairCost(task, role, person, fit, collaboration, model)

  return {
    tasks,
    people,
    candidates: (task, role) =>
      ableTo(role)
        .filter(({ person }) => barrierOf(task, person, model) === undefined)
        .map(({ person, fit }) => ({ person, cost: totalOf(costWith(task, role, person, fit)) })),
    costOf: (task, role, person) => costWith(task, role, person, fitOf(role, person)),
    constraintOf: (task, role, person) => constraintOf(task, person, fitOf(role, person), model),
    levelOf: (skillId, personId) => levelsFor(skillId).get(personId) ?? 0,
  }
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
