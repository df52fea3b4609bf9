// Pure: what is wrong with what somebody states about work.
import type { ErrorDetail } from '../../../core/errors.ts'
import type { AvailabilityInput, HoursInput, RoleInput, TaskInput } from './types.ts'

const MOST_ROLES = 10
const MOST_REQUIREMENTS = 10
const MOST_PEOPLE = 20
const MOST_CAPACITY = 50
const MOST_CONFLICTS = 100
const LONGEST_TITLE = 200
const LONGEST_NAME = 100
export const LONGEST_REASON = 500
const HIGHEST_LEVEL = 5

type StatedTask = Pick<TaskInput, 'title' | 'region' | 'isLocal' | 'hours' | 'roles' | 'concerns'>

/** What is wrong with a task, or undefined. */
export function taskProblem({ title, region, isLocal, hours, roles, concerns }: StatedTask): ErrorDetail | undefined {
  const names = roles.map(({ name }) => name)
  return (
    textProblem('title', title, LONGEST_TITLE) ??
    (concerns ? textProblem('concerns', concerns, LONGEST_NAME) : undefined) ??
    (isLocal && !region ? { at: 'region', expected: 'a region, because only people of it will do' } : undefined) ??
    hoursProblem(hours) ??
    (roles.length === 0 || roles.length > MOST_ROLES
      ? { at: 'roles', expected: `1 to ${MOST_ROLES}`, got: String(roles.length) }
      : undefined) ??
    (new Set(names).size < names.length ? { at: 'roles', expected: 'each name once' } : undefined) ??
    roles.map(roleProblem).find(problem => problem !== undefined)
  )
}

function roleProblem({ name, people, requirements }: RoleInput): ErrorDetail | undefined {
  const problem = textProblem('roles.name', name, LONGEST_NAME)
  if (problem !== undefined) return problem
  if (people < 1 || people > MOST_PEOPLE) {
    return { at: 'roles.people', expected: `1 to ${MOST_PEOPLE}`, got: String(people) }
  }
  if (requirements.length > MOST_REQUIREMENTS) {
    return { at: 'roles.requirements', expected: `at most ${MOST_REQUIREMENTS}` }
  }
  const skills = requirements.map(({ skillUri }) => skillUri)
  if (new Set(skills).size < skills.length) return { at: 'roles.requirements', expected: 'each skill once' }
  const wrong = requirements.find(({ level }) => !(level > 0 && level <= HIGHEST_LEVEL))
  return wrong && { at: 'roles.requirements.level', expected: `above 0, at most ${HIGHEST_LEVEL}` }
}

/** What is wrong with a statement of when somebody can work, or undefined. */
export function availabilityProblem({ capacity, hours, conflicts }: AvailabilityInput): ErrorDetail | undefined {
  if (capacity < 0 || capacity > MOST_CAPACITY) {
    return { at: 'capacity', expected: `0 to ${MOST_CAPACITY}`, got: String(capacity) }
  }
  if (conflicts.length > MOST_CONFLICTS) return { at: 'conflicts', expected: `at most ${MOST_CONFLICTS}` }
  return (
    hoursProblem(hours) ?? conflicts.map(each => textProblem('conflicts', each, LONGEST_NAME)).find(problem => problem)
  )
}

export function textProblem(at: string, text: string, longest: number): ErrorDetail | undefined {
  if (text.trim() !== '' && text.length <= longest && text.isWellFormed()) return undefined
  return { at, expected: `1 to ${longest} characters of well-formed text` }
}

function hoursProblem(hours: HoursInput | null | undefined): ErrorDetail | undefined {
  const isMinute = (minute: number) => minute >= 0 && minute < 1_440
  if (!hours || (isMinute(hours.fromMinute) && isMinute(hours.toMinute))) return undefined
  return { at: 'hours', expected: 'minutes from 0 to 1439' }
}
