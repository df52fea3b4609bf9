// Stage 2: what a fetch of entities tells the subgraph of each of them, picked from what was answered so far. Equal
// representations are sent once; what comes back goes to each place that asked.
import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { mergeInto, setOwn } from './merge.ts'
import { applyRewrites, isOfType } from './rewrites.ts'

type Data = Record<string, unknown>
type Entity = { readonly [key: string]: unknown }

/** The representation of an entity, or undefined where something that the subgraph needs of it is not there. */
type Pick = (entity: Entity) => Data | undefined

/** A representation and every place of the answer that it stands for. */
export interface Group {
  readonly representation: Data
  readonly targets: Data[]
}

/** Groups targets by what is sent for them. Targets of which too little is known are left out. */
export type GroupTargets = (targets: Iterable<Data>) => readonly Group[]

export function compileRepresentations(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[] | undefined,
): GroupTargets {
  // Which parts of the selection apply depends on the type alone.
  const pickers = new Map<unknown, Pick>()
  const pickerOf = (entity: Entity): Pick => {
    const known = pickers.get(entity['__typename'])
    if (known !== undefined) return known
    const picker = pickerFor(schema, requires, entity)
    pickers.set(entity['__typename'], picker)
    return picker
  }
  return targets => {
    const groups = new Map<string, Group>()
    for (const target of targets) {
      const representation = pickerOf(target)(target)
      if (representation === undefined) continue
      const key = keyOf(representation)
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { representation, targets: [target] })
      else group.targets.push(target)
    }
    const grouped = [...groups.values()]
    if (rewrites !== undefined)
      for (const { representation } of grouped) applyRewrites(schema, rewrites, representation)
    return grouped
  }
}

function pickerFor(schema: GraphQLSchema, requires: readonly QueryPlanSelectionNode[], example: Entity): Pick {
  const applying = requires.filter(
    each =>
      each.kind === 'Field' || (each.typeCondition !== undefined && isOfType(schema, example, each.typeCondition)),
  )
  const keys = leafKeys(applying)
  if (keys !== undefined) return entity => pickLeaves(entity, keys)
  return entity => {
    const representation = pick(schema, entity, requires)
    return representation?.['__typename'] ? representation : undefined
  }
}

/** The response keys of a selection that has only leaves, in one fragment: the keys of almost every entity. */
function leafKeys(requires: readonly QueryPlanSelectionNode[]): readonly string[] | undefined {
  const [only, ...others] = requires
  if (only?.kind !== 'InlineFragment' || others.length > 0) return undefined
  const keys = only.selections.map(each =>
    each.kind === 'Field' && !each.selections ? (each.alias ?? each.name) : undefined,
  )
  return keys.every(key => key !== undefined) && keys.includes('__typename') ? keys : undefined
}

function pickLeaves(entity: Entity, keys: readonly string[]): Data | undefined {
  const picked: Data = {}
  for (const key of keys) {
    const value = Object.hasOwn(entity, key) ? entity[key] : undefined
    if (value === undefined) return undefined
    picked[key] = value
  }
  return picked['__typename'] ? picked : undefined
}

function pick(schema: GraphQLSchema, source: unknown, selections: readonly QueryPlanSelectionNode[]): Data | null {
  if (source === null || typeof source !== 'object') return null
  const entity = source as Entity
  const picked: Data = {}
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const { name, alias = name, selections: below } = selection
      const value = Object.hasOwn(entity, alias) ? entity[alias] : undefined
      if (value === undefined) return null
      if (below === undefined) setOwn(picked, alias, value)
      else
        setOwn(
          picked,
          alias,
          Array.isArray(value) ? value.map(each => pick(schema, each, below)) : pick(schema, value, below),
        )
    } else if (selection.typeCondition !== undefined && isOfType(schema, entity, selection.typeCondition)) {
      const part = pick(schema, entity, selection.selections)
      if (part !== null) mergeInto(picked, part)
    }
  }
  return picked
}

// With its length before it no value can pass for another one.
function keyOf(representation: Data): string {
  let key = ''
  for (const name in representation) {
    const value = representation[name]
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    key += `${name}${typeof value === 'string' ? '"' : ':'}${text?.length}:${text}`
  }
  return key
}
