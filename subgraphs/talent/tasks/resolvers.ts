import { Arg, Args, Ctx, FieldResolver, Float, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../../core/change.ts'
import type { RequestContext } from '../../../core/context.ts'
import { type Connection, Page, pageRequest, toConnection } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { loadersOf } from '../../../core/subgraph.ts'
import { acceptAssignment, declineAssignment, overrideAssignment, stateAvailability } from './assignments.ts'
import { assignmentsList, type TaskLoaders } from './loaders.ts'
import { completeTask, publishTask } from './publish.ts'
import { type TasksAsked, tasksPage } from './task-store.ts'
import {
  type Assignment,
  AssignmentConnection,
  AvailabilityInput,
  AvailabilityPayload,
  OverrideInput,
  Task,
  TaskConnection,
  TaskFilter,
  TaskInput,
  TaskPayload,
} from './types.ts'

const KEY = { description: IDEMPOTENCY_KEY_DESCRIPTION }
const loaders = (context: RequestContext) => loadersOf<TaskLoaders>(context, 'talent')

@Resolver(() => Task)
export class TaskResolver {
  @Query(() => TaskConnection, {
    nullable: true,
    description: 'Tasks in the order of their ids. For sellers and managers.',
  })
  @Public()
  async tasks(
    @Arg('filter', () => TaskFilter, { nullable: true, description: 'Which of them.' }) filter:
      | TaskFilter
      | null
      | undefined,
    @Args(() => Page) { first, after }: Page,
    @Ctx() { services: { graph } }: RequestContext,
  ): Promise<Connection<Task>> {
    const asked: TasksAsked = {
      state: filter?.state ?? '',
      quadrant: filter?.quadrant ?? '',
      region: filter?.region ?? '',
      goalId: filter?.goalId ?? '',
      escalated: typeof filter?.isEscalated === 'boolean' ? (filter.isEscalated ? 'yes' : 'no') : '',
    }
    const list = `tasks/${Object.values(asked).join('/')}`
    const page = pageRequest(list, first, after)
    return toConnection(list, page, await tasksPage({ run: graph.read.bind(graph) }, page, asked))
  }

  @FieldResolver(() => AssignmentConnection, {
    nullable: true,
    description:
      'Places that were given or offered, in the order of their ids: a seller finds its own, a manager those of its region.',
  })
  @Public()
  assignments(
    @Root() { id }: Task,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Assignment>> {
    return loaders(context).assignmentsOf(id, pageRequest(assignmentsList(id), first, after))
  }

  @Mutation(() => TaskPayload, {
    description: 'Publishes a task; who is offered its places is planned with all others at once. For managers.',
  })
  @Public()
  publishTask(
    @Arg('input', () => TaskInput, { description: 'The task.' }) input: TaskInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TaskPayload> {
    return publishTask(services, viewer, idempotencyKey, input)
  }

  @Mutation(() => TaskPayload, {
    description:
      'Closes a task: those in place are free again and have worked together, and its team gives back its packs. For managers.',
  })
  @Public()
  completeTask(
    @Arg('taskId', () => ID, { description: 'A task with somebody in place.' }) taskId: string,
    @Arg('outcome', () => Float, { description: '0 failed to 1 succeeded.' }) outcome: number,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TaskPayload> {
    return completeTask(services, viewer, idempotencyKey, taskId, outcome)
  }

  @Mutation(() => TaskPayload, { description: 'The seller who asks takes a place that it is offered.' })
  @Public()
  acceptAssignment(
    @Arg('assignmentId', () => ID, { description: 'A place that is offered.' }) assignmentId: string,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TaskPayload> {
    return acceptAssignment(services, viewer, idempotencyKey, assignmentId)
  }

  @Mutation(() => TaskPayload, {
    description: 'The seller who asks refuses a place that it is offered, and is not offered the task again.',
  })
  @Public()
  declineAssignment(
    @Arg('assignmentId', () => ID, { description: 'A place that is offered.' }) assignmentId: string,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TaskPayload> {
    return declineAssignment(services, viewer, idempotencyKey, assignmentId)
  }

  @Mutation(() => TaskPayload, {
    description:
      'Gives a place to a seller of the region against the plan, with a reason. Consent, conflicts of interest, capacity and guides hold all the same. For managers.',
  })
  @Public()
  overrideAssignment(
    @Arg('input', () => OverrideInput, { description: 'The decision.' }) input: OverrideInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TaskPayload> {
    return overrideAssignment(services, viewer, idempotencyKey, input)
  }

  @Mutation(() => AvailabilityPayload, {
    description:
      'Keeps when a seller can work, and for how much. Whoever is away leaves every place. A seller speaks for itself, a manager for those of its region.',
  })
  @Public()
  setAvailability(
    @Arg('input', () => AvailabilityInput, { description: 'In the place of what was said before.' })
    input: AvailabilityInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<AvailabilityPayload> {
    return stateAvailability(services, viewer, idempotencyKey, input)
  }
}

/** What a change of a task answers: the mutation gives its id, and it is read as it stands then. */
@Resolver(() => TaskPayload)
export class TaskPayloadResolver {
  @FieldResolver(() => Task, { nullable: true, description: 'As it stands after this change.' })
  @Public()
  task(@Root() { taskId }: TaskPayload, @Ctx() context: RequestContext): Promise<Task | null> {
    return loaders(context).task.load(taskId)
  }
}
