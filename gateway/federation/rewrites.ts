// Small changes that a plan asks for around a fetch: a subgraph may know a type by another name (`@interfaceObject`), or
// a field may be fetched under another key. As Apollo's gateway applies them.
import type { FetchDataRewrite } from '@apollo/query-planner'
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql'
import { isObject, setOwn } from './merge.ts'

const FRAGMENT = '... on '

/** Changes `value` in place. */
export function applyRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
  value: unknown,
): void {
  for (const rewrite of rewrites ?? []) rewriteAt(schema, rewrite, rewrite.path, value)
}

function rewriteAt(schema: GraphQLSchema, rewrite: FetchDataRewrite, path: readonly string[], value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) rewriteAt(schema, rewrite, path, item)
    return
  }
  const [first, ...rest] = path
  if (!isObject(value) || first === undefined) return
  if (first.startsWith(FRAGMENT)) {
    if (isOfType(schema, value, first.slice(FRAGMENT.length), true)) rewriteAt(schema, rewrite, rest, value)
  } else if (rest.length > 0) {
    if (Object.hasOwn(value, first)) rewriteAt(schema, rewrite, rest, value[first])
  } else if (rewrite.kind === 'ValueSetter') {
    setOwn(value, first, rewrite.setValueTo)
  } else if (Object.hasOwn(value, first) && value[first]) {
    setOwn(value, rewrite.renameKeyTo, value[first])
    value[first] = undefined
  }
}

/** Whether an object of an answer is of a type, by its `__typename`; `otherwise` where it has none. */
export function isOfType(
  schema: GraphQLSchema,
  object: { readonly [key: string]: unknown },
  condition: string,
  otherwise = false,
): boolean {
  const name = object.__typename
  if (!name) return otherwise
  if (name === condition) return true
  const wanted = schema.getType(condition)
  const type = schema.getType(String(name))
  return isAbstractType(wanted) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(wanted, type)
}
