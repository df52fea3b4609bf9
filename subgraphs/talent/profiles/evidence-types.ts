// The GraphQL types of what sellers were seen at, and of what they contest of it.
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../../core/paging.ts'
import { Personal, Public } from '../../../core/policy/directives.ts'
import { Skill } from '../skills/types.ts'
import { behaviours } from './behaviours.ts'
import { contestReasons, reviews } from './counted.ts'
import { SellerAtWork } from './types.ts'

function enumOf<T extends string>(values: readonly T[]): { [K in T]: K } {
  return Object.fromEntries(values.map(value => [value, value])) as { [K in T]: K }
}

const SellerBehaviour = enumOf(behaviours)
export const SkillReview = enumOf(reviews)
const ContestReason = enumOf(contestReasons)

registerEnumType(SellerBehaviour, {
  name: 'SellerBehaviour',
  description: 'In what a seller was seen at a skill. SELF_ASSESSMENT is what it says of itself, and weighs a tenth.',
})
registerEnumType(SkillReview, {
  name: 'SkillReview',
  description:
    'What became of evidence that the person contested: CONTESTED and not decided, during which it does not count; then UPHELD as it is, STRUCK, or CORRECTED to what the person proposed.',
})
registerEnumType(ContestReason, { name: 'ContestReason', description: 'Why a person says that evidence is wrong.' })

@ObjectType({ description: 'One thing that a seller was seen at. It tells of no customer.' })
export class SkillEvidence {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => SellerBehaviour, { nullable: true, simple: true, description: 'In what it was seen.' })
  @Personal('workforce.evidence')
  behaviour!: keyof typeof SellerBehaviour | null

  @Field(() => Float, { nullable: true, simple: true, description: '0 failed to 1 succeeded, as it was seen.' })
  @Personal('workforce.evidence')
  outcome!: number | null

  @Field(() => Int, { nullable: true, simple: true, description: '1 easy to 5 as hard as it gets, as it was seen.' })
  @Personal('workforce.evidence')
  complexity!: number | null

  @Field(() => Float, { nullable: true, simple: true, description: 'How much it counts beside others, 0 to 1.' })
  @Personal('workforce.evidence')
  weight!: number | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was, UTC.' })
  @Personal('workforce.evidence')
  seenAt!: string | null

  @Field(() => Boolean, {
    nullable: true,
    simple: true,
    description: 'Whether it counts now: it was not taken back, is not contested and was not struck.',
  })
  @Personal('workforce.evidence')
  counts!: boolean | null

  @Field(() => SkillReview, {
    nullable: true,
    simple: true,
    description: 'What became of it when the person contested it; null where it did not.',
  })
  @Personal('workforce.evidence')
  review!: keyof typeof SkillReview | null

  @Field(() => ID, { simple: true, description: 'The entry of the newest change of it.' })
  @Public()
  evidenceEntryId!: string
}

export const SkillEvidenceConnection = connectionOf('SkillEvidence', () => SkillEvidence)

@ObjectType({
  description:
    'A piece of evidence that a person contested, for the person and for who decides: a privacy officer, who does not lead the person.',
})
export class SkillContest {
  @Field(() => ID, { simple: true, description: 'The id of the evidence.' })
  @Public()
  id!: string

  @Field(() => SellerAtWork, { nullable: true, simple: true, description: 'Whose it is.' })
  @Personal('workforce.contest')
  seller!: SellerAtWork | null

  @Field(() => Skill, { nullable: true, simple: true, description: 'What it is evidence of.' })
  @Personal('workforce.contest')
  skill!: Skill | null

  @Field(() => SellerBehaviour, { nullable: true, simple: true, description: 'In what it was seen.' })
  @Personal('workforce.contest')
  behaviour!: keyof typeof SellerBehaviour | null

  @Field(() => Float, { nullable: true, simple: true, description: 'As it was seen, 0 to 1.' })
  @Personal('workforce.contest')
  outcome!: number | null

  @Field(() => Int, { nullable: true, simple: true, description: 'As it was seen, 1 to 5.' })
  @Personal('workforce.contest')
  complexity!: number | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was, UTC.' })
  @Personal('workforce.contest')
  seenAt!: string | null

  @Field(() => ContestReason, { nullable: true, simple: true, description: 'Why the person says that it is wrong.' })
  @Personal('workforce.contest')
  reason!: keyof typeof ContestReason | null

  @Field(() => Float, { nullable: true, simple: true, description: 'What the person says that it should be.' })
  @Personal('workforce.contest')
  proposedOutcome!: number | null

  @Field(() => Int, { nullable: true, simple: true, description: 'What the person says that it should be.' })
  @Personal('workforce.contest')
  proposedComplexity!: number | null

  @Field(() => SkillReview, { nullable: true, simple: true, description: 'What became of it.' })
  @Personal('workforce.contest')
  review!: keyof typeof SkillReview | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was contested, UTC.' })
  @Personal('workforce.contest')
  contestedAt!: string | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was decided, UTC.' })
  @Personal('workforce.contest')
  reviewedAt!: string | null
}

export const SkillContestConnection = connectionOf('SkillContest', () => SkillContest)

@InputType({
  description: 'Why evidence is wrong, and what it should be. Without either it is asked that it does not count.',
})
export class ContestSkillEvidenceInput {
  @Field(() => ID, { description: 'Evidence about the seller who asks.' })
  evidenceId!: string

  @Field(() => ContestReason, { description: 'Why it is wrong.' })
  reason!: keyof typeof ContestReason

  @Field(() => Float, { nullable: true, description: '0 failed to 1 succeeded.' })
  outcome?: number | null

  @Field(() => Int, { nullable: true, description: '1 easy to 5 as hard as it gets.' })
  complexity?: number | null
}

@ObjectType({ description: 'What becomes of a piece of evidence stands in skillContests.' })
@Public()
export class SkillEvidencePayload {
  @Field(() => ID, { simple: true, description: 'The piece of evidence.' })
  evidenceId!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'That it was done.' })
@Public()
export class ProfilePayload {
  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
