// A document may hold several operations, and a request that names none of them. Apollo Server leaves it to the executor to
// say so, and makes its OPERATION_RESOLUTION_FAILURE of it.
import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface'
import { GraphQLError } from 'graphql'

/** The answer to a request of which it is not known what shall be executed; undefined where it is. */
export function unresolvedOperation({
  operation,
  request,
}: Pick<GatewayGraphQLRequestContext, 'request'> & {
  readonly operation?: unknown
}): GatewayExecutionResult | undefined {
  if (operation !== undefined) return undefined
  const { operationName } = request
  const message = operationName
    ? `Unknown operation named "${operationName}".`
    : 'Must provide operation name if query contains multiple operations.'
  return { errors: [new GraphQLError(message)] }
}
