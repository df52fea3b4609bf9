// Who may consent for a customer: the customer itself, or a guardian while the law takes it for too young.
import type { Change } from '../change.ts'
import type { Services } from '../context.ts'
import { ApiError } from '../errors.ts'
import { ageAt } from '../policy/age.ts'
import { regimeOf } from '../policy/policy.ts'
import { isMinor } from '../policy/regime-demands.ts'
import type { Purpose, Viewer } from '../viewer.ts'

const RESIDENCES = `
MATCH (c:Customer {id: $customerId})
RETURN c.region, c.otherRegion, c.birthDate`

/**
 * Refuses a consent that would not count: FORBIDDEN to a minor without its guardian, BAD_USER_INPUT for a purpose that is
 * closed to minors. An unknown customer passes; there is nothing to consent to.
 */
export async function requireMayConsent(
  { policies }: Pick<Services, 'policies'>,
  { unit, at }: Pick<Change, 'unit' | 'at'>,
  viewer: Viewer,
  purpose: Purpose,
): Promise<void> {
  const [row] = await unit.run(RESIDENCES, { customerId: viewer.id })
  const [region = null, otherRegion = null, birthDate = null] = row ?? []
  if (birthDate === null) return
  const { policy } = policies.current()
  const age = ageAt(String(birthDate), at)
  for (const residence of [region, otherRegion].filter(each => each !== null).map(String)) {
    const regime = regimeOf(policy, residence)
    if (!isMinor(regime, residence, age)) continue
    if (regime.minors.closedTo.includes(purpose)) {
      throw new ApiError('BAD_USER_INPUT', { at: 'purpose', expected: 'one that is open to customers of this age' })
    }
    if (viewer.guardianId === undefined) {
      throw new ApiError('FORBIDDEN', { expected: 'a guardian, by a token with act_for', got: 'a customer below age' })
    }
  }
}
