import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../core/change.ts'
import type { RequestContext } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { TILE_WIDTH, tileKey } from '../../core/evidence/tiles.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { Page, pageRequest, toConnection } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import { loadersOf } from '../../core/subgraph.ts'
import { auditTrail } from './audit-trail.ts'
import { certificateOf } from './certificate.ts'
import type { EvidenceLoaders } from './loaders.ts'
import { checkpointsAfter, readTiles, trail } from './log-store.ts'
import { checkpointOf, proveConsistency, proveInclusion, toCheckpoint } from './proofs.ts'
import { reconcileEntries, reconcileOrphans } from './reconcile.ts'
import { rotateLogKey } from './rotation.ts'
import {
  AuditTrailArgs,
  Checkpoint,
  CheckpointConnection,
  ConsistencyProof,
  ErasureCertificate,
  EvidenceEntry,
  EvidenceEntryConnection,
  InclusionProof,
  Reconciliation,
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

  @Query(() => CheckpointConnection, {
    nullable: true,
    description: 'Every checkpoint that was signed, by size. For auditors, privacy officers and operators.',
  })
  @Public()
  async checkpoints(@Args(() => Page) { first, after }: Page, @Ctx() context: RequestContext) {
    const page = pageRequest('checkpoints', first, after)
    const found = await checkpointsAfter(readerOf(context), page)
    return toConnection(
      'checkpoints',
      page,
      found.map(stored => ({ id: String(stored.size), ...toCheckpoint(stored) })),
    )
  }

  @Query(() => String, {
    nullable: true,
    description:
      'The hashes of a 256-wide tile of the tree, base64; null where there is none. Level 0 holds the leaves. For auditors, privacy officers and operators.',
  })
  @Public()
  async tile(
    @Arg('level', () => Int, { description: '0 for the leaves; each level above holds one hash a full tile below.' })
    level: number,
    @Arg('index', () => Int, { description: 'The place of the tile in its level, from 0.' }) index: number,
    @Ctx() context: RequestContext,
  ): Promise<string | null> {
    const place = { level, index, width: TILE_WIDTH }
    return (await readTiles(readerOf(context), [place])).get(tileKey(place))?.toString('base64') ?? null
  }

  @Query(() => Reconciliation, {
    nullable: true,
    description:
      'Recomputes from the graph what a page of the log commits to, and names each node that was edited, deleted or inserted behind the API. For auditors, privacy officers and operators.',
  })
  @Public()
  async reconciliation(@Args(() => Page) { first, after }: Page, @Ctx() context: RequestContext) {
    const page = pageRequest('reconciliation', first, after)
    const { edges, pageInfo } = toConnection('reconciliation', page, await trail(readerOf(context), {}, page))
    const entries = edges.map(({ node }) => node)
    const { checked, erased, findings } = await reconcileEntries(context.services, entries)
    const orphans = pageInfo.hasNextPage ? [] : await reconcileOrphans(context.services)
    return { entries: entries.length, checked, erased, findings: [...findings, ...orphans], pageInfo }
  }
}
