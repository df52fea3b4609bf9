// What metrics read of automation: which modules are on, and since when.
import type { Reader } from '../../core/graph/graph.ts'

const MODULES = `
MATCH (m:Module)
RETURN m.name, m.isEnabled, m.since
ORDER BY m.name`

export interface SwitchedModule {
  readonly name: string
  readonly isEnabled: boolean
  readonly since: string
}

/** The modules that were ever switched, by name. */
export async function switchedModules(reader: Reader): Promise<readonly SwitchedModule[]> {
  return (await reader.run(MODULES)).map(([name, isEnabled, since]) => ({
    name: String(name),
    isEnabled: isEnabled === true,
    since: String(since),
  }))
}

/** Those among them that are on. */
export async function enabledModules(reader: Reader): Promise<readonly SwitchedModule[]> {
  return (await switchedModules(reader)).filter(({ isEnabled }) => isEnabled)
}
