// The GraphQL types of what is told of an operation before it is asked.
import { GraphQLJSON } from 'graphql-scalars'
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Public } from '../../core/policy/directives.ts'
import { type MaskKind, maskKinds } from '../../core/policy/masks.ts'
import type { ViewerKind } from '../../core/viewer.ts'
import { type CustomerShare, customerShares } from './rules.ts'
import { ViewerKindEnum } from './types.ts'

const MaskKindEnum = Object.fromEntries(maskKinds.map(each => [each, each])) as { [K in MaskKind]: K }
const CustomerShareEnum = Object.fromEntries(customerShares.map(each => [each, each])) as { [K in CustomerShare]: K }

registerEnumType(MaskKindEnum, { name: 'MaskKind', description: 'What is shown of a value; NULL is nothing.' })
registerEnumType(CustomerShareEnum, {
  name: 'CustomerShare',
  description: 'A share of customers, in quarters. Of fewer than five nothing is told, not even whether there are any.',
})

@ObjectType({ description: 'How a field looks, of customers of whom the same is decided.' })
@Public()
export class FieldOutcome {
  @Field(() => MaskKindEnum, { nullable: true, simple: true, description: 'Null where the value is shown as it is.' })
  mask!: MaskKind | null

  @Field(() => String, { nullable: true, simple: true, description: 'Why, as in extensions.masks.' })
  reasonCode!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'The rule of the policy that decided it.' })
  policyId!: string | null

  @Field(() => Int, { nullable: true, simple: true, description: 'The version of that policy.' })
  policyVersion!: number | null

  @Field(() => String, { nullable: true, simple: true, description: 'The article on which the purpose rests.' })
  legalBasis!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'What would lift it.' })
  remedy!: string | null

  @Field(() => CustomerShareEnum, {
    nullable: true,
    simple: true,
    description:
      'Of how many of the customers that the viewer may know of. Null for NOT_VISIBLE, and where it is so of minors only: ages are not counted.',
  })
  share!: CustomerShare | null
}

@ObjectType({ description: 'What a viewer sees of a field, whoever it is about.' })
@Public()
export class FieldAccess {
  @Field(() => String, { simple: true, description: 'The type that has the field.' })
  type!: string

  @Field(() => String, { simple: true, description: 'The name of the field.' })
  field!: string

  @Field(() => String, { nullable: true, simple: true, description: 'Of what kind of data it is; null for a record.' })
  category!: string | null

  @Field(() => Boolean, {
    simple: true,
    description: 'True where it can be shown of nobody, so that it leaves operations before they are planned.',
  })
  isPruned!: boolean

  @Field(() => [FieldOutcome], { simple: true, description: 'Each way in which it may look; one that is shown first.' })
  outcomes!: FieldOutcome[]
}

@ObjectType({
  description:
    'What is refused: a root field that the viewer may not call, or a field that it can never be shown and its key would rather have refused.',
})
@Public()
export class RefusedField {
  @Field(() => String, { simple: true, description: 'Such as Query.deadLetters or Customer.phone.' })
  coordinate!: string

  @Field(() => String, {
    simple: true,
    description: 'The code of the error: FORBIDDEN, PURPOSE_REQUIRED or FIELDS_NOT_GRANTED.',
  })
  code!: string
}

@ObjectType({ description: 'What an operation may cost at most, by the IBM GraphQL cost specification.' })
@Public()
export class OperationCost {
  @Field(() => Int, { simple: true, description: 'Objects that may be answered, as in extensions.cost.' })
  type!: number

  @Field(() => Int, { simple: true, description: 'Fields that may have to be resolved, as in extensions.cost.' })
  field!: number
}

@ObjectType({ description: 'What would be answered, without any value: nothing but consents was counted.' })
@Public()
export class AccessExplanation {
  @Field(() => ViewerKindEnum, { simple: true, description: 'As what it would be asked.' })
  viewerKind!: ViewerKind

  @Field(() => String, { nullable: true, simple: true, description: 'For what; null without a purpose.' })
  purpose!: string | null

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'What is left to be planned; null for coordinates.',
  })
  prunedDocument!: string | null

  @Field(() => [FieldAccess], { simple: true, description: 'The personal fields and the records that are asked for.' })
  fields!: FieldAccess[]

  @Field(() => [RefusedField], { simple: true, description: 'What would be answered with an error.' })
  refused!: RefusedField[]

  @Field(() => CustomerShareEnum, { simple: true, description: 'Of how many customers the viewer may know.' })
  customersVisible!: CustomerShare

  @Field(() => OperationCost, {
    simple: true,
    description:
      'As it is asked; of coordinates for one object of each type, without what can be asked for below them.',
  })
  cost!: OperationCost

  @Field(() => OperationCost, { simple: true, description: 'The same of what is left.' })
  prunedCost!: OperationCost
}

@InputType({ description: 'As whom an operation would be asked.' })
export class SimulatedViewerInput {
  @Field(() => ViewerKindEnum, { description: 'As what.' })
  kind!: ViewerKind

  @Field(() => ID, { description: 'The id of the customer, seller, partner …' })
  id!: string

  @Field(() => String, { nullable: true, description: 'The region of a manager.' })
  region?: string | null
}

@InputType({ description: 'An operation, and as whom it would be asked: a viewer, or the viewer of a key.' })
export class SimulationInput {
  @Field(() => SimulatedViewerInput, { nullable: true, description: 'Without keyId.' })
  viewer?: SimulatedViewerInput | null

  @Field(() => ID, {
    nullable: true,
    description: 'The id of an API key in force: what stands between its underscores first.',
  })
  keyId?: string | null

  @Field(() => String, { nullable: true, description: 'As the header x-purpose would state it.' })
  purpose?: string | null

  @Field(() => String, { description: 'The document, at most 20,000 characters.' })
  document!: string

  @Field(() => String, { nullable: true, description: 'Which operation of the document; needed where it has several.' })
  operationName?: string | null

  @Field(() => GraphQLJSON, { nullable: true, description: 'The variables, by which the cost may differ.' })
  variables?: unknown
}
