// The GraphQL types of skills, which tell nothing of anybody.
import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'

const SkillScheme = { ESCO: 'ESCO', ONET: 'ONET', OWN: 'OWN' } as const
export type Scheme = keyof typeof SkillScheme

registerEnumType(SkillScheme, {
  name: 'SkillScheme',
  description:
    'Where a skill is defined: ESCO of the European Commission, O*NET of the US Department of Labor, or here for what sales needs.',
})

@ObjectType({ description: 'Something that people can do.' })
@Directive('@key(fields: "id")')
@Public()
export class Skill {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true, description: 'The identifier in its scheme; of ESCO the URI of the concept.' })
  uri!: string

  @Field(() => SkillScheme, { simple: true, description: 'Where it is defined.' })
  scheme!: Scheme

  @Field(() => String, { simple: true, description: 'The label in English.' })
  labelEn!: string

  @Field(() => String, { nullable: true, simple: true, description: 'The label in Chinese, where there is one.' })
  labelZh!: string | null
}

export const SkillConnection = connectionOf('Skill', () => Skill)

@InputType({ description: 'All that is given has to hold.' })
export class SkillFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Part of a label, in either language, whatever the case; at most 100 characters.',
  })
  text?: string | null

  @Field(() => SkillScheme, { nullable: true, description: 'Only those that are defined there.' })
  scheme?: Scheme | null
}

@InputType({ description: 'A skill of a taxonomy.' })
export class SkillInput {
  @Field(() => String, { description: 'The identifier in its scheme, a URI; by it the skill is known again.' })
  uri!: string

  @Field(() => SkillScheme, { description: 'Where it is defined.' })
  scheme!: Scheme

  @Field(() => String, { description: 'The label in English, at most 200 characters.' })
  labelEn!: string

  @Field(() => String, {
    nullable: true,
    description: 'The label in Chinese, at most 200 characters. Left out it stays as it is known.',
  })
  labelZh?: string | null

  @Field(() => [String], {
    nullable: true,
    description: 'URIs of the skills that it is a part of. Those that are not known are passed over.',
  })
  broader?: string[] | null
}

@ObjectType({ description: 'What came of the skills: added + changed + unchanged = sent.' })
@Public()
export class ImportSkillsPayload {
  @Field(() => Int, { simple: true, description: 'Not known before.' })
  added!: number

  @Field(() => Int, { simple: true, description: 'Known under another label, or as a part of less.' })
  changed!: number

  @Field(() => Int, { simple: true, description: 'Known as they are.' })
  unchanged!: number

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
