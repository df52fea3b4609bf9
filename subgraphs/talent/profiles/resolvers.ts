import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import type { RequestContext } from '../../../core/context.ts'
import { type Connection, Page, pageRequest } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { loadersOf } from '../../../core/subgraph.ts'
import { type ProfileLoaders, SELLERS, sellerSkillsList } from './loaders.ts'
import { SellerAtWork, SellerConnection, type SellerSkill, SellerSkillConnection } from './types.ts'

const loaders = (context: RequestContext) => loadersOf<ProfileLoaders>(context, 'talent')

@Resolver(() => SellerAtWork)
export class SellerResolver {
  @Query(() => SellerConnection, {
    nullable: true,
    description:
      'The sellers of whom this viewer may know more than a name, in the order of their ids: a seller finds itself, a manager those of its region.',
  })
  @Public()
  sellers(@Args(() => Page) { first, after }: Page, @Ctx() context: RequestContext): Promise<Connection<SellerAtWork>> {
    return loaders(context).sellers(pageRequest(SELLERS, first, after))
  }

  @FieldResolver(() => SellerSkillConnection, {
    nullable: true,
    description: 'What the seller was seen at. Empty for who may not know of it.',
  })
  @Public()
  skills(
    @Root() { id }: SellerAtWork,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<SellerSkill>> {
    return loaders(context).skillsOf(id, pageRequest(sellerSkillsList(id), first, after))
  }
}
