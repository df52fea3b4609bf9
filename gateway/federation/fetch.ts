// One fetch of a plan: what a subgraph is asked, and where its answer goes.
import type { FetchNode } from '@apollo/query-planner'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import { downstreamError, type ResponsePath, type SubgraphError, toGraphQLError } from './errors.ts'
import { copyOf, isObject, mergeInto, setOwn } from './merge.ts'
import { compileRepresentations, type Group } from './representations.ts'
import { applyRewrites } from './rewrites.ts'
import type { Variables } from './selection.ts'
import { eachTarget, targetsAt } from './targets.ts'

type Data = Record<string, unknown>

/** One execution of a plan. */
export interface PlanRun {
  /** As the client sent them; they have been found to fit the operation. */
  readonly variables: Variables
  readonly context: unknown
  /** Aborted when the client has left or the deadline has passed: nothing further is asked then. */
  readonly signal: AbortSignal | undefined
  /** Merged from the fetches; what clients asked for stands in it among keys and type names. */
  readonly data: Data
  readonly errors: GraphQLError[]
  readonly extensions: Data
  /** Requests of this execution to services elsewhere, while they are under way, by what they ask. */
  readonly underWay: Map<string, Promise<SubgraphAnswer>>
  /** True when an object stands at several places of `data`. */
  isShared: boolean
}

export interface SubgraphAnswer {
  readonly data?: Data | null | undefined
  readonly errors?: readonly SubgraphError[] | undefined
  readonly extensions?: Data | undefined
}

/** Asks a subgraph one operation. Throws what kept it from answering at all. */
export type AskSubgraph = (variables: Variables, run: PlanRun) => SubgraphAnswer | Promise<SubgraphAnswer>

export type Step = (run: PlanRun) => Promise<void> | void

/** `isCopied` where a later fetch may change parts of what this one answers for several places. */
export function compileFetch(
  schema: GraphQLSchema,
  node: FetchNode,
  path: ResponsePath,
  ask: AskSubgraph,
  isCopied: boolean,
): Step {
  const fetch = node.requires
    ? entityFetch(schema, { ...node, requires: node.requires }, path, ask, isCopied)
    : rootFetch(schema, node, path, ask)
  return async run => {
    run.signal?.throwIfAborted()
    try {
      await fetch(run)
    } catch (error) {
      if (run.signal?.aborted) throw error
      run.errors.push(toGraphQLError(error))
    }
  }
}

function rootFetch(schema: GraphQLSchema, node: FetchNode, path: ResponsePath, ask: AskSubgraph): Step {
  return async run => {
    const targets = targetsAt(run.data, path, run.isShared)
    if (targets.length === 0) return
    const { data, errors, extensions } = await ask(variablesOf(node, run), run)
    bringBack(node.serviceName, run, { errors, extensions }, at => [at && [...path, ...at]])
    if (data === null || data === undefined) return
    applyRewrites(schema, node.outputRewrites, data)
    for (const target of targets) mergeInto(target, data)
  }
}

function entityFetch(
  schema: GraphQLSchema,
  node: FetchNode & Required<Pick<FetchNode, 'requires'>>,
  path: ResponsePath,
  ask: AskSubgraph,
  isCopied: boolean,
): Step {
  const groupTargets = compileRepresentations(schema, node.requires, node.inputRewrites)
  return async run => {
    const groups = groupTargets(targetsAt(run.data, path, run.isShared))
    if (groups.length === 0) return
    const variables = variablesOf(node, run)
    if ('representations' in variables) throw new GraphQLError('Variables cannot contain key "representations"')
    const representations = groups.map(({ representation }) => representation)
    const { data, errors, extensions } = await ask({ ...variables, representations }, run)
    if (errors || extensions) bringBack(node.serviceName, run, { errors, extensions }, placesOf(path, run, groups))
    if (data === null || data === undefined) return
    const entities = data._entities
    if (!Array.isArray(entities)) throw new GraphQLError('Expected "data._entities" in response to be an array')
    if (entities.length !== groups.length) {
      throw new GraphQLError(`Expected "data._entities" to contain ${groups.length} elements`)
    }
    for (const [index, group] of groups.entries()) {
      const entity: Data | null | undefined = entities[index]
      if (entity === null || entity === undefined) continue
      if (!entity.__typename) entity.__typename = group.targets[0]?.__typename
      applyRewrites(schema, node.outputRewrites, entity)
      mergeIntoAll(group, entity, run, isCopied)
    }
  }
}

function mergeIntoAll({ targets }: Group, entity: Data, run: PlanRun, isCopied: boolean): void {
  const [first, ...others] = targets
  if (first === undefined) return
  // Copies first: merging keeps parts of what is merged.
  for (const other of others) mergeInto(other, isCopied ? copyOf(entity) : entity)
  mergeInto(first, entity)
  if (others.length > 0 && !isCopied) run.isShared = true
}

/** Where in the answer something of a subgraph's answer stands; more than once where the plan asked once for several. */
type Places = (path: ResponsePath | undefined) => readonly (ResponsePath | undefined)[]

/** What is told of a representation is told of each place that asked with it. */
function placesOf(path: ResponsePath, run: PlanRun, groups: readonly Group[]): Places {
  const groupOf = new Map<Data, number>()
  for (const [index, { targets }] of groups.entries()) for (const target of targets) groupOf.set(target, index)
  const places = groups.map((): ResponsePath[] => [])
  eachTarget(run.data, path, (target, place) => {
    const group = groupOf.get(target)
    if (group !== undefined) places[group]?.push([...place])
  })
  return at => {
    const [, index, ...below] = at ?? []
    if (typeof index !== 'number') return [at && [...path, ...at]]
    return (places[index] ?? []).map(place => [...place, ...below])
  }
}

/** Errors and extensions of a subgraph's answer. Extensions that are lists of things with a `path` are put at theirs. */
function bringBack(
  subgraph: string,
  run: PlanRun,
  { errors = [], extensions = {} }: Pick<SubgraphAnswer, 'errors' | 'extensions'>,
  placesOf: Places,
): void {
  for (const error of errors) {
    for (const place of placesOf(error.path)) run.errors.push(downstreamError(error, subgraph, place))
  }
  for (const [key, value] of Object.entries(extensions)) {
    if (!isPlaced(value)) {
      mergeInto(run.extensions, { [subgraph]: { [key]: value } })
      continue
    }
    const placed = value.flatMap(entry => placesOf(entry.path).map(path => ({ ...entry, path })))
    const known = run.extensions[key]
    setOwn(run.extensions, key, [...(Array.isArray(known) ? known : []), ...placed])
  }
}

/** Whether an extension is a list of things with a place in the answer. */
export function isPlaced(value: unknown): value is readonly { readonly path: ResponsePath }[] {
  return Array.isArray(value) && value.length > 0 && value.every(each => isObject(each) && Array.isArray(each.path))
}

function variablesOf({ variableUsages }: FetchNode, { variables }: PlanRun): Variables {
  const used: Record<string, unknown> = {}
  for (const name of variableUsages ?? []) {
    if (Object.hasOwn(variables, name) && variables[name] !== undefined) used[name] = variables[name]
  }
  return used
}
