// Tasks are published, and done.
import { type Change, type Recorded, recordChange } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import type { EventDraft } from '../../../core/events/outbox.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { tellJointWork } from '../collaboration/collaboration-store.ts'
import { tellObservations } from '../profiles/observation-store.ts'
import { dissolveTeam } from '../teams/team-store.ts'
import { taskProblem } from './rules.ts'
import {
  createTasks,
  deleteAssignments,
  PLACES_GUARD,
  setAssignments,
  setTasks,
  type TaskDraft,
  tasksById,
  unknownSkills,
  workOnTasks,
} from './task-store.ts'
import type { Task, TaskInput } from './types.ts'

type Changed = Recorded<{ readonly taskId: string }>

/** Throws BAD_USER_INPUT, also for a skill that nobody knows. */
export function publishTask(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  input: TaskInput,
): Promise<Changed> {
  const problem = taskProblem(input)
  if (problem !== undefined) throw new ApiError('BAD_USER_INPUT', problem)
  const stated = statedTask(input)
  return recordChange(services, { viewer, mutation: 'publishTask', idempotencyKey, input: stated }, async change => {
    await requireSkills(change.unit, [stated])
    const taskId = services.ids.next('Task')
    await createTasks(change, [{ ...stated, id: taskId, state: 'OPEN', goalId: null }])
    return {
      evidence: {
        kind: 'TASKS_PUBLISHED',
        statement: { tasks: 1, task: taskId, quadrant: stated.quadrant },
        facts: [],
      },
      events: [{ kind: 'TASKS_PUBLISHED', body: { taskIds: [taskId] } }],
      result: { taskId },
    }
  })
}

/**
 * Closes a task with how it came out: those in place were seen at work, give back what was loaded for them, and are free for
 * other work. Throws BAD_USER_INPUT,
 * NOT_VISIBLE, CONFLICT for a task in which nobody is in place.
 */
export function completeTask(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  taskId: string,
  outcome: number,
): Promise<Changed> {
  if (!(outcome >= 0 && outcome <= 1)) throw new ApiError('BAD_USER_INPUT', { at: 'outcome', expected: '0 to 1' })
  const asked = { viewer, mutation: 'completeTask', idempotencyKey, input: { taskId, outcome } }
  return recordChange(services, asked, async change => {
    await change.unit.guard(PLACES_GUARD)
    const task = (await workOnTasks(change.unit, [taskId])).get(taskId)
    if (task === undefined) throw new ApiError('NOT_VISIBLE')
    const inPlace = task.assignments.filter(({ state }) => state === 'ACCEPTED')
    if (inPlace.length === 0 || task.state === 'DONE') {
      throw new ApiError('CONFLICT', { at: 'taskId', expected: 'a task with somebody in place', got: task.state })
    }
    const told = (await tasksById(change.unit, [taskId])).get(taskId)
    const people = [...new Set(inPlace.map(({ sellerId }) => sellerId))]
    await setAssignments(
      change,
      inPlace.map(({ id }) => id),
      'DONE',
    )
    await deleteAssignments(
      change,
      task.assignments.filter(({ state }) => state === 'PROPOSED').map(({ id }) => id),
    )
    await setTasks(change, [{ id: taskId, state: 'DONE', respondedAt: null, completedAt: change.at, outcome }])
    await dissolveTeam(change, taskId)
    return {
      evidence: {
        kind: 'TASK_COMPLETED',
        statement: { task: taskId, people: people.length },
        facts: people.map(sellerId => ({ subjectId: sellerId, content: { completed: taskId, outcome } })),
      },
      events: [{ kind: 'TASK_COMPLETED', body: { taskId } }, ...(await seenAt(change, told, inPlace, outcome))],
      result: { taskId },
    }
  })
}

/** What was seen of those who did a task: each at what its role required, and all of them together. */
async function seenAt(
  change: Change,
  task: Task | undefined,
  inPlace: readonly { readonly sellerId: string; readonly role: string }[],
  outcome: number,
): Promise<readonly EventDraft[]> {
  const { at } = change
  const sourceId = `task/${task?.id ?? ''}`
  const observations = inPlace.flatMap(({ sellerId, role }) => {
    const required = task?.roles.find(({ name }) => name === role)?.requirements ?? []
    if (required.length === 0) return []
    const hardest = Math.max(...required.map(({ level }) => level))
    return [
      {
        sourceId,
        sellerId,
        behaviour: 'TASK' as const,
        skills: required.map(({ skill }) => skill.uri),
        outcome,
        complexity: Math.max(1, Math.round(hardest)),
        at,
      },
    ]
  })
  const sellerIds = [...new Set(inPlace.map(({ sellerId }) => sellerId))]
  return [
    ...(observations.length > 0 ? [await tellObservations(change, observations)] : []),
    ...(sellerIds.length > 1 ? [await tellJointWork(change, { sourceId, sellerIds, outcome, at })] : []),
  ]
}

/** What a task holds, in the one form in which it is compared and kept. */
export function statedTask(input: TaskInput): Omit<TaskDraft, 'id' | 'state' | 'goalId'> {
  return {
    title: input.title,
    quadrant: input.quadrant,
    region: input.region ?? null,
    isLocal: input.isLocal,
    hours: input.hours ? { fromMinute: input.hours.fromMinute, toMinute: input.hours.toMinute } : null,
    concerns: input.concerns ?? null,
    isCrossDepartment: input.isCrossDepartment,
    dueAt: input.dueAt?.toISOString() ?? null,
    roles: input.roles.map(({ name, people, requirements }) => ({
      name,
      people,
      requirements: requirements.map(({ skillUri, level, isEssential }) => ({ skillUri, level, isEssential })),
    })),
  }
}

/** Throws BAD_USER_INPUT for the first skill that nobody knows. */
export async function requireSkills(
  reader: Parameters<typeof unknownSkills>[0],
  tasks: readonly Pick<TaskDraft, 'roles'>[],
): Promise<void> {
  const uris = tasks.flatMap(({ roles }) => roles.flatMap(role => role.requirements.map(each => each.skillUri)))
  const [unknown] = await unknownSkills(reader, [...new Set(uris)])
  if (unknown === undefined) return
  throw new ApiError('BAD_USER_INPUT', { at: 'skillUri', expected: 'the uri of a skill', got: unknown.slice(0, 200) })
}
