// Composes the subgraphs into the supergraph. What does not compose, or only with a hint, fails the build; so does a field
// of which nobody says whether it is personal.
import { composeServices } from '@apollo/composition'
import { buildASTSchema, Kind, parse, print } from 'graphql'
import { fieldPrivacy } from '../core/policy/personal.ts'
import { type BuiltSubgraph, FEDERATION_HEADER } from '../core/subgraph.ts'

/** The supergraph's SDL. Throws with everything that is wrong with the subgraphs or their composition. */
export function composeSupergraph(subgraphs: readonly BuiltSubgraph[]): string {
  requireNone(subgraphs.flatMap(otherLinks))
  const composed = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl), url: `in-process://${name}` })),
  )
  requireNone([...(composed.errors ?? []), ...(composed.hints ?? [])].map(problem => problem.message))
  const sdl = composed.supergraphSdl ?? ''
  // In each subgraph as well: a type that one of them calls public must not make the fields of another public.
  const schema = buildASTSchema(parse(sdl), { assumeValidSDL: true })
  requireNone([...subgraphs, { name: 'supergraph', schema }].flatMap(unstatedPrivacy))
  return sdl
}

function requireNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`The subgraphs do not compose:\n${problems.join('\n')}`)
}

const linksIn = (sdl: string) =>
  parse(sdl)
    .definitions.filter(
      each =>
        (each.kind === Kind.SCHEMA_EXTENSION || each.kind === Kind.SCHEMA_DEFINITION) &&
        each.directives?.some(({ name }) => name.value === 'link'),
    )
    .map(print)
    .join()

// Under another name @personal is another directive, which no mask knows of.
function otherLinks({ name, sdl }: BuiltSubgraph): string[] {
  return linksIn(sdl) === linksIn(FEDERATION_HEADER) ? [] : [`${name}: its @link is not the one of core/subgraph.ts`]
}

function unstatedPrivacy({ name, schema }: Pick<BuiltSubgraph, 'name' | 'schema'>): string[] {
  return fieldPrivacy(schema)
    .filter(({ privacy }) => privacy === undefined)
    .map(({ type, field }) => `${name}: ${type}.${field} states neither @personal nor @public`)
}
