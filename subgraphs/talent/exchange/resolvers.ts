import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../../core/change.ts'
import type { RequestContext } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import { fromMinorUnits } from '../../../core/money.ts'
import { type Connection, pageRequest, toConnection } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { listingsPage, openListings } from './listing-store.ts'
import { list, withdraw } from './listings.ts'
import { paymentsOf, possibleTrades } from './matching.ts'
import { toTradeLeg, tradesPage } from './trade-store.ts'
import { cancelTrade, completeTrade, rateTrade, tradeCapability } from './trades.ts'
import {
  ExchangeArgs,
  type Listing,
  ListingConnection,
  ListingInput,
  ListingPayload,
  ListingsArgs,
  type PossibleTrade,
  PossibleTradeConnection,
  RatingInput,
  type Trade,
  TradeConnection,
  TradeLegInput,
  TradePayload,
  TradesArgs,
} from './types.ts'

const KEY = { description: IDEMPOTENCY_KEY_DESCRIPTION }

@Resolver()
export class ExchangeResolver {
  @Query(() => ListingConnection, {
    nullable: true,
    description: 'What sellers offer and look for, in the order of the ids. For sellers and managers.',
  })
  @Public()
  async listings(
    @Args(() => ListingsArgs) { kind, skillId, sellerId, first, after }: ListingsArgs,
    @Ctx() { services: { graph } }: RequestContext,
  ): Promise<Connection<Listing>> {
    const asked = { kind: kind ?? ('' as const), skillId: skillId ?? '', sellerId: sellerId ?? '' }
    const name = `listings/${asked.kind}/${asked.skillId}/${asked.sellerId}`
    const page = pageRequest(name, first, after)
    return toConnection(name, page, await listingsPage({ run: graph.read.bind(graph) }, asked, page))
  }

  @Query(() => PossibleTradeConnection, {
    nullable: true,
    description:
      'The trades that the open listings make possible for a seller; those first that need fewest credits, then those of fewest people. For sellers and managers.',
  })
  @Public()
  async exchange(
    @Args(() => ExchangeArgs) { sellerId, first, after }: ExchangeArgs,
    @Ctx() { services: { graph }, viewer }: RequestContext,
  ): Promise<Connection<PossibleTrade>> {
    const id = sellerId ?? viewer.id
    const name = `exchange/${id}`
    const page = pageRequest(name, first, after)
    const { offers, wants, skills } = await openListings({ run: graph.read.bind(graph) })
    const possible = possibleTrades(offers, wants, id)
    const from = page.afterId === undefined ? 0 : possible.findIndex(each => each.id === page.afterId) + 1
    if (page.afterId !== undefined && from === 0) {
      throw new ApiError('CONFLICT', { at: 'after', expected: 'a trade that is still possible' })
    }
    const shown = possible.slice(from, from + first + 1).map(trade => ({
      id: trade.id,
      legs: trade.legs.map(leg => toTradeLeg(leg, skills)),
      pays: fromMinorUnits(paymentsOf(trade.legs).get(id) ?? 0),
    }))
    return toConnection(name, page, shown)
  }

  @Query(() => TradeConnection, {
    nullable: true,
    description: 'The trades of a seller, or of those whom a manager may know of, in the order of their ids.',
  })
  @Public()
  async trades(
    @Args(() => TradesArgs) { state, first, after }: TradesArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Trade>> {
    const name = `trades/${state ?? ''}`
    const page = pageRequest(name, first, after)
    const found = await tradesPage(context, state ?? '', page)
    const shown = found.map(({ record, subjects }) => context.masks.applyToAll('Trade', record, subjects))
    return toConnection(name, page, shown)
  }

  @Mutation(() => ListingPayload, {
    description: 'Publishes to all colleagues what the seller who asks can do for them, for how many credits.',
  })
  @Public()
  offerCapability(
    @Arg('input', () => ListingInput, { description: 'What is published.' }) input: ListingInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ListingPayload> {
    return list(services, viewer, idempotencyKey, 'OFFER', input)
  }

  @Mutation(() => ListingPayload, {
    description:
      'Publishes to all colleagues what the seller who asks looks for, and how many credits it pays at most.',
  })
  @Public()
  wantCapability(
    @Arg('input', () => ListingInput, { description: 'What is published.' }) input: ListingInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ListingPayload> {
    return list(services, viewer, idempotencyKey, 'WANT', input)
  }

  @Mutation(() => ListingPayload, { description: 'Takes an open listing of the seller who asks from the list.' })
  @Public()
  withdrawListing(
    @Arg('listingId', () => ID, { description: "An open listing of one's own." }) listingId: string,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ListingPayload> {
    return withdraw(services, viewer, idempotencyKey, listingId)
  }

  @Mutation(() => TradePayload, {
    description:
      'Proposes the trade of these legs, or accepts it where somebody else has proposed the same. When the last one accepts, the listings are taken, and who pays more than it is paid has the difference put into escrow.',
  })
  @Public()
  tradeCapability(
    @Arg('legs', () => [TradeLegInput], { description: '1 to 3, in any order.' }) legs: TradeLegInput[],
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TradePayload> {
    return tradeCapability(services, viewer, idempotencyKey, legs)
  }

  @Mutation(() => TradePayload, {
    description:
      'Says that one was given what one takes; when all have said so, the credits in escrow go to who gave. A manager decides it for all.',
  })
  @Public()
  completeTrade(
    @Arg('tradeId', () => ID, { description: 'The trade.' }) tradeId: string,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TradePayload> {
    return completeTrade(services, viewer, idempotencyKey, tradeId)
  }

  @Mutation(() => TradePayload, {
    description:
      'Ends a trade: by anybody in it until all have accepted, after that when all want it, or by a manager. The credits in escrow go back, and the listings are open again.',
  })
  @Public()
  cancelTrade(
    @Arg('tradeId', () => ID, { description: 'The trade.' }) tradeId: string,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TradePayload> {
    return cancelTrade(services, viewer, idempotencyKey, tradeId)
  }

  @Mutation(() => TradePayload, { description: 'Rates what one was given in a completed trade, once.' })
  @Public()
  rateTrade(
    @Arg('input', () => RatingInput, { description: 'Which trade, and how good it was.' }) {
      tradeId,
      rating,
    }: RatingInput,
    @Arg('idempotencyKey', () => String, KEY) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<TradePayload> {
    return rateTrade(services, viewer, idempotencyKey, { tradeId, rating })
  }
}
