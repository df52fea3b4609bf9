// What tasks, decomposition, routing and teams are to the subgraph: one context, in four folders.
import type { Migration } from '../../core/graph/migrations.ts'
import { forPurpose, open, type RootRules } from '../../core/policy/shield.ts'
import { DecompositionResolver, GoalPayloadResolver } from './decomposition/resolvers.ts'
import { RoutingResolver } from './routing/resolvers.ts'
import { TaskPayloadResolver, TaskResolver } from './tasks/resolvers.ts'
import { TeamPayloadResolver, TeamResolver } from './teams/resolvers.ts'

export const workResolvers = [
  TaskResolver,
  TaskPayloadResolver,
  DecompositionResolver,
  GoalPayloadResolver,
  RoutingResolver,
  TeamResolver,
  TeamPayloadResolver,
]

/** Tasks name nobody; who is in them is masked, and needs a purpose to be shown. */
const atWork = open('REP', 'MANAGER')
const managers = open('MANAGER')

export const workRules = {
  Query: {
    tasks: atWork,
    goal: atWork,
    taskTemplates: atWork,
    team: atWork,
    knowledgePacks: managers,
    minedTemplates: managers,
    routingPlan: managers,
    orchestration: managers,
    whyNotMe: forPurpose('REP', 'MANAGER'),
    teamFor: forPurpose('MANAGER'),
  },
  Mutation: {
    publishTask: managers,
    completeTask: managers,
    acceptAssignment: open('REP'),
    declineAssignment: open('REP'),
    overrideAssignment: managers,
    setAvailability: atWork,
    decomposeTask: managers,
    acceptDecomposition: managers,
    publishTemplate: managers,
    adoptMinedTemplate: managers,
    assembleTeam: managers,
    publishKnowledgePack: managers,
  },
} satisfies RootRules

export const workLabels = [
  'Assignment',
  'Availability',
  'Goal',
  'KnowledgePack',
  'RoutingRun',
  'RoutingState',
  'Task',
  'TaskTemplate',
  'Team',
]

export const workMigrations: readonly Migration[] = [
  {
    id: 'talent/010-work',
    keys: [
      'Task.id',
      'Assignment.id',
      'Availability.sellerId',
      'Goal.id',
      'TaskTemplate.id',
      'KnowledgePack.id',
      'Team.id',
      'RoutingState.name',
      'RoutingRun.name',
    ],
    indexes: [
      'Task.state',
      'Task.goalId',
      'Assignment.state',
      'TaskTemplate.name',
      'TaskTemplate.isNewest',
      'KnowledgePack.name',
      'Team.taskId',
    ],
  },
]
