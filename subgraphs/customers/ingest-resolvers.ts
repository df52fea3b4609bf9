import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../core/change.ts'
import type { RequestContext } from '../../core/context.ts'
import { listNameOf } from '../../core/listing.ts'
import { type Connection, Page, pageRequest, toConnection } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import { deadLettersPage } from './dead-letters.ts'
import { ingest } from './ingest.ts'
import { runsPage } from './ingest-run-store.ts'
import {
  type DeadLetter,
  DeadLetterConnection,
  IngestInput,
  IngestPayload,
  type IngestRun,
  IngestRunConnection,
  ReplayInput,
  ReplayPayload,
} from './ingest-types.ts'
import { replayDeadLetters } from './replay.ts'

type Asked = string | null | undefined

@Resolver()
export class IngestResolver {
  @Query(() => DeadLetterConnection, {
    nullable: true,
    description: 'Records that could not be taken in, by id. For operators and services.',
  })
  @Public()
  deadLetters(
    @Arg('source', () => String, { nullable: true, description: 'Only those of this source.' }) source: Asked,
    @Arg('runId', () => ID, { nullable: true, description: 'Only those that this run sent.' }) runId: Asked,
    @Args(() => Page) { first, after }: Page,
    @Ctx() { services }: RequestContext,
  ): Promise<Connection<DeadLetter>> {
    return deadLettersPage(services.graph, { source, runId }, first, after)
  }

  @Query(() => IngestRunConnection, {
    nullable: true,
    description: 'What senders brought, and how far they have come, by id. For operators and services.',
  })
  @Public()
  async ingestRuns(
    @Arg('source', () => String, { nullable: true, description: 'Only those of this source.' }) source: Asked,
    @Arg('name', () => String, { nullable: true, description: 'Only those that load this.' }) name: Asked,
    @Args(() => Page) { first, after }: Page,
    @Ctx() { services: { graph } }: RequestContext,
  ): Promise<Connection<IngestRun>> {
    const list = listNameOf('ingestRuns', source && { source }, name && { name })
    const page = pageRequest(list, first, after)
    const asked = { source: source ?? '', name: name ?? '' }
    return toConnection(list, page, await runsPage({ run: graph.read.bind(graph) }, page, asked))
  }

  @Mutation(() => IngestPayload, {
    description:
      'Takes in records of one source. Idempotent by source and event id: the same record again is a duplicate, the same id with other content a dead letter CONFLICT. For services.',
  })
  @Public()
  ingest(
    @Arg('input', () => IngestInput, { description: 'Records of one source.' }) input: IngestInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<IngestPayload> {
    return ingest(services, viewer, idempotencyKey, input)
  }

  @Mutation(() => ReplayPayload, {
    description:
      'Sends dead letters of one source again, read by another mapping where one is given. What is taken in now, or known by now, is no dead letter any more. For operators and services.',
  })
  @Public()
  replayDeadLetters(
    @Arg('input', () => ReplayInput, { description: 'Which, and how to read them.' }) input: ReplayInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ReplayPayload> {
    return replayDeadLetters(services, viewer, idempotencyKey, input)
  }
}
