// Valid operations on any schema, made from a number.
import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
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
  print,
} from 'graphql'
import { chance, type Draw, drawFrom, pick } from './draw.ts'

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
