// A way to reach a subgraph: in this process or over HTTP.
import type { FetchNode } from '@apollo/query-planner'
import type { AskSubgraph } from './fetch.ts'

export interface SubgraphLink {
  /** Asks without preparation, for operations that may never come again. */
  interpret(fetch: FetchNode): AskSubgraph
  /** Asks as cheaply as can be. `fellBack` is told of each call that had to be interpreted all the same. */
  compile(fetch: FetchNode, fellBack: () => void): AskSubgraph
}
