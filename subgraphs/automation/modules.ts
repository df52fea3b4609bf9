// The operator switches modules on and off.
import { type BackgroundWork, inRounds } from '../../core/background.ts'
import { type Recorded, recordChange } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { ModuleState } from '../../core/registry/modules.ts'
import type { BackgroundMeans } from '../../core/subgraph.ts'
import type { Viewer } from '../../core/viewer.ts'
import { keepModule, moduleState, moduleStates } from './module-store.ts'
import type { Module } from './types.ts'

const POLL_MS = 1_000

/** Every module with its state, by name. */
export async function allModules({ graph, modules }: Services): Promise<readonly Module[]> {
  const states = new Map((await moduleStates({ run: graph.read.bind(graph) })).map(each => [each.name, each]))
  return [...modules.names].sort().map(name => toModule(name, states.get(name)))
}

/**
 * Asked for what is so already it says it again, with an entry of its own, and `since` stays. Throws BAD_USER_INPUT for a
 * module that there is not, CONFLICT.
 */
export async function switchModule(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { name, isEnabled }: { readonly name: string; readonly isEnabled: boolean },
): Promise<Recorded<{ readonly module: Module }>> {
  const { graph, modules } = services
  if (!modules.names.includes(name)) {
    const expected = `a module that can be switched: ${[...modules.names].sort().join(', ')}`
    throw new ApiError('BAD_USER_INPUT', { at: 'name', expected })
  }
  const mutation = isEnabled ? 'enableModule' : 'disableModule'
  const request = { viewer, mutation, idempotencyKey, input: { name } }
  const recorded = await recordChange(services, request, async ({ unit, at, evidenceEntryId }) => {
    await unit.guard('automation/modules')
    const before = await moduleState(unit, name)
    const since = before?.isEnabled === isEnabled ? before.since : at
    const state = { name, isEnabled, since, evidenceEntryId }
    await keepModule(unit, state)
    return {
      evidence: { kind: isEnabled ? 'MODULE_ENABLED' : 'MODULE_DISABLED', statement: { module: name }, facts: [] },
      events: [],
      result: { module: toModule(name, state) },
    }
  })
  // A request that begins after the answer is answered by it, in this process at once.
  modules.take(await moduleStates({ run: graph.read.bind(graph) }))
  return recorded
}

/** Reads the modules before the first request, and each second what other processes on the graph said of them. */
export async function followModules(
  { graph, modules }: Services,
  { failed }: BackgroundMeans,
): Promise<BackgroundWork> {
  const settle = async () => modules.take(await moduleStates({ run: graph.read.bind(graph) }))
  await settle()
  if (graph.engine === 'embedded') return { settle, stop: async () => {} }
  return inRounds({ everyMs: POLL_MS, round: settle, failed })
}

function toModule(name: string, state: ModuleState | undefined): Module {
  return { id: name, isEnabled: state?.isEnabled ?? true, since: state?.since ?? null }
}
