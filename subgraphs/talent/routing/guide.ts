// Pure: who guides whom in a plan that is made. That somebody could is a constraint of the plan; who it is, changes nothing of it.
import type { Market } from './market.ts'
import type { Collaboration, OpenTask, Person } from './problem.ts'

interface Given {
  readonly taskId: string
  readonly role: string
  readonly personId: string
}

export type Guided<T extends Given> = T & {
  readonly guideId: string | null
  /** Whether a guide is needed and nobody could be it: no plan gives such a place. */
  readonly isAlone: boolean
}

/**
 * Names a guide for everybody who needs one, null for everybody else. Of those who could: who is in place in the task or in its
 * goal, then who is given a place in it, too, then whom the person worked with best, who is of its region, and the smaller id.
 */
export function withGuides<T extends Given>(
  market: Market,
  collaboration: Collaboration,
  places: readonly T[],
): readonly Guided<T>[] {
  const tasks = new Map(market.tasks.map(task => [task.id, task]))
  const people = new Map(market.people.map(person => [person.id, person]))
  const givenIn = new Map<string, Set<string>>()
  for (const { taskId, personId } of places) givenIn.set(taskId, (givenIn.get(taskId) ?? new Set()).add(personId))
  return places.map(place => {
    const task = tasks.get(place.taskId)
    const role = task?.roles.find(({ name }) => name === place.role)
    const person = people.get(place.personId)
    if (!task || !role || !person) throw new Error('A place is of no task, no role or nobody.')
    if (!market.needsGuide(role, person)) return { ...place, guideId: null, isAlone: false }
    const given = givenIn.get(task.id) ?? new Set()
    const guide = bestGuide(market.guides(task, role), person, task, given, collaboration)
    return { ...place, guideId: guide?.id ?? null, isAlone: guide === undefined }
  })
}

/** Of two alike the first. */
function bestGuide(
  guides: readonly Person[],
  person: Person,
  { inPlace }: OpenTask,
  given: ReadonlySet<string>,
  collaboration: Collaboration,
): Person | undefined {
  const nearness = ({ id, region }: Person) => [
    inPlace.has(id) ? 2 : given.has(id) ? 1 : 0,
    collaboration(person.id, id),
    region === person.region ? 1 : 0,
  ]
  const isNearer = (one: readonly number[], other: readonly number[]) => {
    const at = one.findIndex((each, index) => each !== other[index])
    return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0)
  }
  return guides
    .map(guide => ({ guide, near: nearness(guide) }))
    .reduce<{ guide: Person; near: readonly number[] } | undefined>(
      (best, each) => (best && !isNearer(each.near, best.near) ? best : each),
      undefined,
    )?.guide
}

/** What evidence keeps of guides: each is the subject of what it is named for. */
export function guideFacts(
  named: readonly { readonly id: string; readonly taskId: string; readonly guideId: string | null }[],
) {
  return named.flatMap(({ id, taskId, guideId }) =>
    guideId === null ? [] : [{ subjectId: guideId, content: { guides: id, taskId } }],
  )
}
