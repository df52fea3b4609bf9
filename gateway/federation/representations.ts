// Stage 2: what a fetch of entities tells the subgraph of each of them, picked from what was answered so far. Equal
// representations are sent once; what comes back goes to each place that asked.
import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { mergeInto, setOwn } from './merge.ts'
import { applyRewrites, isOfType } from './rewrites.ts'

type Data = Record<string, unknown>
type Entity = { readonly [key: string]: unknown }

/** What is sent for an entity of one type. Equal keys stand for equal representations, which are picked once. */
interface Picker {
  /** Undefined where something that the subgraph needs of the entity is not there. */
  readonly keyOf: (entity: Entity) => unknown
  readonly pick: (entity: Entity) => Data
}

/** A representation and every place of the answer that it stands for. */
export interface Group {
  readonly representation: Data
  readonly targets: Data[]
}

/** Groups targets by what is sent for them. Targets of which too little is known are left out. */
export type GroupTargets = (targets: readonly Data[]) => readonly Group[]

export function compileRepresentations(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[] | undefined,
): GroupTargets {
  // Which parts of the selection apply depends on the type alone.
  const pickers = new Map<unknown, Picker>()
  const pickerOf = (entity: Entity): Picker => {
    const known = pickers.get(entity.__typename)
    if (known !== undefined) return known
    const picker = pickerFor(schema, requires, entity)
    pickers.set(entity.__typename, picker)
    return picker
  }
  return targets => {
    const grouped: Group[] = []
    const groupsOf = new Map<Picker, Map<unknown, Group>>()
    // Almost always all targets are of one type.
    let type: unknown
    let picker: Picker | undefined
    let groups = new Map<unknown, Group>()
    for (const target of targets) {
      if (picker === undefined || target.__typename !== type) {
        type = target.__typename
        picker = pickerOf(target)
        groups = groupsOf.get(picker) ?? new Map()
        groupsOf.set(picker, groups)
      }
      const key = picker.keyOf(target)
      if (key === undefined) continue
      const known = groups.get(key)
      if (known !== undefined) {
        known.targets.push(target)
        continue
      }
      const group = { representation: picker.pick(target), targets: [target] }
      groups.set(key, group)
      grouped.push(group)
    }
    if (rewrites !== undefined)
      for (const { representation } of grouped) applyRewrites(schema, rewrites, representation)
    return grouped
  }
}

function pickerFor(schema: GraphQLSchema, requires: readonly QueryPlanSelectionNode[], example: Entity): Picker {
  const applying = requires.filter(
    each =>
      each.kind === 'Field' || (each.typeCondition !== undefined && isOfType(schema, example, each.typeCondition)),
  )
  const keys = leafKeys(applying)
  if (keys !== undefined) return leafPicker(keys, example)
  return {
    keyOf: entity => {
      const representation = pick(schema, entity, requires)
      return representation?.__typename ? JSON.stringify(representation) : undefined
    },
    pick: entity => pick(schema, entity, requires) ?? {},
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

function leafPicker(keys: readonly string[], example: Entity): Picker {
  const [first = '', ...others] = keys.filter(key => key !== '__typename')
  // The key of most entities is one value. What holds others is told apart by what it holds.
  if (others.length === 0 && !isObjectValue(example[first])) {
    return { keyOf: entity => onlyKey(entity, first), pick: entity => pickLeaves(entity, keys) }
  }
  return { keyOf: entity => leafKey(entity, keys), pick: entity => pickLeaves(entity, keys) }
}

const isObjectValue = (value: unknown) => typeof value === 'object' && value !== null

function onlyKey(entity: Entity, key: string): unknown {
  return entity.__typename && Object.hasOwn(entity, key) ? entity[key] : undefined
}

function pickLeaves(entity: Entity, keys: readonly string[]): Data {
  const picked: Data = {}
  for (const key of keys) picked[key] = entity[key]
  return picked
}

// With its length before it no value can pass for another one.
function leafKey(entity: Entity, keys: readonly string[]): string | undefined {
  if (!entity.__typename) return undefined
  let text = ''
  for (const key of keys) {
    const value = entity[key]
    if (value === undefined || !Object.hasOwn(entity, key)) return undefined
    if (typeof value === 'string') text += `${value.length}"${value}`
    else text += `${JSON.stringify(value)},`
  }
  return text
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
