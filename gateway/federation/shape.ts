// Stage 5: the answer that the client asked for, made of what the fetches brought: its fields in its order under its
// names, without the keys and type names that were fetched for the plan, and null where a required value is missing.
import {
  type FieldNode,
  type GraphQLCompositeType,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLString,
  isCompositeType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  type SelectionSetNode,
} from 'graphql'
import { keyText, ownText } from './code.ts'
import { isObject } from './merge.ts'
import { fieldsOf, type Selecting, selectionSetsOf } from './selection.ts'

type Data = Record<string, unknown>

/** What shaping is told and tells beside the data. */
export interface Shaping {
  /** Answers a root field of introspection, by its response key. */
  readonly introspected: (key: string) => unknown
  /** True when a value was no value of its type, or null where null is not allowed. */
  isIncomplete: boolean
}

/** The shaped value; null where it is null, undefined where it is null and may not be. */
export type Shape = (value: unknown, shaping: Shaping) => unknown

/** The shape of an operation's answer, compiled to one generated function a selection. */
export function compileShape(selecting: Selecting): Shape {
  const type = selecting.schema.getRootType(selecting.operation.operation)
  if (!type) throw new Error(`the schema has no ${selecting.operation.operation}`)
  const shapeRoot = shapeFields(selecting, type, [selecting.operation.selectionSet])
  return (value, shaping) => shapeRoot(value, shaping) ?? null
}

interface ShapedField {
  readonly key: string
  readonly shape: Shape
  readonly type: GraphQLOutputType | undefined
}

function shapeFields(selecting: Selecting, parent: GraphQLCompositeType, sets: readonly SelectionSetNode[]): Shape {
  const fields = [...fieldsOf(selecting, parent, sets)].flatMap(([key, nodes]): ShapedField[] => {
    const name = nodes[0]?.name.value ?? ''
    if (name === '__typename') {
      return [{ key, type: undefined, shape: value => typename(selecting.schema, parent, value) }]
    }
    if (name.startsWith('__')) return [{ key, type: undefined, shape: (_, shaping) => shaping.introspected(key) }]
    const type = 'getFields' in parent ? parent.getFields()[name]?.type : undefined
    return type === undefined ? [] : [{ key, type, shape: shapeType(selecting, type, nodes) }]
  })
  return generate(fields)
}

/**
 * What a selected `__typename` answers: the type that was fetched under its key, or that of its object. Undefined, so that
 * the object is null, where that is no object type: a subgraph that knows an interface as an object says the interface's.
 */
export function typename(schema: GraphQLSchema, parent: GraphQLCompositeType, value: unknown): string | undefined {
  const type = (typeof value === 'string' ? schema.getType(value) : undefined) ?? parent
  return isObjectType(type) ? type.name : undefined
}

function shapeType(selecting: Selecting, type: GraphQLOutputType, nodes: readonly FieldNode[]): Shape {
  if (isNonNullType(type)) {
    const shape = shapeType(selecting, type.ofType, nodes)
    return (value, shaping) => {
      const shaped = shape(value, shaping)
      if (shaped !== null) return shaped
      shaping.isIncomplete = true
      return undefined
    }
  }
  if (isListType(type)) return shapeList(shapeType(selecting, type.ofType, nodes), String(type))
  if (isLeafType(type)) return shapeLeaf(type)
  return shapeObject(selecting, type as GraphQLCompositeType, selectionSetsOf(nodes))
}

function shapeList(shape: Shape, type: string): Shape {
  return (value, shaping) => {
    if (value === null || value === undefined) return null
    if (!Array.isArray(value)) throw new Error(`Invalid non-list value returned by subgraph for list type ${type}`)
    const items: unknown[] = []
    let isNulled = false
    for (const item of value) {
      const shaped = shape(item, shaping)
      if (shaped === undefined) isNulled = true
      else items.push(shaped)
    }
    return isNulled ? null : items
  }
}

function shapeLeaf(type: GraphQLLeafType): Shape {
  const isValue = leafTest(type)
  return (value, shaping) => {
    if (value === null || value === undefined) return null
    if (isValue(value)) return value
    shaping.isIncomplete = true
    return null
  }
}

/** Whether a value that a subgraph sent is one of the type. Of a custom scalar every value is. */
export function leafTest(type: GraphQLLeafType): (value: unknown) => boolean {
  if (isEnumType(type)) return value => typeof value === 'string' && type.getValue(value) !== undefined
  switch (isSpecifiedScalarType(type) ? type.name : '') {
    case 'Boolean':
      return value => typeof value === 'boolean'
    case 'Int':
      return value => typeof value === 'number' && /^-?\d+$/.test(String(value))
    case 'Float':
      return value => typeof value === 'number' && Number.isFinite(value)
    case 'ID':
      return value => typeof value === 'string' || (typeof value === 'number' && /^-?\d+$/.test(String(value)))
    case 'String':
      return value => typeof value === 'string'
    default:
      return () => true
  }
}

/**
 * By what an object says it is of, as Apollo's gateway does, and not by what its field is declared as: where a subgraph
 * knows an interface as an object (`@interfaceObject`), the interface's name may have been merged into a concrete object.
 */
function shapeObject(selecting: Selecting, declared: GraphQLCompositeType, sets: readonly SelectionSetNode[]): Shape {
  const shapes = new Map<string, Shape | null>()
  const shapeOf = (name: string): Shape | null => {
    let shape = shapes.get(name)
    if (shape === undefined) {
      const actual = concreteType(selecting.schema, declared, name)
      shape = actual && shapeFields(selecting, actual, sets)
      shapes.set(name, shape)
    }
    return shape
  }
  const shapeDeclared = shapeFields(selecting, declared, sets)
  return (value, shaping) => {
    if (value === null || value === undefined) return null
    const object = requireObject(value, declared)
    const name = object.__typename as string | null | undefined
    const shape = !name || name === declared.name ? shapeDeclared : shapeOf(name)
    if (shape === null) shaping.isIncomplete = true
    return shape?.(object, shaping) ?? null
  }
}

export function requireObject(value: unknown, type: GraphQLCompositeType): Data {
  if (isObject(value)) return value
  throw new Error(`Invalid non-object value returned by subgraph for composite type ${type}`)
}

/** The type that an object says it is of; null where clients know no such type. */
export function concreteType(
  schema: GraphQLSchema,
  declared: GraphQLCompositeType,
  name: string | undefined,
): GraphQLCompositeType | null {
  if (!name) return declared
  const type = schema.getType(name)
  return isCompositeType(type) ? type : null
}

function generate(fields: readonly ShapedField[]): Shape {
  const lines = fields.map(({ key, type }, index) => {
    const value = `v${index}`
    const required = `if (${value} === undefined) return undefined`
    const read = `let ${value} = ${ownText('given', key)}`
    const shape = `${value} = shapes[${index}](${value}, shaping); ${required}`
    const test = fastTest(type, value)
    return test === undefined ? `${read}; ${shape}` : `${read}; if (!(${test})) { ${shape} }`
  })
  const object = fields.map(({ key }, index) => `${keyText(key)}: v${index}`).join(', ')
  const body = `return (function shape(given, shaping) {\n  ${lines.join('\n  ')}\n  return { ${object} }\n})`
  return new Function('shapes', body)(fields.map(({ shape }) => shape)) as Shape
}

/** Text that tells most values of most leaves without a call. */
function fastTest(type: GraphQLOutputType | undefined, value: string): string | undefined {
  const inner = isNonNullType(type) ? type.ofType : type
  return inner === GraphQLString || inner === GraphQLID ? `typeof ${value} === 'string'` : undefined
}
