// The shape of an operation's answer: which type stands at which place, so that masks reported by (type, id, field)
// become paths.
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { ApiError } from '../core/errors.ts'
import type { PersonalFields } from '../core/policy/personal.ts'

/** Lists nest their sizes: at this depth a list of lists of at most a hundred each is the most that can be asked for. */
const DEEPEST_ANSWER = 12

/** The alias under which the id of an entity is fetched that was not asked for. Stripped before the answer leaves. */
export const ID_ALIAS = '_sovereign_id'
/** The same for the type of an object that may be of several types. */
export const TYPE_ALIAS = '_sovereign_type'

const ID_FIELD: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: 'id' },
  alias: { kind: Kind.NAME, value: ID_ALIAS },
}

const TYPE_FIELD: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
  alias: { kind: Kind.NAME, value: TYPE_ALIAS },
}

/** Throws BAD_USER_INPUT where a client uses one of these aliases itself. */
export function refuseReservedAliases(document: DocumentNode): void {
  visit(document, {
    Field: ({ alias }) => {
      if (alias?.value !== ID_ALIAS && alias?.value !== TYPE_ALIAS) return
      throw new ApiError('BAD_USER_INPUT', { at: 'alias', expected: `any alias but ${alias.value}, which is reserved` })
    },
  })
}

/** The document with what tells each entity that has personal fields from others of its type: its id. */
export function withEntityIds(document: DocumentNode, schema: GraphQLSchema, personal: PersonalFields): DocumentNode {
  const types = new TypeInfo(schema)
  return visit(
    document,
    visitWithTypeInfo(types, {
      SelectionSet: {
        leave: node => {
          const added = whatTellsEntities(types.getParentType(), node, schema, personal)
          return added.length > 0 ? { ...node, selections: [...node.selections, ...added] } : undefined
        },
      },
    }),
  )
}

function whatTellsEntities(
  type: GraphQLCompositeType | null | undefined,
  asked: SelectionSetNode,
  schema: GraphQLSchema,
  personal: PersonalFields,
): readonly (FieldNode | InlineFragmentNode)[] {
  const isToldById = asked.selections.some(isPlainId)
  if (!isAbstractType(type)) return personal.has(type?.name ?? '') && !isToldById ? [ID_FIELD] : []
  const entities = isToldById ? [] : schema.getPossibleTypes(type).filter(({ name }) => personal.has(name))
  return [
    TYPE_FIELD,
    ...entities.map(
      ({ name }): InlineFragmentNode => ({
        kind: Kind.INLINE_FRAGMENT,
        typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
        selectionSet: { kind: Kind.SELECTION_SET, selections: [ID_FIELD] },
      }),
    ),
  ]
}

/** The id under its own name, whatever the variables. */
function isPlainId(selection: SelectionNode): boolean {
  if (selection.kind !== Kind.FIELD || selection.name.value !== 'id') return false
  return selection.alias === undefined && !selection.directives?.length
}

export interface FieldShape {
  readonly responseKey: string
  readonly field: string
  readonly args: readonly ArgumentNode[]
  /** True where null means that there is no entity that the viewer may know of. */
  readonly isEntity: boolean
  readonly isPersonal: boolean
  /** True where the field left the operation, so that what stands in its place is nothing. */
  readonly isPruned: boolean
  /** The shape below; undefined for a leaf. */
  readonly below: PlaceShape | undefined
}

export interface ObjectShape {
  readonly type: string
  readonly fields: readonly FieldShape[]
  /** Those that may have to be explained even where nothing is withheld of the entity: all but personal leaves. */
  readonly others: readonly FieldShape[]
  /** Whether its id may stand under its own name. */
  readonly asksId: boolean
}

export function objectShape(type: string, fields: readonly FieldShape[]): ObjectShape {
  const others = fields.filter(({ isPersonal, isPruned, below }) => !isPersonal || isPruned || below !== undefined)
  return {
    type,
    fields,
    others,
    asksId: fields.some(({ responseKey, field }) => responseKey === 'id' && field === 'id'),
  }
}

/** What stands at one place: an object of one type, or of several, by the name of the type. */
export type PlaceShape = ObjectShape | ReadonlyMap<string, ObjectShape>

/** The shapes of which an object at this place has one. */
export function typesAt(place: PlaceShape): readonly ObjectShape[] {
  return place instanceof Map ? [...place.values()] : [place as ObjectShape]
}

/** The shape of the operation's answer, with fields of one response key merged as execution merges them. Throws BAD_USER_INPUT. */
export function answerShape(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
  personal: PersonalFields,
  left: ReadonlySet<string>,
): ObjectShape {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }

  function shapeOf(type: GraphQLObjectType, sets: readonly SelectionSetNode[], depth: number): ObjectShape {
    if (depth > DEEPEST_ANSWER) {
      throw new ApiError('BAD_USER_INPUT', { at: 'document', expected: `at most ${DEEPEST_ANSWER} levels of fields` })
    }
    const merged = new Map<string, FieldNode[]>()
    for (const set of sets) collect(type, set, merged)
    return objectShape(
      type.name,
      [...merged].flatMap(([key, nodes]) => fieldShape(type, key, nodes, depth)),
    )
  }

  function collect(type: GraphQLObjectType, set: SelectionSetNode, into: Map<string, FieldNode[]>): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value
        into.set(key, [...(into.get(key) ?? []), selection])
      } else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
        if (fragment !== undefined && applies(fragment, type)) collect(type, fragment.selectionSet, into)
      }
    }
  }

  function applies({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode, type: GraphQLObjectType): boolean {
    if (typeCondition === undefined || typeCondition.name.value === type.name) return true
    const wanted = schema.getType(typeCondition.name.value)
    return isAbstractType(wanted) && schema.isSubType(wanted, type)
  }

  function fieldShape(
    type: GraphQLObjectType,
    responseKey: string,
    nodes: readonly FieldNode[],
    depth: number,
  ): FieldShape[] {
    const field = nodes[0]?.name.value ?? ''
    const definition = type.getFields()[field]
    if (definition === undefined) return []
    const named = getNamedType(definition.type)
    const isPersonal = personal.get(type.name)?.has(field) ?? false
    const isPruned = left.has(`${type.name}.${field}`)
    const types = isCompositeType(named) ? possibleTypes(named) : []
    const shapes = isPruned ? [] : types.map(each => shapeOf(each, setsOf(nodes), depth + 1))
    return [
      {
        responseKey,
        field,
        args: nodes[0]?.arguments ?? [],
        isEntity: types.some(({ name }) => personal.has(name)) && !isPersonal,
        isPersonal,
        isPruned,
        below: isAbstractType(named) ? new Map(shapes.map(each => [each.type, each])) : shapes[0],
      },
    ]
  }

  const possibleTypes = (type: GraphQLCompositeType) => (isObjectType(type) ? [type] : schema.getPossibleTypes(type))
  const root = schema.getRootType(operation.operation)
  return root ? shapeOf(root, [operation.selectionSet], 1) : objectShape('', [])
}

function setsOf(nodes: readonly FieldNode[]): readonly SelectionSetNode[] {
  return nodes.flatMap(node => node.selectionSet ?? [])
}
