// What the firm said of its modules.
import type { Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { ModuleState } from '../../core/registry/modules.ts'

const STATES = `
MATCH (m:Module)
RETURN m.name, m.isEnabled, m.since, m.evidenceEntryId
ORDER BY m.name`

const STATE = `
MATCH (m:Module {name: $name})
RETURN m.name, m.isEnabled, m.since, m.evidenceEntryId`

const KEEP = `
MERGE (m:Module {name: $name})
SET m.isEnabled = $isEnabled, m.since = $since, m.evidenceEntryId = $evidenceEntryId`

export async function moduleStates(reader: Reader): Promise<readonly ModuleState[]> {
  return (await reader.run(STATES)).map(toState)
}

export async function moduleState(reader: Reader, name: string): Promise<ModuleState | undefined> {
  const [row] = await reader.run(STATE, { name })
  return row && toState(row)
}

export async function keepModule(unit: UnitOfWork, state: ModuleState): Promise<void> {
  await unit.run(KEEP, { ...state })
}

function toState([name, isEnabled, since, evidenceEntryId]: Row): ModuleState {
  return {
    name: String(name),
    isEnabled: isEnabled === true,
    since: String(since),
    evidenceEntryId: String(evidenceEntryId),
  }
}
