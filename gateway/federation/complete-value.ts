// The specification's "Value Completion" and "Handling Field Errors", as graphql-js has them: the same values, the same
// errors at the same places, in the same order. Only who calls it differs: what graphql-js looks up for each value, a
// compiled operation knows before.
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
export interface Place {
  readonly above: Place | undefined
  readonly key: string | number
}

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

/** Completes a value; null where it is null. A promise where something below is one. Throws field errors. */
export type Complete = (execution: Execution, value: unknown, place: Place, info: Info) => unknown

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

/** Made where somebody asks for it: most types are told apart without. */
type Info = () => GraphQLResolveInfo

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
  const place: Place = { above, key: field.key }
  const info = () => resolveInfo(execution, field, place)
  try {
    const value = resolvedValue(execution, field, source, info)
    const completed = isPromise(value)
      ? value.then(resolved => field.complete(execution, resolved, place, info))
      : field.complete(execution, value, place, info)
    return isPromise(completed)
      ? completed.then(undefined, raw => failed(execution, field.nodes, field.isNonNull, place, raw))
      : completed
  } catch (raw) {
    return failed(execution, field.nodes, field.isNonNull, place, raw)
  }
}

function resolvedValue(execution: Execution, field: CompiledField, source: unknown, info: Info): unknown {
  const { definition } = field
  if (definition.resolve) return definition.resolve(source, argumentsOf(execution, field), execution.context, info())
  if ((typeof source !== 'object' || source === null) && typeof source !== 'function') return undefined
  const methods = source as { readonly [name: string]: unknown }
  const value = methods[definition.name]
  if (typeof value !== 'function') return value
  return value.call(source, argumentsOf(execution, field), execution.context, info())
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

function resolveInfo(
  execution: Execution,
  { definition, nodes, parent }: CompiledField,
  place: Place,
): GraphQLResolveInfo {
  const { schema, fragments, operation } = execution.selecting
  return {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType: parent,
    path: graphqlPath(place),
    schema,
    fragments,
    rootValue: execution.rootValue,
    operation,
    variableValues: execution.variables as Record<string, unknown>,
  }
}

function graphqlPath({ above, key }: Place): GraphQLResolveInfo['path'] {
  return { prev: above && graphqlPath(above), key, typename: undefined }
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
  for (let at = place; at !== undefined; at = at.above) if (nulled.has(at)) return
  if (nulled.has(undefined)) return
  nulled.add(place)
  errors.push(error)
}

function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = []
  for (let at: Place | undefined = place; at !== undefined; at = at.above) path.push(at.key)
  return path.reverse()
}

/** Guards `complete` for a type: errors as values are thrown, null stays null, and null of a non-null type is an error. */
export function completeNullable(complete: Complete): Complete {
  return (execution, value, place, info) => {
    if (value === null || value === undefined) return null
    if (value instanceof Error) throw value
    return complete(execution, value, place, info)
  }
}

export function completeNonNull(complete: Complete, parent: string, field: string): Complete {
  const required = (completed: unknown) => {
    if (completed === null) throw new Error(`Cannot return null for non-nullable field ${parent}.${field}.`)
    return completed
  }
  return (execution, value, place, info) => {
    const completed = complete(execution, value, place, info)
    return isPromise(completed) ? completed.then(required) : required(completed)
  }
}

export function completeLeaf(type: GraphQLLeafType): Complete {
  return (_execution, value) => {
    const serialized = type.serialize(value)
    if (serialized === null || serialized === undefined) {
      throw new Error(`Expected \`${type.name}.serialize\` to return a non-nullable value.`)
    }
    return serialized
  }
}

export function completeList(complete: Complete, isNonNull: boolean, nodes: readonly FieldNode[]): Complete {
  return (execution, value, above, info) => {
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
      const { parentType, fieldName } = info()
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${parentType.name}.${fieldName}".`)
    }
    const items: unknown[] = []
    let isPending = false
    const completed = (item: unknown, place: Place): unknown => {
      const done = isPromise(item)
        ? item.then(resolved => complete(execution, resolved, place, info))
        : complete(execution, item, place, info)
      if (!isPromise(done)) return done
      isPending = true
      return done.then(undefined, raw => failed(execution, nodes, isNonNull, place, raw))
    }
    for (const item of value as Iterable<unknown>) {
      const place: Place = { above, key: items.length }
      try {
        items.push(completed(item, place))
      } catch (raw) {
        // Where this ends the list, nobody will wait for those before; graphql-js leaves their rejections unhandled.
        if (isNonNull) for (const each of items) if (isPromise(each)) each.catch(() => {})
        items.push(failed(execution, nodes, isNonNull, place, raw))
      }
    }
    return isPending ? Promise.all(items) : items
  }
}

export function completeObjectOf(
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  complete: CompleteObject,
): Complete {
  const { isTypeOf } = type
  if (!isTypeOf) return (execution, value, place) => complete(execution, value, place)
  return (execution, value, place, info) => {
    const verdict = isTypeOf(value, execution.context, info())
    const answer = (isOne: boolean) => {
      if (!isOne) throw new GraphQLError(`Expected value of type "${type.name}".`, { nodes })
      return complete(execution, value, place)
    }
    return isPromise(verdict) ? verdict.then(isOne => answer(Boolean(isOne))) : answer(verdict)
  }
}

/** `completeType` gives the completion of an object type, compiled when a value first has that type. */
export function completeAbstract(
  schema: GraphQLSchema,
  type: GraphQLAbstractType,
  nodes: readonly FieldNode[],
  resolveType: NonNullable<GraphQLAbstractType['resolveType']>,
  completeType: (type: GraphQLObjectType) => Complete,
): Complete {
  return (execution, value, place, info) => {
    const named = resolveType(value, execution.context, info(), type)
    const answer = (name: unknown) =>
      completeType(possibleType(schema, type, name, nodes))(execution, value, place, info)
    return isPromise(named) ? named.then(answer) : answer(named)
  }
}

function possibleType(
  schema: GraphQLSchema,
  type: GraphQLAbstractType,
  name: unknown,
  nodes: readonly FieldNode[],
): GraphQLObjectType {
  const named = typeof name === 'string' ? schema.getType(name) : undefined
  if (isObjectType(named) && schema.isSubType(type, named)) return named
  throw new GraphQLError(`Abstract type "${type.name}" was resolved to "${name}", which is no possible type of it.`, {
    nodes,
  })
}
