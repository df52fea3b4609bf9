// The metrics that ship. Those whose sources nobody contributes yet are defined all the same and answer NOT_MEASURED_YET.
import { governance, regulators } from './catalogue/governance.ts'
import { countsOfExchange, health } from './catalogue/health.ts'
import { selling } from './catalogue/selling.ts'
import { type Definition, parseDefinitions } from './definition.ts'

export { governanceIndicators, regulatorIndicators } from './catalogue/governance.ts'
export { healthDimensions } from './catalogue/health.ts'
export { selfOperationIndicators } from './catalogue/selling.ts'

export const catalogue: ReadonlyMap<string, Definition> = parseDefinitions([
  ...health,
  ...countsOfExchange,
  ...regulators,
  ...governance,
  ...selling,
])

/** The definition of a metric that the code names. Throws for one that is not in the catalogue. */
export function definitionOf(id: string): Definition {
  const definition = catalogue.get(id)
  if (definition === undefined) throw new Error(`no metric ${id} is defined`)
  return definition
}
