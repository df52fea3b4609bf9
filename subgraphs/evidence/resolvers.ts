import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../core/change.ts'
import type { RequestContext } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { Public } from '../../core/policy/directives.ts'
import { loadersOf } from '../../core/subgraph.ts'
import { auditTrail } from './audit-trail.ts'
import { certificateOf } from './certificate.ts'
import type { EvidenceLoaders } from './loaders.ts'
import { checkpointOf, proveConsistency, proveInclusion } from './proofs.ts'
import { rotateLogKey } from './rotation.ts'
import {
  AuditTrailArgs,
  Checkpoint,
  ConsistencyProof,
  ErasureCertificate,
  EvidenceEntry,
  EvidenceEntryConnection,
  InclusionProof,
  RotateLogKeyPayload,
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

  @Query(() => ErasureCertificate, {
    nullable: true,
    description:
      'What was done about a request to be erased, with the proofs; null where there is none that the viewer may see. For subjects, who see their own, privacy officers and auditors.',
  })
  @Public()
  erasureCertificate(
    @Arg('requestId', () => ID, {
      nullable: true,
      description: 'The id of the request; without it the newest that the viewer may see.',
    })
    requestId: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<ErasureCertificate | null> {
    return certificateOf(readerOf(context), context.viewer, requestId)
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
  @Mutation(() => RotateLogKeyPayload, {
    description:
      'Has the log signed by a new key. The entry names both keys, and the first checkpoint over it is signed by both: who trusts the old key learns the new one from the inclusion proof of that entry. Idempotent by key. For operators.',
  })
  @Public()
  rotateLogKey(
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<RotateLogKeyPayload> {
    return rotateLogKey(services, viewer, idempotencyKey)
  }
}
