// The operations of schema/operations as the explorer offers them: by task, and by who may call them.
import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { getOperationAST, Kind, type OperationDefinitionNode, parse, valueFromASTUntyped } from 'graphql'
import type { Subgraph } from '../../core/subgraph.ts'
import { type ViewerKind, viewerKinds } from '../../core/viewer.ts'

const FOLDER = new URL('../../schema/operations/', import.meta.url)
const EXTENSION = '.graphql'

export interface PreparedOperation {
  readonly name: string
  readonly document: string
  /** The defaults that the document declares; variables without one are absent. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly kind: 'query' | 'mutation' | 'subscription'
  /** The subgraph that answers its first root field. */
  readonly task: string
  /** The kinds of viewer that may call all of it. What each is shown is another question. */
  readonly viewers: readonly ViewerKind[]
}

/** Reads them all, sorted by name. */
export async function preparedOperations(subgraphs: readonly Subgraph[]): Promise<PreparedOperation[]> {
  const files = (await readdir(FOLDER)).filter(file => file.endsWith(EXTENSION)).sort()
  return Promise.all(
    files.map(async file => {
      const document = await readFile(new URL(file, FOLDER), 'utf8')
      return { name: basename(file, EXTENSION), document, ...described(document, subgraphs) }
    }),
  )
}

function described(document: string, subgraphs: readonly Subgraph[]) {
  const operation = getOperationAST(parse(document))
  if (!operation) throw new Error('a file of schema/operations holds exactly one operation')
  const owners = rootFields(operation).flatMap(field =>
    subgraphs.flatMap(({ name, rootRules: { Query, Mutation } }) => {
      const rule = operation.operation === 'mutation' ? Mutation?.[field] : Query?.[field]
      return rule === undefined ? [] : [{ name, rule }]
    }),
  )
  return {
    variables: defaultsOf(operation),
    kind: operation.operation,
    task: owners[0]?.name ?? '',
    viewers: viewerKinds.filter(kind => owners.every(({ rule }) => rule.viewers.includes(kind))),
  }
}

function rootFields({ selectionSet }: OperationDefinitionNode): string[] {
  return selectionSet.selections.flatMap(each => (each.kind === Kind.FIELD ? [each.name.value] : []))
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  )
}
