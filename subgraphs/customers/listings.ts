// By what customers and interactions can be filtered and ordered.
import { GraphQLDateTime } from 'graphql-scalars'
import { ArgsType, Field, ID, InputType, registerEnumType } from 'type-graphql'
import { type Cypher, cypher } from '../../core/graph/cypher.ts'
import {
  atLeast,
  below,
  contains,
  equals,
  type Filter,
  type Listing,
  listingOf,
  OrderDirection,
} from '../../core/listing.ts'
import { Page } from '../../core/paging.ts'
import type { EntityMasks } from '../../core/policy/entity-masks.ts'
import { Touchpoint } from './types.ts'

const AS_SHOWN =
  'Compared with the value as this viewer sees it: what is hidden matches nothing. BAD_USER_INPUT where it is shown in part or hashed.'

@InputType({ description: `Conditions that all have to hold. ${AS_SHOWN}` })
export class CustomerFilter {
  @Field(() => String, { nullable: true, description: 'The full name.' })
  name?: string | null

  @Field(() => String, { nullable: true, description: 'A part of the name, letter for letter.' })
  nameContains?: string | null

  @Field(() => String, { nullable: true, description: 'Country and subdivision, such as CN-SH.' })
  region?: string | null

  @Field(() => String, { nullable: true, description: 'The name of the company that the customer belongs to.' })
  company?: string | null
}

const CustomerOrderField = { NAME: 'NAME', REGION: 'REGION' } as const
registerEnumType(CustomerOrderField, { name: 'CustomerOrderField', description: 'By what customers can be ordered.' })

@InputType({ description: 'By the value as this viewer sees it. BAD_USER_INPUT where it is shown in part or hashed.' })
export class CustomerOrder {
  @Field(() => CustomerOrderField, { description: 'By what.' })
  by!: keyof typeof CustomerOrderField

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Which end comes first.' })
  direction!: keyof typeof OrderDirection
}

@ArgsType()
export class CustomersArgs extends Page {
  @Field(() => CustomerFilter, { nullable: true, description: 'Only these.' })
  filter?: CustomerFilter | null

  @Field(() => CustomerOrder, { nullable: true, description: 'By id without it.' })
  orderBy?: CustomerOrder | null
}

@InputType({ description: `Conditions that all have to hold. ${AS_SHOWN}` })
export class InteractionFilter {
  @Field(() => Touchpoint, { nullable: true, description: 'Where it took place.' })
  touchpoint?: keyof typeof Touchpoint | null

  @Field(() => String, { nullable: true, description: 'The silo that recorded it, such as wecom-chat.' })
  source?: string | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'At this time or later, as times are shown.' })
  from?: Date | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Before this time, as times are shown.' })
  to?: Date | null

  @Field(() => String, { nullable: true, description: 'A part of the text, letter for letter.' })
  textContains?: string | null
}

const InteractionOrderField = { OCCURRED_AT: 'OCCURRED_AT', TOUCHPOINT: 'TOUCHPOINT' } as const
registerEnumType(InteractionOrderField, {
  name: 'InteractionOrderField',
  description: 'By what interactions can be ordered.',
})

@InputType({ description: 'By the value as this viewer sees it. BAD_USER_INPUT where it is shown in part or hashed.' })
export class InteractionOrder {
  @Field(() => InteractionOrderField, { description: 'By what.' })
  by!: keyof typeof InteractionOrderField

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Which end comes first.' })
  direction!: keyof typeof OrderDirection
}

@ArgsType()
export class InteractionsArgs extends Page {
  @Field(() => ID, { nullable: true, description: 'Only those of this customer.' })
  customerId?: string | null

  @Field(() => InteractionFilter, { nullable: true, description: 'Only these.' })
  filter?: InteractionFilter | null

  @Field(() => InteractionOrder, { nullable: true, description: 'By id without it.' })
  orderBy?: InteractionOrder | null
}

const customerField = (name: Cypher, value: Cypher) => ({ type: 'Customer', field: name, name, value })
const interactionField = (name: Cypher, value: Cypher) => ({ type: 'Interaction', field: name, name, value })

const NAME = customerField(cypher`name`, cypher`c.name`)
const REGION = customerField(cypher`region`, cypher`c.region`)
// A company is shown whole or not at all.
const COMPANY = customerField(cypher`company`, cypher`c`)
const CUSTOMERS_BY = { NAME, REGION }

const TOUCHPOINT = interactionField(cypher`touchpoint`, cypher`i.touchpoint`)
const SOURCE = interactionField(cypher`source`, cypher`i.source`)
const OCCURRED_AT = interactionField(cypher`occurredAt`, cypher`i.occurredAt`)
const TEXT = interactionField(cypher`text`, cypher`i.text`)
const INTERACTIONS_BY = { OCCURRED_AT, TOUCHPOINT }

const belongsTo = (customer: Cypher, parameter: Cypher) =>
  cypher`EXISTS { MATCH (${customer})-[:MEMBER_OF]->(a:Account) WHERE a.name = ${parameter} }`

type Asked = Pick<EntityMasks, 'imageOf' | 'imageAsked'>

/** Which customers are asked for, and in which order. Throws BAD_USER_INPUT. */
export function customersListing(
  masks: Asked,
  { filter, orderBy }: Pick<CustomersArgs, 'filter' | 'orderBy'>,
): Listing {
  const filters = [
    condition(NAME, cypher`$name`, equals, filter?.name),
    condition(NAME, cypher`$nameContains`, contains, filter?.nameContains),
    condition(REGION, cypher`$region`, equals, filter?.region),
    condition(COMPANY, cypher`$company`, belongsTo, filter?.company),
  ].flat()
  return listingOf(
    masks,
    filters,
    orderBy ? { listed: CUSTOMERS_BY[orderBy.by], direction: orderBy.direction } : undefined,
  )
}

/** Which interactions are asked for, and in which order. Throws BAD_USER_INPUT. */
export function interactionsListing(
  masks: Asked,
  { filter, orderBy }: Pick<InteractionsArgs, 'filter' | 'orderBy'>,
): Listing {
  const filters = [
    condition(TOUCHPOINT, cypher`$touchpoint`, equals, filter?.touchpoint),
    condition(SOURCE, cypher`$source`, equals, filter?.source),
    condition(OCCURRED_AT, cypher`$from`, atLeast, filter?.from?.toISOString()),
    condition(OCCURRED_AT, cypher`$to`, below, filter?.to?.toISOString()),
    condition(TEXT, cypher`$textContains`, contains, filter?.textContains),
  ].flat()
  return listingOf(
    masks,
    filters,
    orderBy ? { listed: INTERACTIONS_BY[orderBy.by], direction: orderBy.direction } : undefined,
  )
}

function condition(
  listed: Filter['listed'],
  parameter: Cypher,
  compare: Filter['compare'],
  given: string | null | undefined,
): Filter[] {
  return given === null || given === undefined ? [] : [{ listed, parameter, given, compare }]
}
