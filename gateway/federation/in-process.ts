// A subgraph that answers in this process. No text of GraphQL on the way: its operations are parsed once.
import { type GraphQLSchema, parse } from 'graphql'
import type { AskSubgraph, SubgraphAnswer } from './fetch.ts'
import type { SubgraphLink } from './link.ts'
import { compileOperation, interpretOperation, type RunOperation } from './subgraph-operation.ts'

/** `failed` is told the cause of each error: the answer passes on messages and codes only. */
export function inProcessLink(schema: GraphQLSchema, failed: (cause: unknown) => void): SubgraphLink {
  return {
    interpret: fetch => asking(interpretOperation(schema, parse(fetch.operation, { noLocation: true })), failed),
    compile: (fetch, fellBack) =>
      asking(compileOperation(schema, parse(fetch.operation, { noLocation: true }), fellBack), failed),
  }
}

function asking(run: RunOperation, failed: (cause: unknown) => void): AskSubgraph {
  return async (variables, { context }) => {
    const answer = await run(variables, context)
    for (const error of answer.errors ?? []) failed(error.originalError ?? error)
    return answer as SubgraphAnswer
  }
}
