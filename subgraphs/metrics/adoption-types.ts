// The GraphQL types of the adoption pack.
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Public } from '../../core/policy/directives.ts'
import { enumOf } from './enums.ts'

export const AdoptionPartEnum = enumOf([
  'AI_CONFIGURATION_WIZARD',
  'SOVEREIGNTY_PORTAL_GENERATOR',
  'LIQUID_ORGANISATION_MODELLING_TOOL',
])
export type AdoptionPartName = keyof typeof AdoptionPartEnum
export const AdoptionPainEnum = enumOf([
  'ORDER_GAP_AT_LAUNCH',
  'CUSTOMERS_WITHHOLD_DATA',
  'TASKS_WAIT_FOR_PEOPLE',
  'AUDIT_IS_FAILED',
])
export type AdoptionPainName = keyof typeof AdoptionPainEnum

registerEnumType(AdoptionPartEnum, { name: 'AdoptionPartName', description: 'A part of the adoption pack.' })
registerEnumType(AdoptionPainEnum, {
  name: 'AdoptionPain',
  description:
    'What a firm suffers from: an order gap in the first month of a new model, customers who withhold their data, tasks that wait for people, or a failed audit.',
})

@ObjectType({ description: 'One part of the adoption pack, in the order in which to take them.' })
@Public()
export class AdoptionStep {
  @Field(() => AdoptionPartEnum, { simple: true, description: 'The part of the pack.' })
  part!: AdoptionPartName

  @Field(() => String, { simple: true, description: 'Its name in English.' })
  title!: string

  @Field(() => String, { simple: true, description: 'Its name in Chinese.' })
  titleZh!: string

  @Field(() => String, { simple: true, description: 'What it does for the weak dimensions.' })
  because!: string

  @Field(() => [ID], { simple: true, description: 'The metrics that it answers to.' })
  metrics!: readonly string[]

  @Field(() => [ID], { simple: true, description: 'The modules that it switches on.' })
  modules!: readonly string[]
}

@ObjectType({ description: 'What a part of the pack aims at.' })
@Public()
export class AdoptionTarget {
  @Field(() => ID, { simple: true, description: 'The metric.' })
  metric!: string

  @Field(() => Float, { simple: true, description: 'What the industry calls healthy, in the unit of the metric.' })
  target!: number
}

@ObjectType({ description: 'The configuration data of a part of the adoption pack.' })
@Public()
export class AdoptionPart {
  @Field(() => AdoptionPartEnum, { simple: true, description: 'Which part it is.' })
  part!: AdoptionPartName

  @Field(() => Int, { simple: true, description: 'The version of the pack.' })
  version!: number

  @Field(() => String, { simple: true, description: 'Its name in English.' })
  title!: string

  @Field(() => String, { simple: true, description: 'Its name in Chinese.' })
  titleZh!: string

  @Field(() => String, { simple: true, description: 'What it is for.' })
  because!: string

  @Field(() => [ID], { simple: true, description: 'The modules to switch on, in this order.' })
  modules!: readonly string[]

  @Field(() => [AdoptionTarget], { simple: true, description: 'The targets to set.' })
  targets!: readonly AdoptionTarget[]
}

@ObjectType({ description: 'How far a module of a step has come.' })
@Public()
export class AdoptedModule {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => Boolean, { simple: true, description: 'False for one that this release does not have.' })
  exists!: boolean

  @Field(() => Boolean, { simple: true, description: 'Whether it is on.' })
  isEnabled!: boolean

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'Since when, where it was switched.' })
  since!: string | null
}

@ObjectType({ description: 'A step of an adoption plan with its progress.' })
@Public()
export class PlannedStep {
  @Field(() => AdoptionStep, { simple: true, description: 'What to take.' })
  step!: AdoptionStep

  @Field(() => [AdoptedModule], { simple: true, description: 'Its modules.' })
  modules!: readonly AdoptedModule[]

  @Field(() => Int, { simple: true, description: 'How many of its metrics are healthy.' })
  healthyMetrics!: number

  @Field(() => Int, { simple: true, description: 'How many metrics it answers to.' })
  metrics!: number
}
