// Executes operations: Apollo's gateway plans and fetches, each subgraph answers in this process.
import './no-telemetry.ts'
import { ApolloGateway, LocalGraphQLDataSource } from '@apollo/gateway'
import type { GatewayExecutor } from '@apollo/server-gateway-interface'
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql'
import { ApiError } from '../core/errors.ts'
import { type PersonalFields, personalFields } from '../core/policy/personal.ts'
import type { BuiltSubgraph } from '../core/subgraph.ts'
import type { LogCause } from './error-format.ts'
import { composeSupergraph } from './supergraph.ts'

export interface Supergraph {
  readonly sdl: string
  readonly personal: PersonalFields
  /** The schema that clients see. */
  readonly schema: GraphQLSchema
  /** Plans and executes one operation. */
  readonly execute: GatewayExecutor
  stop(): Promise<void>
}

export async function openSupergraph(subgraphs: readonly BuiltSubgraph[], logCause: LogCause): Promise<Supergraph> {
  const sdl = composeSupergraph(subgraphs)
  const schemas = new Map(subgraphs.map(({ name, schema }) => [name, schema]))
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    buildService: ({ name }) => new InProcessSubgraph(requireSchema(schemas, name), logCause),
    logger: silent,
  })
  let schema: GraphQLSchema | undefined
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    schema = apiSchema
  })
  const { executor } = await gateway.load()
  if (schema === undefined) throw new Error('the gateway loaded no schema')
  const personal = personalFields(buildASTSchema(parse(sdl), { assumeValidSDL: true }))
  return { sdl, personal, schema, execute: executor, stop: () => gateway.stop() }
}

class InProcessSubgraph extends LocalGraphQLDataSource {
  readonly #logCause: LogCause

  constructor(schema: GraphQLSchema, logCause: LogCause) {
    super(schema)
    this.#logCause = logCause
  }

  // The gateway passes on messages and codes only, so what went wrong must be logged here, where it is still known.
  override async process(options: Parameters<LocalGraphQLDataSource['process']>[0]) {
    const response = await super.process(options)
    for (const error of response.errors ?? []) {
      const cause = 'originalError' in error ? error.originalError : error
      if (!(cause instanceof ApiError)) this.#logCause(cause)
    }
    return response
  }
}

function requireSchema(schemas: ReadonlyMap<string, GraphQLSchema>, name: string): GraphQLSchema {
  const schema = schemas.get(name)
  if (schema === undefined) throw new Error(`the supergraph names a subgraph ${name} that is not here`)
  return schema
}

// What the gateway logs of its own repeats what our log says, with operation texts that we keep out of it.
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
