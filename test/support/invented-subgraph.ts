// Answers that nobody stored: every value is a function of its place, and so is every fault.
import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
} from 'graphql'
import { drawFrom, hashOf, pick } from './draw.ts'

/** What resolvers are given: where faults lie. 0 for none. */
export interface FaultContext {
  readonly faults: number
}

const IDS = 4

type Source = { readonly __typename: string; readonly id: string; readonly code: string }

/** The schema of a subgraph with resolvers whose every value is a function of its place: which object, field, arguments. */
export function inventedSubgraph(name: string, sdl: string): GraphQLSchema {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl) }])
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name === 'Blob') Object.assign(type, { serialize: (value: unknown) => ({ wrapped: value }) })
    if (isInterfaceType(type)) {
      // Asked for by a subgraph that knows the interface as an object and not of what type the entity is.
      const resolveReference = ({ id }: Source, { faults }: FaultContext) => {
        const { name: __typename } = typeOfEntity(schema, type, id)
        return faulty(faults, `${name} ${id}`, { __typename, id }, withoutMixing(name))
      }
      Object.assign(type, { extensions: { ...type.extensions, apollo: { subgraph: { resolveReference } } } })
    }
    if (!isObjectType(type) || type.name.startsWith('_')) continue
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith('_') || field.name === 'id' || field.name === 'code') continue
      if (!isExternal(field)) field.resolve = inventedResolver(schema, type.name, field)
    }
    const resolveReference = (key: Source, { faults }: FaultContext) =>
      faulty(faults, `${name} ${key.id}`, { ...key }, withoutMixing(name))
    Object.assign(type, { extensions: { ...type.extensions, apollo: { subgraph: { resolveReference } } } })
  }
  return schema
}

/** One that throws beside one that rejects leaves a rejection that nobody handles, in @apollo/subgraph already. */
const withoutMixing = (subgraph: string) => (subgraph.length % 2 === 0 ? [0] : [1])

/** The type that stands in the entity's id, or one that depends on it alone. */
function typeOfEntity(schema: GraphQLSchema, type: GraphQLInterfaceType, id: string): GraphQLObjectType {
  const possible = schema.getPossibleTypes(type)
  return possible.find(each => id.startsWith(`${each.name}:`)) ?? pick(drawFrom(hashOf(id)), possible)
}

const directive = ({ astNode }: GraphQLField<unknown, unknown>, name: string) =>
  astNode?.directives?.find(each => each.name.value === name)

const isExternal = (field: GraphQLField<unknown, unknown>) => directive(field, 'external') !== undefined

function inventedResolver(
  schema: GraphQLSchema,
  parent: string,
  field: GraphQLField<unknown, unknown>,
): GraphQLFieldResolver<unknown, FaultContext> {
  const required = directive(field, 'requires')?.arguments?.[0]?.value
  const needs = required?.kind === Kind.STRING ? required.value : undefined
  return (source, args, { faults }) => {
    const place = `${(source as Source | undefined)?.id ?? parent}.${field.name}(${JSON.stringify(args)})`
    const invented = invent(schema, field.type, hashOf(place))
    const value = needs === undefined ? invented : `from ${JSON.stringify(Reflect.get(source as object, needs))}`
    return faulty(faults, place, value)
  }
}

function invent(schema: GraphQLSchema, type: GraphQLOutputType, hash: number): unknown {
  if (isNonNullType(type)) return invent(schema, type.ofType, hash)
  if (isListType(type)) {
    return Array.from({ length: hash % 4 }, (_, index) => invent(schema, type.ofType, hashOf(hash, index)))
  }
  if (isEnumType(type)) return pick(drawFrom(hash), type.getValues()).value
  if (isAbstractType(type)) return invent(schema, pick(drawFrom(hash), schema.getPossibleTypes(type)), hash)
  if (isObjectType(type)) {
    const number = hash % IDS
    return { __typename: type.name, id: `${type.name}:${number}`, code: `code ${number}` } satisfies Source
  }
  switch (type.name) {
    case 'Int':
      return hash % 1000
    case 'Float':
      return (hash % 1000) / 8
    case 'Boolean':
      return hash % 2 === 0
    case 'Blob':
    case 'JSON':
      return { nested: [hash % 7, null], text: 'blob' }
    default:
      return `text ${hash % 10}`
  }
}

/** The value, now or later, or one of the ways in which a resolver fails: by its place alone. */
function faulty(faults: number, place: string, value: unknown, without: readonly number[] = []): unknown {
  const hash = hashOf(faults, place)
  const isLate = hash % 3 === 0
  const error = Object.assign(
    new Error(`fault at ${place}`),
    hash % 2 === 0 ? { extensions: { code: 'ODD', place } } : {},
  )
  const drawn = faults === 0 ? 99 : (hash >> 4) % 40
  const kind = without.includes(drawn) ? 99 : drawn
  if (kind === 0) throw error
  if (kind === 1) return later(() => Promise.reject(error))
  if (kind === 2) return error
  if (kind === 3) return null
  if (kind === 4) return later(() => null)
  if (kind === 5 && Array.isArray(value)) return value.map((item, index) => (index % 2 === 0 ? item : null))
  if (kind === 6 && Array.isArray(value))
    return value.map((item, index) => (index % 2 === 0 ? later(() => item) : error))
  if (kind === 7) return { no: 'value of the type' }
  return isLate ? later(() => value) : value
}

async function later<T>(value: () => T): Promise<Awaited<T>> {
  await new Promise(resolve => setImmediate(resolve))
  return await value()
}
