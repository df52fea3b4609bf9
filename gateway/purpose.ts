// For what: the purpose stated in the header x-purpose, where the policy grants it. The server never guesses one.
import { ApiError } from '../core/errors.ts'
import type { Policy } from '../core/policy/policy.ts'
import { isPurpose, purposes, type Viewer } from '../core/viewer.ts'

/** The viewer with its stated purpose. Throws BAD_USER_INPUT for an unknown one, PURPOSE_NOT_GRANTED for one not granted. */
export function withPurpose(policy: Policy, viewer: Viewer, stated: string | undefined): Viewer {
  if (stated === undefined) return viewer
  if (!isPurpose(stated)) throw new ApiError('BAD_USER_INPUT', { at: 'x-purpose', expected: purposes.join(', ') })
  const granted = policy.grants[viewer.kind].filter(each => viewer.purposes?.includes(each) ?? true)
  if (!granted.includes(stated)) {
    throw new ApiError('PURPOSE_NOT_GRANTED', {
      at: 'x-purpose',
      expected: granted.join(', ') || 'no purpose',
      got: stated,
    })
  }
  return { ...viewer, purpose: stated }
}
