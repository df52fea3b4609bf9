// People take places, refuse them and leave them; a manager decides against the plan. Whoever gives a place holds the guard, so
// that what was free when it was looked at is free when it is given.
import { type Change, type ChangeOutcome, type Recorded, recordChange } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { guideFacts, withGuides } from '../routing/guide.ts'
import { marketOf } from '../routing/market.ts'
import { routingModel } from '../routing/model.ts'
import { readWorld, type Who, whomViewerKnows } from '../routing/routing-store.ts'
import { type Availability, mayDecideFor, placesOf, roomOf, setAvailability } from './people-store.ts'
import { availabilityProblem, LONGEST_REASON, textProblem } from './rules.ts'
import {
  countChange,
  createAssignments,
  deleteAssignments,
  PLACES_GUARD,
  setAssignments,
  setTasks,
  type TaskWork,
  taskOfAssignment,
  workOnTasks,
} from './task-store.ts'
import type { AvailabilityInput, OverrideInput } from './types.ts'

type Changed = { readonly taskId: string }

/** The seller who asks takes the place that it is offered. Throws NOT_VISIBLE, CONFLICT where there is no room left. */
export function acceptAssignment(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  assignmentId: string,
): Promise<Recorded<Changed>> {
  const asked = { viewer, mutation: 'acceptAssignment', idempotencyKey, input: { assignmentId } }
  return recordChange(services, asked, async change => {
    const { task, assignment } = await requireOffer(change, viewer, assignmentId)
    await requireRoom(change, assignment.sellerId, task.id)
    if (freeIn(task, assignment.role) === 0) {
      throw new ApiError('CONFLICT', { at: 'assignmentId', expected: 'a place that is free' })
    }
    await setAssignments(change, [assignmentId], 'ACCEPTED')
    await settleTask(change, task, [{ role: assignment.role, count: 1 }])
    return outcomeOf('ASSIGNMENT_ACCEPTED', task.id, assignmentId, assignment.sellerId)
  })
}

/** The seller who asks refuses the place that it is offered, and is not offered the task again. Throws NOT_VISIBLE, CONFLICT. */
export function declineAssignment(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  assignmentId: string,
): Promise<Recorded<Changed>> {
  const asked = { viewer, mutation: 'declineAssignment', idempotencyKey, input: { assignmentId } }
  return recordChange(services, asked, async change => {
    const { task, assignment } = await requireOffer(change, viewer, assignmentId)
    await setAssignments(change, [assignmentId], 'DECLINED')
    await countChange(change.unit)
    return outcomeOf('ASSIGNMENT_DECLINED', task.id, assignmentId, assignment.sellerId)
  })
}

/**
 * A manager gives a place to somebody of its region, against the plan and with a reason. Consent, conflicts of interest, capacity and
 * guides hold all the same. Throws BAD_USER_INPUT, NOT_VISIBLE, CONFLICT.
 */
export function overrideAssignment(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { taskId, role, sellerId, insteadOfSellerId, reason }: OverrideInput,
): Promise<Recorded<Changed>> {
  const problem = textProblem('reason', reason, LONGEST_REASON)
  if (problem !== undefined) throw new ApiError('BAD_USER_INPUT', problem)
  const input = { taskId, role, sellerId, insteadOfSellerId: insteadOfSellerId ?? null, reason }
  const asked = { viewer, mutation: 'overrideAssignment', idempotencyKey, input }
  return recordChange(services, asked, async change => {
    const { unit } = change
    await unit.guard(PLACES_GUARD)
    const task = (await workOnTasks(unit, [taskId])).get(taskId)
    const { policy } = services.policies.current()
    if (task === undefined || !(await mayDecideFor(unit, policy, viewer, sellerId))) throw new ApiError('NOT_VISIBLE')
    if (!task.roles.has(role)) throw new ApiError('BAD_USER_INPUT', { at: 'role', expected: 'a role of the task' })
    requireUnfinished(task)
    const active = task.assignments.filter(({ state }) => state === 'ACCEPTED' || state === 'PROPOSED')
    const replaced = active.find(each => each.sellerId === insteadOfSellerId && each.role === role)
    if (insteadOfSellerId && replaced === undefined) {
      throw new ApiError('CONFLICT', { at: 'insteadOfSellerId', expected: 'somebody with a place in this role' })
    }
    if (active.some(each => each.sellerId === sellerId && each.state === 'ACCEPTED')) {
      throw new ApiError('CONFLICT', { at: 'sellerId', expected: 'somebody who is not in place already' })
    }
    await requireRoom(change, sellerId, taskId)
    const frees = replaced?.state === 'ACCEPTED' ? 1 : 0
    if (freeIn(task, role) + frees === 0)
      throw new ApiError('CONFLICT', { at: 'role', expected: 'a place that is free' })
    if (replaced !== undefined) await setAssignments(change, [replaced.id], 'REPLACED')
    // Read anew: the place is empty by now, and the task is open to whoever asks who could guide in it.
    const emptied = (await workOnTasks(unit, [taskId])).get(taskId) ?? task
    await settleTask(change, emptied, [])
    const guideId = await guideFor(change, whomViewerKnows({ policy, viewer }), { taskId, role, personId: sellerId })
    await deleteAssignments(
      change,
      active.filter(each => each.sellerId === sellerId && each.state === 'PROPOSED').map(({ id }) => id),
    )
    const id = services.ids.next('Assignment')
    await createAssignments(change, [{ id, taskId, sellerId, role, state: 'ACCEPTED', reason, guideId }])
    await settleTask(change, emptied, [{ role, count: 1 }])
    return outcomeOf('PLAN_OVERRIDDEN', taskId, id, sellerId, reason, guideId)
  })
}

/**
 * Keeps when somebody can work. Whoever is away leaves every place, and what it leaves is routed anew. Throws BAD_USER_INPUT,
 * NOT_VISIBLE for a seller for whom the viewer may not speak.
 */
export function stateAvailability(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  input: AvailabilityInput,
): Promise<Recorded<{ readonly sellerId: string; readonly tasksLeft: number }>> {
  const problem = availabilityProblem(input)
  if (problem !== undefined) throw new ApiError('BAD_USER_INPUT', problem)
  const sellerId = input.sellerId ?? viewer.id
  const { capacity, isAway } = input
  const hours = input.hours ? { fromMinute: input.hours.fromMinute, toMinute: input.hours.toMinute } : null
  const stated: Availability = { sellerId, capacity, isAway, hours, conflicts: [...input.conflicts].sort() }
  return recordChange(
    services,
    { viewer, mutation: 'setAvailability', idempotencyKey, input: stated },
    async change => {
      await change.unit.guard(PLACES_GUARD)
      const { policy } = services.policies.current()
      if (!(await mayDecideFor(change.unit, policy, viewer, sellerId))) throw new ApiError('NOT_VISIBLE')
      await setAvailability(change, stated)
      const left = isAway ? await leaveAll(change, sellerId) : []
      await countChange(change.unit)
      return {
        evidence: {
          kind: 'AVAILABILITY_SET',
          statement: { tasksLeft: left.length },
          facts: [{ subjectId: sellerId, content: stated }],
        },
        events: [{ kind: 'AVAILABILITY_CHANGED', body: { sellerId, taskIds: left } }],
        result: { sellerId, tasksLeft: left.length },
      }
    },
  )
}

async function leaveAll(change: Change, sellerId: string): Promise<string[]> {
  const places = await placesOf(change.unit, sellerId)
  await setAssignments(
    change,
    places.map(({ assignmentId }) => assignmentId),
    'LEFT',
  )
  const taskIds = [...new Set(places.map(({ taskId }) => taskId))]
  // Read anew: the places are empty by now.
  for (const task of (await workOnTasks(change.unit, taskIds)).values()) await settleTask(change, task, [])
  return taskIds
}

/** Writes how far the task has come, with these people more in place than when it was read. */
export async function settleTask(
  change: Change,
  task: TaskWork,
  added: readonly { readonly role: string; readonly count: number }[],
): Promise<void> {
  const isFull = [...task.roles.keys()].every(
    role => freeIn(task, role) <= added.reduce((sum, each) => sum + (each.role === role ? each.count : 0), 0),
  )
  const respondedAt = added.length > 0 ? change.at : null
  await setTasks(change, [
    { id: task.id, state: isFull ? 'STAFFED' : 'OPEN', respondedAt, completedAt: null, outcome: null },
  ])
}

function freeIn({ roles, assignments }: TaskWork, role: string): number {
  const taken = assignments.filter(each => each.role === role && each.state === 'ACCEPTED').length
  return (roles.get(role) ?? 0) - taken
}

export function requireUnfinished({ state }: TaskWork): void {
  if (state === 'OPEN' || state === 'STAFFED') return
  throw new ApiError('CONFLICT', { at: 'taskId', expected: 'a task that is published and not done', got: state })
}

async function requireOffer(change: Change, viewer: Viewer, assignmentId: string) {
  await change.unit.guard(PLACES_GUARD)
  const task = await taskOfAssignment(change.unit, assignmentId)
  const assignment = task?.assignments.find(({ id }) => id === assignmentId)
  if (task === undefined || assignment === undefined || assignment.sellerId !== viewer.id) {
    throw new ApiError('NOT_VISIBLE')
  }
  if (assignment.state !== 'PROPOSED') {
    throw new ApiError('CONFLICT', { at: 'assignmentId', expected: 'a place that is offered', got: assignment.state })
  }
  return { task, assignment }
}

/** What no decision goes round. */
async function requireRoom({ unit }: Change, sellerId: string, taskId: string): Promise<void> {
  const room = await roomOf(unit, sellerId, taskId)
  if (room === undefined) throw new ApiError('NOT_VISIBLE')
  if (!room.consents) throw new ApiError('CONFLICT', { expected: 'somebody who consents to WORKFORCE_PLANNING' })
  if (room.hasConflict) throw new ApiError('CONFLICT', { expected: 'somebody without a conflict of interest' })
  if (room.free <= 0) throw new ApiError('CONFLICT', { expected: 'somebody with room for one task more' })
}

/** Who is to guide the person in a place that is empty; null where nobody has to. Throws CONFLICT where nobody could. */
async function guideFor(
  { unit, at }: Change,
  who: Who,
  place: { readonly taskId: string; readonly role: string; readonly personId: string },
): Promise<string | null> {
  const { problem } = await readWorld(unit, at, who)
  const market = marketOf(problem, routingModel)
  const [guided] = withGuides(market, problem.collaboration, [place])
  if (guided?.isAlone === true)
    throw new ApiError('CONFLICT', { expected: 'somebody who needs no guide here, or has one' })
  return guided?.guideId ?? null
}

function outcomeOf(
  kind: 'ASSIGNMENT_ACCEPTED' | 'ASSIGNMENT_DECLINED' | 'PLAN_OVERRIDDEN',
  taskId: string,
  assignmentId: string,
  sellerId: string,
  reason: string | null = null,
  guideId: string | null = null,
): ChangeOutcome<Changed> {
  return {
    evidence: {
      kind,
      statement: { task: taskId, assignment: assignmentId },
      facts: [
        { subjectId: sellerId, content: { assignmentId, taskId, kind, reason } },
        ...guideFacts([{ id: assignmentId, taskId, guideId }]),
      ],
    },
    events: [{ kind: 'ASSIGNMENT_CHANGED', body: { assignmentId, taskId } }],
    result: { taskId },
  }
}
