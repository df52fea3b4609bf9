// The documents that the op command sends, those of schema/operations by name, and what it must know of one.
import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { GraphQLError, Kind, type OperationDefinitionNode, parse } from 'graphql'
import { CommandError } from './command-error.ts'

const SHIPPED = new URL('../schema/operations/', import.meta.url)
const EXTENSION = '.graphql'
const IDEMPOTENCY_KEY = 'idempotencyKey'

/** The text of a shipped operation by its name, or of any other by the path of its .graphql file. Throws CommandError. */
export async function readOperation(nameOrPath: string): Promise<string> {
  const file = nameOrPath.endsWith(EXTENSION)
    ? nameOrPath
    : new URL(`${await shippedName(nameOrPath)}${EXTENSION}`, SHIPPED)
  return readFile(file, 'utf8').catch(() => {
    throw new CommandError(`There is no operation file ${nameOrPath}.`)
  })
}

async function shippedName(name: string): Promise<string> {
  const files = await readdir(SHIPPED).catch(() => [])
  const names = files.filter(file => file.endsWith(EXTENSION)).map(file => basename(file, EXTENSION))
  if (names.includes(name)) return name
  throw new CommandError(
    `There is no operation ${name}. Expected a path or one of: ${names.sort().join(', ') || 'none yet'}.`,
  )
}

/** Gives a mutation that declares an idempotency key a random one, unless the variables have it. */
export function withIdempotencyKey(
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const declares = definitionOf(document).variableDefinitions?.some(
    ({ variable }) => variable.name.value === IDEMPOTENCY_KEY,
  )
  return declares === true && !(IDEMPOTENCY_KEY in variables)
    ? { ...variables, [IDEMPOTENCY_KEY]: randomUUID() }
    : variables
}

function definitionOf(document: string): OperationDefinitionNode {
  const definitions = parsed(document).filter(definition => definition.kind === Kind.OPERATION_DEFINITION)
  const [first] = definitions
  if (first === undefined || definitions.length > 1) {
    throw new CommandError(`The document has ${definitions.length} operations. Expected one.`)
  }
  return first
}

function parsed(document: string) {
  try {
    return parse(document).definitions
  } catch (error) {
    throw error instanceof GraphQLError ? new CommandError(`The document is not GraphQL. ${error.message}`) : error
  }
}
