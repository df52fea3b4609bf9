// Tells of an operation what would become of it, by the same steps that it would go through, without executing anything.
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  isNonNullType,
  isObjectType,
  parse,
  print,
  validate,
} from 'graphql'
import type {
  Analyses,
  CoordinatesAnalysis,
  OperationAnalysis,
  PersonalCoordinate,
  StatedOperation,
} from '../core/access/analysis.ts'
import { ApiError } from '../core/errors.ts'
import { compiledMasks } from '../core/policy/compiled-masks.ts'
import { notVisible } from '../core/policy/decide-access.ts'
import type { PersonalFields } from '../core/policy/personal.ts'
import type { Policy } from '../core/policy/policy.ts'
import { type RootRule, type RootRules, refusal } from '../core/policy/shield.ts'
import type { Viewer } from '../core/viewer.ts'
import { type FieldShape, type ObjectShape, typesAt } from './answer-shape.ts'
import { coordinatesCost, staticCost } from './cost.ts'
import type { PrepareOperation } from './prepared-operation.ts'
import { withPurpose } from './purpose.ts'

/** As for documents that are asked. */
const MOST_TOKENS = 2_000
const LONGEST_DOCUMENT = 20_000

interface Analysing {
  readonly schema: GraphQLSchema
  readonly personal: PersonalFields
  readonly rootRules: readonly RootRules[]
  readonly prepare: PrepareOperation
}

export function analysesOf({ schema, personal, rootRules, prepare }: Analysing): Analyses {
  const masksOf = (policy: Policy, viewer: Viewer) => compiledMasks(personal, policy, viewer)

  function ruleOf(type: string, field: string): RootRule | undefined {
    const kind = type === schema.getQueryType()?.name ? 'Query' : 'Mutation'
    return rootRules.flatMap(rules => rules[kind]?.[field] ?? [])[0]
  }

  function coordinate(policy: Policy, viewer: Viewer, type: string, field: string): PersonalCoordinate[] {
    const found = personal.get(type)?.get(field)
    return found ? [{ ...found, type, field, isPruned: !masksOf(policy, viewer).canShow(type, field) }] : []
  }

  function ofOperation(policy: Policy, viewer: Viewer, stated: StatedOperation): OperationAnalysis {
    const { document, operation } = read(stated, schema)
    const { pruned, asked, shape } = prepare(document, operation, masksOf(policy, viewer))
    const refused = shape.fields.flatMap(({ field }) => {
      const refusing = ruleOf(shape.type, field)
      const error = refusing && refusal(refusing, viewer)
      return error ? [{ coordinate: `${shape.type}.${field}`, code: error.code, field }] : []
    })
    const leftAndRefused = viewer.refusesPruned === true ? pruned.left : []
    // The whole of such an operation is refused.
    const answered = leftAndRefused.length > 0 ? [] : answeredOf(shape, refused, schema)
    const fields = new Map(
      answered.flatMap(each => personalBelow(shape.type, each)).map(each => [`${each.type}.${each.field}`, each]),
    )
    return {
      pruned: print(pruned.document),
      fields: [...fields.values()].flatMap(({ type, field }) => coordinate(policy, viewer, type, field)),
      rows: answered
        .filter(({ isEntity }) => isEntity)
        .map(({ field }) => ({ type: shape.type, field, reason: notVisible(policy) })),
      refused: [
        ...refused.map(({ coordinate: at, code }) => ({ coordinate: at, code })),
        ...leftAndRefused.map(at => ({ coordinate: at, code: 'FIELDS_NOT_GRANTED' })),
      ],
      cost: staticCost(asked, operation, schema, stated.variables),
      prunedCost: staticCost(shape, operation, schema, stated.variables),
    }
  }

  function ofCoordinates(policy: Policy, viewer: Viewer, coordinates: readonly string[]): CoordinatesAnalysis {
    const asked = new Map(coordinates.flatMap(fieldsNamed).map(each => [`${each.type}.${each.field}`, each]))
    const fields = [...asked.values()].flatMap(({ type, field }) => coordinate(policy, viewer, type, field))
    const pruned = new Set(fields.flatMap(({ type, field, isPruned }) => (isPruned ? `${type}.${field}` : [])))
    const left = [...asked].flatMap(([name, each]) => (pruned.has(name) ? [] : each))
    return {
      fields,
      cost: coordinatesCost([...asked.values()], schema),
      prunedCost: coordinatesCost(left, schema),
    }
  }

  function fieldsNamed(text: string): readonly Coordinate[] {
    const [typeName = '', field, ...rest] = text.split('.')
    const type = schema.getType(typeName)
    const fields = isObjectType(type) ? Object.keys(type.getFields()) : []
    if (fields.length === 0 || rest.length > 0 || (field !== undefined && !fields.includes(field))) {
      throw new ApiError('BAD_USER_INPUT', { at: 'coordinates', expected: 'Type or Type.field of the schema' })
    }
    return (field === undefined ? fields : [field]).map(each => ({ type: typeName, field: each }))
  }

  return { withPurpose, masksOf, ofOperation, ofCoordinates }
}

/** Parses and validates as for an operation that is asked. Throws BAD_USER_INPUT with the first problem. */
function read({ document: text, operationName }: StatedOperation, schema: GraphQLSchema) {
  if (text.length > LONGEST_DOCUMENT) throw unreadable(`at most ${LONGEST_DOCUMENT} characters`)
  const document = parsed(text)
  const [problem] = validate(schema, document, undefined, { maxErrors: 1 })
  if (problem !== undefined) throw unreadable(`a valid document. ${problem.message}`)
  const operation = getOperationAST(document, operationName)
  if (!operation) throw unreadable('one operation, or the name of one')
  return { document, operation }
}

function parsed(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: MOST_TOKENS })
  } catch (error) {
    throw unreadable(`a document of GraphQL. ${(error as GraphQLError).message}`)
  }
}

function unreadable(expected: string): ApiError {
  return new ApiError('BAD_USER_INPUT', { at: 'document', expected })
}

/** The root fields that are not refused: none where one that is refused may not be null. */
function answeredOf(
  { type, fields }: ObjectShape,
  refused: readonly { readonly field: string }[],
  schema: GraphQLSchema,
): readonly FieldShape[] {
  const root = schema.getType(type)
  const isRefused = (field: string) => refused.some(each => each.field === field)
  const takesAll = ({ field }: FieldShape) =>
    isRefused(field) && isObjectType(root) && isNonNullType(root.getFields()[field]?.type)
  return fields.some(takesAll) ? [] : fields.filter(({ field }) => !isRefused(field))
}

interface Coordinate {
  readonly type: string
  readonly field: string
}

function personalBelow(type: string, { field, isPersonal, below }: FieldShape): readonly Coordinate[] {
  const under = below
    ? typesAt(below).flatMap(shape => shape.fields.flatMap(each => personalBelow(shape.type, each)))
    : []
  return isPersonal ? [{ type, field }, ...under] : under
}
