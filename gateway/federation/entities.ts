// The field `_entities` of a subgraph, by which the gateway asks for more of entities that it knows. @apollo/subgraph
// resolves each representation through an asynchronous function and writes the type's name on what it gives, from where
// graphql-js reads it again. A compiled operation knows the type from the representation.
import { type GraphQLField, type GraphQLObjectType, type GraphQLResolveInfo, isObjectType } from 'graphql'
import { type Complete, isPromise } from './complete-value.ts'

type ResolveReference = (representation: Representation, context: unknown, info: GraphQLResolveInfo) => unknown
type Representation = { readonly __typename: string }

/** What a reference resolver gave, with the type that was asked for. */
class Referred {
  readonly type: GraphQLObjectType
  readonly value: unknown

  constructor(type: GraphQLObjectType, value: unknown) {
    this.type = type
    this.value = value
  }
}

/** The same field with a resolver whose items carry their type. Interfaces go the way of @apollo/subgraph. */
export function withReferredTypes(definition: GraphQLField<unknown, unknown>): GraphQLField<unknown, unknown> {
  return {
    ...definition,
    resolve: (source, args, context, info) => {
      const { representations } = args as { readonly representations: readonly Representation[] }
      const types = representations.map(({ __typename }) => info.schema.getType(__typename))
      if (!types.every(isObjectType)) return definition.resolve?.(source, args, context, info)
      const referred: Referred[] = []
      for (const [index, type] of types.entries()) {
        const representation = representations[index] as Representation
        const resolveReference = resolveReferenceOf(type)
        try {
          const value = resolveReference ? resolveReference(representation, context, info) : representation
          referred.push(new Referred(type, value))
        } catch (error) {
          // Those before may still reject, and with this one thrown nobody waits for them.
          for (const { value } of referred) if (isPromise(value)) value.catch(() => {})
          throw error
        }
      }
      return referred
    },
  }
}

/** Completes an item that carries its type by `completeType`, and any other by `complete`. */
export function completeReferred(complete: Complete, completeType: (type: GraphQLObjectType) => Complete): Complete {
  return (execution, item, place, field) => {
    if (!(item instanceof Referred)) return complete(execution, item, place, field)
    const completeValue = completeType(item.type)
    const { value } = item
    return isPromise(value)
      ? value.then(resolved => completeValue(execution, resolved, place, field))
      : completeValue(execution, value, place, field)
  }
}

function resolveReferenceOf({ extensions }: GraphQLObjectType): ResolveReference | undefined {
  const { apollo } = extensions as { apollo?: { subgraph?: { resolveReference?: ResolveReference } } }
  return apollo?.subgraph?.resolveReference
}
