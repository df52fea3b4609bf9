// A team is put together for a task of several places, with the packs that it needs; and packs are published.
import { type Recorded, recordChange } from '../../../core/change.ts'
import type { RequestContext, Services } from '../../../core/context.ts'
import { ApiError, type ErrorDetail } from '../../../core/errors.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { guideFacts, withGuides } from '../routing/guide.ts'
import { marketOf } from '../routing/market.ts'
import { routingModel } from '../routing/model.ts'
import { readWorld, whomViewerKnows } from '../routing/routing-store.ts'
import { teamFor } from '../routing/team.ts'
import { requireUnfinished, settleTask } from '../tasks/assignments.ts'
import { textProblem } from '../tasks/rules.ts'
import { createAssignments, deleteAssignments, PLACES_GUARD, workOnTasks } from '../tasks/task-store.ts'
import * as store from './team-store.ts'
import type { AssembleInput, KnowledgePack, KnowledgePackInput } from './types.ts'

const MOST_PACKS = 20
const MOST_ITEMS = 50
const PACKS_GUARD = 'talent/packs'

/**
 * Puts the best team of whom the viewer may know into the places of a task that are still empty, and loads the packs. That is the
 * manager's decision, so that nobody has to accept; nobody gets more than there is room for. Throws BAD_USER_INPUT, NOT_VISIBLE,
 * CONFLICT where the places cannot all be filled.
 */
export function assembleTeam(
  context: RequestContext,
  idempotencyKey: string,
  { taskId, packIds }: AssembleInput,
): Promise<Recorded<{ readonly taskId: string; readonly teamId: string }>> {
  const { services, viewer } = context
  const asked = [...new Set(packIds)].sort()
  if (asked.length > MOST_PACKS)
    throw new ApiError('BAD_USER_INPUT', { at: 'packIds', expected: `at most ${MOST_PACKS}` })
  const request = { viewer, mutation: 'assembleTeam', idempotencyKey, input: { taskId, packIds: asked } }
  return recordChange(services, request, async change => {
    const { unit } = change
    await unit.guard(PLACES_GUARD)
    const work = (await workOnTasks(unit, [taskId])).get(taskId)
    if (work === undefined) throw new ApiError('NOT_VISIBLE')
    requireUnfinished(work)
    if ((await store.packsById(unit, asked)).length < asked.length) {
      throw new ApiError('BAD_USER_INPUT', { at: 'packIds', expected: 'ids of knowledge packs' })
    }
    const { problem } = await readWorld(unit, change.at, whomViewerKnows(context))
    const market = marketOf(problem, routingModel)
    const task = market.tasks.find(({ id }) => id === taskId)
    if (task === undefined) throw new ApiError('CONFLICT', { at: 'taskId', expected: 'a task with empty places' })
    const { members } = teamFor(market, task, problem, routingModel)
    const wanted = task.roles.reduce((sum, { people }) => sum + people, 0)
    if (members.length < wanted) {
      const got = `${members.length} of ${wanted}`
      throw new ApiError('CONFLICT', { at: 'taskId', expected: 'people who may take every place', got })
    }
    await deleteAssignments(
      change,
      work.assignments.filter(({ state }) => state === 'PROPOSED').map(({ id }) => id),
    )
    const given = members.map(member => ({ ...member, taskId }))
    const drafts = withGuides(market, problem.collaboration, given).map(({ role, personId, guideId }) => ({
      id: services.ids.next('Assignment'),
      taskId,
      role,
      sellerId: personId,
      state: 'ACCEPTED' as const,
      reason: null,
      guideId,
    }))
    await createAssignments(change, drafts)
    await settleTask(
      change,
      work,
      drafts.map(({ role }) => ({ role, count: 1 })),
    )
    const teamId = services.ids.next('Team')
    await store.keepTeam(change, { id: teamId, taskId, packIds: asked })
    return {
      evidence: {
        kind: 'TEAM_ASSEMBLED',
        statement: {
          team: teamId,
          task: taskId,
          members: members.length,
          packs: asked.length,
          model: routingModel.hash,
        },
        facts: [
          ...drafts.map(({ id, role, sellerId }) => ({ subjectId: sellerId, content: { placed: id, taskId, role } })),
          ...guideFacts(drafts),
        ],
      },
      events: [{ kind: 'TEAM_ASSEMBLED', body: { teamId, taskId } }],
      result: { taskId, teamId },
    }
  })
}

/** Publishes a pack, or its next version; teams keep the version that was loaded for them. Throws BAD_USER_INPUT. */
export function publishKnowledgePack(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { name, title, items }: KnowledgePackInput,
): Promise<Recorded<{ readonly pack: KnowledgePack }>> {
  const stated = { name, title, items: items.map(({ kind, title: of, url }) => ({ kind, title: of, url })) }
  const problem = packProblem(stated)
  if (problem !== undefined) throw new ApiError('BAD_USER_INPUT', problem)
  const request = { viewer, mutation: 'publishKnowledgePack', idempotencyKey, input: stated }
  return recordChange(services, request, async change => {
    await change.unit.guard(PACKS_GUARD)
    const version = await store.nextPackVersion(change.unit, name)
    const pack = { ...stated, id: services.ids.next('KnowledgePack'), version }
    await store.keepPack(change, pack)
    return {
      evidence: {
        kind: 'KNOWLEDGE_PACK_PUBLISHED',
        statement: { pack: pack.id, name, version, items: items.length },
        facts: [],
      },
      events: [],
      result: { pack },
    }
  })
}

/** What is wrong with a pack, or undefined. */
function packProblem({
  name,
  title,
  items,
}: Pick<KnowledgePackInput, 'name' | 'title' | 'items'>): ErrorDetail | undefined {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > 80) {
    return { at: 'name', expected: 'lower case letters, digits and hyphens, at most 80' }
  }
  if (items.length === 0 || items.length > MOST_ITEMS) return { at: 'items', expected: `1 to ${MOST_ITEMS}` }
  const wrongUrl = items.find(({ url }) => !isLink(url))
  return (
    textProblem('title', title, 200) ??
    items.map(item => textProblem('items.title', item.title, 200)).find(problem => problem) ??
    (wrongUrl && { at: 'items.url', expected: 'an absolute https address, or a path of this server' })
  )
}

/** Nothing that a page could run. */
function isLink(url: string): boolean {
  if (url.length > 2_000 || !url.isWellFormed()) return false
  if (/^\/(?!\/)/.test(url)) return true
  return URL.canParse(url) && new URL(url).protocol === 'https:'
}
