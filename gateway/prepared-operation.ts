// What is made of a client's operation for one class of viewers, once: the document that is executed, and the shape by which
// its answer is explained.
import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql'
import type { CompiledMasks } from '../core/policy/compiled-masks.ts'
import type { PersonalFields } from '../core/policy/personal.ts'
import {
  answerShape,
  type ObjectShape,
  objectShape,
  type PlaceShape,
  refuseReservedAliases,
  typesAt,
  withEntityIds,
} from './answer-shape.ts'
import { type Pruned, prune } from './prune.ts'

export interface PreparedOperation {
  /** What the client's operation became for these viewers. */
  readonly pruned: Pruned
  /** What is executed: the same, with what tells its entities apart. */
  readonly document: DocumentNode
  /** Of all that was asked for, whatever left. */
  readonly asked: ObjectShape
  /** Of the answer, which has nothing below what left. */
  readonly shape: ObjectShape
  /** Of those parts of it of which anything can be withheld. */
  readonly explained: ObjectShape
  /** Whether its answer depends on whom a viewer may know of, or changes what others are answered. */
  readonly isPersonal: boolean
}

/** `masks` stands for the class of viewers and the policy. Throws BAD_USER_INPUT for what is no operation to be answered. */
export type PrepareOperation = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  masks: CompiledMasks,
) => PreparedOperation

/**
 * Prepares each operation of each document once for each class of viewers. The server keeps parsed documents, so that they
 * are known by identity; what was prepared is forgotten with the document or the policy.
 */
export function preparerOf(
  schema: GraphQLSchema,
  personal: PersonalFields,
  mayBeOff: (type: string, field: string) => boolean = () => false,
): PrepareOperation {
  const tells = { personal, mayBeOff }
  const known = new WeakMap<OperationDefinitionNode, WeakMap<CompiledMasks, PreparedOperation>>()
  const leadingToPersonal = typesLeadingTo(schema, personal)
  return (document, operation, masks) => {
    const byClass = known.get(operation) ?? new WeakMap<CompiledMasks, PreparedOperation>()
    known.set(operation, byClass)
    const prepared = byClass.get(masks) ?? prepare(document, operation, masks)
    byClass.set(masks, prepared)
    return prepared
  }

  function prepare(document: DocumentNode, operation: OperationDefinitionNode, masks: CompiledMasks) {
    refuseReservedAliases(document)
    const pruned = prune(document, operation, schema, masks.canShow)
    const shape = answerShape(document, operation, schema, personal, new Set(pruned.left))
    // A page of a list tells of its entities even where none of them is selected.
    const isPublic = shape.fields.every(({ below }) => below !== undefined && !leadsToPersonal(below))
    return {
      pruned,
      document: withEntityIds(pruned.document, schema, personal),
      asked: answerShape(document, operation, schema, personal, new Set()),
      shape,
      explained: withoutPublic(shape, tells),
      isPersonal: operation.operation !== 'query' || !isPublic,
    }
  }

  function leadsToPersonal(place: PlaceShape): boolean {
    return typesAt(place).some(({ type }) => leadingToPersonal.has(type))
  }
}

/** Of which fields an answer may have to tell why there is nothing: personal ones, and those of modules. */
interface Tells {
  readonly personal: PersonalFields
  readonly mayBeOff: (type: string, field: string) => boolean
}

/** The shape without the places that nothing can be withheld from, and that hold nothing to be stripped. */
function withoutPublic({ type, fields, asksId }: ObjectShape, tells: Tells): ObjectShape {
  const kept = fields.flatMap(field => {
    const below = placeWithoutPublic(field.below, tells)
    const isTold = field.isEntity || field.isPersonal || field.isPruned || tells.mayBeOff(type, field.field)
    return isTold || below ? [{ ...field, below }] : []
  })
  return { ...objectShape(type, kept), asksId }
}

function placeWithoutPublic(place: PlaceShape | undefined, tells: Tells): PlaceShape | undefined {
  if (place === undefined) return undefined
  const shapes = typesAt(place).map(each => withoutPublic(each, tells))
  if (place instanceof Map) return new Map(shapes.map(each => [each.type, each]))
  const [shape] = shapes
  return shape && (shape.fields.length > 0 || tells.personal.has(shape.type)) ? shape : undefined
}

/** The types with personal fields, and those from which they can be reached. */
function typesLeadingTo(schema: GraphQLSchema, personal: PersonalFields): ReadonlySet<string> {
  const leading = new Set(personal.keys())
  const types = Object.values(schema.getTypeMap()).filter(isCompositeType)
  for (let before = -1; before !== leading.size; ) {
    before = leading.size
    for (const type of types) {
      const next = isObjectType(type)
        ? Object.values(type.getFields()).map(each => getNamedType(each.type).name)
        : schema.getPossibleTypes(type).map(({ name }) => name)
      if (next.some(name => leading.has(name))) leading.add(type.name)
    }
  }
  return leading
}
