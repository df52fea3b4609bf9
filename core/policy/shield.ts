// The language in which root operations are guarded, and the only module that knows graphql-shield.
// Rules here look at the viewer alone; what they see of a customer is decided by the masks.

import type { GraphQLSchema } from 'graphql'
import { applyMiddleware } from 'graphql-middleware'
import { rule, shield } from 'graphql-shield'
import type { RequestContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { type ViewerKind, viewerKinds } from '../viewer.ts'

/** Who may call a root operation, and whether a purpose must be stated because it reaches personal data. */
export interface RootRule {
  readonly viewers: readonly ViewerKind[]
  readonly needsPurpose: boolean
}

/** One row a root operation. An operation without a row is closed to everybody. */
export interface RootRules {
  readonly Query?: { readonly [field: string]: RootRule }
  readonly Mutation?: { readonly [field: string]: RootRule }
}

/** Open to these viewers for a stated purpose: the operation reaches personal data. */
export function forPurpose(...viewers: readonly ViewerKind[]): RootRule {
  return { viewers, needsPurpose: true }
}

/** Open to these viewers whatever the purpose: the operation reaches no personal data, or is the viewer's own act. */
export function open(...viewers: readonly ViewerKind[]): RootRule {
  return { viewers, needsPurpose: false }
}

export const everybody: readonly ViewerKind[] = viewerKinds

/** Why the root rule refuses this viewer, or undefined when it does not. Pure. */
export function refusal(guarded: RootRule, viewer: RequestContext['viewer']): ApiError | undefined {
  if (!guarded.viewers.includes(viewer.kind)) {
    return new ApiError('FORBIDDEN', { expected: guarded.viewers.join(' or '), got: viewer.kind })
  }
  if (guarded.needsPurpose && viewer.purpose === undefined) return new ApiError('PURPOSE_REQUIRED')
  return undefined
}

/** Guards the root fields of the schema of a subgraph, which are closed while it is a module that is off. Must run before buildSubgraphSchema, so that `_service` and `_entities` stay open. */
export function guardRootFields(schema: GraphQLSchema, rules: RootRules, subgraph: string): GraphQLSchema {
  const { Query = {}, Mutation = {} } = rules
  const table = {
    ...(schema.getQueryType() ? { Query: toShieldRules(Query, subgraph) } : {}),
    ...(schema.getMutationType() ? { Mutation: toShieldRules(Mutation, subgraph) } : {}),
  }
  const guard = shield(table, {
    fallbackRule: rule({ cache: 'no_cache' })(() => new ApiError('FORBIDDEN')),
    fallbackError: new ApiError('FORBIDDEN'),
    allowExternalErrors: true,
  }).generate(schema) as { readonly [type: string]: object }
  // The generated middleware also covers every nested field; those are masked per entity, at a hundredth of the cost.
  const { Query: onQuery, Mutation: onMutation } = guard
  return applyMiddleware(schema, { ...(onQuery && { Query: onQuery }), ...(onMutation && { Mutation: onMutation }) })
}

function toShieldRules(rules: { readonly [field: string]: RootRule }, subgraph: string) {
  return Object.fromEntries(
    Object.entries(rules).map(([field, guarded]) => [
      field,
      // Never cached: shield's contextual cache has shared one decision between two customers.
      rule({ cache: 'no_cache' })((_parent, _args, context: RequestContext) => {
        try {
          const refused = refusal(guarded, context.viewer)
          if (refused !== undefined) return refused
          return context.services.modules.isOff(subgraph) ? new ApiError('MODULE_DISABLED', { got: subgraph }) : true
        } catch (cause) {
          // Shield takes a rule that throws for a refusal; a failure of ours must not look like one.
          return cause instanceof Error ? cause : new ApiError('INTERNAL_SERVER_ERROR', {}, cause)
        }
      }),
    ]),
  )
}
