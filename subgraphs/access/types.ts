// The GraphQL types of the access subgraph.
import { GraphQLDateTime, GraphQLJSON } from 'graphql-scalars'
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import { type ViewerKind, viewerKinds } from '../../core/viewer.ts'

export const ViewerKindEnum = Object.fromEntries(viewerKinds.map(each => [each, each])) as { [K in ViewerKind]: K }

registerEnumType(ViewerKindEnum, { name: 'ViewerKind', description: 'As what somebody asks.' })

@ObjectType({
  description: 'A version of the policy that was put in force. One that comes back stands here once more.',
})
@Public()
export class PolicyVersion {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => Int, {
    simple: true,
    description: 'The policy epoch that it began: 1, 2, 3 …; the highest is in force.',
  })
  epoch!: number

  @Field(() => String, { simple: true, description: 'The id that the policy gives itself.' })
  policyId!: string

  @Field(() => Int, { simple: true, description: 'The version that the policy gives itself.' })
  version!: number

  @Field(() => String, { simple: true, description: 'SHA-256 of its canonical JSON (RFC 8785), base64url.' })
  hash!: string

  @Field(() => Boolean, { simple: true, description: 'Whether requests are decided by it now.' })
  isInForce!: boolean

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was put in force, UTC.' })
  activatedAt!: string

  @Field(() => ViewerKindEnum, {
    simple: true,
    description: 'As what: OPERATOR, or SERVICE for the policy that ships, at a start.',
  })
  activatedByKind!: ViewerKind

  @Field(() => ID, { simple: true, description: 'By whom: the id of the operator.' })
  activatedById!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

export const PolicyVersionConnection = connectionOf('PolicyVersion', () => PolicyVersion)

@InputType({ description: 'The policy to put in force: its data, or the name of one that was in force before.' })
export class ActivatePolicyInput {
  @Field(() => GraphQLJSON, {
    nullable: true,
    description: 'The whole policy as JSON, in the shape of docs/policy.md. Without policyId and version.',
  })
  data?: unknown

  @Field(() => String, { nullable: true, description: 'The id of a policy that was in force; with its version.' })
  policyId?: string | null

  @Field(() => Int, { nullable: true, description: 'The version of a policy that was in force; with its id.' })
  version?: number | null
}

@ObjectType({ description: 'The policy that is in force now, and its proof.' })
@Public()
export class ActivatePolicyPayload {
  @Field(() => PolicyVersion, { simple: true, description: 'As it was put in force by this change.' })
  policyVersion!: PolicyVersion

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
