// The GraphQL types of the sovereignty subgraph.
import { GraphQLDateTime } from 'graphql-scalars'
import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { ErasureState } from '../../core/erasure/erasure-state.ts'
import { Personal, Public } from '../../core/policy/directives.ts'
import { type Purpose, purposes } from '../../core/viewer.ts'

const PurposeEnum = Object.fromEntries(purposes.map(each => [each, each])) as { [P in Purpose]: P }
const ConsentState = { GIVEN: 'GIVEN', WITHDRAWN: 'WITHDRAWN' } as const

registerEnumType(PurposeEnum, { name: 'Purpose', description: 'What personal data is used for.' })
registerEnumType(ConsentState, { name: 'ConsentState', description: 'Whether a consent holds.' })

@ObjectType({ description: 'On what a purpose rests in one legal regime.' })
@Public()
export class PurposeBasis {
  @Field(() => String, { simple: true, description: 'GDPR or PIPL.' })
  regime!: string

  @Field(() => String, { simple: true, description: 'The article.' })
  legalBasis!: string

  @Field(() => Boolean, { simple: true, description: "True when only the customer's consent allows it." })
  needsConsent!: boolean
}

@ObjectType({ description: 'A purpose that the policy in force knows.' })
@Public()
export class PurposeDescription {
  @Field(() => PurposeEnum, { simple: true, description: 'The purpose, as the header x-purpose states it.' })
  purpose!: Purpose

  @Field(() => [PurposeBasis], { simple: true, description: 'One a regime.' })
  bases!: PurposeBasis[]
}

@ObjectType({ description: 'A step in the history of a consent.' })
@Public()
export class ConsentEvent {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => ConsentState, { simple: true, description: 'The state that the step led to.' })
  state!: keyof typeof ConsentState

  @Field(() => GraphQLDateTime, { simple: true, description: 'When the customer said so, UTC.' })
  at!: string

  @Field(() => ID, { simple: true, description: 'The entry that proves the step.' })
  evidenceEntryId!: string
}

@ObjectType({ description: 'What a customer said to one purpose, towards the company or one partner.' })
@Public()
export class Consent {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => PurposeEnum, { simple: true, description: 'What the customer spoke of.' })
  purpose!: Purpose

  @Field(() => String, {
    simple: true,
    description: 'The id of the partner that it names; empty for the company itself.',
  })
  recipient!: string

  @Field(() => ConsentState, { simple: true, description: 'Whether it holds now.' })
  state!: keyof typeof ConsentState

  @Field(() => GraphQLDateTime, { simple: true, description: 'Since when it has been in this state.' })
  since!: string
}

@ObjectType('Customer')
@Directive('@key(fields: "id")')
export class CustomerWithConsents {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => [Consent], {
    nullable: true,
    simple: true,
    description: 'What the customer consented to, by purpose and recipient.',
  })
  @Personal('governance.consent')
  consents!: Consent[] | null
}

@InputType({ description: 'The consent that a customer speaks of.' })
export class ConsentInput {
  @Field(() => PurposeEnum, { description: 'What the personal data would be used for.' })
  purpose!: Purpose

  @Field(() => String, {
    nullable: true,
    description: 'The id of the partner. PARTNER_SHARING names one; every other purpose names none.',
  })
  recipient?: string | null
}

@ObjectType({ description: 'The consent as it now stands, and its proof.' })
@Public()
export class ConsentPayload {
  @Field(() => Consent, { simple: true, description: 'As it stands after this change.' })
  consent!: Consent

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({ description: 'What a customer asked to have done with its data. Names the customer by nothing.' })
@Public()
export class ErasureRequest {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => ErasureState, { simple: true, description: 'How far it has come.' })
  state!: ErasureState

  @Field(() => GraphQLDateTime, { simple: true, description: 'When the customer asked first, UTC.' })
  requestedAt!: string

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description:
      'By the law of the residence it has to be answered before this time, UTC. Null where that was not kept.',
  })
  dueBefore!: string | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was completed, UTC.' })
  completedAt!: string | null
}

@ObjectType({ description: 'The request as it stands, and its proof.' })
@Public()
export class RequestErasurePayload {
  @Field(() => ErasureRequest, { simple: true, description: 'Its certificate is the query erasureCertificate.' })
  request!: ErasureRequest

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({
  description:
    'What a customer said, as ISO/IEC TS 27560 in the terms of the W3C Data Privacy Vocabulary, with the proof that the log holds it.',
})
export class ConsentReceipt {
  @Field(() => ID, { simple: true, description: 'The evidence entry that the receipt proves.' })
  @Public()
  id!: string

  @Field(() => PurposeEnum, { nullable: true, simple: true, description: 'What the customer spoke of.' })
  @Personal('governance.consent')
  purpose!: Purpose | null

  @Field(() => ConsentState, { nullable: true, simple: true, description: 'The state that the step led to.' })
  @Personal('governance.consent')
  state!: keyof typeof ConsentState | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When the customer said so, UTC.' })
  @Personal('governance.consent')
  at!: string | null

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'One JSON-LD file to keep, for `sovereign evidence verify`. It names the customer by its id.',
  })
  @Personal('governance.consent')
  document!: string | null
}
