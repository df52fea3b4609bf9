import { readdirSync, readFileSync } from 'node:fs'
import { type GraphQLSchema, Kind, type OperationDefinitionNode, parse, validate } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { seededId } from '../../core/ids.ts'
import { buildSubgraph } from '../../core/subgraph.ts'
import { openSupergraph, type Supergraph } from '../../gateway/execution.ts'
import { subgraphs } from '../../gateway/subgraphs.ts'
import { SEED_PARTNER_ID } from '../../seeds/generate.ts'

const OPERATIONS = new URL('../../schema/operations/', import.meta.url)
const files = readdirSync(OPERATIONS)

let supergraph: Supergraph
let schema: GraphQLSchema

beforeAll(async () => {
  supergraph = openSupergraph(await Promise.all(subgraphs.map(buildSubgraph)), () => {})
  schema = supergraph.schema
})

describe.each(files)('%s', file => {
  const text = readFileSync(new URL(file, OPERATIONS), 'utf8')
  const document = parse(text)

  test('is one operation of the name of its file, and says first what it shows', () => {
    expect(document.definitions).toHaveLength(1)
    expect(`${operationIn(document).name?.value}.graphql`).toBe(file)
    expect(text).toMatch(/^# [A-Z].{20,}\.\n/)
  })

  test('is valid in the schema that clients see', () => {
    expect(validate(schema, document)).toEqual([])
  })

  test('runs as it is: only the idempotency key and nullable variables have no default', () => {
    const open = (operationIn(document).variableDefinitions ?? [])
      .filter(({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined)
      .map(({ variable }) => variable.name.value)
    expect(open.filter(name => name !== 'idempotencyKey')).toEqual([])
  })

  test('names nothing by its id but what the seeds make', () => {
    const ids = text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|partner-[a-z-]+/g) ?? []
    const seeded = ['Customer', 'Task'].map(kind => seededId('sovereign-graph', kind, 1))
    expect([...seeded, SEED_PARTNER_ID]).toEqual(expect.arrayContaining(ids))
  })
})

function operationIn({ definitions }: ReturnType<typeof parse>): OperationDefinitionNode {
  const [first] = definitions
  if (first?.kind === Kind.OPERATION_DEFINITION) return first
  throw new Error('the document begins with something else than an operation')
}
