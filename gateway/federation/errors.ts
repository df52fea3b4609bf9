// Errors of subgraphs as clients see them, with the codes and places that Apollo's gateway gives them.
import { GraphQLError } from 'graphql'

export type ResponsePath = readonly (string | number)[]

/** An error as a subgraph's answer holds it, from this process or off the wire. */
export interface SubgraphError {
  readonly message?: string
  readonly path?: ResponsePath | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** The error at its place in the operation's answer. */
export function downstreamError(error: SubgraphError, subgraph: string, path: ResponsePath | undefined): GraphQLError {
  const { message, extensions } = error
  return new GraphQLError(message || `Error while fetching subquery from service "${subgraph}"`, {
    originalError: error as Error,
    path,
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', ...extensions, serviceName: subgraph },
  })
}

/** What a fetch threw, as an error of the answer. It has no place: nothing of the fetch arrived. */
export function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error
  return new GraphQLError(error instanceof Error ? error.message : String(error), {
    ...(error instanceof Error && { originalError: error }),
  })
}
