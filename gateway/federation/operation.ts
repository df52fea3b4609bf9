// One operation of a client, ready to be run: its plan in two forms, interpreted and compiled, and the shapes of its answer.
import type { QueryPlan } from '@apollo/query-planner'
import { type DocumentNode, type GraphQLError, getVariableValues, valueFromASTUntyped } from 'graphql'
import { compilePlan } from './compile.ts'
import { toGraphQLError } from './errors.ts'
import type { PlanRun, Step } from './fetch.ts'
import { type Incompletion, interpretShape } from './interpret.ts'
import { introspect } from './introspection.ts'
import type { SubgraphLink } from './link.ts'
import type { Planner } from './plan.ts'
import { conditionNames, conditionsOf, operationIn, type Selecting, type Variables } from './selection.ts'
import { compileShape, type Shape, type Shaping } from './shape.ts'

export interface FederatedAnswer {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly GraphQLError[]
  /** What subgraphs sent beside data, by their names, and what was missing without an error (`valueCompletion`). */
  readonly extensions?: Record<string, unknown>
  /** How long the answer was being shaped, in milliseconds. */
  readonly shapeMs: number
}

export interface OperationInput {
  /** As the client sent them. */
  readonly variables: Variables
  /** Handed to resolvers in this process. */
  readonly context: unknown
  /** Ends the execution with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** Throws the reason of `signal` when that is aborted, and nothing else. */
export type RunFederated = (input: OperationInput) => Promise<FederatedAnswer>

export interface PreparedOperation {
  /** What it takes to run it at once. */
  readonly interpret: RunFederated
  /** Makes the fast form of it. */
  compile(): RunFederated
}

export interface Wiring {
  readonly planner: Planner
  readonly linkOf: (subgraph: string) => SubgraphLink
  /** Told of each part of a compiled operation that had to be interpreted. */
  readonly fellBack: () => void
}

/** An answer has at most so many compiled shapes; further combinations of @skip and @include are interpreted. */
const MOST_SHAPES = 16

export function prepareOperation(
  document: DocumentNode,
  name: string | undefined,
  plan: QueryPlan,
  { planner, linkOf, fellBack }: Wiring,
): PreparedOperation {
  const { apiSchema: schema, supergraphSchema } = planner
  const { operation, fragments } = operationIn(document, name)
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue && valueFromASTUntyped(defaultValue),
    ]),
  )
  const base = { schema, operation, fragments }
  const names = conditionNames(document)
  const shapes = new Map<string, Shape>()

  function compiledShape(selecting: Selecting): Shape {
    const key = names.map(each => (selecting.conditions[each] === true ? 1 : 0)).join('')
    const known = shapes.get(key)
    if (known !== undefined) return known
    if (shapes.size >= MOST_SHAPES) {
      fellBack()
      return interpretShape(selecting)
    }
    const shape = compileShape(selecting)
    shapes.set(key, shape)
    return shape
  }

  function runner(steps: Step, shapeFor: (selecting: Selecting) => Shape): RunFederated {
    return async ({ variables, context, signal }) => {
      const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
      if (coerced.errors !== undefined) return { errors: coerced.errors, shapeMs: 0 }
      const run: PlanRun = {
        variables,
        context,
        signal,
        data: {},
        errors: [],
        extensions: {},
        underWay: new Map(),
        isShared: false,
      }
      await ended(steps(run), signal)
      const startedAt = performance.now()
      const answer = shaped(run, { ...base, conditions: conditionsOf(names, coerced.coerced) }, shapeFor)
      return { ...answer, shapeMs: performance.now() - startedAt }
    }
  }

  const planned = (ask: 'interpret' | 'compile') =>
    compilePlan(plan, {
      schema: supergraphSchema,
      defaults,
      ask: fetch => {
        const link = linkOf(fetch.serviceName)
        return ask === 'compile' ? link.compile(fetch, fellBack) : link.interpret(fetch)
      },
    })

  return {
    interpret: runner(planned('interpret'), interpretShape),
    compile: () => {
      const run = runner(planned('compile'), compiledShape)
      if (names.length === 0) compiledShape({ ...base, conditions: {} })
      return run
    },
  }
}

function shaped(
  { data, errors, extensions, variables }: PlanRun,
  selecting: Selecting,
  shapeFor: (selecting: Selecting) => Shape,
): Omit<FederatedAnswer, 'shapeMs'> {
  const shaping: Shaping = { introspected: introspect(selecting, variables), isIncomplete: false }
  let answer: Record<string, unknown> | null
  try {
    answer = shapeFor(selecting)(data, shaping) as typeof answer
  } catch (error) {
    return { errors: [toGraphQLError(error)] }
  }
  if (errors.length > 0) return { data: answer, errors, ...(hasAny(extensions) && { extensions }) }
  if (shaping.isIncomplete) {
    // Once more, slowly, to tell what was missing: no error of a subgraph says it.
    const valueCompletion: Incompletion[] = []
    interpretShape(selecting, each => valueCompletion.push(each))(data, shaping)
    return { data: answer, extensions: { ...extensions, valueCompletion } }
  }
  return { data: answer, ...(hasAny(extensions) && { extensions }) }
}

function hasAny(extensions: object): boolean {
  for (const _ in extensions) return true
  return false
}

/** Resolves with the work, or rejects as soon as the signal is aborted: what is under way may not notice. */
async function ended(work: Promise<void> | void, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined || work === undefined) return work
  signal.throwIfAborted()
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
