import { Arg, Args, Ctx, ID, Int, Query, Resolver } from 'type-graphql'
import type { RequestContext } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { Public } from '../../core/policy/directives.ts'
import { loadersOf } from '../../core/subgraph.ts'
import { auditTrail } from './audit-trail.ts'
import type { EvidenceLoaders } from './loaders.ts'
import { checkpointOf, proveConsistency, proveInclusion } from './proofs.ts'
import {
  AuditTrailArgs,
  Checkpoint,
  ConsistencyProof,
  EvidenceEntry,
  EvidenceEntryConnection,
  InclusionProof,
} from './types.ts'

const readerOf = ({ services: { graph } }: RequestContext): Reader => ({ run: graph.read.bind(graph) })

@Resolver()
export class EvidenceResolver {
  @Query(() => Checkpoint, { nullable: true, description: 'The latest signed checkpoint of the evidence log.' })
  @Public()
  checkpoint(@Ctx() context: RequestContext): Promise<Checkpoint | null> {
    return checkpointOf(readerOf(context))
  }

  @Query(() => EvidenceEntry, { nullable: true, description: 'One entry; null where there is none.' })
  @Public()
  evidenceEntry(
    @Arg('id', () => ID, { description: 'The evidenceEntryId that a change or a record names.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<EvidenceEntry | null> {
    return loadersOf<EvidenceLoaders>(context, 'evidence').entry.load(id)
  }

  @Query(() => InclusionProof, {
    nullable: true,
    description:
      'The proof that an entry is in the log; null where there is no such entry. BAD_USER_INPUT within the second in which an entry is not integrated yet.',
  })
  @Public()
  inclusionProof(
    @Arg('entryId', () => ID, {
      nullable: true,
      description:
        'The evidenceEntryId that a change or a record names; without it the newest entry, but not for subjects.',
    })
    entryId: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<InclusionProof | null> {
    if (context.viewer.kind === 'SUBJECT' && !entryId) {
      // The newest entry is somebody else's, and though it names nobody it tells that somebody did something.
      throw new ApiError('BAD_USER_INPUT', { at: 'entryId', expected: 'the id of an entry' })
    }
    return proveInclusion(readerOf(context), entryId)
  }

  @Query(() => ConsistencyProof, {
    nullable: true,
    description: 'The proof that the log has only grown since a checkpoint that the caller kept.',
  })
  @Public()
  consistencyProof(
    @Arg('fromSize', () => Int, { description: 'The size in the kept checkpoint.' }) fromSize: number,
    @Ctx() context: RequestContext,
  ): Promise<ConsistencyProof | null> {
    return proveConsistency(readerOf(context), fromSize)
  }

  @Query(() => EvidenceEntryConnection, {
    nullable: true,
    description:
      'The integrated entries in the order of the log. For auditors, privacy officers and operators; a subject is shown those about itself.',
  })
  @Public()
  auditTrail(@Args(() => AuditTrailArgs) args: AuditTrailArgs, @Ctx() context: RequestContext) {
    return auditTrail(context, args)
  }
}
