// Takes out of an operation, before it is planned, what this viewer can never be shown: nobody fetches it then. Pure.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'

/** Whether a field of an object type could be shown to the viewer of anybody. */
export type CanShow = (type: string, field: string) => boolean

export interface Pruned {
  /** The operation with the fragments that it still uses; the document that was given where nothing left. */
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** The coordinates of what left, such as `Customer.phone`, sorted. */
  readonly left: readonly string[]
}

/**
 * In the place of each field that leaves stands `__typename`, which costs no fetch, under the response key and the
 * directives of the field: so the answer has its keys where they would have been, an object of which every field left stays
 * an object, and whoever explains the answer puts null there. Where an interface hides a field of some of its types only,
 * the field leaves for those. What changes something is done all the same: fields of Mutation stay.
 */
export function prune(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
  canShow: CanShow,
): Pruned {
  const given = fragmentsOf(document)
  const rewritten = new Map<string, FragmentDefinitionNode>()
  const left = new Set<string>()

  function selectionSet(set: SelectionSetNode, parent: GraphQLCompositeType): SelectionSetNode {
    return { ...set, selections: set.selections.flatMap(each => selection(each, parent)) }
  }

  function selection(node: SelectionNode, parent: GraphQLCompositeType): SelectionNode | readonly SelectionNode[] {
    switch (node.kind) {
      case Kind.FIELD:
        return field(node, parent)
      case Kind.INLINE_FRAGMENT:
        return { ...node, selectionSet: selectionSet(node.selectionSet, conditionOf(node, parent)) }
      case Kind.FRAGMENT_SPREAD:
        fragment(node.name.value)
        return node
    }
  }

  function field(node: FieldNode, parent: GraphQLCompositeType): FieldNode | readonly InlineFragmentNode[] {
    const definition = fieldOf(parent, node.name.value)
    if (definition === undefined) return node
    if (parent === schema.getMutationType()) return below(node, definition)
    const possible = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [parent]
    const hiding = possible.filter(type => !canShow(type.name, definition.name))
    for (const type of hiding) left.add(`${type.name}.${definition.name}`)
    if (hiding.length === 0) return below(node, definition)
    if (hiding.length === possible.length) return placeOf(node)
    const shown = below(node, definition)
    return possible.map(type => onType(type, hiding.includes(type) ? placeOf(node) : shown))
  }

  function below(node: FieldNode, definition: GraphQLField<unknown, unknown>): FieldNode {
    const type = getNamedType(definition.type)
    if (node.selectionSet === undefined || !isCompositeType(type)) return node
    return { ...node, selectionSet: selectionSet(node.selectionSet, type) }
  }

  function conditionOf(node: InlineFragmentNode, parent: GraphQLCompositeType): GraphQLCompositeType {
    const type = node.typeCondition && schema.getType(node.typeCondition.name.value)
    return isCompositeType(type) ? type : parent
  }

  function fragment(name: string): void {
    const node = given.get(name)
    const type = node && schema.getType(node.typeCondition.name.value)
    if (node === undefined || rewritten.has(name) || !isCompositeType(type)) return
    rewritten.set(name, { ...node, selectionSet: selectionSet(node.selectionSet, type) })
  }

  const root = schema.getRootType(operation.operation)
  if (!root) return { document, operation, left: [] }
  const selected = { ...operation, selectionSet: selectionSet(operation.selectionSet, root) }
  if (left.size === 0) return { document, operation, left: [] }
  const fragments = [...rewritten.values()]
  const pruned = { ...selected, variableDefinitions: usedVariables(selected, fragments) }
  return {
    document: { kind: Kind.DOCUMENT, definitions: [pruned, ...fragments] },
    operation: pruned,
    left: [...left].sort(),
  }
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = definitions.filter(each => each.kind === Kind.FRAGMENT_DEFINITION)
  return new Map(fragments.map(each => [each.name.value, each]))
}

/** Undefined for `__typename` and for what asks about the schema. */
function fieldOf(parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  return 'getFields' in parent ? parent.getFields()[name] : undefined
}

function placeOf({ name, alias = name, directives = [] }: FieldNode): FieldNode {
  return { kind: Kind.FIELD, alias, name: { kind: Kind.NAME, value: '__typename' }, directives }
}

function onType({ name }: GraphQLObjectType, node: FieldNode): InlineFragmentNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
    selectionSet: { kind: Kind.SELECTION_SET, selections: [node] },
  }
}

function usedVariables(operation: OperationDefinitionNode, fragments: readonly FragmentDefinitionNode[]) {
  const used = new Set<string>()
  const note = { Variable: ({ name }: { readonly name: { readonly value: string } }) => void used.add(name.value) }
  for (const directive of operation.directives ?? []) visit(directive, note)
  for (const { selectionSet } of [operation, ...fragments]) visit(selectionSet, note)
  return (operation.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value))
}
