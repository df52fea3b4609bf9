// A graph that notes every statement it runs: what a request or a batch costs in turnarounds.
import type { Graph, Statement } from '../../core/graph/graph.ts'
import { portOf } from './faulty-graph.ts'

export interface CountingGraph extends Graph {
  /** The statements since the last call of `forget`, in the order in which they were run. */
  readonly statements: readonly string[]
  forget(): void
}

export function countingGraph(graph: Graph): CountingGraph {
  const statements: string[] = []
  const note = (statement: Statement) =>
    statements.push(typeof statement === 'string' ? statement : statement[graph.engine])
  return {
    ...portOf(graph),
    statements,
    forget: () => {
      statements.length = 0
    },
    read: (statement, params) => {
      note(statement)
      return graph.read(statement, params)
    },
    write: work =>
      graph.write(unit =>
        work({
          run: (statement, params) => {
            note(statement)
            return unit.run(statement, params)
          },
          guard: name => {
            note('guard')
            return unit.guard(name)
          },
        }),
      ),
  }
}
