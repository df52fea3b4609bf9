import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql'
import type { RequestContext } from '../../core/context.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { listNameOf } from '../../core/listing.ts'
import { type Connection, Page, type PageRequest, pageRequest, toConnection } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import { parametersPage, plansPage, quotesPage, stockLevelsPage } from './market-store.ts'
import {
  type CompetitorParameter,
  CompetitorParameterConnection,
  type FinancePlan,
  FinancePlanConnection,
  type Quote,
  QuoteConnection,
  type StockLevel,
  StockLevelConnection,
} from './market-types.ts'

type Product = string | null | undefined

@Resolver()
export class MarketResolver {
  @Query(() => StockLevelConnection, { nullable: true, description: 'What is in stock, by id. For everybody.' })
  @Public()
  stockLevels(
    @Arg('product', () => String, { nullable: true, description: 'Only of this product.' }) product: Product,
    @Args(() => Page) page: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<StockLevel>> {
    return pageOf('stockLevels', context, page, product, stockLevelsPage)
  }

  @Query(() => QuoteConnection, { nullable: true, description: 'What shops ask, by id. For everybody.' })
  @Public()
  quotes(
    @Arg('product', () => String, { nullable: true, description: 'Only for this product.' }) product: Product,
    @Args(() => Page) page: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Quote>> {
    return pageOf('quotes', context, page, product, quotesPage)
  }

  @Query(() => CompetitorParameterConnection, {
    nullable: true,
    description: "Parameters of competitors' products, by id. For everybody.",
  })
  @Public()
  competitorParameters(
    @Arg('product', () => String, { nullable: true, description: 'Only what is compared with this product of ours.' })
    product: Product,
    @Args(() => Page) page: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<CompetitorParameter>> {
    return pageOf('competitorParameters', context, page, product, parametersPage)
  }

  @Query(() => FinancePlanConnection, {
    nullable: true,
    description: 'Plans to pay by instalments with what they truly cost, by id. For everybody.',
  })
  @Public()
  financePlans(
    @Arg('product', () => String, { nullable: true, description: 'Only for this product.' }) product: Product,
    @Args(() => Page) page: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<FinancePlan>> {
    return pageOf('financePlans', context, page, product, plansPage)
  }
}

async function pageOf<T extends { readonly id: string }>(
  name: string,
  { services: { graph } }: RequestContext,
  { first, after }: Page,
  product: Product,
  read: (reader: Reader, page: PageRequest, product: Product) => Promise<readonly T[]>,
): Promise<Connection<T>> {
  const list = listNameOf(name, product)
  const page = pageRequest(list, first, after)
  return toConnection(list, page, await read({ run: graph.read.bind(graph) }, page, product))
}
