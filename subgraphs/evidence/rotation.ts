// The operator has the log signed by another key from now on. The entry announces it; the sequencer puts it in force.
import { type Recorded, recordChange } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { Viewer } from '../../core/viewer.ts'
import { announcedKeys } from './log-store.ts'

export interface RotatedKeys {
  readonly oldVerifierKey: string
  readonly newVerifierKey: string
}

/** Throws CONFLICT while the key that was announced last is not in force yet, EVIDENCE_UNAVAILABLE. */
export function rotateLogKey(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
): Promise<Recorded<RotatedKeys>> {
  const { logKeys } = services
  return recordChange(services, { viewer, mutation: 'rotateLogKey', idempotencyKey, input: {} }, async ({ unit }) => {
    await unit.guard('log-key')
    // Made outside the unit, but only once: a second run of the unit is answered the same key.
    const newVerifierKey = await logKeys.nextKey()
    const oldVerifierKey = logKeys.verifierKey
    if ((await announcedKeys(unit)).some(({ newKey }) => newKey === newVerifierKey)) {
      throw new ApiError('CONFLICT', { expected: 'that the last rotation is done, which it is within a second' })
    }
    return {
      evidence: {
        kind: 'LOG_KEY_ROTATED',
        statement: { oldKey: oldVerifierKey, newKey: newVerifierKey },
        facts: [],
      },
      events: [],
      result: { oldVerifierKey, newVerifierKey },
    }
  })
}
