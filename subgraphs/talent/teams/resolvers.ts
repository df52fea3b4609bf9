import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../../core/change.ts'
import type { RequestContext } from '../../../core/context.ts'
import { type Connection, Page, pageRequest, toConnection } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { assembleTeam, publishKnowledgePack } from './assemble.ts'
import { packsPage, takesPart, teamOfTask } from './team-store.ts'
import {
  AssembleInput,
  type KnowledgePack,
  KnowledgePackConnection,
  KnowledgePackInput,
  KnowledgePackPayload,
  Team,
  TeamPayload,
} from './types.ts'

const KEY = { description: IDEMPOTENCY_KEY_DESCRIPTION }
const PACKS = 'knowledgePacks'

const readerOf = ({ services: { graph } }: RequestContext) => ({ run: graph.read.bind(graph) })

@Resolver()
export class TeamResolver {
  @Query(() => Team, {
    nullable: true,
    description:
      'The newest team of a task, with what is loaded for it. For managers, and for sellers who are or were in place in the task.',
  })
  @Public()
  async team(
    @Arg('taskId', () => ID, { description: 'The task.' }) taskId: string,
    @Ctx() context: RequestContext,
  ): Promise<Team | null> {
    const reader = readerOf(context)
    const { kind, id } = context.viewer
    if (kind === 'REP' && !(await takesPart(reader, taskId, id))) return null
    return (await teamOfTask(reader, taskId)) ?? null
  }

  @Query(() => KnowledgePackConnection, {
    nullable: true,
    description: 'Every version of every knowledge pack, in the order of their ids. For managers.',
  })
  @Public()
  async knowledgePacks(
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<KnowledgePack>> {
    const page = pageRequest(PACKS, first, after)
    return toConnection(PACKS, page, await packsPage(readerOf(context), page))
  }

  @Mutation(() => TeamPayload, {
    description:
      'Puts the best team of the sellers of whom the manager may know into the empty places of a task, and loads knowledge packs for it. CONFLICT where people are missing. For managers.',
  })
  @Public()
  assembleTeam(
    @Arg('input', () => AssembleInput, { description: 'The task and the packs.' }) input: AssembleInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() context: RequestContext,
  ): Promise<TeamPayload> {
    return assembleTeam(context, idempotencyKey, input)
  }

  @Mutation(() => KnowledgePackPayload, {
    description:
      'Publishes a knowledge pack, or its next version. Teams keep the version that was loaded for them. For managers.',
  })
  @Public()
  publishKnowledgePack(
    @Arg('input', () => KnowledgePackInput, { description: 'The pack.' }) input: KnowledgePackInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<KnowledgePackPayload> {
    return publishKnowledgePack(services, viewer, idempotencyKey, input)
  }
}

@Resolver(() => TeamPayload)
export class TeamPayloadResolver {
  @FieldResolver(() => Team, { nullable: true, description: 'As it stands after this change.' })
  @Public()
  async team(@Root() { taskId }: TeamPayload, @Ctx() context: RequestContext): Promise<Team | null> {
    return (await teamOfTask(readerOf(context), taskId)) ?? null
  }
}
