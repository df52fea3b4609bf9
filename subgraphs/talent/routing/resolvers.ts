import { GraphQLDateTime } from 'graphql-scalars'
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql'
import type { RequestContext } from '../../../core/context.ts'
import { Public } from '../../../core/policy/directives.ts'
import { latestPlan, orchestration, proposedTeam, whyNotMe } from './answers.ts'
import { Orchestration, RoutingPlan, TeamProposal, WhyNotMe } from './types.ts'

@Resolver()
export class RoutingResolver {
  @Query(() => WhyNotMe, {
    nullable: true,
    description:
      'What it would cost everybody together to give a seller a place in a task, and what stands in the way. A seller asks for itself, a manager for those of its region. Null for a task without an empty place.',
  })
  @Public()
  whyNotMe(
    @Arg('taskId', () => ID, { description: 'A task with empty places.' }) taskId: string,
    @Arg('sellerId', () => ID, { nullable: true, description: 'Left out for the one who asks.' }) sellerId:
      | string
      | null
      | undefined,
    @Ctx() context: RequestContext,
  ): Promise<WhyNotMe | null> {
    return whyNotMe(context, taskId, sellerId ?? context.viewer.id)
  }

  @Query(() => TeamProposal, {
    nullable: true,
    description:
      'The team that would be put together for the empty places of a task, of the sellers of whom the manager may know. Null for a task without an empty place. For managers.',
  })
  @Public()
  teamFor(
    @Arg('taskId', () => ID, { description: 'A task with empty places.' }) taskId: string,
    @Ctx() context: RequestContext,
  ): Promise<TeamProposal | null> {
    return proposedTeam(context, taskId)
  }

  @Query(() => RoutingPlan, {
    nullable: true,
    description: 'The figures of the latest plan; null before the first. For managers.',
  })
  @Public()
  routingPlan(@Ctx() context: RequestContext): Promise<RoutingPlan | null> {
    return latestPlan(context)
  }

  @Query(() => Orchestration, {
    description: 'How fast tasks found their first person. Of the 10,000 newest tasks at most. For managers.',
  })
  @Public()
  orchestration(
    @Arg('since', () => GraphQLDateTime, { description: 'Tasks published since this time, UTC; at most 366 days ago.' })
    since: Date,
    @Ctx() context: RequestContext,
  ): Promise<Orchestration> {
    return orchestration(context, since)
  }
}
