// The GraphQL types of a neighbourhood.
import { ArgsType, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Public } from '../../../core/policy/directives.ts'
import { Account, Customer, enumOf, Interaction, Seller } from '../types.ts'

export const DEEPEST = 3
const LARGEST = 100

export const relationKinds = ['MEMBER_OF', 'OWNS', 'HAD'] as const
const RelationKind = enumOf(relationKinds)
registerEnumType(RelationKind, {
  name: 'RelationKind',
  description: 'MEMBER_OF from customer to company, OWNS from seller to customer, HAD from customer to interaction.',
})

@ArgsType()
export class NeighbourhoodArgs {
  @Field(() => ID, { description: 'The customer in the middle.' })
  customerId!: string

  @Field(() => Int, {
    defaultValue: 1,
    description: `How many relations away, 1 to ${DEEPEST}. Other customers are 2 away: over their company or their seller.`,
  })
  depth!: number

  @Field(() => Int, {
    defaultValue: 50,
    description: `How many neighbours of all kinds at most, 1 to ${LARGEST}; each list costs as much.`,
  })
  first!: number
}

@ObjectType({ description: 'What joins two that are in the neighbourhood.' })
@Public()
export class Relation {
  @Field(() => RelationKind, { simple: true, description: 'What it says.' })
  kind!: (typeof relationKinds)[number]

  @Field(() => ID, { simple: true, description: 'The id of that from which it goes.' })
  from!: string

  @Field(() => ID, { simple: true, description: 'The id of that to which it goes.' })
  to!: string
}

@ObjectType({
  description:
    'What is around a customer, as far as this viewer may know of it: what it may not is left out as if there were none, and so is a company or seller that is not shown of a customer. The nearest come first; of equal distance companies, sellers, customers and interactions, each by id.',
})
@Public()
export class Neighbourhood {
  @Field(() => Customer, { nullable: true, simple: true, description: 'The customer in the middle.' })
  customer!: Customer

  @Field(() => [Customer], { nullable: true, simple: true, description: 'Customers of the same company or seller.' })
  customers!: readonly Customer[]

  @Field(() => [Account], { nullable: true, simple: true, description: 'Companies of these customers.' })
  companies!: readonly Account[]

  @Field(() => [Seller], { nullable: true, simple: true, description: 'Sellers who look after them.' })
  sellers!: readonly Seller[]

  @Field(() => [Interaction], { nullable: true, simple: true, description: 'Interactions with them.' })
  interactions!: readonly Interaction[]

  @Field(() => [Relation], { simple: true, description: 'Everything that joins two of them.' })
  relations!: readonly Relation[]

  @Field(() => Boolean, { simple: true, description: 'True where there is more that this viewer may know of.' })
  isCut!: boolean
}
