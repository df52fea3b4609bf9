import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../../core/change.ts'
import type { RequestContext } from '../../../core/context.ts'
import { type Connection, Page, pageRequest, toConnection } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { acceptDecomposition, decomposeTask, publishTemplate } from './decompose.ts'
import { adoptMinedTemplate, minedPage } from './mine.ts'
import { goalById, templatesPage } from './template-store.ts'
import {
  AdoptInput,
  DecomposeInput,
  Goal,
  GoalPayload,
  type MinedTemplate,
  MinedTemplateConnection,
  type TaskTemplate,
  TaskTemplateConnection,
  TemplateInput,
  TemplatePayload,
} from './types.ts'

const KEY = { description: IDEMPOTENCY_KEY_DESCRIPTION }
const TEMPLATES = 'taskTemplates'
const MINED = 'minedTemplates'

async function goalOf({ services: { graph } }: RequestContext, id: string): Promise<Goal | null> {
  const goal = await goalById({ run: graph.read.bind(graph) }, id)
  if (goal === undefined) return null
  return { ...goal, proposedBy: 'RULE', findings: goal.findings.map(each => ({ ...each, steps: [...each.steps] })) }
}

@Resolver()
export class DecompositionResolver {
  @Query(() => Goal, {
    nullable: true,
    description: 'A goal; its tasks are those with its goalId. For sellers and managers.',
  })
  @Public()
  goal(@Arg('id', () => ID) id: string, @Ctx() context: RequestContext): Promise<Goal | null> {
    return goalOf(context, id)
  }

  @Query(() => TaskTemplateConnection, {
    nullable: true,
    description: 'The newest version of each template, in the order of their ids. For sellers and managers.',
  })
  @Public()
  async taskTemplates(
    @Args(() => Page) { first, after }: Page,
    @Ctx() { services: { graph } }: RequestContext,
  ): Promise<Connection<TaskTemplate>> {
    const page = pageRequest(TEMPLATES, first, after)
    const found = await templatesPage({ run: graph.read.bind(graph) }, page)
    return toConnection(
      TEMPLATES,
      page,
      found.map(({ id, version, template }) => ({ ...template, id, version })),
    )
  }

  @Query(() => MinedTemplateConnection, {
    nullable: true,
    description:
      "Steps that top sellers' paths share, those of the highest lift first. Of the 2,000 opportunities that were closed last, of customers and sellers who may be counted. For managers.",
  })
  @Public()
  async minedTemplates(
    @Args(() => Page) { first, after }: Page,
    @Ctx() { services }: RequestContext,
  ): Promise<Connection<MinedTemplate>> {
    const page = pageRequest(MINED, first, after)
    const found = await minedPage(services, page)
    return toConnection(
      MINED,
      page,
      found.map(each => ({ ...each, steps: [...each.steps] })),
    )
  }

  @Mutation(() => GoalPayload, {
    description:
      'Proposes the tasks of a goal by a template, with what a person leaves out and adds, and names gaps and overlaps. Nobody is offered a place before the proposal is accepted. For managers.',
  })
  @Public()
  decomposeTask(
    @Arg('input', () => DecomposeInput, { description: 'The goal and its template.' }) input: DecomposeInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<GoalPayload> {
    return decomposeTask(services, viewer, idempotencyKey, input)
  }

  @Mutation(() => GoalPayload, {
    description:
      'Accepts the tasks that were proposed for a goal, which publishes them. CONFLICT for gaps or overlaps for which nobody gives a reason. For managers.',
  })
  @Public()
  acceptDecomposition(
    @Arg('goalId', () => ID, { description: 'A goal whose tasks are proposed.' }) goalId: string,
    @Arg('despite', () => String, {
      nullable: true,
      description: 'Why gaps and overlaps are as they should be, 1 to 500 characters.',
    })
    despite: string | null | undefined,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<GoalPayload> {
    return acceptDecomposition(services, viewer, idempotencyKey, goalId, despite ?? null)
  }

  @Mutation(() => TemplatePayload, {
    description:
      'Publishes a template, or its next version. BAD_USER_INPUT for one that includes itself by any way. For managers.',
  })
  @Public()
  publishTemplate(
    @Arg('input', () => TemplateInput, { description: 'The template.' }) input: TemplateInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TemplatePayload> {
    return publishTemplate(services, viewer, idempotencyKey, input.document)
  }

  @Mutation(() => TemplatePayload, {
    description:
      'Publishes what was mined as a new template, whose steps ask for no skills yet. NOT_VISIBLE for what the paths share no more. For managers.',
  })
  @Public()
  adoptMinedTemplate(
    @Arg('input', () => AdoptInput, { description: 'The proposal, and what it is called.' }) input: AdoptInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TemplatePayload> {
    return adoptMinedTemplate(services, viewer, idempotencyKey, input)
  }
}

@Resolver(() => GoalPayload)
export class GoalPayloadResolver {
  @FieldResolver(() => Goal, { nullable: true, description: 'As it stands after this change.' })
  @Public()
  goal(@Root() { goalId }: GoalPayload, @Ctx() context: RequestContext): Promise<Goal | null> {
    return goalOf(context, goalId)
  }
}
