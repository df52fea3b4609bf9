// What one viewer is shown of a world, by the reference decision.
import { ageAt } from '../../core/policy/age.ts'
import type { PersonalFields } from '../../core/policy/personal.ts'
import type { Policy } from '../../core/policy/policy.ts'
import type { Viewer } from '../../core/viewer.ts'
import { referenceAccess } from './reference-access.ts'
import { TWINS_NOW } from './twin-values.ts'
import type { TwinCustomer, TwinSeller, TwinSubject } from './twin-worlds.ts'

/** Who looks: the viewer, by which policy, and which fields are personal. */
export interface Sight {
  readonly policy: Policy
  readonly personal: PersonalFields
  readonly viewer: Viewer
}

const OUTPUT: { readonly [mask: string]: string } = {
  REDACT: 'String',
  HASH: 'String',
  LAST4: 'String',
  YEAR_ONLY: 'DateTime',
}

/** The strictest mask of the reference decision on the field: ALLOW where it is shown as it is. */
export function maskOf(
  type: string,
  field: string,
  { values, consents }: TwinSubject,
  { policy, personal, viewer }: Sight,
): string {
  const found = personal.get(type)?.get(field)
  if (found === undefined) return 'ALLOW'
  const inForce = consents.filter(
    ({ recipient, state }) => state === 'GIVEN' && (recipient === '' || recipient === viewer.id),
  )
  const { region, otherRegion, birthDate } = values
  const subject = {
    region: String(region),
    consents: new Set<string>(inForce.map(({ purpose }) => purpose)),
    ...(otherRegion && { otherRegion: String(otherRegion) }),
    ...(birthDate && {
      age: ageAt(String(birthDate), TWINS_NOW),
      byGuardian: new Set<string>(inForce.flatMap(({ purpose, isByGuardian }) => (isByGuardian ? purpose : []))),
    }),
  }
  const strictness = [found.category, ...(found.drawnFrom ?? [])].map(
    category => referenceAccess(policy, viewer, category, subject).strictness,
  )
  const mask =
    ['ALLOW', 'BUCKET', 'YEAR_ONLY', 'LAST4', 'HASH', 'REDACT', 'NULL', 'NULL'][Math.max(...strictness)] ?? ''
  const isCarried =
    mask === 'ALLOW' || OUTPUT[mask] === found.outputType || (mask === 'BUCKET' && /Int|Float/.test(found.outputType))
  return isCarried ? mask : 'NULL'
}

/** The seller of itself, and whoever sees a region or all. */
export function isVisibleSeller({ id, values }: TwinSeller, { policy, viewer }: Sight): boolean {
  const scope = policy.rows[viewer.kind]
  if (scope === 'REGION') return values.region === viewer.region
  return scope === 'ALL' || (scope === 'OWNED' && id === viewer.id)
}

export function isVisible(
  { id, values, consents }: TwinCustomer,
  { policy, viewer }: Omit<Sight, 'personal'>,
): boolean {
  switch (policy.rows[viewer.kind]) {
    case 'ALL':
      return true
    case 'SELF':
      return id === viewer.id
    case 'OWNED':
      return values.owner === viewer.id
    case 'REGION':
      return values.region === viewer.region
    case 'CONSENTED':
      return consents.some(
        ({ purpose, recipient, state }) =>
          state === 'GIVEN' && purpose === viewer.purpose && (recipient === '' || recipient === viewer.id),
      )
    default:
      return false
  }
}
