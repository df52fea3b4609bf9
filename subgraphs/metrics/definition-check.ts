// Pure: whether definitions fit what the subgraphs contribute. A definition over a field that no source has would count nothing
// and never say so.
import type { Countable } from '../../core/registry/facts.ts'
import { type Definition, type Measure, measuresOf } from './definition.ts'
import { type ExpectedSource, expectedSources } from './expected-sources.ts'

/** What is wrong, a sentence each; empty where everything fits. */
export function misfits(definitions: Iterable<Definition>, { facts }: Countable): readonly string[] {
  const known = new Map<string, ExpectedSource>([
    ...Object.entries(expectedSources),
    ...facts.map(source => [source.name, source] as const),
  ])
  const ofSources = facts.flatMap(({ name, entity, fields }) => {
    const expected = expectedSources[name]
    if (expected === undefined) return []
    const missing = expected.fields.filter(each => !fields.includes(each))
    return [
      ...(entity === expected.entity ? [] : [`source ${name} is about ${entity} and not about ${expected.entity}`]),
      ...missing.map(field => `source ${name} has no field ${field}`),
    ]
  })
  const ofDefinitions = [...definitions].flatMap(definition =>
    measuresOf(definition).flatMap(measure => misfitsOf(definition, measure, known.get(measure.source))),
  )
  return [...ofSources, ...ofDefinitions]
}

function misfitsOf({ id, entity }: Definition, { source, field, where }: Measure, found: ExpectedSource | undefined) {
  if (found === undefined) return [`metric ${id} is over ${source}, which nobody contributes and nobody is expected to`]
  const fields = [...(field === undefined ? [] : [field]), ...where.map(each => each.field)]
  return [
    ...(found.entity === entity ? [] : [`metric ${id} counts ${entity}, and ${source} is about ${found.entity}`]),
    ...fields
      .filter(each => !found.fields.includes(each))
      .map(each => `metric ${id} reads ${each}, which ${source} has not`),
  ]
}
