// What an operation selects below a field, so that the resolver of that field can read all of it at once.
import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

type Operation = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>

/** One place at which a field is selected: an alias with its own arguments, and what is selected below it. */
export interface SelectedField {
  /** As the resolver will be given them; undefined where they are at odds with the schema, of which the field itself will tell. */
  readonly args: { readonly [name: string]: unknown } | undefined
  readonly below: Selection
}

/** The fields that are selected of one object type, as execution will collect them: fragments merged, what is skipped left out. */
export class Selection {
  readonly #operation: Operation
  readonly #type: GraphQLNamedType
  readonly #sets: readonly SelectionSetNode[]
  #collected: ReadonlyMap<string, ReadonlyMap<string, readonly FieldNode[]>> | undefined

  constructor(operation: Operation, type: GraphQLNamedType, sets: readonly SelectionSetNode[]) {
    this.#operation = operation
    this.#type = type
    this.#sets = sets
  }

  has(field: string): boolean {
    return this.#fields.has(field)
  }

  /** Every place at which the field is selected; none where it is not. */
  all(field: string): readonly SelectedField[] {
    const definition = this.#objectType?.getFields()[field]
    if (definition === undefined) return []
    return [...(this.#fields.get(field)?.values() ?? [])].map(nodes => ({
      args: argumentsOf(() => getArgumentValues(definition, nodes[0] as FieldNode, this.#operation.variableValues)),
      below: new Selection(this.#operation, getNamedType(definition.type), setsOf(nodes)),
    }))
  }

  /** What is selected below the last of these fields, each below the one before; several places of one field as one. */
  at(...path: readonly string[]): Selection {
    return path.reduce<Selection>((selection, field) => selection.#below(field), this)
  }

  #below(field: string): Selection {
    const type = this.#objectType?.getFields()[field]?.type
    const nodes = [...(this.#fields.get(field)?.values() ?? [])].flat()
    return new Selection(this.#operation, type === undefined ? this.#type : getNamedType(type), setsOf(nodes))
  }

  get #objectType(): GraphQLObjectType | undefined {
    return isObjectType(this.#type) ? this.#type : undefined
  }

  /** The nodes by field and response key. */
  get #fields(): ReadonlyMap<string, ReadonlyMap<string, readonly FieldNode[]>> {
    this.#collected ??= this.#collect()
    return this.#collected
  }

  #collect(): ReadonlyMap<string, ReadonlyMap<string, readonly FieldNode[]>> {
    const fields = new Map<string, Map<string, FieldNode[]>>()
    const visit = (set: SelectionSetNode): void => {
      for (const node of set.selections.filter(each => this.#isIncluded(each))) {
        if (node.kind === Kind.FIELD) {
          const places = fields.get(node.name.value) ?? new Map<string, FieldNode[]>()
          const key = node.alias?.value ?? node.name.value
          fields.set(node.name.value, places.set(key, [...(places.get(key) ?? []), node]))
        } else {
          const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.#operation.fragments[node.name.value]
          if (fragment !== undefined && this.#applies(fragment.typeCondition?.name.value)) visit(fragment.selectionSet)
        }
      }
    }
    for (const set of this.#sets) visit(set)
    return fields
  }

  #isIncluded(node: SelectionNode): boolean {
    const { variableValues } = this.#operation
    if (!node.directives?.length) return true
    const isSkipped = getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if === true
    return !isSkipped && getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false
  }

  #applies(condition: string | undefined): boolean {
    if (condition === undefined || condition === this.#type.name) return true
    const type = this.#operation.schema.getType(condition)
    return isAbstractType(type) && isObjectType(this.#type) && this.#operation.schema.isSubType(type, this.#type)
  }
}

/**
 * What is selected below the field that is being resolved. For a field that answers several types, such as `_entities`, of
 * the type that is named.
 */
export function selectionBelow(info: GraphQLResolveInfo, typeName?: string): Selection {
  const type = typeName === undefined ? getNamedType(info.returnType) : info.schema.getType(typeName)
  if (type === undefined) throw new Error(`the schema has no type ${typeName}`)
  return new Selection(info, type, setsOf(info.fieldNodes))
}

/** Makes something of the selection below a field once a request, though each entity of a list resolves that field anew. */
export function oncePerField<T>(make: (info: GraphQLResolveInfo) => T): (info: GraphQLResolveInfo) => T {
  const made = new WeakMap<readonly FieldNode[], { readonly value: T }>()
  return info => {
    const known = made.get(info.fieldNodes) ?? { value: make(info) }
    made.set(info.fieldNodes, known)
    return known.value
  }
}

function setsOf(nodes: readonly FieldNode[]): readonly SelectionSetNode[] {
  return nodes.flatMap(node => node.selectionSet ?? [])
}

function argumentsOf(read: () => { readonly [name: string]: unknown }) {
  try {
    return read()
  } catch {
    return undefined
  }
}
