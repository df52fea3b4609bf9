import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../../core/change.ts'
import type { RequestContext } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import { type Connection, Page, pageRequest, toConnection } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { loadersOf } from '../../../core/subgraph.ts'
import { importSkills } from './import-skills.ts'
import { narrowerList, type SkillLoaders } from './loaders.ts'
import { skillsPage } from './skill-store.ts'
import { ImportSkillsPayload, Skill, SkillConnection, SkillFilter, SkillInput } from './types.ts'

const loaders = (context: RequestContext) => loadersOf<SkillLoaders>(context, 'talent')

const LONGEST_TEXT = 100

@Resolver(() => Skill)
export class SkillResolver {
  @Query(() => SkillConnection, {
    nullable: true,
    description: 'The skills that are known, in the order of their ids. For everybody.',
  })
  @Public()
  async skills(
    @Arg('filter', () => SkillFilter, { nullable: true, description: 'Which of them.' }) filter:
      | SkillFilter
      | null
      | undefined,
    @Args(() => Page) { first, after }: Page,
    @Ctx() { services: { graph } }: RequestContext,
  ): Promise<Connection<Skill>> {
    const text = (filter?.text ?? '').toLowerCase()
    const scheme = filter?.scheme ?? ''
    if (text.length > LONGEST_TEXT) {
      throw new ApiError('BAD_USER_INPUT', { at: 'filter.text', expected: `at most ${LONGEST_TEXT} characters` })
    }
    const list = `skills/${scheme}/${text}`
    const page = pageRequest(list, first, after)
    return toConnection(list, page, await skillsPage({ run: graph.read.bind(graph) }, page, { text, scheme }))
  }

  @Mutation(() => ImportSkillsPayload, {
    description: 'Takes in skills of a taxonomy, at most 1,000 at once. For operators and services.',
  })
  @Public()
  importSkills(
    @Arg('skills', () => [SkillInput], { description: 'Each once.' }) skills: SkillInput[],
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ImportSkillsPayload> {
    const drafts = skills.map(({ uri, scheme, labelEn, labelZh = null, broader }) => ({
      uri,
      scheme,
      labelEn,
      labelZh,
      broader: broader ?? [],
    }))
    return importSkills(services, viewer, idempotencyKey, drafts)
  }

  @FieldResolver(() => [Skill], { description: 'The skills that this one is a part of.' })
  @Public()
  async broader(@Root() { id }: Skill, @Ctx() context: RequestContext): Promise<readonly Skill[]> {
    return (await loaders(context).broader.load(id)) ?? []
  }

  @FieldResolver(() => SkillConnection, {
    nullable: true,
    description: 'The parts of this skill, in the order of their ids.',
  })
  @Public()
  narrower(
    @Root() { id }: Skill,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Skill>> {
    return loaders(context).narrower(id, pageRequest(narrowerList(id), first, after))
  }
}
