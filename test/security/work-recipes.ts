// How each mutation of tasks, decomposition and teams is done once.
import { recordReaction } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import { seededId } from '../../core/ids.ts'
import { createAssignments, createTasks } from '../../subgraphs/talent/tasks/task-store.ts'
import { keepSellers } from '../support/people-at-work.ts'
import { keepSalesPaths, SHARED_PATH } from '../support/sales-paths.ts'

const SKILL = 'https://sovereign-graph.org/skills/automotive-certification'
const REP = seededId('sovereign-graph', 'Seller', 1)

const aTask = (title: string) => ({
  title,
  quadrant: 'RISK_CONTROL' as const,
  roles: [{ name: 'reader', people: 1, requirements: [{ skillUri: SKILL, level: 2, isEssential: true }] }],
})

/** A rep to whom work is routed, with two places that are offered to it, and tasks to decide about. */
export async function prepareWork(services: Services): Promise<void> {
  await keepSellers(services, [
    { id: REP, region: 'CN-SH', skills: ['automotive-certification'] },
    { id: 'colleague', region: 'CN-SH', skills: [] },
  ])
  await keepSalesPaths(services.graph)
  await recordReaction(services, { kind: 'SERVICE', id: 'test' }, async change => {
    const common = { region: null, isLocal: false, hours: null, concerns: null, dueAt: null } as const
    const tasks = ['to-accept', 'to-decline', 'to-decide', 'for-a-team'].map(id => ({
      ...common,
      ...aTask(id),
      id,
      // Routing would take back an offer in an open task that it would make to somebody else.
      state: id === 'to-accept' || id === 'to-decline' ? ('PROPOSED' as const) : ('OPEN' as const),
      isCrossDepartment: false,
      goalId: null,
      ...(id === 'for-a-team' && { roles: [{ name: 'any', people: 1, requirements: [] }] }),
    }))
    await createTasks(change, tasks)
    const offered = { sellerId: REP, role: 'reader', state: 'PROPOSED', reason: null, guideId: null } as const
    await createAssignments(
      change,
      ['to-accept', 'to-decline'].map(taskId => ({ ...offered, id: `offer-${taskId}`, taskId })),
    )
    return { evidence: { kind: 'TASKS_PUBLISHED', statement: {}, facts: [] }, events: [], result: {} }
  })
}

/** A mutation in which `argument` is given as a variable of this type. */
const given = (mutation: string, argument: string, type: string, more = '') =>
  `mutation ($idempotencyKey: String!, $given: ${type}!) {
    ${mutation}(${argument}: $given, ${more} idempotencyKey: $idempotencyKey) { evidenceEntryId }
  }`

export const workRecipes = {
  publishTask: {
    viewer: 'manager',
    operation: given('publishTask', 'input', 'TaskInput'),
    kind: 'TASKS_PUBLISHED',
    variables: { given: aTask('a task') },
  },
  acceptAssignment: {
    viewer: 'rep',
    operation: given('acceptAssignment', 'assignmentId', 'ID'),
    kind: 'ASSIGNMENT_ACCEPTED',
    variables: { given: 'offer-to-accept' },
  },
  declineAssignment: {
    viewer: 'rep',
    operation: given('declineAssignment', 'assignmentId', 'ID'),
    kind: 'ASSIGNMENT_DECLINED',
    variables: { given: 'offer-to-decline' },
  },
  overrideAssignment: {
    viewer: 'manager',
    operation: given('overrideAssignment', 'input', 'OverrideInput'),
    kind: 'PLAN_OVERRIDDEN',
    variables: { given: { taskId: 'to-decide', role: 'reader', sellerId: 'colleague', reason: 'to learn it' } },
  },
  completeTask: {
    viewer: 'manager',
    operation: given('completeTask', 'taskId', 'ID', 'outcome: 1,'),
    kind: 'TASK_COMPLETED',
    variables: { given: 'to-decide' },
  },
  publishKnowledgePack: {
    viewer: 'manager',
    operation: given('publishKnowledgePack', 'input', 'KnowledgePackInput'),
    kind: 'KNOWLEDGE_PACK_PUBLISHED',
    variables: {
      given: { name: 'a-pack', title: 'A pack', items: [{ kind: 'DOCUMENT', title: 'A page', url: '/a' }] },
    },
  },
  assembleTeam: {
    viewer: 'manager',
    operation: given('assembleTeam', 'input', 'AssembleInput'),
    kind: 'TEAM_ASSEMBLED',
    variables: { given: { taskId: 'for-a-team' } },
  },
  setAvailability: {
    viewer: 'rep',
    operation: given('setAvailability', 'input', 'AvailabilityInput'),
    kind: 'AVAILABILITY_SET',
    variables: { given: { capacity: 2 } },
  },
  publishTemplate: {
    viewer: 'manager',
    operation: given('publishTemplate', 'input', 'TemplateInput'),
    kind: 'TASK_TEMPLATE_PUBLISHED',
    variables: {
      given: {
        document: {
          name: 'a-template',
          title: 'A template',
          titleZh: '模板',
          aspects: [{ name: 'all', title: 'All of it', quadrant: 'RISK_CONTROL' }],
          steps: [{ key: 'one', titleZh: '一', covers: ['all'], ...aTask('One') }],
          includes: [],
        },
      },
    },
  },
  adoptMinedTemplate: {
    viewer: 'manager',
    operation: given('adoptMinedTemplate', 'input', 'AdoptInput'),
    kind: 'TASK_TEMPLATE_PUBLISHED',
    variables: { given: { minedId: SHARED_PATH, name: 'mined', title: 'As the best do it', titleZh: '照最好的做' } },
  },
  decomposeTask: {
    viewer: 'manager',
    operation: `mutation ($idempotencyKey: String!) {
      decomposeTask(input: {title: "A goal", template: "tier-1-supplier"}, idempotencyKey: $idempotencyKey) {
        goal { id } evidenceEntryId
      }
    }`,
    kind: 'GOAL_DECOMPOSED',
  },
  acceptDecomposition: {
    viewer: 'manager',
    operation: given('acceptDecomposition', 'goalId', 'ID'),
    kind: 'DECOMPOSITION_ACCEPTED',
    variables: (done: ReadonlyMap<string, { readonly [field: string]: unknown }>) => ({
      given: (done.get('decomposeTask')?.goal as { readonly id: string } | undefined)?.id,
    }),
  },
}
