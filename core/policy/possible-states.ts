// The states of customers that a viewer may meet, as far as anything is decided by them. Pure: nobody's own state tells.
import { type Purpose, purposes, type Viewer } from '../viewer.ts'
import type { CompiledMasks } from './compiled-masks.ts'
import type { SubjectState } from './decide-access.ts'
import type { Policy } from './policy.ts'

/** Stands for every region that no regime names. */
const ELSEWHERE = ''

/** Each region with each combination of the consents that matter for entities of these types; nobody is a minor. */
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
  return regions.flatMap(region => {
    const relevant = relevantConsents(masks, types, region)
    return subsetsOf(relevant)
      .map(consents => new Set(needed === undefined ? consents : [...consents, needed]))
      .map(consents => ({ region, consents }))
  })
}

function regionsOf({ regimes }: Policy): readonly string[] {
  return [ELSEWHERE, ...regimes.flatMap(({ regions }) => regions)]
}

/** Those that change something for who has all others, or none. */
function relevantConsents(masks: CompiledMasks, types: ReadonlySet<string>, region: string): readonly Purpose[] {
  const seen = (consents: readonly Purpose[]) =>
    JSON.stringify([...types].map(type => masks.viewOf(type, { region, consents: new Set(consents) }).masks))
  const [all, none] = [seen(purposes), seen([])]
  return purposes.filter(
    purpose => seen(purposes.filter(other => other !== purpose)) !== all || seen([purpose]) !== none,
  )
}

function subsetsOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.reduce<readonly (readonly T[])[]>((sets, item) => sets.flatMap(set => [set, [...set, item]]), [[]])
}
