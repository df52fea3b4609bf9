import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { RequestContext } from '../../../core/context.ts'
import { Public } from '../../../core/policy/directives.ts'
import { loadersOf } from '../../../core/subgraph.ts'
import { SellerAtWork } from '../profiles/types.ts'
import type { NewcomerLoaders } from './loaders.ts'
import { Guidance } from './types.ts'

@Resolver(() => SellerAtWork)
export class GuidanceResolver {
  @FieldResolver(() => Guidance, {
    nullable: true,
    description: 'What the seller is told of how to go on. Null for who may not know of it.',
  })
  @Public()
  guidance(@Root() { id }: SellerAtWork, @Ctx() context: RequestContext): Promise<Guidance | null> {
    return loadersOf<NewcomerLoaders>(context, 'talent').guidance.load(id)
  }
}
