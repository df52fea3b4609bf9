// Executes operations over a supergraph: Apollo plans, and what is planned is compiled once. See docs/federation.md.
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { type OperationKey, operationCache } from './cache.ts'
import type { AskSubgraph } from './fetch.ts'
import type { SubgraphLink } from './link.ts'
import { type FederatedAnswer, type OperationInput, prepareOperation, type RunFederated } from './operation.ts'
import { openPlanner } from './plan.ts'

export interface FederationOptions {
  readonly sdl: string
  /** How a subgraph of the supergraph is reached. Throws for a name that it does not know. */
  readonly linkTo: (subgraph: { readonly name: string; readonly url: string }) => SubgraphLink
  /** How many operations are kept compiled. */
  readonly mostOperations?: number
}

export interface FederatedRequest extends OperationInput {
  /** Valid in the schema of clients. */
  readonly document: DocumentNode
  readonly key: OperationKey
}

/** How operations were executed since the start. */
export interface Counts {
  readonly compiled: number
  readonly interpreted: number
  /** Parts of compiled operations that had to be interpreted. */
  readonly fallbacks: number
  /** Operations that had to be planned: all others were known. */
  readonly planned: number
  /** How often each subgraph was asked. */
  readonly fetches: { readonly [subgraph: string]: number }
}

/** Milliseconds that went into preparing the operation; nothing for one that is known. */
interface Spent {
  planMs: number
  compileMs: number
}

export interface ExecutedAnswer extends Readonly<Spent> {
  readonly answer: FederatedAnswer
}

export interface Federation {
  /** The schema of clients. */
  readonly schema: GraphQLSchema
  readonly counts: Counts
  /** Plans and compiles an operation before anybody asks for it. Throws what is wrong with it. */
  register(document: DocumentNode, key: OperationKey): void
  /** Throws the reason of the request's signal when that is aborted, and what the planner says of a document. */
  execute(request: FederatedRequest): Promise<ExecutedAnswer>
}

const MOST_OPERATIONS = 1_000

/** An operation that was planned. Its first execution is interpreted; meanwhile it is compiled. */
interface Known {
  run: RunFederated
  isCompiled: boolean
  readonly compile: () => void
}

function countingLink(link: SubgraphLink, asked: () => void): SubgraphLink {
  const counting =
    (ask: AskSubgraph): AskSubgraph =>
    (variables, run) => {
      asked()
      return ask(variables, run)
    }
  return {
    interpret: fetch => counting(link.interpret(fetch)),
    compile: (fetch, fellBack) => counting(link.compile(fetch, fellBack)),
  }
}

export function openFederation({ sdl, linkTo, mostOperations = MOST_OPERATIONS }: FederationOptions): Federation {
  const planner = openPlanner(sdl)
  const fetches: Record<string, number> = {}
  const links = new Map(
    [...planner.urls].map(([name, url]) => {
      fetches[name] = 0
      const asked = () => {
        fetches[name] = (fetches[name] ?? 0) + 1
      }
      return [name, countingLink(linkTo({ name, url }), asked)]
    }),
  )
  const operations = operationCache<Known>(mostOperations)
  const counts = { compiled: 0, interpreted: 0, fallbacks: 0, planned: 0, fetches }
  const wiring = {
    planner,
    linkOf: (name: string) => {
      const link = links.get(name)
      if (link === undefined) throw new Error(`the plan names a subgraph ${name} that the supergraph does not`)
      return link
    },
    fellBack: () => {
      counts.fallbacks++
    },
  }

  function prepare(
    document: DocumentNode,
    { operationName }: OperationKey,
    spent: Spent = { planMs: 0, compileMs: 0 },
  ): Known {
    counts.planned++
    const startedAt = performance.now()
    const plan = planner.plan(document, operationName)
    const plannedAt = performance.now()
    const prepared = prepareOperation(document, operationName, plan, wiring)
    spent.planMs = plannedAt - startedAt
    spent.compileMs = performance.now() - plannedAt
    const known: Known = {
      run: prepared.interpret,
      isCompiled: false,
      compile: () => {
        if (known.isCompiled) return
        known.run = prepared.compile()
        known.isCompiled = true
      },
    }
    return known
  }

  function compileLater(known: Known): void {
    try {
      known.compile()
    } catch {
      // The interpreter goes on answering it, and the count tells.
      counts.fallbacks++
    }
  }

  return {
    schema: planner.apiSchema,
    counts,
    register: (document, key) => operations.get(key, () => prepare(document, key)).compile(),
    execute: async ({ document, key, ...input }) => {
      const spent: Spent = { planMs: 0, compileMs: 0 }
      const known = operations.get(key, () => {
        const prepared = prepare(document, key, spent)
        setImmediate(() => compileLater(prepared))
        return prepared
      })
      if (known.isCompiled) counts.compiled++
      else counts.interpreted++
      return { ...spent, answer: await known.run(input) }
    },
  }
}
