// Routing beside requests: whenever the world has changed, one plan for all of it, of which only what is new is written. And what
// nobody came to in time is passed on.
import { type BackgroundWork, inRounds } from '../../../core/background.ts'
import { recordReaction } from '../../../core/change.ts'
import { toInstant } from '../../../core/clock.ts'
import type { Services } from '../../../core/context.ts'
import type { EventConsumer, EventDraft } from '../../../core/events/outbox.ts'
import { inSlices } from '../../../core/slices.ts'
import { countChange, createAssignments, deleteAssignments, nameGuides, PLACES_GUARD } from '../tasks/task-store.ts'
import { type Guided, guideFacts, withGuides } from './guide.ts'
import { routingModel } from './model.ts'
import { type Place, type Plan, Routing } from './plan.ts'
import {
  escalate,
  keepRun,
  lateTasks,
  type RoutingFigures,
  type RoutingWorld,
  readWorld,
  routingState,
  setRouted,
} from './routing-store.ts'

const ROUTER = { kind: 'SERVICE', id: 'talent' } as const
const PAUSE_MS = 500
const EVENT_IDS = 2_000

type RoutingServices = Pick<Services, 'graph' | 'clock' | 'ids' | 'evidence' | 'outbox'>

/**
 * Counts what others change of the world: consents, and what people were seen at. Tasks, places and availability are counted in
 * the unit that changes them.
 */
export const noticesChanges: EventConsumer = {
  name: 'talent/notices-changes',
  kinds: ['SELLER_CONSENT_CHANGED', 'SELLER_SKILLS_CHANGED', 'SELLERS_WORKED_TOGETHER'],
  consume: async (_, { graph }) => {
    await graph.write(countChange)
  },
  consumeTogether: async (_, { graph }) => {
    await graph.write(countChange)
  },
}

export function startRouting(services: Services, failed: (cause: unknown) => void): BackgroundWork {
  return inRounds({
    everyMs: PAUSE_MS,
    failed,
    round: async isStopped => {
      await escalateLate(services)
      while (!isStopped() && (await routeOnce(services)) === 'again');
    },
  })
}

/** Routes everything once, if anything changed since the last time. `again` when it changed meanwhile, and nothing was written. */
export async function routeOnce(services: Services): Promise<'routed' | 'unchanged' | 'again'> {
  const { graph, clock } = services
  const reader = { run: graph.read.bind(graph) }
  const { changes, routed } = await routingState(reader)
  if (changes === routed) return 'unchanged'
  const world = await readWorld(reader, clock.now())
  const routing = await inSlices(Routing.solve(world.problem, routingModel))
  const plan = routing.plan()
  const places = withGuides(routing.market, world.problem.collaboration, plan.places)
  return (await keepPlan(services, changes, world, { ...plan, places })) ? 'routed' : 'again'
}

/** Writes what the plan changes of the offers, unless the world is another than the one that it was made for. */
async function keepPlan(
  services: RoutingServices & Services,
  changes: number,
  { problem, offers }: RoutingWorld,
  plan: Omit<Plan, 'places'> & { readonly places: readonly Guided<Place>[] },
): Promise<boolean> {
  const keyOf = (taskId: string, role: string, sellerId: string) => JSON.stringify([taskId, role, sellerId])
  const wanted = new Set(plan.places.map(({ taskId, role, personId }) => keyOf(taskId, role, personId)))
  const standing = new Set(offers.map(({ taskId, role, sellerId }) => keyOf(taskId, role, sellerId)))
  const gone = offers.filter(({ taskId, role, sellerId }) => !wanted.has(keyOf(taskId, role, sellerId)))
  const fresh = plan.places.filter(({ taskId, role, personId }) => !standing.has(keyOf(taskId, role, personId)))
  const guideOf = new Map(
    plan.places.map(({ taskId, role, personId, guideId }) => [keyOf(taskId, role, personId), guideId]),
  )
  const guidedAnew = offers.flatMap(({ assignmentId, taskId, role, sellerId, guideId: before }) => {
    const guideId = guideOf.get(keyOf(taskId, role, sellerId))
    return guideId === undefined || guideId === before ? [] : [{ id: assignmentId, taskId, guideId }]
  })
  const taskIds = [...new Set([...gone, ...fresh, ...guidedAnew].map(({ taskId }) => taskId))]
  let isKept = true

  await recordReaction(services, ROUTER, async change => {
    await change.unit.guard(PLACES_GUARD)
    const state = await routingState(change.unit)
    isKept = state.changes === changes
    if (!isKept || state.routed === changes) return undefined
    await setRouted(change, changes)
    if (taskIds.length === 0) return undefined
    await deleteAssignments(
      change,
      gone.map(({ assignmentId }) => assignmentId),
    )
    const drafts = fresh.map(({ taskId, role, personId, guideId }) => ({
      id: services.ids.next('Assignment'),
      taskId,
      role,
      sellerId: personId,
      state: 'PROPOSED' as const,
      reason: null,
      guideId,
    }))
    await createAssignments(change, drafts)
    await nameGuides(change, guidedAnew)
    const figures = figuresOf(change.at, problem.tasks.length, problem.people.length, plan)
    await keepRun(change, figures)
    return {
      evidence: {
        kind: 'TASKS_ROUTED',
        statement: {
          offered: fresh.length,
          takenBack: gone.length,
          model: routingModel.hash,
          cost: plan.cost,
          lowerBound: plan.lowerBound,
        },
        facts: [
          ...drafts.map(({ id, taskId, role, sellerId }) => ({
            subjectId: sellerId,
            content: { offered: id, taskId, role },
          })),
          ...guideFacts([...drafts, ...guidedAnew]),
        ],
      },
      events: eventsOf(taskIds),
      result: {},
    }
  })
  return isKept
}

/** Marks what nobody came to within the model's target. */
async function escalateLate(services: Services): Promise<void> {
  const { graph, clock } = services
  const before = toInstant(new Date(Date.parse(clock.now()) - routingModel.response.targetHours * 3_600_000))
  const reader = { run: graph.read.bind(graph) }
  if ((await lateTasks(reader, before)).length === 0) return
  await recordReaction(services, ROUTER, async change => {
    await change.unit.guard(PLACES_GUARD)
    const ids = [...(await lateTasks(change.unit, before))]
    if (ids.length === 0) return undefined
    await escalate(change, ids)
    return {
      evidence: { kind: 'TASKS_ESCALATED', statement: { tasks: ids.length }, facts: [] },
      events: [{ kind: 'TASKS_ESCALATED', body: { taskIds: ids } }],
      result: {},
    }
  })
}

function figuresOf(at: string, tasks: number, people: number, plan: Plan): RoutingFigures {
  const { id, version, hash } = routingModel
  return {
    at,
    model: id,
    modelVersion: version,
    modelHash: hash,
    tasks,
    people,
    placed: plan.places.length,
    empty: plan.empty.reduce((sum, each) => sum + each.people, 0),
    cost: plan.cost,
    lowerBound: plan.lowerBound,
    largestLoad: plan.fairness.largestLoad,
    gini: plan.fairness.gini,
    moved: plan.moved,
  }
}

function eventsOf(taskIds: readonly string[]): EventDraft[] {
  return Array.from({ length: Math.ceil(taskIds.length / EVENT_IDS) }, (_, at) => ({
    kind: 'TASKS_ROUTED' as const,
    body: { taskIds: taskIds.slice(at * EVENT_IDS, (at + 1) * EVENT_IDS) },
  }))
}
