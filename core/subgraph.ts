// The one module that knows how TypeGraphQL, federation and shield fit together: a Subgraph goes in, an executable schema comes out.
import { buildSubgraphSchema } from '@apollo/subgraph'
import { printSchemaWithDirectives } from '@graphql-tools/utils'
import { type GraphQLResolveInfo, type GraphQLSchema, parse } from 'graphql'
import { buildSchema, createResolversMap, type NonEmptyArray } from 'type-graphql'
import type { BackgroundWork } from './background.ts'
import type { RequestContext, Services } from './context.ts'
import type { SubjectEraser } from './erasure/eraser.ts'
import type { EventConsumer } from './events/outbox.ts'
import type { EvidencedLabel } from './evidence/evidenced-label.ts'
import type { LogSigner } from './evidence/log-signer.ts'
import type { Migration } from './graph/migrations.ts'
import { guardRootFields, type RootRules } from './policy/shield.ts'
import type { Countable } from './registry/facts.ts'

// biome-ignore lint/complexity/noBannedTypes: TypeGraphQL takes classes as Function
type Class = Function

/** Answers an entity by its key, or null where there is none that this viewer may see. `info` is that of `_entities`. */
type ReferenceResolver = (
  key: { readonly id: string },
  context: RequestContext,
  info: GraphQLResolveInfo,
) => Promise<unknown>

/** What background work is given beside the services. */
export interface BackgroundMeans {
  readonly signer: LogSigner
  /** Whether to start although evidence that was signed is gone. */
  readonly acceptLoss: boolean
  readonly failed: (cause: unknown) => void
}

/** One bounded context, as its folder's index.ts states it. */
export interface Subgraph {
  readonly name: string
  /** Classes of the object types that no resolver returns directly. */
  readonly types: readonly Class[]
  readonly resolvers: NonEmptyArray<Class>
  readonly references: { readonly [type: string]: ReferenceResolver }
  readonly rootRules: RootRules
  /** True where a firm can switch it off. */
  readonly isModule?: true
  /** Labels that its stores write, and labels of others that they only read. */
  readonly labels: { readonly owns: readonly string[]; readonly reads: readonly string[] }
  readonly migrations: readonly Migration[]
  readonly consumers: readonly EventConsumer[]
  /** How it deletes what it holds of a subject; left out by who holds nothing. */
  readonly eraser?: SubjectEraser
  /** The labels that the log can vouch for, so that a node changed behind the API is found. */
  readonly evidenced: readonly EvidencedLabel[]
  /** What metrics may count of it; left out by who has nothing to count. */
  readonly countable?: Countable
  /** Called before the first request; what it throws keeps the process from starting. */
  readonly start?: (services: Services, means: BackgroundMeans) => Promise<BackgroundWork>
  /** Made anew for each request: loaders memoize, and what one viewer was shown is nothing for another. */
  readonly createLoaders: (request: RequestContext) => unknown
}

/** How every subgraph begins: the directives of privacy under their own names, and that composition keeps them. */
export const FEDERATION_HEADER = `
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@composeDirective"])
  @link(url: "https://sovereign-graph.org/privacy/v1.0", import: ["@personal", "@public"])
  @composeDirective(name: "@personal")
  @composeDirective(name: "@public")

directive @personal(category: String!, drawnFrom: [String!]) on FIELD_DEFINITION
directive @public on FIELD_DEFINITION | OBJECT
`

/** The SDL that is composed, and the schema that answers it. */
export interface BuiltSubgraph {
  readonly name: string
  readonly sdl: string
  readonly schema: GraphQLSchema
}

export async function buildSubgraph(subgraph: Subgraph): Promise<BuiltSubgraph> {
  readPropertiesDirectly()
  // skipCheck: the half without federation's directives is no valid schema by itself; composition validates the whole.
  const bare = await buildSchema({
    resolvers: subgraph.resolvers,
    orphanedTypes: [...subgraph.types],
    skipCheck: true,
    validate: false,
  })
  const sdl = FEDERATION_HEADER + printSchemaWithDirectives(bare)
  const resolvers: Record<string, object> = {
    ...createResolversMap(guardRootFields(bare, subgraph.rootRules, subgraph.name)),
  }
  for (const [type, resolveReference] of Object.entries(subgraph.references)) {
    // Of a module that is off nothing is told of an entity: what it would add is null.
    const resolveUnlessOff: ReferenceResolver = async (key, context, info) =>
      context.services.modules.isOff(subgraph.name) ? null : resolveReference(key, context, info)
    resolvers[type] = { ...resolvers[type], __resolveReference: resolveUnlessOff }
  }
  const modules = [{ typeDefs: parse(sdl), resolvers: resolvers as never }]
  return { name: subgraph.name, sdl, schema: buildSubgraphSchema(modules) }
}

interface TypeGraphQLMetadata {
  readonly fields: readonly { readonly name: string; readonly schemaName: string; simple?: boolean }[]
}

/**
 * Lets fields that only read a property of their own name have no resolver. TypeGraphQL would give each an asynchronous
 * one, for middlewares that we do not use: a promise for each value of each object.
 */
function readPropertiesDirectly(): void {
  // The one place where TypeGraphQL keeps what decorators said; its release is pinned.
  const { TypeGraphQLMetadataStorage: metadata } = globalThis as { TypeGraphQLMetadataStorage?: TypeGraphQLMetadata }
  for (const field of metadata?.fields ?? []) if (field.name === field.schemaName) field.simple = true
}

/** The loaders that `subgraph` made for this request. */
export function loadersOf<L>(context: RequestContext, subgraph: string): L {
  return context.loaders.get(subgraph) as L
}
