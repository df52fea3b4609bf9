// The supergraph of the subgraphs in this process, and the execution of operations over it.
import './no-telemetry.ts'
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql'
import { ApiError } from '../core/errors.ts'
import { type PersonalFields, personalFields } from '../core/policy/personal.ts'
import type { BuiltSubgraph } from '../core/subgraph.ts'
import { addedFields } from './added-fields.ts'
import type { LogCause } from './error-format.ts'
import { type Federation, openFederation } from './federation/federation.ts'
import { inProcessLink } from './federation/in-process.ts'
import type { SubgraphLink } from './federation/link.ts'
import { composeSupergraph } from './supergraph.ts'

export interface Supergraph {
  readonly sdl: string
  readonly personal: PersonalFields
  /** The schema that clients see. */
  readonly schema: GraphQLSchema
  readonly federation: Federation
  /** Which subgraph adds a field to an entity, by `Type.field`. */
  readonly addedFields: ReadonlyMap<string, string>
}

/** Throws what is wrong with the subgraphs or their composition. `served` reaches those that run elsewhere, by name. */
export function openSupergraph(
  subgraphs: readonly BuiltSubgraph[],
  logCause: LogCause,
  served: ReadonlyMap<string, SubgraphLink> = new Map(),
): Supergraph {
  const sdl = composeSupergraph(subgraphs)
  const personal = personalFields(buildASTSchema(parse(sdl), { assumeValidSDL: true }))
  const failed = (cause: unknown) => {
    if (!(cause instanceof ApiError)) logCause(cause)
  }
  const federation = openFederation({
    sdl,
    linkTo: ({ name }) => served.get(name) ?? inProcessLink(requireSchema(subgraphs, name), failed),
  })
  return { sdl, personal, schema: federation.schema, federation, addedFields: addedFields(sdl) }
}

function requireSchema(subgraphs: readonly BuiltSubgraph[], name: string): GraphQLSchema {
  const subgraph = subgraphs.find(each => each.name === name)
  if (subgraph === undefined) throw new Error(`the supergraph names a subgraph ${name} that is not here`)
  return subgraph.schema
}
