import type { GraphQLResolveInfo } from 'graphql'
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from 'type-graphql'
import type { RequestContext } from '../../../core/context.ts'
import { type Connection, Page } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { loadersOf } from '../../../core/subgraph.ts'
import type { CustomersLoaders } from '../loaders.ts'
import { type Customer, CustomerConnection, type Interaction, InteractionConnection } from '../types.ts'
import { SearchResult } from './types.ts'
import { wordsAsked } from './words.ts'

const loaders = (context: RequestContext) => loadersOf<CustomersLoaders>(context, 'customers')

@Resolver(() => SearchResult)
export class SearchResolver {
  @Query(() => SearchResult, {
    description:
      'Finds customers and interactions by words. What this viewer is not shown is not found, nor what it is shown a mask of. BAD_USER_INPUT for a text without letters and digits, and for more than 200 characters.',
  })
  @Public()
  search(@Arg('text', () => String, { description: 'What to look for.' }) text: string): SearchResult {
    return { words: wordsAsked(text) }
  }

  @FieldResolver(() => CustomerConnection, { nullable: true, description: 'The customers whose names hold a word.' })
  @Public()
  async customers(
    @Root() { words }: SearchResult,
    @Args(() => Page) page: Page,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Customer>> {
    return loaders(context).customersFound(words, page, info)
  }

  @FieldResolver(() => InteractionConnection, {
    nullable: true,
    description: 'The interactions in which a word was said or written.',
  })
  @Public()
  async interactions(
    @Root() { words }: SearchResult,
    @Args(() => Page) page: Page,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Interaction>> {
    return loaders(context).interactionsFound(words, page, info)
  }
}
