import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { recordReaction } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { routeOnce } from '../../subgraphs/talent/routing/route.ts'
import { latestRun, routingState } from '../../subgraphs/talent/routing/routing-store.ts'
import { prepareTalent } from '../../subgraphs/talent/start.ts'
import { acceptAssignment, declineAssignment, stateAvailability } from '../../subgraphs/talent/tasks/assignments.ts'
import { completeTask } from '../../subgraphs/talent/tasks/publish.ts'
import { createTasks, tasksById, workOnTasks } from '../../subgraphs/talent/tasks/task-store.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { portOf } from '../support/faulty-graph.ts'
import { keepSellers } from '../support/people-at-work.ts'
import { openServices, type TestServices } from '../support/services.ts'

const MANAGER = { kind: 'MANAGER', id: 'manager', region: 'CN-SH' } as const
const SKILL = 'automotive-certification'
const rep = (id: string) => ({ kind: 'REP', id }) as const

/** Tasks find people in the graph, whoever changes what meanwhile, and nobody is given more than there is room for. */
export function describeRouting(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(async () => {
    await services.empty()
    await prepareTalent(services)
  })
  afterAll(() => services.close())

  const key = () => `routing-${++sent}`
  const sellers = (...ids: readonly string[]) =>
    keepSellers(
      services,
      ids.map(id => ({ id, region: 'CN-SH', skills: [SKILL] })),
    )
  const open = (...ids: readonly string[]) =>
    recordReaction(services, { kind: 'SERVICE', id: 'test' }, async change => {
      await createTasks(change, ids.map(aTask))
      return { evidence: { kind: 'TASKS_PUBLISHED', statement: {}, facts: [] }, events: [], result: {} }
    })
  const capacity = (id: string, room: number) =>
    stateAvailability(services, rep(id), key(), { capacity: room, conflicts: [], isAway: false })
  const offers = async (taskId: string, state = 'PROPOSED') =>
    ((await workOnTasks(reader(), [taskId])).get(taskId)?.assignments ?? []).filter(each => each.state === state)
  const reader = () => ({ run: services.graph.read.bind(services.graph) })

  it('is done once for a change, and not again while nothing changes', async () => {
    await sellers('ann')
    await open('t-1')
    expect([await routeOnce(services), await routeOnce(services)]).toEqual(['routed', 'unchanged'])
    expect((await offers('t-1')).map(({ sellerId }) => sellerId)).toEqual(['ann'])
    expect(await latestRun(reader())).toMatchObject({ tasks: 1, people: 1, placed: 1, empty: 0 })
    await open('t-2')
    const [before] = await offers('t-1')
    expect(await routeOnce(services)).toBe('routed')
    // What a new plan keeps stays the very offer that it was.
    expect(await offers('t-1')).toEqual([before])
  })

  it('writes nothing into a world that changed while it planned', async () => {
    await sellers('ann')
    await open('t-1')
    const { changes } = await routingState(reader())
    const racing = raced(services, () => open('t-2'))
    expect(await routeOnce(racing)).toBe('again')
    expect(await offers('t-1')).toEqual([])
    expect((await routingState(reader())).changes).toBeGreaterThan(changes)
    expect(await routeOnce(services)).toBe('routed')
  })

  it('takes back the offer of who has no room any more, and makes it to somebody else', async () => {
    await sellers('ann', 'bo')
    await open('t-1')
    await routeOnce(services)
    const [offer] = await offers('t-1')
    await stateAvailability(services, rep(offer?.sellerId ?? ''), key(), { capacity: 0, conflicts: [], isAway: false })
    await routeOnce(services)
    const others = (await offers('t-1')).map(({ sellerId }) => sellerId)
    expect(others).toEqual([offer?.sellerId === 'ann' ? 'bo' : 'ann'])
  })

  it('asks nobody again who declined', async () => {
    await sellers('ann', 'bo')
    await open('t-1')
    await routeOnce(services)
    const [first] = await offers('t-1')
    await declineAssignment(services, rep(first?.sellerId ?? ''), key(), first?.id ?? '')
    await routeOnce(services)
    const [second] = await offers('t-1')
    expect(second?.sellerId).not.toBe(first?.sellerId)
    await declineAssignment(services, rep(second?.sellerId ?? ''), key(), second?.id ?? '')
    await routeOnce(services)
    expect(await offers('t-1')).toEqual([])
  })

  it('names a guide to who has less than is asked, another one where that one leaves, and offers nothing without', async () => {
    await sellers('ann', 'bo')
    await keepSellers(services, [{ id: 'cy', region: 'CN-SH', skills: ['regulatory-compliance'] }])
    await open('t-1')
    const guides = () =>
      services.graph.read("MATCH (a:Assignment {state: 'PROPOSED'})-[:GUIDED_BY]->(g:Seller) RETURN a.id, g.id")
    for (let nth = 0; nth < 2; nth++) {
      await routeOnce(services)
      const [offer] = await offers('t-1')
      expect(await guides()).toEqual([])
      await declineAssignment(services, rep(offer?.sellerId ?? ''), key(), offer?.id ?? '')
    }
    await routeOnce(services)
    const [offer] = await offers('t-1')
    expect(offer?.sellerId).toBe('cy')
    expect(await guides()).toEqual([[offer?.id, 'ann']])
    await stateAvailability(services, rep('ann'), key(), { capacity: 3, conflicts: [], isAway: true })
    await routeOnce(services)
    expect(await guides()).toEqual([[offer?.id, 'bo']])
    await capacity('bo', 0)
    await routeOnce(services)
    expect(await offers('t-1')).toEqual([])
  })

  it('lets of many acceptances at one time only those pass for which there is room', async () => {
    await sellers('ann')
    await capacity('ann', 3)
    await open('t-1', 't-2', 't-3')
    await routeOnce(services)
    const offered = (await Promise.all(['t-1', 't-2', 't-3'].map(id => offers(id)))).flat()
    expect(offered).toHaveLength(3)
    await capacity('ann', 1)
    // Offered before, and still asked for at once: the guard lets one of them through.
    const outcomes = await Promise.allSettled(
      offered.map(({ id }) => acceptAssignment(services, rep('ann'), key(), id)),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const carried = (await Promise.all(['t-1', 't-2', 't-3'].map(id => offers(id, 'ACCEPTED')))).flat()
    expect(carried).toHaveLength(1)
  })

  it('answers a repeated acceptance with the first one', async () => {
    await sellers('ann')
    await open('t-1')
    await routeOnce(services)
    const [offer] = await offers('t-1')
    const again = key()
    const first = await acceptAssignment(services, rep('ann'), again, offer?.id ?? '')
    expect(await acceptAssignment(services, rep('ann'), again, offer?.id ?? '')).toEqual(first)
    expect((await tasksById(reader(), ['t-1'])).get('t-1')).toMatchObject({ state: 'STAFFED' })
  })

  it('keeps no offer of a task that is done, and opens one anew that somebody leaves', async () => {
    await sellers('ann', 'bo')
    await open('t-1', 't-2')
    await routeOnce(services)
    for (const taskId of ['t-1', 't-2']) {
      const [offer] = await offers(taskId)
      await acceptAssignment(services, rep(offer?.sellerId ?? ''), key(), offer?.id ?? '')
    }
    await completeTask(services, MANAGER, key(), 't-1', 1)
    const [place] = await offers('t-2', 'ACCEPTED')
    const away = { capacity: 3, conflicts: [], isAway: true }
    await stateAvailability(services, rep(place?.sellerId ?? ''), key(), away)
    await routeOnce(services)
    const tasks = await tasksById(reader(), ['t-1', 't-2'])
    expect([tasks.get('t-1')?.state, tasks.get('t-2')?.state]).toEqual(['DONE', 'OPEN'])
    expect((await offers('t-2')).map(({ sellerId }) => sellerId)).not.toContain(place?.sellerId)
  })

  it(
    'gives nobody more than there is room for, whatever people do',
    async () => {
      const step = fc.constantFrom('route', 'accept', 'decline', 'away', 'back', 'one', 'done')
      const property = fc.asyncProperty(
        fc.array(fc.record({ step, pick: fc.nat({ max: 5 }) }), { minLength: 4, maxLength: 14 }),
        async steps => {
          await services.empty()
          await prepareTalent(services)
          const people = ['ann', 'bo', 'cy']
          const tasks = ['t-1', 't-2', 't-3', 't-4', 't-5']
          await sellers(...people)
          await open(...tasks)
          for (const { step: what, pick } of steps) await act(what, people[pick % 3] ?? '', tasks[pick % 5] ?? '')
          const rows = await services.graph.read(LOADS)
          for (const [, carried, room] of rows) {
            expect((carried as readonly string[]).length).toBeLessThanOrEqual((room as readonly number[])[0] ?? 3)
          }
        },
      )
      await fc.assert(property, { numRuns: Math.min(CASES, 40) })
    },
    CASES_TIMEOUT_MS,
  )

  async function act(step: string, sellerId: string, taskId: string): Promise<void> {
    const [offer] = (await offers(taskId)).filter(each => each.sellerId === sellerId)
    const refused = () => undefined
    if (step === 'route') await routeOnce(services)
    if (step === 'accept') await acceptAssignment(services, rep(sellerId), key(), offer?.id ?? '').catch(refused)
    if (step === 'decline') await declineAssignment(services, rep(sellerId), key(), offer?.id ?? '').catch(refused)
    if (step === 'done') await completeTask(services, MANAGER, key(), taskId, 0.5).catch(refused)
    // Room for less than somebody carries takes nothing from it: it is given nothing more.
    if (step === 'one' && (await carriedBy(sellerId)) <= 1) await capacity(sellerId, 1)
    if (step === 'away' || step === 'back') {
      const stated = { capacity: 3, conflicts: [], isAway: step === 'away' }
      await stateAvailability(services, rep(sellerId), key(), stated)
    }
  }

  async function carriedBy(sellerId: string): Promise<number> {
    const rows = await services.graph.read(LOADS)
    return (rows.find(([id]) => id === sellerId)?.[1] as readonly string[] | undefined)?.length ?? 0
  }
}

const LOADS = `
MATCH (c:Seller)
RETURN c.id, [(c)<-[:GIVEN_TO]-(a:Assignment) WHERE a.state = 'ACCEPTED' | a.id],
  [(c)<-[:AVAILABILITY_OF]-(v:Availability) | v.capacity]`

function aTask(id: string) {
  const requirements = [{ skillUri: `https://sovereign-graph.org/skills/${SKILL}`, level: 2, isEssential: true }]
  return {
    id,
    title: id,
    quadrant: 'RISK_CONTROL' as const,
    state: 'OPEN' as const,
    region: null,
    isLocal: false,
    hours: null,
    concerns: null,
    isCrossDepartment: false,
    dueAt: null,
    goalId: null,
    roles: [{ name: 'reader', people: 1, requirements }],
  }
}

/** The services, on whose graph something happens before the first unit of work. */
function raced(services: Services, before: () => Promise<unknown>): Services {
  let isFirst = true
  const graph: Graph = {
    ...portOf(services.graph),
    write: async work => {
      if (isFirst) {
        isFirst = false
        await before()
      }
      return services.graph.write(work)
    },
  }
  return { ...services, graph }
}
