// Supergraphs, data, faults and operations, all made from one number: the same number gives the same again.
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  parse,
  print,
} from 'graphql'

/** Numbers from 0 up to `below`. */
export type Draw = (below: number) => number

/** The same sequence for the same seed (mulberry32). */
export function drawFrom(seed: number): Draw {
  let state = seed | 0
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

export const pick = <T>(draw: Draw, among: readonly T[]): T => among[draw(among.length)] as T
export const chance = (draw: Draw, percent: number) => draw(100) < percent

/** A number that depends on all of its parts and on nothing else. */
function hashOf(...parts: readonly (string | number)[]): number {
  let hash = 2166136261
  for (const character of parts.join('|')) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619)
  return drawFrom(hash)(2 ** 31)
}

interface FieldModel {
  readonly name: string
  readonly subgraph: string
  readonly type: string
  readonly target: string
  readonly args: string
  /** A field of another subgraph that this one is computed from. */
  readonly requires?: string
}

interface EntityModel {
  readonly name: string
  /** `code` beside `id` in its key. */
  readonly hasCode: boolean
  readonly fields: readonly FieldModel[]
}

/** Entities that the first subgraph tells apart by type, and others know as one type (`@interfaceObject`). */
interface KindModel {
  /** Of the interface, each in the first subgraph or in one of those that know an object. */
  readonly fields: readonly FieldModel[]
  /** Of each of its types one that is its own, in the first subgraph or in one that knows no Kind. */
  readonly special: readonly FieldModel[]
}

interface Model {
  readonly subgraphs: readonly string[]
  readonly entities: readonly EntityModel[]
  readonly kind: KindModel | undefined
  readonly roots: readonly FieldModel[]
  readonly mutations: readonly FieldModel[]
}

export interface GeneratedSupergraph {
  readonly sdl: string
  readonly schemas: ReadonlyMap<string, GraphQLSchema>
}

/** What resolvers are given: where faults lie. 0 for none. */
export interface FaultContext {
  readonly faults: number
}

const LEAVES = ['String', 'Int', 'Float', 'Boolean', 'ID', 'Color', 'Blob'] as const
const ARGS = ['', '', '', '(n: Int = 3)', '(color: Color! = RED, n: Int)', '(filter: Filter)', '(n: [Int!] = [1, 2])']
const IDS = 4
const KIND = 'Kind'
const KINDS = ['K0', 'K1'] as const
const HEADER = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@interfaceObject"])
scalar Blob
enum Color { RED GREEN BLUE }
input Filter { color: Color = GREEN, min: Int! = 1, tags: [String!] }
type Money @shareable { amount: Int! currency: String parts: [Money!] }`

export function generateSupergraph(seed: number): GeneratedSupergraph {
  const model = generateModel(drawFrom(seed))
  return composeInvented(new Map(model.subgraphs.map(name => [name, sdlOf(model, name)])))
}

/** The supergraph of subgraphs that are given by their SDL, answered by invented data. */
export function composeInvented(subgraphs: ReadonlyMap<string, string>): GeneratedSupergraph {
  const services = [...subgraphs].map(([name, sdl]) => ({ name, typeDefs: parse(sdl), url: `http://${name}.invalid` }))
  const { supergraphSdl, errors = [] } = composeServices(services)
  if (supergraphSdl === undefined) throw new Error(errors.join('\n'))
  return {
    sdl: supergraphSdl,
    schemas: new Map([...subgraphs].map(([name, sdl]) => [name, inventedSubgraph(name, sdl)])),
  }
}

function generateModel(draw: Draw): Model {
  const subgraphs = ['alpha', 'beta', 'gamma'].slice(0, 2 + draw(2))
  const names = ['E0', 'E1', 'E2', 'E3'].slice(0, 2 + draw(3))
  let count = 0
  const wrapped = (name: string) =>
    pick(draw, [name, name, `${name}!`, `[${name}]`, `[${name}!]`, `[${name}!]!`, `[[${name}]!]`])
  const field = (subgraph: string, target: string): FieldModel => ({
    name: `f${count++}`,
    subgraph,
    target,
    type: wrapped(target),
    args: pick(draw, ARGS),
  })
  const ownersOf = () => subgraphs.filter((_, index) => index === 0 || chance(draw, 70))
  // One that knows the types and one that knows an object: with more of them, Apollo's planner takes seconds or finds no end.
  const kindOwners = chance(draw, 30) ? ['alpha', pick(draw, subgraphs.slice(1))] : []
  const targetsIn = (subgraph: string) => (kindOwners.includes(subgraph) ? [...names, KIND] : names)
  const fieldsOf = (owner: string) => [
    field(owner, pick(draw, LEAVES)),
    field(owner, pick(draw, LEAVES)),
    field(owner, pick(draw, [...LEAVES, 'Money'])),
    field(owner, pick(draw, targetsIn(owner))),
  ]
  const withRequired = (fields: readonly FieldModel[], computers: readonly string[]) => {
    const required = fields.find(each => each.args === '' && LEAVES.includes(each.type as never))
    const computing = computers.find(each => each !== required?.subgraph)
    if (required === undefined || computing === undefined) return fields
    return [...fields, { ...field(computing, 'String'), args: '', type: 'String', requires: required.name }]
  }
  const entities = names.map(name => {
    const owners = ownersOf()
    return { name, fields: withRequired(owners.flatMap(fieldsOf), owners), hasCode: chance(draw, 30) }
  })
  const apart = subgraphs.filter((each, index) => index === 0 || !kindOwners.includes(each))
  const kind =
    kindOwners.length > 0
      ? {
          // An interface requires nothing, so that it is the object which does.
          fields: withRequired(
            kindOwners.flatMap(owner => fieldsOf(owner).slice(2)),
            kindOwners.slice(1),
          ),
          special: KINDS.map(() => field(pick(draw, apart), pick(draw, LEAVES))),
        }
      : undefined
  const roots = subgraphs.flatMap(subgraph => [
    field(subgraph, pick(draw, targetsIn(subgraph))),
    { ...field(subgraph, pick(draw, targetsIn(subgraph))), type: '' },
    field(subgraph, pick(draw, [...LEAVES, 'Money'])),
  ])
  const ofKind = kindOwners.map(owner => field(owner, KIND))
  const abstract = ['Thing', 'Either'].map(target => field('alpha', target))
  const mutations = subgraphs
    .slice(0, 2)
    .flatMap(subgraph => [field(subgraph, pick(draw, names)), field(subgraph, 'Int')])
  const filled = roots.map(each => (each.type === '' ? { ...each, type: `[${each.target}]` } : each))
  return { subgraphs, entities, kind, roots: [...filled, ...abstract, ...ofKind], mutations }
}

const fieldText = ({ name, args, type, requires }: FieldModel) =>
  `${name}${args}: ${type}${requires === undefined ? '' : ` @requires(fields: "${requires}")`}`

/** Of an entity's fields those of one subgraph, and what they require of others. */
function linesOf(fields: readonly FieldModel[], subgraph: string): readonly string[] {
  const own = fields.filter(each => each.subgraph === subgraph)
  const external = own.flatMap(({ requires }) => fields.filter(each => each.name === requires))
  return [...external.map(each => `${each.name}: ${each.type} @external`), ...own.map(fieldText)]
}

function kindText({ fields, special }: KindModel, subgraph: string, isFirst: boolean): string {
  const lines = linesOf(fields, subgraph)
  const object = `@key(fields: "id") { id: ID! ${lines.join('\n')}`
  const types = KINDS.flatMap((name, index) => {
    const own = special.filter((each, at) => at === index && each.subgraph === subgraph).map(fieldText)
    if (isFirst) return [`type ${name} implements ${KIND} ${object} ${own.join('\n')} }`]
    return own.length > 0 ? [`type ${name} @key(fields: "id") { id: ID! ${own.join('\n')} }`] : []
  })
  if (isFirst) return [`interface ${KIND} ${object} }`, ...types].join('\n')
  return lines.length > 0 ? `type ${KIND} @interfaceObject ${object} }` : types.join('\n')
}

function sdlOf({ subgraphs, entities, kind, roots, mutations }: Model, subgraph: string): string {
  const isFirst = subgraph === subgraphs[0]
  const types = entities.map(({ name, hasCode, fields }) => {
    const key = hasCode ? 'id code' : 'id'
    const lines = [
      'id: ID!',
      ...(hasCode ? ['code: String!'] : []),
      ...(isFirst ? ['label: String', 'near: Thing'] : []),
      ...linesOf(fields, subgraph),
    ]
    return `type ${name}${isFirst ? ' implements Thing' : ''} @key(fields: "${key}") { ${lines.join('\n')} }`
  })
  const abstract = isFirst
    ? `interface Thing { id: ID! label: String near: Thing } union Either = ${entities.map(each => each.name).join(' | ')}`
    : ''
  const root = (name: string, fields: readonly FieldModel[]) => {
    const own = fields.filter(each => each.subgraph === subgraph)
    return own.length === 0 ? '' : `type ${name} { ${own.map(fieldText).join('\n')} }`
  }
  const kinds = kind === undefined ? '' : kindText(kind, subgraph, isFirst)
  return [HEADER, abstract, kinds, ...types, root('Query', roots), root('Mutation', mutations)].join('\n')
}

type Source = { readonly __typename: string; readonly id: string; readonly code: string }

/** The schema of a subgraph with resolvers whose every value is a function of its place: which object, field, arguments. */
function inventedSubgraph(name: string, sdl: string): GraphQLSchema {
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

export interface GeneratedOperation {
  readonly text: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** What an operation is made of beside the schema. */
export interface OperationShape {
  /** How many levels of fields; 3 without it. */
  readonly depth?: number
  readonly queriesOnly?: boolean
  /** How often a field is selected, in percent; the same for all without it. */
  readonly percentOf?: (type: string, field: string) => number
  /** A value for an argument or input field of this name and type; undefined leaves it to the generator. */
  readonly valueFor?: (draw: Draw, name: string, type: string) => unknown
}

/** A valid operation: aliases, arguments, fragments of all kinds, conditions, and variables given, left out or defaulted. */
export function generateOperation(schema: GraphQLSchema, seed: number, shape: OperationShape = {}): GeneratedOperation {
  const { depth: deepest = 3, queriesOnly = false, percentOf, valueFor = () => undefined } = shape
  const draw = drawFrom(seed)
  const isMutation = !queriesOnly && schema.getMutationType() !== undefined && chance(draw, 12)
  const root = isMutation ? schema.getMutationType() : schema.getQueryType()
  if (!root) throw new Error('the schema has no root type')
  const definitions: string[] = []
  const variables: Record<string, unknown> = {}
  const fragments: string[] = []
  let count = 0

  function variable(type: string, values: readonly unknown[], defaults: readonly string[]): string {
    const name = `v${count++}`
    const isDefaulted = chance(draw, 40)
    definitions.push(`$${name}: ${type}${isDefaulted ? ` = ${pick(draw, defaults)}` : ''}`)
    if (!isDefaulted || chance(draw, 50)) {
      if (type.endsWith('!') || chance(draw, 80)) variables[name] = pick(draw, values)
    }
    return `$${name}`
  }

  const condition = () => {
    if (!chance(draw, 15)) return ''
    const value = chance(draw, 70)
      ? variable('Boolean!', [true, false], ['true', 'false'])
      : pick(draw, ['true', 'false'])
    return ` @${pick(draw, ['skip', 'include'])}(if: ${value})`
  }

  function argument({ name, type }: GraphQLArgument): string {
    if (!chance(draw, 50)) return `${name}: ${literalOf(type, name)}`
    return `${name}: ${variable(String(type), [inputOf(type, name), inputOf(type, name)], [literalOf(type, name)])}`
  }

  function inputOf(type: GraphQLInputType, name: string): unknown {
    if (isNonNullType(type)) return inputOf(type.ofType, name)
    if (isListType(type)) return pick(draw, [[inputOf(type.ofType, name)], inputOf(type.ofType, name), []])
    const value = valueFor(draw, name, type.name)
    if (value !== undefined) return value
    if (isEnumType(type)) return pick(draw, type.getValues()).name
    if (!isInputObjectType(type)) {
      if (type.name === 'Boolean') return chance(draw, 50)
      return type.name === 'Int' || type.name === 'Float' ? draw(9) : `given ${draw(3)}`
    }
    const given = Object.values(type.getFields()).filter(field => isRequiredInputField(field) || chance(draw, 50))
    return Object.fromEntries(given.map(field => [field.name, inputOf(field.type, field.name)]))
  }

  const literalOf = (type: GraphQLInputType, name: string) => {
    const node = astFromValue(inputOf(type, name), type)
    return node ? print(node) : 'null'
  }

  function fieldText(field: GraphQLField<unknown, unknown>, depth: number): string {
    const args = field.args.filter(each => isRequiredArgument(each) || chance(draw, 60)).map(argument)
    const alias =
      args.length > 0 || chance(draw, 15)
        ? `${pick(draw, ['a', 'a', 'a', 'constructor', '__proto__'])}${count++}: `
        : ''
    const named = getNamedType(field.type)
    const below = isLeafType(named) ? '' : ` ${selection(named, depth - 1)}`
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${condition()}${below}`
  }

  function selection(type: GraphQLNamedType, depth: number): string {
    const parts: string[] = []
    if (chance(draw, 20) || isAbstractType(type))
      parts.push(chance(draw, 30) ? `t${count++}: __typename` : '__typename')
    if (isObjectType(type) || isInterfaceType(type)) {
      const fields = Object.values(type.getFields()).filter(each => depth > 0 || isLeafType(getNamedType(each.type)))
      const percent = percentOf ?? (() => (type === root ? 30 : 40))
      const chosen = fields.filter(field => chance(draw, percent(type.name, field.name)))
      for (const field of chosen.length > 0 ? chosen : fields.slice(0, 1)) {
        const text = fieldText(field, depth)
        parts.push(chance(draw, 12) ? `... ${pick(draw, [`on ${type.name}`, ''])}${condition()} { ${text} }` : text)
      }
    }
    if (isAbstractType(type)) {
      for (const possible of schema.getPossibleTypes(type).filter(() => chance(draw, 70))) {
        parts.push(`... on ${possible.name}${condition()} ${selection(possible, depth - 1)}`)
      }
    } else if (type !== root && chance(draw, 15) && depth > 0) {
      const name = `F${count++}`
      fragments.push(`fragment ${name} on ${type.name} ${selection(type, depth - 1)}`)
      parts.push(`...${name}${condition()}`)
    }
    return `{ ${parts.length > 0 ? parts.join(' ') : '__typename'} }`
  }

  const body = selection(root, deepest)
  const declared = definitions.length > 0 ? `(${definitions.join(', ')})` : ''
  return { text: `${isMutation ? 'mutation' : 'query'} Q${declared} ${body}\n${fragments.join('\n')}`, variables }
}
