// The GraphQL types of what customers ordered and of the services they are owed. Visible with their customer.
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../core/money.ts'
import { connectionOf } from '../../core/paging.ts'
import { Personal, Public } from '../../core/policy/directives.ts'
import { CustomerWithOpportunities, Product } from './types.ts'

const OrderStatus = {
  PLACED: 'PLACED',
  CONFIRMED: 'CONFIRMED',
  SHIPPED: 'SHIPPED',
  DELIVERED: 'DELIVERED',
  CANCELLED: 'CANCELLED',
} as const
registerEnumType(OrderStatus, { name: 'OrderStatus', description: 'How far an order has come.' })

const FulfilmentStatus = { PROMISED: 'PROMISED', UNDER_WAY: 'UNDER_WAY', DONE: 'DONE', CANCELLED: 'CANCELLED' } as const
registerEnumType(FulfilmentStatus, { name: 'FulfilmentStatus', description: 'How far a service has come.' })

@ObjectType({ description: 'What a customer ordered, as the ERP tells it. Visible with its customer.' })
export class Order {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => Product, { nullable: true, simple: true, description: 'What was ordered.' })
  @Personal('commercial.deal')
  product!: Product | null

  @Field(() => Int, { nullable: true, simple: true, description: 'In pieces.' })
  @Personal('commercial.deal')
  quantity!: number | null

  @Field(() => Money, { nullable: true, simple: true, description: 'What all of it costs.' })
  @Personal('commercial.amount')
  value!: Money | null

  @Field(() => OrderStatus, { nullable: true, simple: true, description: 'How far it has come.' })
  @Personal('commercial.deal')
  status!: keyof typeof OrderStatus | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was placed, UTC.' })
  @Personal('commercial.deal')
  orderedAt!: string | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it came so far, UTC.' })
  @Personal('commercial.deal')
  statusAt!: string | null

  @Field(() => CustomerWithOpportunities, { nullable: true, simple: true, description: 'Who placed it.' })
  @Public()
  customer!: CustomerWithOpportunities | null

  @Field(() => ID, { simple: true, description: 'The evidence entry that recorded it last.' })
  @Public()
  evidenceEntryId!: string
}

@ObjectType({ description: 'A service that a customer is owed, and how far it has come. Visible with its customer.' })
export class Fulfilment {
  @Field(() => ID, { simple: true })
  @Public()
  id!: string

  @Field(() => String, { nullable: true, simple: true, description: 'What is done.' })
  @Personal('commercial.deal')
  service!: string | null

  @Field(() => FulfilmentStatus, { nullable: true, simple: true, description: 'How far it has come.' })
  @Personal('commercial.deal')
  status!: keyof typeof FulfilmentStatus | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'By when it is promised, UTC.' })
  @Personal('commercial.deal')
  promisedFor!: string | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it came so far, UTC.' })
  @Personal('commercial.deal')
  statusAt!: string | null

  @Field(() => CustomerWithOpportunities, { nullable: true, simple: true, description: 'Who is owed it.' })
  @Public()
  customer!: CustomerWithOpportunities | null

  @Field(() => ID, { simple: true, description: 'The evidence entry that recorded it last.' })
  @Public()
  evidenceEntryId!: string
}

export const OrderConnection = connectionOf('Order', () => Order)
export const FulfilmentConnection = connectionOf('Fulfilment', () => Fulfilment)
