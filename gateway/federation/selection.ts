// Which fields of a selection set apply to one type. Worked out when an operation is compiled: a document with @skip or
// @include is compiled once for each combination of the values that it is given.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'

export type Variables = { readonly [name: string]: unknown }

/** An operation, its fragments, and the values of the variables that stand in its @skip and @include. */
export interface Selecting {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: { readonly [name: string]: FragmentDefinitionNode }
  readonly conditions: Variables
}

/** The operation of that name, or the only one, with its fragments. Throws where the document has none. */
export function operationIn(
  document: DocumentNode,
  name?: string | undefined,
): Omit<Selecting, 'schema' | 'conditions'> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null)
  let operation: OperationDefinitionNode | undefined
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    if (name === undefined || definition.name?.value === name) operation = definition
  }
  if (operation === undefined) throw new Error(`the document has no operation ${name ?? ''}`)
  return { operation, fragments }
}

/** The fields of these selection sets that apply to `type`, by response key, in the order of the document. */
export function fieldsOf(
  selecting: Selecting,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
): ReadonlyMap<string, readonly FieldNode[]> {
  const fields = new Map<string, FieldNode[]>()
  const visited = new Set<string>()

  function collect(set: SelectionSetNode): void {
    for (const selection of set.selections) {
      if (!isIncluded(selection, selecting.conditions)) continue
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value
        const nodes = fields.get(key)
        if (nodes === undefined) fields.set(key, [selection])
        else nodes.push(selection)
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (applies(selecting.schema, selection.typeCondition?.name.value, type)) collect(selection.selectionSet)
      } else {
        const name = selection.name.value
        const fragment = selecting.fragments[name]
        if (visited.has(name) || fragment === undefined) continue
        visited.add(name)
        if (applies(selecting.schema, fragment.typeCondition.name.value, type)) collect(fragment.selectionSet)
      }
    }
  }

  for (const set of sets) collect(set)
  return fields
}

export function selectionSetsOf(nodes: readonly FieldNode[]): readonly SelectionSetNode[] {
  return nodes.flatMap(node => node.selectionSet ?? [])
}

/** The variables that decide which fields an operation has at all. */
export function conditionNames(document: DocumentNode): readonly string[] {
  const names = new Set<string>()
  visit(document, {
    Directive: ({ name, arguments: given = [] }) => {
      if (name.value !== 'skip' && name.value !== 'include') return
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value)
    },
  })
  return [...names]
}

/** Of an execution's variables only these: what is compiled for them is kept, and other values are nothing to keep. */
export function conditionsOf(names: readonly string[], variables: Variables): Variables {
  return Object.fromEntries(names.map(name => [name, variables[name]]))
}

function isIncluded(selection: SelectionNode, conditions: Variables): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true
  if (getDirectiveValues(GraphQLSkipDirective, selection, conditions)?.if === true) return false
  return getDirectiveValues(GraphQLIncludeDirective, selection, conditions)?.if !== false
}

function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLCompositeType): boolean {
  if (condition === undefined || condition === type.name) return true
  const wanted = schema.getType(condition)
  if (!isAbstractType(wanted) || type.astNode?.kind === Kind.UNION_TYPE_DEFINITION) return false
  return schema.isSubType(wanted, type as Exclude<typeof type, { getTypes(): unknown }>)
}
