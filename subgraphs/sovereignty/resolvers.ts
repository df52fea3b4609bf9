import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../core/change.ts'
import type { ConsentEventRecord, ConsentRecord } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import { Public } from '../../core/policy/directives.ts'
import { loadersOf } from '../../core/subgraph.ts'
import { changeConsent } from './consents.ts'
import { requestErasure } from './erasure.ts'
import type { SovereigntyLoaders } from './loaders.ts'
import { consentReceipt } from './receipts.ts'
import { purposesOf } from './rules.ts'
import {
  Consent,
  ConsentEvent,
  ConsentInput,
  ConsentPayload,
  ConsentReceipt,
  PurposeDescription,
  RequestErasurePayload,
} from './types.ts'

@Resolver(() => Consent)
export class ConsentResolver {
  @Query(() => [PurposeDescription], { description: 'The purposes that the policy in force knows. For everybody.' })
  @Public()
  purposes(@Ctx() { policy }: RequestContext): PurposeDescription[] {
    return purposesOf(policy)
  }

  @Query(() => ConsentReceipt, {
    nullable: true,
    description:
      'The receipt of what the customer who asks said: by its evidence entry, or the newest. Null where there is none. BAD_USER_INPUT within the second in which the entry is not integrated yet. For subjects.',
  })
  @Public()
  consentReceipt(
    @Arg('entryId', () => ID, {
      nullable: true,
      description: 'The evidenceEntryId that giveConsent or withdrawConsent answered, or that the history names.',
    })
    entryId: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<ConsentReceipt | null> {
    return consentReceipt(context, entryId)
  }

  @FieldResolver(() => [ConsentEvent], { description: 'Every step, oldest first.' })
  @Public()
  async history(
    @Root() { id, history }: ConsentRecord,
    @Ctx() context: RequestContext,
  ): Promise<readonly ConsentEventRecord[]> {
    return history ?? (await loadersOf<SovereigntyLoaders>(context, 'sovereignty').history.load(id)) ?? []
  }

  @Mutation(() => ConsentPayload, {
    description: 'The customer who asks consents to a purpose. Idempotent by key. For subjects.',
  })
  @Public()
  giveConsent(
    @Arg('input', () => ConsentInput, { description: 'The consent that the customer speaks of.' }) input: ConsentInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ConsentPayload> {
    return changeConsent(services, viewer, idempotencyKey, input, true)
  }

  @Mutation(() => ConsentPayload, {
    description:
      'The customer who asks withdraws a consent. Holds for every request that starts after the answer. For subjects.',
  })
  @Public()
  withdrawConsent(
    @Arg('input', () => ConsentInput, { description: 'The consent that the customer speaks of.' }) input: ConsentInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ConsentPayload> {
    return changeConsent(services, viewer, idempotencyKey, input, false)
  }
}

@Resolver()
export class RightsResolver {
  @Mutation(() => RequestErasurePayload, {
    description:
      'The customer who asks has all that is held of it deleted. There is no way back. One request a customer: asked again it goes on where it stopped. For subjects.',
  })
  @Public()
  requestErasure(
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<RequestErasurePayload> {
    return requestErasure(services, viewer, idempotencyKey)
  }
}
