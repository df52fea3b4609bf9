// Root fields that ask about the schema itself. No subgraph is asked: they are answered from the schema of clients.
import {
  type DocumentNode,
  executeSync,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql'
import { fieldsOf, type Selecting, type Variables } from './selection.ts'

/** Answers `__schema` and `__type` of the operation, by response key. */
export function introspect(selecting: Selecting, variableValues: Variables): (key: string) => unknown {
  const { schema, operation, fragments } = selecting
  return key => {
    const type = schema.getRootType(operation.operation)
    const selections = (type && fieldsOf(selecting, type, [operation.selectionSet]).get(key)) ?? []
    const query: OperationDefinitionNode = {
      kind: Kind.OPERATION_DEFINITION,
      operation: OperationTypeNode.QUERY,
      variableDefinitions: operation.variableDefinitions ?? [],
      selectionSet: { kind: Kind.SELECTION_SET, selections },
    }
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [query, ...Object.values(fragments)] }
    const { data, errors } = executeSync({ schema, document, variableValues })
    if (errors?.[0] !== undefined) throw new GraphQLError(errors[0].message)
    return data?.[key]
  }
}
