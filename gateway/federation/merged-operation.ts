// Several fetches of entities from one subgraph as one operation, so that they are one request and the subgraph need not
// know anything of batches. Each fetch's names get a prefix of its own: `e0` before those of the first, `e1` of the second.
import { type DocumentNode, type FieldNode, Kind, type NameNode, OperationTypeNode, parse, print, visit } from 'graphql'
import type { ResponsePath, SubgraphError } from './errors.ts'
import { isPlaced, type SubgraphAnswer } from './fetch.ts'
import { setOwn } from './merge.ts'
import { operationIn } from './selection.ts'

/** Variables as JSON, so that each value is written once, whichever request it goes out in. */
export type VariableTexts = readonly (readonly [name: string, value: string])[]

const keyOf = (index: number) => `e${index}`
const nameOf = (index: number, name: string) => `${keyOf(index)}_${name}`

/** The text of an operation that asks what these do, each of which asks `_entities` and nothing beside. */
export function mergeOperations(texts: readonly string[]): string {
  const documents = texts.map((text, index) => renamed(parse(text, { noLocation: true }), index))
  const parts = documents.map(each => operationIn(each))
  const merged: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        variableDefinitions: parts.flatMap(({ operation }) => operation.variableDefinitions ?? []),
        selectionSet: {
          kind: Kind.SELECTION_SET,
          selections: parts.flatMap(({ operation }, index) =>
            operation.selectionSet.selections.map(each => ({ ...(each as FieldNode), alias: named(keyOf(index)) })),
          ),
        },
      },
      ...parts.flatMap(({ fragments }) => Object.values(fragments)),
    ],
  }
  return print(merged)
}

/** Whether an operation can be part of a merged one: it asks `_entities` and nothing beside, under no directive. */
export function canBeMerged(text: string): boolean {
  const { operation } = operationIn(parse(text, { noLocation: true }))
  const [only, ...others] = operation.selectionSet.selections
  if (operation.operation !== 'query' || operation.directives?.length || others.length > 0) return false
  return only?.kind === Kind.FIELD && only.name.value === '_entities' && only.alias === undefined
}

export function mergeVariables(variables: readonly VariableTexts[]): VariableTexts {
  return variables.flatMap((texts, index) => texts.map(([name, value]) => [nameOf(index, name), value] as const))
}

function renamed(document: DocumentNode, index: number): DocumentNode {
  const rename = <T extends { readonly name: NameNode }>(node: T): T => ({
    ...node,
    name: named(nameOf(index, node.name.value)),
  })
  return visit(document, { Variable: rename, FragmentSpread: rename, FragmentDefinition: rename })
}

const named = (value: string): NameNode => ({ kind: Kind.NAME, value })

/**
 * The answers to what was merged, with errors and extensions at the places where each would have had them. What has no
 * place, or none of theirs, is told with the first. Undefined where the whole has no data: whose fault that is cannot be told.
 */
export function splitAnswer(
  { data, errors, extensions }: SubgraphAnswer,
  count: number,
): readonly SubgraphAnswer[] | undefined {
  if (data === null || data === undefined) return undefined
  const answers = Array.from({ length: count }, (_, index) => ({ data: { _entities: data[keyOf(index)] } }))
  return errors || extensions ? withErrors(answers, errors, extensions) : answers
}

function withErrors(
  answers: readonly SubgraphAnswer[],
  errors: readonly SubgraphError[] = [],
  extensions: Readonly<Record<string, unknown>> = {},
): readonly SubgraphAnswer[] {
  const parts = answers.map(({ data }) => ({
    data,
    errors: [] as SubgraphError[],
    extensions: {} as Record<string, unknown>,
  }))
  const indexes = new Map<unknown, number>(parts.map((_, index) => [keyOf(index), index]))
  const indexOf = (path: ResponsePath | undefined) => indexes.get(path?.[0])
  const placed = <T extends { readonly path?: ResponsePath | undefined }>(each: T): T =>
    indexOf(each.path) === undefined ? each : { ...each, path: ['_entities', ...(each.path ?? []).slice(1)] }

  for (const error of errors) parts[indexOf(error.path) ?? 0]?.errors.push(placed(error))
  for (const [key, value] of Object.entries(extensions)) {
    if (!isPlaced(value)) {
      setOwn(parts[0]?.extensions ?? {}, key, value)
      continue
    }
    for (const [index, part] of parts.entries()) {
      const own = value.filter(({ path }) => (indexOf(path) ?? 0) === index).map(placed)
      if (own.length > 0) setOwn(part.extensions, key, own)
    }
  }
  return parts
}
