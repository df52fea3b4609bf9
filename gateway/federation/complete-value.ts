// The specification's "Value Completion" and "Handling Field Errors", as graphql-js has them: the same values, the same
// errors at the same places, in the same order. Only who calls it differs: what graphql-js looks up for each value, a
// compiled operation knows before. No function here has a name of its own inside another: where names are kept (tsx does),
// each such function costs a property for each value.
import {
  type FieldNode,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  isObjectType,
  locatedError,
} from 'graphql'
import type { Selecting, Variables } from './selection.ts'

/** The place of a value, linked to the place above. Identity matters: a nulled place silences what happens below it. */
export type Place = GraphQLResolveInfo['path']

/** One execution of a compiled operation. */
export interface Execution {
  readonly selecting: Selecting
  readonly context: unknown
  readonly rootValue: unknown
  readonly variables: Variables
  readonly errors: GraphQLError[]
  readonly failed: Set<Place | undefined>
  /** Arguments are coerced once an execution and field, and not once an object. */
  readonly args: Map<CompiledField, Variables>
}

/** Completes a value of a field; null where it is null. A promise where something below is one. Throws field errors. */
export type Complete = (execution: Execution, value: unknown, place: Place, field: CompiledField) => unknown

/** Makes an object of a source value: the generated part. */
export type CompleteObject = (execution: Execution, source: unknown, place: Place | undefined) => unknown

/** A field of a compiled selection set. */
export interface CompiledField {
  readonly key: string
  readonly parent: GraphQLObjectType
  readonly definition: GraphQLField<unknown, unknown>
  readonly nodes: readonly FieldNode[]
  readonly isNonNull: boolean
  readonly complete: Complete
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/** Resolves a field of `source` and completes what it gives. Throws where the field is non-null and failed. */
export function resolveField(
  execution: Execution,
  field: CompiledField,
  source: unknown,
  above: Place | undefined,
): unknown {
  const place: Place = { prev: above, key: field.key, typename: field.parent.name }
  try {
    const value = resolvedValue(execution, field, source, place)
    const completed = isPromise(value)
      ? value.then(resolved => field.complete(execution, resolved, place, field))
      : field.complete(execution, value, place, field)
    return isPromise(completed)
      ? completed.then(undefined, raw => failed(execution, field.nodes, field.isNonNull, place, raw))
      : completed
  } catch (raw) {
    return failed(execution, field.nodes, field.isNonNull, place, raw)
  }
}

function resolvedValue(execution: Execution, field: CompiledField, source: unknown, place: Place): unknown {
  const { definition } = field
  if (definition.resolve) {
    const info = resolveInfo(execution, field, place)
    return definition.resolve(source, argumentsOf(execution, field), execution.context, info)
  }
  if ((typeof source !== 'object' || source === null) && typeof source !== 'function') return undefined
  const methods = source as { readonly [name: string]: unknown }
  const value = methods[definition.name]
  if (typeof value !== 'function') return value
  return value.call(source, argumentsOf(execution, field), execution.context, resolveInfo(execution, field, place))
}

// A resolver may change the object that it is given, so each call has its own.
function argumentsOf(execution: Execution, field: CompiledField): Record<string, unknown> {
  const [node] = field.nodes
  if (field.definition.args.length === 0 || node === undefined) return {}
  let values = execution.args.get(field)
  if (values === undefined) {
    values = getArgumentValues(field.definition, node, execution.variables)
    execution.args.set(field, values)
  }
  return { ...values }
}

/** What resolvers are told of where they are. `place` may be that of an item of the field's list. */
function resolveInfo(execution: Execution, field: CompiledField, place: Place): GraphQLResolveInfo {
  const { definition, nodes, parent } = field
  const { schema, fragments, operation } = execution.selecting
  let path = place
  while (typeof path.key === 'number' && path.prev !== undefined) path = path.prev
  return {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType: parent,
    path,
    schema,
    fragments,
    rootValue: execution.rootValue,
    operation,
    variableValues: execution.variables as Record<string, unknown>,
  }
}

/** Records the error of a nullable position and answers null; throws that of a non-null one to the position above. */
function failed(
  { errors, failed: nulled }: Execution,
  nodes: readonly FieldNode[],
  isNonNull: boolean,
  place: Place,
  raw: unknown,
): null {
  const error = locatedError(raw, nodes, pathOf(place))
  if (isNonNull) throw error
  recordError(errors, nulled, error, place)
  return null
}

/** Records an error unless something at or above its place has been nulled already. */
export function recordError(
  errors: GraphQLError[],
  nulled: Set<Place | undefined>,
  error: GraphQLError,
  place: Place | undefined,
): void {
  for (let at = place; at !== undefined; at = at.prev) if (nulled.has(at)) return
  if (nulled.has(undefined)) return
  nulled.add(place)
  errors.push(error)
}

function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = []
  for (let at: Place | undefined = place; at !== undefined; at = at.prev) path.push(at.key)
  return path.reverse()
}

/** Guards `complete` for a type: errors as values are thrown, null stays null, and null of a non-null type is an error. */
export function completeNullable(complete: Complete): Complete {
  return (execution, value, place, field) => {
    if (value === null || value === undefined) return null
    if (value instanceof Error) throw value
    return complete(execution, value, place, field)
  }
}

export function completeNonNull(complete: Complete): Complete {
  return (execution, value, place, field) => {
    const completed = complete(execution, value, place, field)
    return isPromise(completed) ? completed.then(each => required(each, field)) : required(completed, field)
  }
}

function required(completed: unknown, { parent, definition }: CompiledField): unknown {
  if (completed !== null) return completed
  throw new Error(`Cannot return null for non-nullable field ${parent.name}.${definition.name}.`)
}

export function completeLeaf(type: GraphQLLeafType): Complete {
  return (_execution, value) => {
    const serialized = type.serialize(value)
    if (serialized !== null && serialized !== undefined) return serialized
    throw new Error(`Expected \`${type.name}.serialize\` to return a non-nullable value.`)
  }
}

export function completeList(complete: Complete, isNonNull: boolean): Complete {
  return (execution, value, above, field) => {
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
      const { parent, definition } = field
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${parent.name}.${definition.name}".`)
    }
    const items: unknown[] = []
    let isPending = false
    for (const item of value as Iterable<unknown>) {
      const place: Place = { prev: above, key: items.length, typename: undefined }
      try {
        const completed = isPromise(item)
          ? item.then(resolved => complete(execution, resolved, place, field))
          : complete(execution, item, place, field)
        if (isPromise(completed)) {
          isPending = true
          items.push(completed.then(undefined, raw => failed(execution, field.nodes, isNonNull, place, raw)))
        } else {
          items.push(completed)
        }
      } catch (raw) {
        // Where this ends the list, nobody will wait for those before; graphql-js leaves their rejections unhandled.
        if (isNonNull) for (const each of items) if (isPromise(each)) each.catch(() => {})
        items.push(failed(execution, field.nodes, isNonNull, place, raw))
      }
    }
    return isPending ? Promise.all(items) : items
  }
}

export function completeObjectOf(type: GraphQLObjectType, complete: CompleteObject): Complete {
  const { isTypeOf } = type
  if (!isTypeOf) return complete
  return (execution, value, place, field) => {
    const verdict = isTypeOf(value, execution.context, resolveInfo(execution, field, place))
    if (isPromise(verdict)) {
      return verdict.then(isOne => complete(execution, requireType(type, value, Boolean(isOne), field), place))
    }
    return complete(execution, requireType(type, value, verdict, field), place)
  }
}

function requireType(type: GraphQLObjectType, value: unknown, isOne: boolean, { nodes }: CompiledField): unknown {
  if (isOne) return value
  throw new GraphQLError(`Expected value of type "${type.name}" but got another.`, { nodes })
}

/** `completeType` gives the completion of an object type, compiled when a value first has that type. */
export function completeAbstract(
  schema: GraphQLSchema,
  type: GraphQLAbstractType,
  resolveType: NonNullable<GraphQLAbstractType['resolveType']>,
  completeType: (type: GraphQLObjectType) => Complete,
): Complete {
  return (execution, value, place, field) => {
    const name = resolveType(value, execution.context, resolveInfo(execution, field, place), type)
    if (!isPromise(name)) {
      return completeType(possibleType(schema, type, name, field))(execution, value, place, field)
    }
    return name.then(resolved =>
      completeType(possibleType(schema, type, resolved, field))(execution, value, place, field),
    )
  }
}

function possibleType(
  schema: GraphQLSchema,
  type: GraphQLAbstractType,
  name: unknown,
  { nodes }: CompiledField,
): GraphQLObjectType {
  const named = typeof name === 'string' ? schema.getType(name) : undefined
  if (isObjectType(named) && schema.isSubType(type, named)) return named
  throw new GraphQLError(`Abstract type "${type.name}" was resolved to "${name}", which is no possible type of it.`, {
    nodes,
  })
}
