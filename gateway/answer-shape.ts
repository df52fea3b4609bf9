// The shape of an operation's answer: which type stands at which place, so that masks reported by (type, id, field)
// become paths. Worked out once a document.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { ApiError } from '../core/errors.ts'
import type { PersonalFields } from '../core/policy/personal.ts'

/** Lists nest their sizes: at this depth a list of lists of at most a hundred each is the most that can be asked for. */
const DEEPEST_ANSWER = 12

/** The alias under which the id of each entity is fetched beside what was asked for. Stripped before the answer leaves. */
export const ID_ALIAS = '_sovereign_id'

const ID_FIELD: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: 'id' },
  alias: { kind: Kind.NAME, value: ID_ALIAS },
}

/** The document with the id of each entity that has personal fields among its selections. Throws BAD_USER_INPUT. */
function withEntityIds(document: DocumentNode, schema: GraphQLSchema, personal: PersonalFields): DocumentNode {
  const types = new TypeInfo(schema)
  return visit(
    document,
    visitWithTypeInfo(types, {
      Field: ({ alias }) => {
        if (alias?.value !== ID_ALIAS) return
        throw new ApiError('BAD_USER_INPUT', { at: 'alias', expected: `any alias but ${ID_ALIAS}, which is reserved` })
      },
      SelectionSet: {
        leave: node => {
          const type = types.getParentType()?.name ?? ''
          return personal.has(type) ? { ...node, selections: [...node.selections, ID_FIELD] } : undefined
        },
      },
    }),
  )
}

export interface FieldShape {
  readonly responseKey: string
  readonly field: string
  /** True where null means that there is no entity that the viewer may know of. */
  readonly isEntity: boolean
  readonly isPersonal: boolean
  /** The shape below; undefined for a leaf. */
  readonly below: ObjectShape | undefined
}

export interface ObjectShape {
  readonly type: string
  readonly fields: readonly FieldShape[]
}

/** The shape of the operation's answer, with fields of one response key merged as execution merges them. Throws BAD_USER_INPUT. */
function answerShape(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
  personal: PersonalFields,
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
    for (const set of sets) collect(set, merged)
    return { type: type.name, fields: [...merged].flatMap(([key, nodes]) => fieldShape(type, key, nodes, depth)) }
  }

  // Every entity type of ours is an object type (a test of the schema holds that), so a fragment always applies.
  function collect(set: SelectionSetNode, into: Map<string, FieldNode[]>): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value
        into.set(key, [...(into.get(key) ?? []), selection])
      } else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
        if (fragment !== undefined) collect(fragment.selectionSet, into)
      }
    }
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
    const sets = nodes.flatMap(node => node.selectionSet ?? [])
    const isPersonal = personal.get(type.name)?.has(field) ?? false
    return [
      {
        responseKey,
        field,
        isEntity: personal.has(named.name) && !isPersonal,
        isPersonal,
        below: isObjectType(named) ? shapeOf(named, sets, depth + 1) : undefined,
      },
    ]
  }

  const root = schema.getRootType(operation.operation)
  return root ? shapeOf(root, [operation.selectionSet], 1) : { type: '', fields: [] }
}

/** What is executed for a document, and the shape of what it answers. */
export interface PreparedDocument {
  readonly document: DocumentNode
  readonly shape: ObjectShape
  /** Whether its answer depends on whom a viewer may know of, or changes what others are answered. */
  readonly isPersonal: boolean
  /** Whether any operation of the document asks for the schema. */
  readonly introspects: boolean
}

export type PrepareDocument = (document: DocumentNode, operation: OperationDefinitionNode) => PreparedDocument

/** Prepares each operation of each document once. The server keeps parsed documents, so that they are known by identity. */
export function preparerOf(schema: GraphQLSchema, personal: PersonalFields): PrepareDocument {
  const known = new WeakMap<OperationDefinitionNode, PreparedDocument>()
  const leadingToPersonal = typesLeadingTo(schema, personal)
  return (document, operation) => {
    const prepared = known.get(operation) ?? preparedOf(document, operation)
    known.set(operation, prepared)
    return prepared
  }

  function preparedOf(document: DocumentNode, operation: OperationDefinitionNode): PreparedDocument {
    const shape = answerShape(document, operation, schema, personal)
    // A page of a list tells of its entities even where none of them is selected.
    const isPublic = shape.fields.every(({ below }) => below !== undefined && !leadingToPersonal.has(below.type))
    const isPersonal = operation.operation !== 'query' || !isPublic
    const introspects = asksForSchema(document)
    return { document: withEntityIds(document, schema, personal), shape, isPersonal, introspects }
  }
}

// Validation admits these two names nowhere but at the root of a query.
function asksForSchema(document: DocumentNode): boolean {
  let asks = false
  visit(document, {
    Field: ({ name }) => {
      asks ||= name.value === '__schema' || name.value === '__type'
    },
  })
  return asks
}

/** The types with personal fields, and those from which they can be reached. */
function typesLeadingTo(schema: GraphQLSchema, personal: PersonalFields): ReadonlySet<string> {
  const leading = new Set(personal.keys())
  const types = Object.values(schema.getTypeMap()).filter(isObjectType)
  for (let before = -1; before !== leading.size; ) {
    before = leading.size
    for (const type of types) {
      const leads = Object.values(type.getFields()).some(each => leading.has(getNamedType(each.type).name))
      if (leads) leading.add(type.name)
    }
  }
  return leading
}
