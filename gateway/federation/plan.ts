// Stage 1: Apollo's composition and planner, unchanged. A supergraph goes in, plans of operations come out.
import { operationFromDocument, Supergraph } from '@apollo/federation-internals'
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql'

export interface Planner {
  /** The schema that clients see. */
  readonly apiSchema: GraphQLSchema
  /** With the types and fields that clients do not see. */
  readonly supergraphSchema: GraphQLSchema
  /** The address of each subgraph, by its name; as composition was told. */
  readonly urls: ReadonlyMap<string, string>
  /** Plans one operation of a valid document: pure JavaScript, up to hundreds of milliseconds. Throws GraphQLError. */
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan
}

/** Throws for a supergraph that Apollo's tools do not accept. */
export function openPlanner(supergraphSdl: string): Planner {
  const supergraph = Supergraph.build(supergraphSdl)
  const api = supergraph.apiSchema()
  const planner = new QueryPlanner(supergraph)
  const urls = new Map<string, string>()
  for (const { name, url } of supergraph.subgraphsMetadata()) urls.set(name, url)
  return {
    apiSchema: api.toGraphQLJSSchema(),
    supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
    urls,
    plan: (document, operationName) => {
      const operation = operationFromDocument(api, document, operationName === undefined ? {} : { operationName })
      const plan = planner.buildQueryPlan(operation)
      if (plan.node?.kind === 'Subscription') throw new GraphQLError('Subscriptions are not planned.')
      return plan
    },
  }
}
