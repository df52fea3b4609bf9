// The states of customers that a viewer may meet, as far as anything is decided by them. Pure: nobody's own state tells.
import { type Purpose, purposes, type Viewer } from '../viewer.ts'
import type { CompiledMasks } from './compiled-masks.ts'
import type { SubjectState } from './decide-access.ts'
import { type Policy, regimeOf } from './policy.ts'

/** Stands for every region that no regime names. */
const ELSEWHERE = ''

/**
 * Each region with each combination of the consents that matter for entities of these types: of who is of age, and of minors
 * of each age that a law tells from others, whose guardian gave the consents or not.
 */
export function possibleStates(
  policy: Policy,
  viewer: Viewer,
  masks: CompiledMasks,
  types: ReadonlySet<string>,
): readonly SubjectState[] {
  const scope = policy.rows[viewer.kind]
  if (scope === 'NONE') return []
  const regions = scope === 'REGION' ? [viewer.region ?? ELSEWHERE] : regionsOf(policy)
  const needed = scope === 'CONSENTED' ? viewer.purpose : undefined
  return regions.flatMap(region =>
    peopleOf(policy, region).flatMap(person => {
      const relevant = relevantConsents(masks, types, { ...person, region })
      return subsetsOf(relevant).map(consents => {
        const held = new Set(needed === undefined ? consents : [...consents, needed])
        return stateOf({ ...person, region }, held)
      })
    }),
  )
}

/** Somebody, but for the consents. */
interface Person {
  readonly region: string
  /** Undefined for who is of age. */
  readonly age: number | undefined
  readonly isByGuardian: boolean
}

/** Ages between two limits of the law are decided alike. */
function peopleOf(policy: Policy, region: string): readonly Omit<Person, 'region'>[] {
  const { minors } = regimeOf(policy, region)
  const limit = minors.belowAgeIn[region] ?? minors.belowAge
  const ofAge = { age: undefined, isByGuardian: false }
  return limit === 0 ? [ofAge] : [ofAge, ...[true, false].map(isByGuardian => ({ age: limit - 1, isByGuardian }))]
}

function stateOf({ region, age, isByGuardian }: Person, consents: ReadonlySet<Purpose>): SubjectState {
  return { region, age, consents, ...(isByGuardian && { byGuardian: consents }) }
}

function regionsOf({ regimes }: Policy): readonly string[] {
  return [ELSEWHERE, ...regimes.flatMap(({ regions }) => regions)]
}

/** Those that change something for who has all others, or none. */
function relevantConsents(masks: CompiledMasks, types: ReadonlySet<string>, person: Person): readonly Purpose[] {
  const seen = (consents: readonly Purpose[]) =>
    JSON.stringify([...types].map(type => masks.viewOf(type, stateOf(person, new Set(consents))).masks))
  const [all, none] = [seen(purposes), seen([])]
  return purposes.filter(
    purpose => seen(purposes.filter(other => other !== purpose)) !== all || seen([purpose]) !== none,
  )
}

function subsetsOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.reduce<readonly (readonly T[])[]>((sets, item) => sets.flatMap(set => [set, [...set, item]]), [[]])
}
