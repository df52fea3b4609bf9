// Stage 4: a plan as closures. The tree of nodes is walked once, here; an execution only calls what came of it.
import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner'
import { type GraphQLSchema, Kind, parse, type SelectionSetNode } from 'graphql'
import type { ResponsePath } from './errors.ts'
import { type AskSubgraph, compileFetch, type PlanRun, type Step } from './fetch.ts'
import { operationIn } from './selection.ts'

export interface PlanWiring {
  /** The supergraph: types that clients do not see stand in plans too. */
  readonly schema: GraphQLSchema
  /** How a fetch's subgraph is asked. */
  readonly ask: (fetch: FetchNode) => AskSubgraph
  /** The defaults of the operation's variables. */
  readonly defaults: { readonly [name: string]: unknown }
}

/** Runs a plan: fills the run's data and errors. Throws only when the run's signal is aborted. */
export function compilePlan(plan: QueryPlan, wiring: PlanWiring): Step {
  if (plan.node === undefined || plan.node.kind === 'Subscription') return () => {}
  const fetches = fetchesOf(plan.node, [])
  return compileNode(plan.node, [], wiring, fetches)
}

interface PlacedFetch {
  readonly node: FetchNode
  /** Where in the answer it puts objects. */
  readonly objects: readonly string[]
}

function compileNode(node: PlanNode, path: ResponsePath, wiring: PlanWiring, fetches: readonly PlacedFetch[]): Step {
  switch (node.kind) {
    case 'Sequence':
      return oneAfterTheOther(node.nodes.map(each => compileNode(each, path, wiring, fetches)))
    case 'Parallel':
      return atOnce(node.nodes.map(each => compileNode(each, path, wiring, fetches)))
    case 'Flatten':
      return compileNode(node.node, [...path, ...node.path], wiring, fetches)
    case 'Fetch':
      return compileFetch(wiring.schema, node, path, wiring.ask(node), overlaps(node, fetches))
    case 'Condition': {
      const { condition, ifClause, elseClause } = node
      const [then, otherwise] = [ifClause, elseClause].map(each => each && compileNode(each, path, wiring, fetches))
      return run => (isTrue(condition, wiring, run) ? then?.(run) : otherwise?.(run))
    }
    case 'Defer':
      throw new Error('@defer is not planned for')
  }
}

function oneAfterTheOther(steps: readonly Step[]): Step {
  return async run => {
    for (const step of steps) await step(run)
  }
}

function atOnce(steps: readonly Step[]): Step {
  return async run => {
    await Promise.all(steps.map(step => step(run)))
  }
}

function isTrue(variable: string, { defaults }: PlanWiring, { variables }: PlanRun): boolean {
  return (Object.hasOwn(variables, variable) ? variables[variable] : undefined) === undefined
    ? defaults[variable] === true
    : variables[variable] === true
}

/** Whether another fetch puts an object at the same place: parts of the one are then put into the other. */
function overlaps(node: FetchNode, fetches: readonly PlacedFetch[]): boolean {
  const own = fetches.find(each => each.node === node)
  if (own === undefined) return false
  return fetches.some(each => each !== own && each.objects.some(place => own.objects.includes(place)))
}

function fetchesOf(node: PlanNode, path: ResponsePath): PlacedFetch[] {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(each => fetchesOf(each, path))
    case 'Flatten':
      return fetchesOf(node.node, [...path, ...node.path])
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap(each => (each ? fetchesOf(each, path) : []))
    case 'Fetch':
      return [{ node, objects: objectPlaces(node, path) }]
    case 'Defer':
      return []
  }
}

function objectPlaces(fetch: FetchNode, path: ResponsePath): readonly string[] {
  const { operation, fragments } = operationIn(parse(fetch.operation, { noLocation: true }))
  const places = new Set<string>()
  function collect(set: SelectionSetNode | undefined, above: string): void {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        collect(fragments[selection.name.value]?.selectionSet, above)
      } else if (selection.kind === Kind.INLINE_FRAGMENT || selection.name.value === '_entities') {
        collect(selection.selectionSet, above)
      } else if (selection.selectionSet !== undefined) {
        const place = `${above}/${(selection.alias ?? selection.name).value}`
        places.add(place)
        collect(selection.selectionSet, place)
      }
    }
  }
  collect(
    operation.selectionSet,
    path
      .filter(each => each !== '@')
      .map(each => `/${each}`)
      .join(''),
  )
  return [...places]
}
