import type { GraphQLResolveInfo } from 'graphql'
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../../core/change.ts'
import type { RequestContext } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import { type Connection, Page } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { loadersOf } from '../../../core/subgraph.ts'
import type { CustomersLoaders } from '../loaders.ts'
import { Customer } from '../types.ts'
import { conflictsOf, howFormed, matchReviews, whyMatched } from './explanations.ts'
import { confirmMerge, decideMatch, mergeCustomers, unmergeCustomer } from './merges.ts'
import {
  ConflictingRecord,
  DecideMatchInput,
  Formation,
  IdentityPayload,
  MatchExplanation,
  MatchReview,
  MatchReviewConnection,
  MatchState,
  MergeCustomersInput,
  UnmergeCustomerInput,
} from './types.ts'

const MOST_RECORDS = 500

@Resolver(() => MatchReview)
export class IdentityResolver {
  @Query(() => MatchExplanation, {
    nullable: true,
    description:
      'How two customers compare, field by field. Null unless this viewer may know of both; each weight is shown to whom its field is shown of both.',
  })
  @Public()
  whyMatched(
    @Arg('a', () => ID, { description: 'A customer.' }) a: string,
    @Arg('b', () => ID, { description: 'Another one.' }) b: string,
    @Ctx() context: RequestContext,
  ): Promise<MatchExplanation | null> {
    return whyMatched(context, a, b)
  }

  @Query(() => Formation, {
    nullable: true,
    description: 'Of which records, and by which decisions, a customer came to be who it is.',
  })
  @Public()
  howFormed(
    @Arg('customerId', () => ID, { description: 'A customer, or one whom a person is made of.' }) customerId: string,
    @Ctx() context: RequestContext,
  ): Promise<Formation | null> {
    return howFormed(context, customerId)
  }

  @Query(() => MatchReviewConnection, {
    nullable: true,
    description: 'Pairs of customers of whom this viewer may know both, by id: those to decide, or that were decided.',
  })
  @Public()
  matchReviews(
    @Arg('state', () => MatchState, { defaultValue: MatchState.PENDING, description: 'Only those in this state.' })
    state: MatchState,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<MatchReview>> {
    return matchReviews(context, state, first, after)
  }

  @FieldResolver(() => [Customer], {
    nullable: true,
    description: 'The two, on their own or as the persons whom they are part of by now.',
  })
  @Public()
  async customers(
    @Root() { customerIds }: MatchReview,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly Customer[]> {
    const { customerByKey } = loadersOf<CustomersLoaders>(context, 'customers')
    const found = await Promise.all([...new Set(customerIds)].map(id => customerByKey(id, info)))
    return found.filter(each => each !== null)
  }

  @Mutation(() => IdentityPayload, {
    description:
      'Makes one person of two customers, who stay as they are behind it. It consents to what both consent to. NOT_VISIBLE unless the viewer may know of both. For managers and privacy officers.',
  })
  @Public()
  mergeCustomers(
    @Arg('input', () => MergeCustomersInput, { description: 'The two.' }) { customerIds }: MergeCustomersInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() context: RequestContext,
  ): Promise<IdentityPayload> {
    if (customerIds.length !== 2) {
      throw new ApiError('BAD_USER_INPUT', { at: 'customerIds', expected: 'two ids', got: String(customerIds.length) })
    }
    return mergeCustomers(context, idempotencyKey, customerIds)
  }

  @Mutation(() => IdentityPayload, {
    description:
      'Takes customers out of a person: they are again what they were, with what came meanwhile, and are not taken for that person again. For managers and privacy officers.',
  })
  @Public()
  unmergeCustomer(
    @Arg('input', () => UnmergeCustomerInput, { description: 'The person, and what leaves it.' })
    { customerId, recordIds }: UnmergeCustomerInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() context: RequestContext,
  ): Promise<IdentityPayload> {
    const records = recordIds ?? []
    if (records.length > MOST_RECORDS) {
      throw new ApiError('BAD_USER_INPUT', { at: 'recordIds', expected: `at most ${MOST_RECORDS}` })
    }
    return unmergeCustomer(context, idempotencyKey, customerId, records)
  }

  @Mutation(() => IdentityPayload, {
    description:
      'Decides an open review. It is remembered: the two are not compared again. For managers and privacy officers.',
  })
  @Public()
  decideMatch(
    @Arg('input', () => DecideMatchInput, { description: 'The review, and what was found.' })
    { reviewId, samePerson }: DecideMatchInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() context: RequestContext,
  ): Promise<IdentityPayload> {
    return decideMatch(context, idempotencyKey, reviewId, samePerson)
  }

  @Mutation(() => IdentityPayload, {
    description:
      'The customer who asks says that it is the person whom it was taken for. Once each of its customers has said so, what was consented to last holds, and no longer the strictest. For subjects.',
  })
  @Public()
  confirmMerge(
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() context: RequestContext,
  ): Promise<IdentityPayload> {
    return confirmMerge(context, idempotencyKey)
  }
}

@Resolver(() => Formation)
export class FormationResolver {
  @FieldResolver(() => [ConflictingRecord], {
    nullable: true,
    description:
      'Where sources disagree about the customer, or one of them with itself, as this viewer sees what they say: the records that state other values, newest first. Of the newest 500 records by the time of their source.',
  })
  @Public()
  conflicts(@Root() formation: Formation, @Ctx() context: RequestContext): Promise<readonly ConflictingRecord[]> {
    return conflictsOf(context, formation)
  }
}
