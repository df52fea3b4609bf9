// Stage 3: one operation of a subgraph in this process, compiled. What an executor works out for each object (which
// fields apply, how each is completed) is worked out once here; what remains is a generated function for each selection.
import {
  type DocumentNode,
  defaultTypeResolver,
  type ExecutionResult,
  execute,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getVariableValues,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isSpecifiedScalarType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql'
import { keyText, SERIALIZED } from './code.ts'
import {
  type CompiledField,
  type Complete,
  type CompleteObject,
  completeAbstract,
  completeLeaf,
  completeList,
  completeNonNull,
  completeNullable,
  completeObjectOf,
  type Execution,
  isPromise,
  recordError,
  resolveField,
} from './complete-value.ts'
import { completeReferred, withReferredTypes } from './entities.ts'
import {
  conditionNames,
  conditionsOf,
  fieldsOf,
  operationIn,
  type Selecting,
  selectionSetsOf,
  type Variables,
} from './selection.ts'

/** Runs one operation of a subgraph. Never throws and never rejects: what went wrong stands in `errors`. */
export type RunOperation = (
  variables: Variables,
  context: unknown,
  rootValue?: unknown,
) => ExecutionResult | Promise<ExecutionResult>

/** An operation has at most so many compiled forms; further combinations of @skip and @include are interpreted. */
const MOST_FORMS = 16

/** The interpreter of graphql-js, for operations that nobody compiled yet. */
export function interpretOperation(schema: GraphQLSchema, document: DocumentNode): RunOperation {
  return (variableValues, contextValue, rootValue) =>
    execute({ schema, document, variableValues, contextValue, rootValue }) as ReturnType<RunOperation>
}

/**
 * Compiles the only operation of a valid document. `fellBack` is told of each run that had to be interpreted because its
 * @skip and @include came in more combinations than are kept.
 */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  fellBack: () => void = () => {},
): RunOperation {
  const { operation, fragments } = operationIn(document)
  const names = conditionNames(document)
  // Representations are what the gateway itself picked from answers; there is nothing to coerce in them.
  const declared = operation.variableDefinitions ?? []
  const definitions = declared.filter(({ variable }) => variable.name.value !== 'representations')
  const forms = new Map<string, Form>()
  const interpret = interpretOperation(schema, document)

  function formFor(variables: Variables): Form | undefined {
    const key = names.map(name => (variables[name] === true ? 1 : 0)).join('')
    const known = forms.get(key)
    if (known !== undefined || forms.size >= MOST_FORMS) return known
    const form = compileForm({ schema, operation, fragments, conditions: conditionsOf(names, variables) })
    forms.set(key, form)
    return form
  }

  if (names.length === 0) formFor({})
  return (given, context, rootValue) => {
    const coerced = getVariableValues(schema, definitions, given)
    if (coerced.errors !== undefined) return { errors: coerced.errors }
    const variables = coerced.coerced
    if (definitions.length < declared.length) variables.representations = given.representations
    const form = formFor(variables)
    if (form !== undefined) return run(form, variables, context, rootValue)
    fellBack()
    return interpret(given, context, rootValue)
  }
}

interface Form {
  readonly selecting: Selecting
  readonly root: CompleteObject
}

function run(
  { selecting, root }: Form,
  variables: Variables,
  context: unknown,
  rootValue: unknown,
): ExecutionResult | Promise<ExecutionResult> {
  const execution: Execution = {
    selecting,
    context,
    rootValue,
    variables,
    errors: [],
    failed: new Set(),
    args: new Map(),
  }
  try {
    const data = root(execution, rootValue, undefined)
    if (!isPromise(data)) return answerOf(execution, data)
    return data.then(
      resolved => answerOf(execution, resolved),
      error => failedAnswer(execution, error),
    )
  } catch (error) {
    return failedAnswer(execution, error)
  }
}

function answerOf({ errors }: Execution, data: unknown): ExecutionResult {
  const answered = data as Record<string, unknown> | null
  return errors.length === 0 ? { data: answered } : { errors, data: answered }
}

function failedAnswer(execution: Execution, error: unknown): ExecutionResult {
  recordError(execution.errors, execution.failed, error as GraphQLError, undefined)
  return answerOf(execution, null)
}

function compileForm(selecting: Selecting): Form {
  const { schema, operation } = selecting
  const type = schema.getRootType(operation.operation)
  if (!type) throw new Error(`the schema has no ${operation.operation}`)
  const fields = compileFields(selecting, type, [operation.selectionSet])
  return { selecting, root: operation.operation === 'mutation' ? oneAfterTheOther(fields) : generate(type, fields) }
}

function oneAfterTheOther(fields: readonly CompiledField[]): CompleteObject {
  return async (execution, source) => {
    const object: Record<string, unknown> = {}
    for (const field of fields) {
      const { definition, key, parent } = field
      const value =
        definition === TypeNameMetaFieldDef ? parent.name : await resolveField(execution, field, source, undefined)
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
    }
    return object
  }
}

function compileFields(
  selecting: Selecting,
  parent: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): readonly CompiledField[] {
  return [...fieldsOf(selecting, parent, sets)].flatMap(([key, nodes]) => {
    const definition = definitionOf(selecting.schema, parent, nodes[0]?.name.value ?? '')
    if (definition === undefined) return []
    const isNonNull = isNonNullType(definition.type)
    const field = { key, parent, definition, nodes, isNonNull }
    if (definition === TypeNameMetaFieldDef) return [{ ...field, complete: () => parent.name }]
    const complete = compileType(selecting, definition.type, parent, definition.name, nodes)
    const isEntities = definition.name === '_entities' && parent === selecting.schema.getQueryType()
    return [{ ...field, complete, ...(isEntities && { definition: withReferredTypes(definition) }) }]
  })
}

function definitionOf(
  schema: GraphQLSchema,
  parent: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
  if (parent === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  }
  return parent.getFields()[name]
}

function compileType(
  selecting: Selecting,
  type: GraphQLOutputType,
  parent: GraphQLObjectType,
  field: string,
  nodes: readonly FieldNode[],
): Complete {
  const compile = (inner: GraphQLOutputType) => compileType(selecting, inner, parent, field, nodes)
  const sets = () => selectionSetsOf(nodes)
  if (isNonNullType(type)) return completeNonNull(compile(type.ofType))
  if (isListType(type)) {
    return completeNullable(completeList(compile(type.ofType), isNonNullType(type.ofType)))
  }
  if (isLeafType(type)) return completeNullable(completeLeaf(type))
  if (!isAbstractType(type)) return completeNullable(compileObject(selecting, type, sets()))
  const known = new Map<GraphQLObjectType, Complete>()
  const completeType = (possible: GraphQLObjectType) => {
    const complete = known.get(possible) ?? completeNullable(compileObject(selecting, possible, sets()))
    known.set(possible, complete)
    return complete
  }
  for (const possible of typesNamedIn(selecting, type, sets())) completeType(possible)
  const { resolveType } = type
  const complete = completeNullable(
    completeAbstract(selecting.schema, type, resolveType ?? defaultTypeResolver, completeType),
  )
  return field === '_entities' ? completeReferred(complete, completeType) : complete
}

/** The types that a selection on an abstract type tells apart; those that it does not name are compiled when one comes. */
function typesNamedIn(
  { schema }: Selecting,
  type: GraphQLAbstractType,
  sets: readonly SelectionSetNode[],
): readonly GraphQLObjectType[] {
  const named = sets.flatMap(({ selections }) =>
    selections.map(each => (each.kind === Kind.INLINE_FRAGMENT ? each.typeCondition?.name.value : undefined)),
  )
  return schema.getPossibleTypes(type).filter(({ name }) => named.includes(name))
}

function compileObject(selecting: Selecting, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Complete {
  return completeObjectOf(type, generate(type, compileFields(selecting, type, sets)))
}

/** The function that makes the object of one selection. Field by field in their order, as the specification has it. */
function generate(type: GraphQLObjectType, fields: readonly CompiledField[]): CompleteObject {
  const lines = fields.map((field, index) => `${fieldText(field, index)}\n`)
  const values = fields.map((_, index) => `v${index}`)
  const object = fields.map(({ key }, index) => `${keyText(key)}: v${index}`).join(', ')
  const body = `
return (function make${type.name}(execution, given, place) {
  const source = typeof given === 'object' && given !== null ? given : nothing
  let pending = false
  ${values.length > 0 ? `let ${values.join(', ')}` : ''}
  try {
    ${lines.join('    ')}
  } catch (error) {
    if (pending) return settledBefore([${values.join(', ')}], error)
    throw error
  }
  const object = { ${object} }
  return pending ? settled(object) : object
})`
  const make = new Function('fields', 'resolveField', 'isPromise', 'settled', 'settledBefore', 'nothing', 'names', body)
  return make(fields, resolveField, isPromise, settled, settledBefore, {}, fields.map(enumNames)) as CompleteObject
}

function fieldText(field: CompiledField, index: number): string {
  const { definition } = field
  const v = `v${index}`
  if (definition === TypeNameMetaFieldDef) return `${v} = ${JSON.stringify(field.parent.name)}`
  const resolve = `${v} = resolveField(execution, fields[${index}], given, place); if (isPromise(${v})) pending = true`
  const type = isNonNullType(definition.type) ? definition.type.ofType : definition.type
  if (definition.resolve || !isLeafType(type)) return resolve
  const read = `${v} = source[${JSON.stringify(definition.name)}]`
  const absent = field.isNonNull ? '' : `if (${v} === null || ${v} === undefined) ${v} = null\n    else `
  if (isSpecifiedScalarType(type)) {
    return `${read}\n    ${absent}if (!(${SERIALIZED[type.name]?.(v)})) { ${resolve} }`
  }
  if (isEnumType(type)) {
    return `${read}\n    ${absent}{ const name = names[${index}].get(${v}); if (name !== undefined) ${v} = name; else { ${resolve} } }`
  }
  return `${read}\n    ${absent}{ ${resolve} }`
}

function enumNames({ definition }: CompiledField): ReadonlyMap<unknown, string> | undefined {
  const type = isNonNullType(definition.type) ? definition.type.ofType : definition.type
  return isEnumType(type) ? new Map(type.getValues().map(({ name, value }) => [value, name])) : undefined
}

/** The object when each promise in it is replaced by what it gave. */
async function settled(object: Record<string, unknown>): Promise<Record<string, unknown>> {
  const values = await Promise.all(Object.values(object))
  for (const [index, key] of Object.keys(object).entries()) {
    if (isPromise(object[key])) object[key] = values[index]
  }
  return object
}

/** Throws when the fields before the failed one are through: they may fail as well, and nobody else would hear of it. */
async function settledBefore(values: readonly unknown[], error: unknown): Promise<never> {
  try {
    await Promise.all(values)
  } finally {
    // biome-ignore lint/correctness/noUnsafeFinally: the field that failed first is the one that is told
    throw error
  }
}
