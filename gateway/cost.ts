// What an operation may cost at most, told by its text and variables alone: the static analysis of the IBM GraphQL cost
// specification with its default weights, where `first` and `last` size the `edges` of a connection, and of what is no connection
// each list.
import {
  type ArgumentNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql'
import { type FieldShape, type ObjectShape, objectShape, type PlaceShape, typesAt } from './answer-shape.ts'

/** Objects are 1, values 0; fields that answer objects 1, others 0, and those that change something 10. */
export interface Cost {
  /** How many objects the answer may hold, that of the operation included. */
  readonly type: number
  /** How many fields may have to be resolved. */
  readonly field: number
}

type Variables = { readonly [name: string]: unknown }

const MUTATION_WEIGHT = 10
/** Of a list that nothing sizes. Each of ours is bounded by what it is, most of them by less. */
const ASSUMED_SIZE = 10
const SLICING_ARGUMENTS = ['first', 'last']
const SIZED_FIELD = 'edges'

/**
 * The cost of an answer of this shape. What @skip and @include may leave out counts, and so does a variable without a value
 * by the default of the operation or of the argument.
 */
export function staticCost(
  shape: ObjectShape,
  { variableDefinitions = [] }: Pick<OperationDefinitionNode, 'variableDefinitions'>,
  schema: GraphQLSchema,
  given: Variables,
): Cost {
  const defaults = variableDefinitions.map(({ variable, defaultValue }) => [
    variable.name.value,
    givenBy(defaultValue, {}),
  ])
  const variables: Variables = { ...Object.fromEntries(defaults), ...given }
  return objectCost(shape, undefined)

  function objectCost({ type, fields }: ObjectShape, sized: number | undefined): Cost {
    const definitions = definitionsOf(schema, type)
    let [types, resolved] = [1, 0]
    for (const { field, args, below } of fields) {
      const definition = definitions[field]
      if (definition === undefined || below === undefined) continue
      const isList = isListType(getNullableType(definition.type))
      const isSized = field === SIZED_FIELD || !(SIZED_FIELD in definitions)
      const count = isList ? ((isSized ? sized : undefined) ?? ASSUMED_SIZE) : 1
      const each = placeCost(below, slice(definition, args, variables))
      types += count * each.type
      resolved += (type === schema.getMutationType()?.name ? MUTATION_WEIGHT : 1) + count * each.field
    }
    return { type: types, field: resolved }
  }

  /** Of several types the one that costs most. */
  function placeCost(place: PlaceShape, sized: number | undefined): Cost {
    const costs = typesAt(place).map(each => objectCost(each, sized))
    return {
      type: Math.max(0, ...costs.map(({ type }) => type)),
      field: Math.max(0, ...costs.map(({ field }) => field)),
    }
  }
}

/** The cost of one object of each type with these of its fields, and with nothing of what can be asked for below them. */
export function coordinatesCost(
  coordinates: readonly { readonly type: string; readonly field: string }[],
  schema: GraphQLSchema,
): Cost {
  const costs = [...new Set(coordinates.map(({ type }) => type))].map(type => {
    const fields = coordinates.filter(each => each.type === type).map(({ field }) => bareField(schema, type, field))
    return staticCost(objectShape(type, fields), {}, schema, {})
  })
  return {
    type: costs.reduce((sum, each) => sum + each.type, 0),
    field: costs.reduce((sum, each) => sum + each.field, 0),
  }
}

function bareField(schema: GraphQLSchema, type: string, field: string): FieldShape {
  const definition = definitionsOf(schema, type)[field]
  const named = definition && getNamedType(definition.type)
  const below = isCompositeType(named) ? objectShape(named.name, []) : undefined
  return { responseKey: field, field, args: [], isEntity: false, isPersonal: false, isPruned: false, below }
}

function definitionsOf(
  schema: GraphQLSchema,
  type: string,
): { readonly [field: string]: GraphQLField<unknown, unknown> } {
  const definition = schema.getType(type)
  return isObjectType(definition) ? definition.getFields() : {}
}

/** By how many items the arguments bound the connection that the field answers; undefined where they do not. */
function slice(
  { args }: GraphQLField<unknown, unknown>,
  given: readonly ArgumentNode[],
  variables: Variables,
): number | undefined {
  const sizes = args
    .filter(({ name }) => SLICING_ARGUMENTS.includes(name))
    .map(
      ({ name, defaultValue }) =>
        givenBy(given.find(each => each.name.value === name)?.value, variables) ?? defaultValue,
    )
    .filter(size => typeof size === 'number' && size >= 0)
  return sizes.length === 0 ? undefined : Math.max(...(sizes as number[]))
}

function givenBy(node: ValueNode | undefined, variables: Variables): unknown {
  return node && valueFromASTUntyped(node, variables as { [name: string]: unknown })
}
