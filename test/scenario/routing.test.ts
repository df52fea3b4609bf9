// The liquid organisation over HTTP: a goal becomes tasks, tasks find people, somebody asks why not, a manager decides otherwise,
// somebody leaves, and a team regroups within 72 hours and gives back what it was lent.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededId } from '../../core/ids.ts'
import { keepSellers } from '../support/people-at-work.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const REP = seededId('sovereign-graph', 'Seller', 1)
const OTHER_REP = seededId('sovereign-graph', 'Seller', 2)
const SKILLS = 'https://sovereign-graph.org/skills/'
const HOUR = 3_600_000

const inShanghai = (id: string, ...skills: readonly string[]) => ({ id, region: 'CN-SH', skills })
const numbered = (count: number, make: (number: number) => ReturnType<typeof inShanghai>) =>
  Array.from({ length: count }, (_, index) => make(index + 1))

let api: TestApi
let now: number
beforeAll(async () => {
  api = await startApi()
  now = Date.parse(api.clock.now())
  await keepSellers(api.services, [
    inShanghai(REP, 'needs-analysis', 'automotive-certification'),
    inShanghai(OTHER_REP, 'automotive-certification'),
    inShanghai('validator', 'production-line-validation'),
    inShanghai('planner', 'localised-service-planning'),
    { ...inShanghai('keeps-to-itself', 'needs-analysis', 'automotive-certification'), consents: false },
    ...numbered(7, number => inShanghai(`engineer-${number}`, 'field-application-engineering')),
    ...numbered(3, number => inShanghai(`compliance-${number}`, 'regulatory-compliance')),
    { id: 'engineer-elsewhere', region: 'EU-DE', skills: ['field-application-engineering'] },
  ])
})
afterAll(() => api.close())

let asked = 0
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by path, and a wrong path fails the test
type Told = any
const act = async (viewer: string, mutation: string, given: Record<string, unknown>, fields = 'evidenceEntryId') => {
  const names = Object.keys(given)
  const text = `mutation (${names.map(name => `$${name}: ${TYPES[`${mutation}.${name}`] ?? TYPES[name]}`).join(', ')}, $key: String!) {
    ${mutation}(${names.map(name => `${name}: $${name}`).join(', ')}, idempotencyKey: $key) { ${fields} }
  }`
  const { data, errors } = await api.ask(viewer, text, { variables: { ...given, key: `act-${++asked}` } })
  await api.settle()
  return { told: data?.[mutation] as Told, code: errors[0]?.extensions.code, message: errors[0]?.message ?? '' }
}
const TYPES: { readonly [name: string]: string } = {
  'decomposeTask.input': 'DecomposeInput!',
  'publishTask.input': 'TaskInput!',
  'overrideAssignment.input': 'OverrideInput!',
  'setAvailability.input': 'AvailabilityInput!',
  'publishKnowledgePack.input': 'KnowledgePackInput!',
  'publishTemplate.input': 'TemplateInput!',
  'assembleTeam.input': 'AssembleInput!',
  goalId: 'ID!',
  despite: 'String',
  taskId: 'ID!',
  assignmentId: 'ID!',
  outcome: 'Float!',
}

const read = async (
  viewer: string,
  query: string,
  variables: Record<string, unknown>,
  purpose: string,
): Promise<Told> => {
  const { data, errors } = await api.ask(viewer, query, { variables, purpose })
  expect(errors).toEqual([])
  return Object.values(data)[0]
}
const tasksOf = async (goalId: string) => {
  const tasks = await read(
    'manager',
    `query ($goalId: ID) { tasks(filter: {goalId: $goalId}) { edges { node {
      id title quadrant state publishedAt respondedAt
      assignments { edges { node { id role state reason seller { id } guide { id } } } }
    } } } }`,
    { goalId },
    'WORKFORCE_PLANNING',
  )
  return new Map<string, Told>(tasks.edges.map(({ node }: Told) => [node.quadrant, node]))
}
const offeredTo = (task: Told, state = 'PROPOSED') =>
  task.assignments.edges.filter(({ node }: Told) => node.state === state).map(({ node }: Told) => node.seller.id)
const whyNot = (viewer: string, taskId: string, sellerId?: string) =>
  read(
    viewer,
    `query ($taskId: ID!, $sellerId: ID) { whyNotMe(taskId: $taskId, sellerId: $sellerId) {
      role isPlanned constraint price limit parts { part points } placesMoved gap
    } }`,
    { taskId, sellerId },
    viewer === 'manager' ? 'WORKFORCE_PLANNING' : 'SUBJECT_REQUEST',
  )

describe('winning a tier-1 car supplier', () => {
  let goalId = ''

  it('is proposed as a task in each quadrant, and nobody is offered any before a person accepts', async () => {
    const { told } = await act(
      'manager',
      'decomposeTask',
      { input: { title: 'Win tier-1 car supplier X', template: 'tier-1-supplier' } },
      'goal { id state proposedBy templateVersion findings { kind } }',
    )
    expect(told.goal).toMatchObject({ state: 'PROPOSED', proposedBy: 'RULE', templateVersion: 1, findings: [] })
    goalId = told.goal.id
    const tasks = await tasksOf(goalId)
    expect([...tasks.keys()].sort()).toEqual([
      'CUSTOMER_INSIGHT',
      'ECOSYSTEM_COLLABORATION',
      'RISK_CONTROL',
      'VALUE_PRESENTATION',
    ])
    expect([...tasks.values()].map(({ state, publishedAt }) => [state, publishedAt])).toEqual(
      Array.from({ length: 4 }, () => ['PROPOSED', null]),
    )
  })

  it('finds a person for every task once it is accepted', async () => {
    expect((await act('manager', 'acceptDecomposition', { goalId })).code).toBeUndefined()
    const tasks = await tasksOf(goalId)
    expect(offeredTo(tasks.get('CUSTOMER_INSIGHT'))).toEqual([REP])
    expect(offeredTo(tasks.get('RISK_CONTROL'))).toEqual([OTHER_REP])
    expect(offeredTo(tasks.get('ECOSYSTEM_COLLABORATION'))).toEqual(['validator'])
    expect(offeredTo(tasks.get('VALUE_PRESENTATION'))).toEqual(['planner'])
    const plan = await read(
      'manager',
      '{ routingPlan { placed empty cost lowerBound gini } }',
      {},
      'WORKFORCE_PLANNING',
    )
    expect(plan).toMatchObject({ placed: 4, empty: 0 })
    expect(plan.lowerBound).toBe(plan.cost)
  })

  it('tells a seller why not, at what price for all and by what', async () => {
    const task = (await tasksOf(goalId)).get('RISK_CONTROL')
    const answer = await whyNot('rep', task.id)
    expect(answer).toMatchObject({ isPlanned: false, constraint: null, limit: 'LOAD', placesMoved: 0, gap: 0 })
    expect(answer.parts.reduce((sum: number, { points }: Told) => sum + points, 0)).toBe(answer.price)
    expect(answer.price).toBeGreaterThan(0)
    const planning = (await tasksOf(goalId)).get('VALUE_PRESENTATION')
    expect(await whyNot('rep', planning.id)).toMatchObject({ constraint: 'SKILL', price: null })
    expect(await whyNot('other-rep', task.id)).toMatchObject({ isPlanned: true })
  })

  it('tells nobody of anybody else, and a manager only of those of its region', async () => {
    const task = (await tasksOf(goalId)).get('RISK_CONTROL')
    expect(await whyNot('rep', task.id, OTHER_REP)).toBeNull()
    expect(await whyNot('manager', task.id, REP)).toMatchObject({ limit: 'LOAD' })
    expect(await whyNot('manager', task.id, 'engineer-elsewhere')).toBeNull()
    const { data, masks } = await api.ask(
      'manager',
      'query ($id: ID!) { whyNotMe(taskId: $id, sellerId: "keeps-to-itself") { constraint price } }',
      { variables: { id: task.id }, purpose: 'WORKFORCE_PLANNING' },
    )
    expect(data.whyNotMe).toEqual({ constraint: null, price: null })
    expect(masks).toHaveLength(2)
  })

  it('is decided otherwise by a manager, with a reason, and never past capacity or consent', async () => {
    const task = (await tasksOf(goalId)).get('RISK_CONTROL')
    const decision = { taskId: task.id, role: 'reader', sellerId: REP, insteadOfSellerId: OTHER_REP, reason: 'knows X' }
    expect((await act('manager', 'overrideAssignment', { input: { ...decision, reason: ' ' } })).code).toBe(
      'BAD_USER_INPUT',
    )
    const silent = { ...decision, sellerId: 'keeps-to-itself' }
    expect((await act('manager', 'overrideAssignment', { input: silent })).message).toContain('consents')
    await act('rep', 'setAvailability', { input: { capacity: 0 } })
    expect((await act('manager', 'overrideAssignment', { input: decision })).message).toContain('room')
    await act('rep', 'setAvailability', { input: { capacity: 3 } })
    expect((await act('manager', 'overrideAssignment', { input: decision })).code).toBeUndefined()
    const decided = (await tasksOf(goalId)).get('RISK_CONTROL')
    expect(decided).toMatchObject({ state: 'STAFFED' })
    expect(decided.assignments.edges.map(({ node }: Told) => [node.seller.id, node.state, node.reason]).sort()).toEqual(
      [
        [REP, 'ACCEPTED', 'knows X'],
        [OTHER_REP, 'REPLACED', null],
      ].sort(),
    )
  })

  it('goes on when somebody leaves in the middle of a task', async () => {
    const task = (await tasksOf(goalId)).get('RISK_CONTROL')
    const left = await act('rep', 'setAvailability', { input: { capacity: 3, isAway: true } }, 'tasksLeft')
    expect(left.told).toEqual({ tasksLeft: expect.any(Number) })
    const after = (await tasksOf(goalId)).get('RISK_CONTROL')
    expect(after.state).toBe('OPEN')
    expect(offeredTo(after, 'LEFT')).toEqual([REP])
    // The one who was replaced is not asked again; of compliance, which lies near, enough counts.
    expect(offeredTo(after)).toEqual(['compliance-1'])
    // It has less than the task asks for, so that it is offered with a guide who has that, whatever else that one does.
    const offers = after.assignments.edges.filter(({ node }: Told) => node.state === 'PROPOSED')
    expect(offers.map(({ node }: Told) => node.guide)).toEqual([{ id: OTHER_REP }])
    const first = task.assignments.edges.map(({ node }: Told) => node.guide)
    expect(first).toEqual([null, null])
    expect(await whyNot('other-rep', task.id)).toMatchObject({ constraint: 'NOT_AGAIN' })
  })

  it('is passed on to managers where nobody comes in time', async () => {
    const insight = (await tasksOf(goalId)).get('CUSTOMER_INSIGHT')
    api.clock.set(new Date(now + 5 * HOUR).toISOString())
    await api.settle()
    const escalated = await read(
      'manager',
      '{ tasks(filter: {isEscalated: true}) { edges { node { id escalatedAt } } } }',
      {},
      'WORKFORCE_PLANNING',
    )
    expect(escalated.edges.map(({ node }: Told) => node.id)).toContain(insight.id)
  })
})

describe('regrouping for an automotive-electronics account within 72 hours', () => {
  let taskId = ''
  const packIds: string[] = []

  it('lends packs to a team of five engineers and two compliance experts, of whom nobody has too much', async () => {
    const pack = (name: string, kind: string) =>
      act(
        'manager',
        'publishKnowledgePack',
        { input: { name, title: name, items: [{ kind, title: name, url: `/packs/${name}` }] } },
        'pack { id version }',
      )
    packIds.push((await pack('automotive-certification-knowledge-graph', 'GRAPH_EXTRACT')).told.pack.id)
    packIds.push((await pack('customs-declaration-simulator', 'SIMULATOR')).told.pack.id)
    // Two of seven engineers have no room left.
    for (const sellerId of ['engineer-1', 'engineer-2']) {
      await act('manager', 'setAvailability', { input: { sellerId, capacity: 0 } })
    }
    const goal = await act(
      'manager',
      'decomposeTask',
      { input: { title: 'Regroup for the account', template: 'automotive-account-team', region: 'CN-SH' } },
      'goal { id }',
    )
    await act('manager', 'acceptDecomposition', { goalId: goal.told.goal.id })
    const published = (await tasksOf(goal.told.goal.id)).get('ECOSYSTEM_COLLABORATION')
    taskId = published.id
    const proposal = await read(
      'manager',
      'query ($id: ID!) { teamFor(taskId: $id) { places coverage members { role seller { id } } cost lowerBound } }',
      { id: taskId },
      'WORKFORCE_PLANNING',
    )
    expect(proposal).toMatchObject({ places: 7, coverage: 1 })

    api.clock.set(new Date(now + 8 * HOUR).toISOString())
    const { told, code } = await act(
      'manager',
      'assembleTeam',
      { input: { taskId, packIds } },
      'team { packs { returnedAt pack { name items { kind url } } } }',
    )
    expect(code).toBeUndefined()
    expect(told.team.packs.map(({ pack: { name } }: Told) => name)).toEqual([
      'automotive-certification-knowledge-graph',
      'customs-declaration-simulator',
    ])
    const task = (await tasksOf(goal.told.goal.id)).get('ECOSYSTEM_COLLABORATION')
    expect(task.state).toBe('STAFFED')
    expect(Date.parse(task.respondedAt) - Date.parse(task.publishedAt)).toBeLessThanOrEqual(72 * HOUR)
    const members = task.assignments.edges.filter(({ node }: Told) => node.state === 'ACCEPTED')
    const inRole = (role: string) => members.filter(({ node }: Told) => node.role === role).length
    expect([inRole('field application engineer'), inRole('compliance expert')]).toEqual([5, 2])
    const loads = await api.services.graph.read(
      `MATCH (c:Seller) RETURN c.id, [(c)<-[:GIVEN_TO]-(a:Assignment) WHERE a.state = 'ACCEPTED' | a.id],
        [(c)<-[:AVAILABILITY_OF]-(v:Availability) | v.capacity]`,
    )
    for (const [, carried, capacity] of loads) {
      const room = (capacity as number[])[0] ?? 3
      expect((carried as string[]).length).toBeLessThanOrEqual(room)
    }
  })

  it('refuses a team where people are missing', async () => {
    const goal = await act(
      'manager',
      'decomposeTask',
      { input: { title: 'A second account', template: 'automotive-account-team' } },
      'goal { id }',
    )
    await act('manager', 'acceptDecomposition', { goalId: goal.told.goal.id })
    const second = (await tasksOf(goal.told.goal.id)).get('ECOSYSTEM_COLLABORATION')
    for (const number of [3, 4, 5, 6, 7]) {
      await act('manager', 'setAvailability', { input: { sellerId: `engineer-${number}`, capacity: 1 } })
    }
    // Two of compliance, and one whose work on production lines lies near that of engineers in the field.
    const { code, message } = await act('manager', 'assembleTeam', { input: { taskId: second.id } })
    expect([code, message]).toEqual(['CONFLICT', expect.stringContaining('3 of 7')])
  })

  it('gives the packs back when the task is done, and was seen at work together', async () => {
    expect((await act('manager', 'completeTask', { taskId, outcome: 1 })).code).toBeUndefined()
    const team = await read(
      'manager',
      'query ($taskId: ID!) { team(taskId: $taskId) { dissolvedAt packs { returnedAt pack { items { url } } } } }',
      { taskId },
      'WORKFORCE_PLANNING',
    )
    expect(team.dissolvedAt).not.toBeNull()
    for (const { returnedAt, pack } of team.packs) expect([returnedAt !== null, pack.items]).toEqual([true, null])
    const kinds = await api.services.graph.read(
      "MATCH (e:DomainEvent) WHERE e.kind IN ['SELLERS_OBSERVED', 'SELLERS_WORKED_TOGETHER'] RETURN e.kind, e.body ORDER BY e.kind",
    )
    expect(kinds.map(([kind]) => kind)).toEqual(['SELLERS_OBSERVED', 'SELLERS_WORKED_TOGETHER'])
    expect(JSON.parse(String(kinds[1]?.[1])).sellerIds).toHaveLength(7)
  })

  it('is answered by the figures of orchestration and by the metric', async () => {
    const since = new Date(now - HOUR).toISOString()
    const figures = await read(
      'manager',
      'query ($since: DateTime!) { orchestration(since: $since) { tasks responded medianHours p90Hours withinTargetRatio targetHours } }',
      { since },
      'WORKFORCE_PLANNING',
    )
    expect(figures).toMatchObject({ tasks: 6, responded: 2, targetHours: 4, medianHours: 0, p90Hours: 3 })
    // Two in time; three are past it.
    expect(figures.withinTargetRatio).toBeCloseTo(2 / 5)
    await api.settle()
    const metric = await read(
      'manager',
      '{ metric(id: "orchestration-response", grain: MONTH) { numerator denominator value } }',
      {},
      'WORKFORCE_PLANNING',
    )
    expect(metric).toEqual({ numerator: 3, denominator: 2, value: 1.5 })
  })
})

describe('nobody does more than it can without a named guide', () => {
  const planning = async (level: number) => {
    const requirements = [{ skillUri: `${SKILLS}localised-service-planning`, level }]
    const roles = [{ name: 'planner', requirements }]
    const input = { title: `Plan at level ${level}`, quadrant: 'VALUE_PRESENTATION', roles }
    return (await act('manager', 'publishTask', { input }, 'task { id }')).told.task.id as string
  }
  const decide = (taskId: string, sellerId: string) =>
    act(
      'manager',
      'overrideAssignment',
      { input: { taskId, role: 'planner', sellerId, reason: 'to learn it' } },
      'task { assignments { edges { node { seller { id } state guide { id } } } } }',
    )

  const givenIn = async (taskId: string) => {
    const tasks = await read(
      'manager',
      '{ tasks(filter: {state: STAFFED}) { edges { node { id assignments { edges { node { state seller { id } guide { id } } } } } } } }',
      {},
      'WORKFORCE_PLANNING',
    )
    const { node: task } = tasks.edges.find(({ node }: Told) => node.id === taskId)
    const accepted = task.assignments.edges.filter(({ node }: Told) => node.state === 'ACCEPTED')
    return accepted.map(({ node }: Told) => [node.seller.id, node.guide])
  }

  it('and where nobody could guide it is told so, and no manager decides otherwise', async () => {
    const taskId = await planning(5)
    expect(await whyNot('manager', taskId, 'planner')).toMatchObject({ constraint: 'GUIDE', price: null })
    const { code, message } = await decide(taskId, 'planner')
    expect([code, message]).toEqual(['CONFLICT', expect.stringContaining('needs no guide here')])
  })

  it('and who is given a place by a manager is given a guide, who is told of while it consents', async () => {
    const taskId = await planning(2)
    // Without a purpose the guide is masked as the seller is.
    const { told, code } = await decide(taskId, 'compliance-3')
    expect(code).toBeUndefined()
    const masked = told.task.assignments.edges.map(({ node }: Told) => [node.seller, node.guide])
    expect(new Set(masked.flat())).toEqual(new Set([null]))
    expect(await givenIn(taskId)).toEqual([['compliance-3', { id: 'planner' }]])
    await api.services.graph.write(unit =>
      unit.run("MATCH (:Seller {id: 'planner'})<-[:OF]-(k:Consent) SET k.state = 'WITHDRAWN'"),
    )
    expect(await givenIn(taskId)).toEqual([['compliance-3', null]])
  })
})

describe('what cannot be is refused', () => {
  const aTask = {
    title: 'Read a certificate',
    quadrant: 'RISK_CONTROL',
    roles: [{ name: 'reader', requirements: [{ skillUri: `${SKILLS}automotive-certification`, level: 2 }] }],
  }
  const aTemplate = (name: string, includes: readonly string[]) => ({
    input: {
      document: {
        name,
        title: name,
        titleZh: name,
        aspects: [{ name, title: name, quadrant: 'RISK_CONTROL' }],
        steps: [],
        includes,
      },
    },
  })

  it.each([
    [
      'an unknown skill',
      { ...aTask, roles: [{ name: 'x', requirements: [{ skillUri: 'https://nowhere', level: 2 }] }] },
      'skillUri',
    ],
    ['no place', { ...aTask, roles: [] }, 'roles'],
    ['no people', { ...aTask, roles: [{ name: 'x', people: 0, requirements: [] }] }, 'roles.people'],
    [
      'a level above the scale',
      { ...aTask, roles: [{ name: 'x', requirements: [{ skillUri: 'x', level: 6 }] }] },
      'level',
    ],
    ['a place without its region', { ...aTask, isLocal: true }, 'region'],
  ])('a task with %s', async (_, input, at) => {
    const { code, message } = await act('manager', 'publishTask', { input })
    expect([code, message]).toEqual(['BAD_USER_INPUT', expect.stringContaining(at)])
  })

  it('a negative capacity', async () => {
    const { code, message } = await act('rep', 'setAvailability', { input: { capacity: -1 } })
    expect([code, message]).toEqual(['BAD_USER_INPUT', expect.stringContaining('capacity')])
  })

  it('a template that includes itself by another, named by the way round', async () => {
    expect((await act('manager', 'publishTemplate', aTemplate('one', []))).code).toBeUndefined()
    expect((await act('manager', 'publishTemplate', aTemplate('two', ['one']))).code).toBeUndefined()
    const { code, message } = await act('manager', 'publishTemplate', aTemplate('one', ['two']))
    expect([code, message]).toEqual(['BAD_USER_INPUT', expect.stringContaining('one → two → one')])
  })

  it('a decomposition with a gap for which nobody gives a reason', async () => {
    const { told } = await act(
      'manager',
      'decomposeTask',
      {
        input: {
          title: 'Win another supplier',
          template: 'tier-1-supplier',
          leaveOut: ['validation'],
          add: [{ covers: ['certification'], task: aTask }],
        },
      },
      'goal { id findings { kind aspect steps } }',
    )
    expect(told.goal.findings).toEqual([
      { kind: 'OVERLAP', aspect: 'certification', steps: ['certification', 'added-1'] },
      { kind: 'GAP', aspect: 'validation', steps: [] },
    ])
    const goalId = told.goal.id
    const refused = await act('manager', 'acceptDecomposition', { goalId })
    expect([refused.code, refused.message]).toEqual(['CONFLICT', expect.stringContaining('OVERLAP at certification')])
    const accepted = await act('manager', 'acceptDecomposition', { goalId, despite: 'validated last year' })
    expect(accepted.code).toBeUndefined()
  })

  it.each([
    ['publishTask', 'rep', { input: aTask }],
    ['acceptAssignment', 'manager', { assignmentId: 'x' }],
    ['assembleTeam', 'rep', { input: { taskId: 'x' } }],
  ])('%s by a %s', async (mutation, viewer, given) => {
    expect((await act(viewer, mutation, given)).code).toBe('FORBIDDEN')
  })
})
