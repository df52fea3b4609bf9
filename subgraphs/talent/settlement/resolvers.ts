import type { GraphQLResolveInfo } from 'graphql'
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../../core/change.ts'
import type { RequestContext } from '../../../core/context.ts'
import { selectionBelow } from '../../../core/look-ahead.ts'
import { type Connection, Page, type PageRequest, pageRequest, toConnection } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { statementOf } from './ledger-store.ts'
import { contributionsPage, settlementsPage } from './settlement-store.ts'
import {
  disputeSettlement,
  recordContribution,
  rejectDispute,
  reverseSettlement,
  setReward,
  settle,
} from './settlements.ts'
import {
  type Contribution,
  ContributionConnection,
  ContributionInput,
  ContributionPayload,
  Ledger,
  type Posting,
  PostingConnection,
  RewardInput,
  RewardPayload,
  type Settlement,
  SettlementConnection,
  SettlementPayload,
  SettlementReasonInput,
  SettlementsArgs,
} from './types.ts'

const KEY = { description: IDEMPOTENCY_KEY_DESCRIPTION }

/** A ledger with the page of postings that was read with it. */
interface ReadLedger extends Ledger {
  readonly read: { readonly page: PageRequest; readonly postings: readonly Posting[] }
}

const listOf = (sellerId: string) => `ledger/${sellerId}`

@Resolver(() => Ledger)
export class LedgerResolver {
  @Query(() => Ledger, {
    nullable: true,
    description:
      'The account of a seller: what it can spend, and everything that moved. Shown to the seller and, with its consent, to its manager.',
  })
  @Public()
  async ledger(
    @Arg('sellerId', () => ID, { nullable: true, description: 'Whose account. Left out by a seller: its own.' })
    sellerId: string | null | undefined,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ReadLedger | null> {
    const id = sellerId ?? context.viewer.id
    const [asked] = selectionBelow(info).all('postings')
    const { first = 0, after } = (asked?.args ?? {}) as Partial<Page>
    return read(context, id, first === 0 ? NO_POSTINGS : pageRequest(listOf(id), first, after))
  }

  @FieldResolver(() => PostingConnection, {
    nullable: true,
    description: 'What moved, the newest first for whom its time is shown, and else in the order of the ids.',
  })
  @Public()
  async postings(
    @Root() ledger: ReadLedger,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Posting> | null> {
    const list = listOf(ledger.id)
    const page = pageRequest(list, first, after)
    const isRead = ledger.read.page.first === page.first && ledger.read.page.afterId === page.afterId
    // A second page of the same answer, under an alias, is read by itself.
    const found = isRead ? ledger : await read(context, ledger.id, page)
    return found && toConnection(list, page, found.read.postings)
  }
}

const NO_POSTINGS: PageRequest = { first: 0, afterId: undefined }

async function read(context: RequestContext, id: string, page: PageRequest): Promise<ReadLedger | null> {
  const found = await statementOf(context, id, page)
  if (found === undefined) return null
  const { subject, balance, postings } = found
  const shown = postings.map(each => context.masks.apply('Posting', each, subject))
  return { ...context.masks.apply('Ledger', { id, balance }, subject), read: { page, postings: shown } }
}

@Resolver()
export class SettlementResolver {
  @Query(() => SettlementConnection, {
    nullable: true,
    description:
      'Settlements with a share of somebody of whom this viewer may know, in the order of their ids: of a seller those that it contributed to.',
  })
  @Public()
  async settlements(
    @Args(() => SettlementsArgs) { state, first, after }: SettlementsArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Settlement>> {
    const list = `settlements/${state ?? ''}`
    const page = pageRequest(list, first, after)
    const found = await settlementsPage(context, state ?? '', page)
    const shown = found.map(({ record, subjects }) => context.masks.applyToAll('Settlement', record, subjects))
    return toConnection(list, page, shown)
  }

  @Query(() => ContributionConnection, {
    nullable: true,
    description:
      'What sellers of whom this viewer may know contributed, in the order of the ids: a seller is shown its own.',
  })
  @Public()
  async contributions(
    @Arg('taskId', () => ID, { nullable: true, description: 'Only to this task.' }) taskId: string | null | undefined,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Contribution>> {
    const list = `contributions/${taskId ?? ''}`
    const page = pageRequest(list, first, after)
    const found = await contributionsPage(context, taskId ?? '', page)
    const shown = found.map(({ record, subject }) => context.masks.apply('Contribution', record, subject))
    return toConnection(list, page, shown)
  }

  @Mutation(() => RewardPayload, {
    description:
      'Sets what a task is worth, for which parts, and how it will be shared out; in the place of what was set before, as long as nobody contributed. For managers.',
  })
  @Public()
  setReward(
    @Arg('input', () => RewardInput, { description: 'Which task, and what it is worth.' }) input: RewardInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<RewardPayload> {
    return setReward(services, viewer, idempotencyKey, input)
  }

  @Mutation(() => ContributionPayload, {
    description:
      'Records what a seller delivered of a part of a task, and the evidence for it. For managers, of sellers of their region, and for services.',
  })
  @Public()
  recordContribution(
    @Arg('input', () => ContributionInput, { description: 'Who delivered what.' }) input: ContributionInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ContributionPayload> {
    return recordContribution(services, viewer, idempotencyKey, input)
  }

  @Mutation(() => SettlementPayload, {
    description:
      'Shares out the reward of a task at once among those who contributed. A task is settled once; CONFLICT until that is taken back. For managers.',
  })
  @Public()
  settle(
    @Arg('taskId', () => ID, { description: 'A task with a reward and contributions.' }) taskId: string,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<SettlementPayload> {
    return settle(services, viewer, idempotencyKey, taskId)
  }

  @Mutation(() => SettlementPayload, {
    description:
      'Takes a settlement back by the same postings the other way round, with a reason; the task can be settled anew. CONFLICT where somebody has spent the credits. For managers.',
  })
  @Public()
  reverseSettlement(
    @Arg('input', () => SettlementReasonInput, { description: 'Which settlement, and why.' })
    input: SettlementReasonInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<SettlementPayload> {
    return reverseSettlement(services, viewer, idempotencyKey, input)
  }

  @Mutation(() => SettlementPayload, {
    description: 'Says that one does not agree with a settlement, and why. For sellers who contributed.',
  })
  @Public()
  disputeSettlement(
    @Arg('input', () => SettlementReasonInput, { description: 'Which settlement, and why.' })
    input: SettlementReasonInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<SettlementPayload> {
    return disputeSettlement(services, viewer, idempotencyKey, input)
  }

  @Mutation(() => SettlementPayload, {
    description: 'Lets a disputed settlement stand, with a reason. For managers.',
  })
  @Public()
  rejectDispute(
    @Arg('input', () => SettlementReasonInput, { description: 'Which settlement, and why.' })
    input: SettlementReasonInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<SettlementPayload> {
    return rejectDispute(services, viewer, idempotencyKey, input)
  }
}
