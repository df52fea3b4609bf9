// Everything of the supergraph under graphql-shield: each field a rule, and whatever has none is denied. Too slow to serve
// with, and therefore the one that the compiled table is compared with. Its rules ask the second implementation of the
// decision, so that nothing here is shared with what it judges but the directives of the schema.
import {
  buildASTSchema,
  type ExecutionResult,
  execute,
  type GraphQLFieldConfigMap,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  isObjectType,
  parse,
} from 'graphql'
import { applyMiddleware } from 'graphql-middleware'
import { allow, deny, rule, shield } from 'graphql-shield'
import { fieldPrivacy } from '../../core/policy/personal.ts'
import type { Policy } from '../../core/policy/policy.ts'
import type { RootRules } from '../../core/policy/shield.ts'
import type { Viewer } from '../../core/viewer.ts'
import { type ReferenceSubject, referenceAccess, strictnessOf } from './reference-access.ts'

export interface ShieldContext {
  readonly policy: Policy
  readonly viewer: Viewer
  readonly subject: ReferenceSubject
}

/** Types → fields that came through. */
export type Shown = ReadonlyMap<string, ReadonlySet<string>>

/** Asks for every field of every type at once; a root field is a field of the type Query or Mutation. */
export type AskEverything = (context: ShieldContext) => Promise<Shown>

const ROOTS = ['Query', 'Mutation']
/** From here on nothing of a value is shown. */
const WITHHELD = strictnessOf('NULL')

/** Which masks a field of a type can carry; the others withhold its value. */
const CARRIED: { readonly [strictness: number]: string } = {
  1: 'Int Float',
  2: 'DateTime',
  3: 'String',
  4: 'String',
  5: 'String',
}

export function fullShield(sdl: string, rootRules: RootRules): AskEverything {
  const supergraph = buildASTSchema(parse(sdl), { assumeValidSDL: true })
  const table: Record<string, Record<string, ReturnType<ReturnType<typeof rule>> | typeof allow>> = {}
  for (const { type, field, privacy, drawnFrom, outputType } of fieldPrivacy(supergraph)) {
    if (privacy === undefined || ROOTS.includes(type)) continue
    table[type] ??= {}
    const own = table[type]
    own[field] =
      privacy === 'public'
        ? allow
        : rule({ cache: 'no_cache' })((_parent, _args, { policy, viewer, subject }: ShieldContext) =>
            [privacy, ...drawnFrom].every(category => {
              const { strictness } = referenceAccess(policy, viewer, category, subject)
              const carriers = CARRIED[strictness]?.split(' ')
              return strictness < WITHHELD && (carriers?.includes(outputType) ?? true)
            }),
          )
  }
  for (const root of ['Query', 'Mutation'] as const) {
    const rows = Object.entries(rootRules[root] ?? {})
    table[root] = Object.fromEntries(
      rows.map(([field, { viewers, needsPurpose }]) => [
        field,
        rule({ cache: 'no_cache' })(
          (_parent, _args, { viewer }: ShieldContext) =>
            viewers.some(kind => kind === viewer.kind) && (!needsPurpose || viewer.purpose !== undefined),
        ),
      ]),
    )
  }
  const flat = flattened(supergraph)
  const known = Object.fromEntries(Object.entries(table).filter(([type]) => flat.getType(type) !== undefined))
  const all = { ...known, Everything: Object.fromEntries(typesIn(flat).map(type => [type, allow])) }
  // The root of the flat schema only leads to the types, of which the supergraph's roots are two.
  const guarded = applyMiddleware(flat, shield(all, { fallbackRule: deny }))
  const document = parse(
    `{ ${typesIn(flat)
      .map(type => `${type} { ${fieldsIn(flat, type).join(' ')} }`)
      .join(' ')} }`,
  )
  return async contextValue => toShown(await execute({ schema: guarded, document, contextValue }))
}

/** The fields of the supergraph, each a text: what is decided is who is shown it, and not what it is. */
function flattened(supergraph: GraphQLSchema): GraphQLSchema {
  const types = Object.values(supergraph.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('_'),
  )
  const fields: GraphQLFieldConfigMap<unknown, unknown> = {}
  for (const type of types) {
    const own = Object.keys(type.getFields()).filter(name => !name.startsWith('_'))
    const shown = { type: GraphQLString, resolve: () => 'shown' }
    const flat = new GraphQLObjectType({ name: type.name, fields: Object.fromEntries(own.map(name => [name, shown])) })
    fields[type.name] = { type: flat, resolve: () => ({}) }
  }
  return new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Everything', fields }) })
}

const typesIn = (flat: GraphQLSchema): string[] => Object.keys(flat.getQueryType()?.getFields() ?? {})

function fieldsIn(flat: GraphQLSchema, type: string): string[] {
  const found = flat.getType(type)
  return isObjectType(found) ? Object.keys(found.getFields()) : []
}

function toShown({ data }: ExecutionResult): Shown {
  return new Map(
    Object.entries(data ?? {}).map(([type, fields]) => [
      type,
      new Set(Object.entries(fields as object).flatMap(([field, value]) => (value === 'shown' ? [field] : []))),
    ]),
  )
}
