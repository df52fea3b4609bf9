// Pure: who may take which role and at what cost, found without looking at every person for every role: roles that require the
// same are looked at once.
import { needsGuide } from '../newcomers/rules.ts'
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
  /** Whether the person takes the role only with a guide. */
  needsGuide(role: Role, person: Person): boolean
  /** Who could guide somebody in the role, in order of id: nobody who would need a guide for it. */
  guides(task: OpenTask, role: Role): readonly Person[]
  levelOf(skillId: string, personId: string): number
}

/** Somebody, and how its skills fit a role. */
interface Fitted {
  readonly person: Person
  readonly fit: SkillFit
}

/** Tasks and people stand in order of id, so that no order of the input matters. */
export function marketOf(problem: Problem, model: RoutingModel): Market {
  const { collaboration, nearSkills } = problem
  const tasks = problem.tasks.toSorted(byId)
  const people = problem.people.toSorted(byId)
  const levels = new Map<string, ReadonlyMap<string, number>>()
  const fitted = new Map<string, { readonly able: readonly Fitted[]; readonly experts: readonly Person[] }>()

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

  /** Who has room and the skills for any role that requires the same, and who needs no guide for it. */
  function fittedTo(role: Role) {
    const key = JSON.stringify(role.requirements)
    const known = fitted.get(key)
    if (known !== undefined) return known
    const all = people.map(person => ({ person, fit: fitOf(role, person) }))
    const able = all.filter(({ person, fit }) => freePlaces(person) > 0 && !fit.isBarred)
    const found = { able, experts: all.filter(each => !isLearner(each)).map(({ person }) => person) }
    fitted.set(key, found)
    return found
  }

  const hasGuide = (task: OpenTask, role: Role) => fittedTo(role).experts.some(person => mayGuide(task, person))

  const costWith = (task: OpenTask, role: Role, person: Person, fit: SkillFit) =>
    pairCost(task, role, person, fit, collaboration, model)

  return {
    tasks,
    people,
    candidates: (task, role) => {
      const isGuidable = hasGuide(task, role)
      return fittedTo(role)
        .able.filter(each => barrierOf(task, each.person, model) === undefined && (isGuidable || !isLearner(each)))
        .map(({ person, fit }) => ({ person, cost: totalOf(costWith(task, role, person, fit)) }))
    },
    costOf: (task, role, person) => costWith(task, role, person, fitOf(role, person)),
    constraintOf: (task, role, person) => {
      const fit = fitOf(role, person)
      const isAlone = isLearner({ person, fit }) && !hasGuide(task, role)
      return constraintOf(task, person, fit, model) ?? (isAlone ? 'GUIDE' : undefined)
    },
    needsGuide: (role, person) => isLearner({ person, fit: fitOf(role, person) }),
    guides: (task, role) => fittedTo(role).experts.filter(person => mayGuide(task, person)),
    levelOf: (skillId, personId) => levelsFor(skillId).get(personId) ?? 0,
  }
}

function isLearner({ person, fit }: Fitted): boolean {
  return needsGuide({ isNew: person.isNewcomer, lacks: fit.lacks })
}

/** Whoever consents, has no conflict of interest and works now. Guiding takes no place, so that it needs no room for one. */
function mayGuide({ concerns }: OpenTask, { consents, conflicts, capacity }: Person): boolean {
  return consents && capacity > 0 && (concerns === null || !conflicts.has(concerns))
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
