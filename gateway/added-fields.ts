// Which subgraph adds which field to an entity, told from the supergraph: what a module that is off would have answered.
import { Kind, parse, type StringValueNode } from 'graphql'

interface WithDirectives {
  readonly directives?: readonly {
    readonly name: { readonly value: string }
    readonly arguments?: readonly { readonly name: { readonly value: string }; readonly value: object }[]
  }[]
}

/** What these answer of a module that is off is an error. */
const ROOTS: readonly string[] = ['Query', 'Mutation']

/** The name of the subgraph by `Type.field`; fields that every subgraph of a type knows, such as ids, are absent. */
export function addedFields(sdl: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const graphs: [coordinate: string, graph: string][] = []
  for (const definition of parse(sdl).definitions) {
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph') {
      for (const value of definition.values ?? []) {
        const name = argumentOf(value, 'join__graph', 'name')
        if (name !== undefined) names.set(value.name.value, name)
      }
    } else if (definition.kind === Kind.OBJECT_TYPE_DEFINITION && !ROOTS.includes(definition.name.value)) {
      for (const field of definition.fields ?? []) {
        const graph = argumentOf(field, 'join__field', 'graph')
        if (graph !== undefined) graphs.push([`${definition.name.value}.${field.name.value}`, graph])
      }
    }
  }
  return new Map(graphs.map(([coordinate, graph]) => [coordinate, names.get(graph) ?? graph]))
}

function argumentOf({ directives = [] }: WithDirectives, directive: string, name: string): string | undefined {
  const found = directives.find(each => each.name.value === directive)
  const argument = found?.arguments?.find(each => each.name.value === name)?.value as StringValueNode | undefined
  return argument?.value
}
