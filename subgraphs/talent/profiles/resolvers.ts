import { Arg, Args, Ctx, FieldResolver, Float, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../../core/change.ts'
import type { RequestContext } from '../../../core/context.ts'
import { type Connection, Page, pageRequest } from '../../../core/paging.ts'
import { Personal, Public } from '../../../core/policy/directives.ts'
import { loadersOf } from '../../../core/subgraph.ts'
import { assessSelf, consentToProfile, contestEvidence, decideContest } from './contests.ts'
import type { Review } from './counted.ts'
import {
  ContestSkillEvidenceInput,
  ProfilePayload,
  type SkillContest,
  SkillContestConnection,
  type SkillEvidence,
  SkillEvidenceConnection,
  SkillEvidencePayload,
  SkillReview,
} from './evidence-types.ts'
import { contestsList, evidenceList, type ProfileLoaders, SELLERS, sellerSkillsList } from './loaders.ts'
import { rebuildProfiles } from './rebuild.ts'
import { PastLevel, SellerAtWork, SellerConnection, SellerSkill, SellerSkillConnection } from './types.ts'

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
    description: 'What the seller was seen at, in the order of the ids. Empty for who may not know of it.',
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

@Resolver(() => SellerSkill)
export class SellerSkillResolver {
  @FieldResolver(() => SkillEvidenceConnection, {
    nullable: true,
    description: 'All that it follows from, in the order of the ids, what does not count as well.',
  })
  @Public()
  evidence(
    @Root() skill: SellerSkill,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<SkillEvidence>> {
    return loaders(context).evidenceOf(skill, pageRequest(evidenceList(skill), first, after))
  }

  @FieldResolver(() => [PastLevel], {
    nullable: true,
    description: 'How the seller learns: the level every 30 days over the last 180, the oldest first and now last.',
  })
  @Personal('workforce.skill')
  learningCurve(@Root() skill: SellerSkill, @Ctx() context: RequestContext): Promise<readonly PastLevel[] | null> {
    return loaders(context).learningCurveOf(skill)
  }
}

@Resolver()
export class ContestResolver {
  @Query(() => SkillContestConnection, {
    nullable: true,
    description: 'Evidence that was contested, in the order of the ids: a seller finds its own, a privacy officer all.',
  })
  @Public()
  skillContests(
    @Arg('review', () => SkillReview, { defaultValue: 'CONTESTED', description: 'What became of it.' }) review: Review,
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<SkillContest>> {
    return loaders(context).contests(pageRequest(contestsList(review), first, after), review)
  }

  @Mutation(() => SkillEvidencePayload, {
    description:
      'The seller who asks says that evidence about it is wrong. Until that is decided it does not count. NOT_VISIBLE for evidence about others, CONFLICT for what was contested before. For sellers.',
  })
  @Public()
  contestSkillEvidence(
    @Arg('input', () => ContestSkillEvidenceInput, { description: 'What is wrong with it.' })
    { evidenceId, reason, outcome = null, complexity = null }: ContestSkillEvidenceInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<SkillEvidencePayload> {
    return contestEvidence(services, viewer, idempotencyKey, { evidenceId, reason, outcome, complexity })
  }

  @Mutation(() => SkillEvidencePayload, {
    description:
      'Decides on contested evidence: accepted it is struck, or corrected to what the person proposed; else it counts as before. For privacy officers.',
  })
  @Public()
  reviewSkillEvidence(
    @Arg('evidenceId', () => ID, { description: 'One that is contested.' }) evidenceId: string,
    @Arg('accept', () => Boolean, { description: 'Whether the person is right.' }) isAccepted: boolean,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<SkillEvidencePayload> {
    return decideContest(services, viewer, idempotencyKey, { evidenceId, isAccepted })
  }

  @Mutation(() => SkillEvidencePayload, {
    description:
      'The seller who asks says how good it is at something. It weighs a tenth of something done, and takes the place of what it said before. For sellers.',
  })
  @Public()
  selfAssessSkill(
    @Arg('uri', () => String, { description: 'The URI of a skill that is known.' }) uri: string,
    @Arg('level', () => Float, { description: '0 to 5.' }) level: number,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<SkillEvidencePayload> {
    return assessSelf(services, viewer, idempotencyKey, { uri, level })
  }

  @Mutation(() => ProfilePayload, {
    description:
      'Learns all that was seen again from the events that are kept, and counts every level anew. For operators and services.',
  })
  @Public()
  rebuildProfiles(
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ProfilePayload> {
    return rebuildProfiles(services, viewer, idempotencyKey)
  }

  @Mutation(() => ProfilePayload, {
    description:
      'The seller who asks lets its manager see what it can do, and work be routed by it; or no more. For sellers.',
  })
  @Public()
  setProfileConsent(
    @Arg('given', () => Boolean, { description: 'Whether the consent is given; else it is withdrawn.' }) given: boolean,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ProfilePayload> {
    return consentToProfile(services, viewer, idempotencyKey, given)
  }
}
