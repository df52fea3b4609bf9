// Pure: whether a person may take a role at all, and what that would cost. Each cost is a part of its own, so that a price can be
// explained by its parts.
import type { RoutingModel } from './model.ts'
import {
  type Collaboration,
  freePlaces,
  type Hours,
  type OpenTask,
  type Person,
  type Requirement,
  type Role,
} from './problem.ts'

/** Why somebody cannot take a role, whatever it would cost others; in the order in which they are looked at. */
export const constraints = [
  'CONSENT',
  'CONFLICT_OF_INTEREST',
  'NOT_AGAIN',
  'REGION',
  'WORKING_TIME',
  'CAPACITY',
  'SKILL',
  'GUIDE',
] as const
export type Constraint = (typeof constraints)[number]

/** What a pair costs, in points, by reason. */
export const costParts = ['SKILL', 'SURPLUS', 'COLLABORATION', 'REGION', 'WORKING_TIME', 'STABILITY'] as const
export type CostPart = (typeof costParts)[number]
export type PairCost = { readonly [part in CostPart]: number }

/** The level that somebody brings to a skill: the best of it and of what lies near, each as much as its distance lets count. */
export function levelFor(near: ReadonlyMap<string, number>, { skills }: Person, { skill }: RoutingModel): number {
  let best = 0
  for (const [skillId, distance] of near) {
    best = Math.max(best, (skills.get(skillId) ?? 0) * (skill.nearShares[distance] ?? 0))
  }
  return best
}

export interface SkillFit {
  /** Whether an essential skill is missing. */
  readonly isBarred: boolean
  /** By how many levels the person is below in the essential skill in which it lacks the most; 0 where in none. */
  readonly lacks: number
  readonly gap: number
  readonly surplus: number
}

/**
 * The costs of how far somebody's levels are below what is required, and above it: below is work not done well, above is somebody
 * kept from harder work. Means over the requirements; none required costs nothing.
 *
 * @example Required 4 and 2, brought 2 and 3: gap (2/4 + 0) / 2 × 1000 = 250, surplus (0 + 1/3) / 2 × 120 = 20.
 */
export function skillFit(
  requirements: readonly Requirement[],
  levelOf: (skillId: string) => number,
  model: RoutingModel,
): SkillFit {
  let isBarred = false
  let lacks = 0
  let missing = 0
  let above = 0
  for (const { skillId, level, isEssential } of requirements) {
    const brought = levelOf(skillId)
    if (isEssential && brought < level * model.skill.essentialShare) isBarred = true
    if (isEssential) lacks = Math.max(lacks, level - brought)
    missing += Math.max(0, level - brought) / level
    above += brought === 0 ? 0 : Math.max(0, brought - level) / brought
  }
  const count = Math.max(1, requirements.length)
  return {
    isBarred,
    lacks,
    gap: Math.round((missing / count) * model.skill.gapCost),
    surplus: Math.round((above / count) * model.skill.surplusCost),
  }
}

const DAY = 1_440

/** The minutes of a day that lie in both. */
function minutesShared(a: Hours, b: Hours): number {
  const length = ({ fromMinute, toMinute }: Hours) => (toMinute - fromMinute + DAY) % DAY || DAY
  const shared = (shift: number) => {
    const from = Math.max(a.fromMinute, b.fromMinute + shift)
    const to = Math.min(a.fromMinute + length(a), b.fromMinute + shift + length(b))
    return Math.max(0, to - from)
  }
  return shared(-DAY) + shared(0) + shared(DAY)
}

/** The first constraint, skills, guides and capacity aside, that keeps the person out of the task. */
export function barrierOf(task: OpenTask, person: Person, model: RoutingModel): Constraint | undefined {
  if (!person.consents) return 'CONSENT'
  if (task.concerns !== null && person.conflicts.has(task.concerns)) return 'CONFLICT_OF_INTEREST'
  if (task.notAgain.has(person.id)) return 'NOT_AGAIN'
  if (task.isLocal && task.region !== person.region) return 'REGION'
  if (task.hours !== null && person.hours !== null) {
    if (minutesShared(task.hours, person.hours) < model.hours.leastMinutes) return 'WORKING_TIME'
  }
  return undefined
}

/** The first constraint, guides aside, that keeps the person out of the role; undefined where none does. */
export function constraintOf(
  task: OpenTask,
  person: Person,
  fit: SkillFit,
  model: RoutingModel,
): Constraint | undefined {
  return barrierOf(task, person, model) ?? (freePlaces(person) === 0 ? 'CAPACITY' : fit.isBarred ? 'SKILL' : undefined)
}

/** What the person in the role costs. Only what follows from the two: load is a cost of all that somebody carries. */
export function pairCost(
  task: OpenTask,
  role: Role,
  person: Person,
  fit: SkillFit,
  collaboration: Collaboration,
  model: RoutingModel,
): PairCost {
  const { region, hours, inPlace, proposed } = task
  const isElsewhere = region !== null && region !== person.region
  return {
    SKILL: fit.gap,
    SURPLUS: fit.surplus,
    COLLABORATION: Math.round(strangeness(person.id, inPlace, collaboration) * model.collaboration.strangerCost),
    REGION: isElsewhere ? model.region.otherCost : 0,
    WORKING_TIME: Math.round(shareOutside(hours, person.hours) * model.hours.shortCost),
    STABILITY: proposed.get(role.name)?.has(person.id) ? 0 : model.stability.moveCost,
  }
}

export function totalOf(cost: PairCost): number {
  return costParts.reduce((sum, part) => sum + cost[part], 0)
}

/**
 * What the n-th task costs by the load it makes, counted from 1 and from what is carried already: each costs more than the one
 * before, so that the sum grows with the square of the load and even loads are the cheapest.
 */
export function loadCost({ capacity, carries }: Person, nth: number, { load }: RoutingModel): number {
  return Math.round(((2 * (carries + nth) - 1) / capacity) * load.cost)
}

/** How far the person is from those in place: the mean of what is missing to perfect collaboration; 0 where nobody is. */
function strangeness(personId: string, inPlace: ReadonlySet<string>, collaboration: Collaboration): number {
  const others = [...inPlace].filter(each => each !== personId)
  if (others.length === 0) return 0
  return others.reduce((sum, each) => sum + 1 - collaboration(personId, each), 0) / others.length
}

function shareOutside(window: Hours | null, hours: Hours | null): number {
  if (window === null || hours === null) return 0
  return 1 - minutesShared(window, hours) / minutesShared(window, window)
}
