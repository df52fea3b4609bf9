// Composes the subgraphs into the supergraph. What does not compose, or only with a hint, fails the build.
import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import type { BuiltSubgraph } from '../core/subgraph.ts'

/** The supergraph's SDL. Throws with every error and hint of the composition. */
export function composeSupergraph(subgraphs: readonly BuiltSubgraph[]): string {
  const composed = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl), url: `in-process://${name}` })),
  )
  const problems = [...(composed.errors ?? []), ...(composed.hints ?? [])].map(problem => problem.message)
  if (problems.length > 0 || composed.supergraphSdl === undefined) {
    throw new Error(`The subgraphs do not compose:\n${problems.join('\n')}`)
  }
  return composed.supergraphSdl
}
