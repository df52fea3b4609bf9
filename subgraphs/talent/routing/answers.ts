// What routing answers to people: each is told of what the viewer may know of, and masked as everything else about a seller is.
import type { RequestContext } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import type { Reader } from '../../../core/graph/graph.ts'
import { inSlices } from '../../../core/slices.ts'
import { marketOf } from './market.ts'
import { routingModel } from './model.ts'
import { Routing } from './plan.ts'
import { type Response, responseFigures } from './response.ts'
import { latestRun, readWorld, subjectOf, whomViewerKnows } from './routing-store.ts'
import { teamFor } from './team.ts'
import type { Orchestration, RoutingPlan, TeamProposal, WhyNotMe } from './types.ts'
import { whyNot } from './why-not.ts'

const RESPONSES = `
MATCH (t:Task)
WHERE t.publishedAt >= $since
RETURN t.publishedAt, t.respondedAt, t.escalatedAt
ORDER BY t.publishedAt DESC LIMIT 10000`

/** Plans everything anew with the pair forced. Null where the viewer may not know of the seller, or the task has no empty place. */
export async function whyNotMe(context: RequestContext, taskId: string, sellerId: string): Promise<WhyNotMe | null> {
  const reader = readerOf(context)
  const [subject, { problem }] = await Promise.all([subjectOf(context, sellerId), readWorld(reader, context.at)])
  if (subject === undefined) return null
  const routing = await inSlices(Routing.solve(problem, routingModel))
  const answer = whyNot(routing, taskId, sellerId)
  if (answer === undefined) return null
  const { cost, lowerBound } = routing.plan()
  const priced = answer.kind === 'PRICED' ? answer : undefined
  const record: WhyNotMe = {
    id: `${taskId}/${sellerId}`,
    role: answer.role,
    isPlanned: answer.kind === 'PLANNED',
    constraint: answer.kind === 'BARRED' ? answer.constraint : null,
    price: priced?.price ?? null,
    parts: priced
      ? [...priced.parts].map(([part, points]) => ({ part, points })).filter(each => each.points !== 0)
      : null,
    limit: priced?.limit ?? null,
    placesMoved: priced?.moves.filter(({ isGiven }) => isGiven).length ?? null,
    gap: cost - lowerBound,
    modelHash: routingModel.hash,
  }
  return context.masks.apply('WhyNotMe', record, subject)
}

/** Null for a task without empty places. */
export async function proposedTeam(context: RequestContext, taskId: string): Promise<TeamProposal | null> {
  const { problem, subjects } = await readWorld(readerOf(context), context.at, whomViewerKnows(context))
  const market = marketOf(problem, routingModel)
  const task = market.tasks.find(({ id }) => id === taskId)
  if (task === undefined) return null
  const { members, cost, lowerBound, coverage, collaboration } = teamFor(market, task, problem, routingModel)
  const known = members.flatMap(member => {
    const subject = subjects.get(member.personId)
    return subject === undefined ? [] : [{ ...member, subject }]
  })
  const masked = known.map(({ role, personId, subject }) => {
    const record = { id: `${taskId}/${personId}`, role, seller: { id: personId } }
    return context.masks.apply('TeamMember', record, subject)
  })
  const places = task.roles.reduce((sum, { people }) => sum + people, 0)
  const proposal: TeamProposal = { id: taskId, places, members: masked, cost, lowerBound, coverage, collaboration }
  return context.masks.applyToAll(
    'TeamProposal',
    proposal,
    known.map(({ subject }) => subject),
  )
}

export async function latestPlan({ services: { graph } }: RequestContext): Promise<RoutingPlan | null> {
  return (await latestRun({ run: graph.read.bind(graph) })) ?? null
}

const DAYS = 366

/** Throws BAD_USER_INPUT for a time that lies further back than a year. */
export async function orchestration(context: RequestContext, since: Date): Promise<Orchestration> {
  if (!(Date.parse(context.at) - since.getTime() <= DAYS * 86_400_000)) {
    throw new ApiError('BAD_USER_INPUT', { at: 'since', expected: `at most ${DAYS} days ago` })
  }
  const rows = await readerOf(context).run(RESPONSES, { since: since.toISOString() })
  const responses = rows.map(
    ([publishedAt, respondedAt, escalatedAt]): Response => ({
      publishedAt: String(publishedAt),
      respondedAt: typeof respondedAt === 'string' ? respondedAt : null,
      isEscalated: typeof escalatedAt === 'string',
    }),
  )
  const { targetHours } = routingModel.response
  return { ...responseFigures(responses, targetHours, context.at), targetHours }
}

function readerOf({ services: { graph } }: RequestContext): Reader {
  return { run: graph.read.bind(graph) }
}
