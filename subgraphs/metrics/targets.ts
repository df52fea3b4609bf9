// Operators and managers say what is aimed at.
import { type Recorded, recordChange } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { Viewer } from '../../core/viewer.ts'
import type { Definition } from './definition.ts'
import { keepTarget, type TargetRecord } from './target-store.ts'

/** Null takes a target back: then that of the definition holds, where it has one. Throws BAD_USER_INPUT, CONFLICT. */
export async function setTarget(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  definition: Definition,
  target: number | null,
): Promise<Recorded<{ readonly version: number; readonly setAt: string }>> {
  const { id: metric, unit: measuredIn } = definition
  if (target !== null && (target < 0 || (measuredIn === 'RATIO' && target > 1))) {
    const expected = measuredIn === 'RATIO' ? '0 to 1' : 'at least 0'
    throw new ApiError('BAD_USER_INPUT', { at: 'input.target', expected, got: String(target) })
  }
  const request = { viewer, mutation: 'setTarget', idempotencyKey, input: { metric, target } }
  return recordChange(services, request, async ({ unit, at, evidenceEntryId }) => {
    await unit.guard(`metrics/target/${metric}`)
    const version = await keepTarget(unit, { metric, target, setAt: at, evidenceEntryId })
    return {
      evidence: { kind: 'METRIC_TARGET_SET', statement: { metric, version, target }, facts: [] },
      events: [],
      result: { version, setAt: at },
    }
  })
}

/** What holds: what was set, or what the definition aims at; null where nobody aims at anything. */
export function targetOf({ id, target }: Definition, set: ReadonlyMap<string, TargetRecord>): number | null {
  return set.get(id)?.target ?? target ?? null
}
