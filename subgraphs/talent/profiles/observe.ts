// Takes in what sellers were seen at, and counts anew what that touches.
import type { Change } from '../../../core/change.ts'
import type { CommittedFact } from '../../../core/evidence/evidence.ts'
import type { UnitOfWork } from '../../../core/graph/graph.ts'
import type { Ids } from '../../../core/ids.ts'
import { type Behaviour, skillsToldOf, weightOf } from './behaviours.ts'
import { countedAs } from './counted.ts'
import {
  type EvidenceDraft,
  evidenceFrom,
  factsOf,
  type KnownEvidence,
  keepEvidence,
  keepStandings,
  knownSellers,
  retractEvidence,
  seenOf,
  skillIdsByUri,
  sourceName,
  standingName,
} from './evidence-store.ts'
import { standingOf } from './level.ts'

export interface Observation {
  readonly sourceId: string
  readonly sellerId: string
  readonly behaviour: Behaviour
  /** URIs; those that the behaviour stands for where it is left out. */
  readonly skills?: readonly string[] | undefined
  readonly outcome: number
  readonly complexity: number
  readonly at: string
  /** The customer from whose data it follows. */
  readonly subjectId?: string
}

/** What there is to say of some sources: all that was observed, and the names of those that turned out to be nothing. */
export interface Told {
  readonly observations: readonly Observation[]
  readonly retracted: readonly string[]
}

export interface Taken {
  readonly facts: readonly CommittedFact[]
  readonly sellerIds: readonly string[]
  /** Told of a seller or a skill that nobody knows, and left out. */
  readonly unknown: number
}

/** Every unit that writes evidence takes this guard, so that no two count the same standing at one time. */
export const PROFILES_GUARD = 'talent/profiles'

/** Writes what is new or otherwise than known, and nothing where nothing is: the same told again changes nothing. */
export async function observe(
  { unit, evidenceEntryId }: Pick<Change, 'unit' | 'evidenceEntryId'>,
  ids: Ids,
  { observations, retracted }: Told,
): Promise<Taken> {
  const sources = observations.map(({ behaviour, sourceId }) => sourceName(behaviour, sourceId))
  const { drafts, unknown } = await draftsOf(unit, observations)
  const known = await evidenceFrom(unit, [...new Set([...sources, ...retracted])])
  const byKey = new Map(known.map(each => [each.key, each]))
  const told = [...drafts.values()].filter(draft => !isHeld(byKey.get(draft.key), draft))
  const gone = known.filter(({ key, isRetracted }) => !isRetracted && !drafts.has(key))
  if (told.length + gone.length === 0) return { facts: [], sellerIds: [], unknown }
  const fresh = told.filter(({ key }) => !byKey.has(key)).map(draft => ({ ...draft, id: ids.next('SkillEvidence') }))
  const changed = told.flatMap(draft => {
    const id = byKey.get(draft.key)?.id
    return id === undefined ? [] : [{ ...draft, id }]
  })
  await keepEvidence(unit, evidenceEntryId, { fresh, changed })
  await retractEvidence(
    unit,
    evidenceEntryId,
    gone.map(({ id }) => id),
  )
  const touched = [...fresh, ...changed, ...gone]
  await countAnew(unit, ids, touched)
  return {
    facts: await factsOf(
      unit,
      touched.map(({ id }) => id),
    ),
    sellerIds: [...new Set(touched.map(({ sellerId }) => sellerId))],
    unknown,
  }
}

/** One a skill that is told of, by key. */
async function draftsOf(unit: UnitOfWork, observations: readonly Observation[]) {
  const told = observations.flatMap(({ skills, at, sourceId, subjectId = null, ...observation }) => {
    const source = sourceName(observation.behaviour, sourceId)
    return skillsToldOf(observation.behaviour, skills).map(uri => ({
      ...observation,
      source,
      uri,
      seenAt: at,
      subjectId,
    }))
  })
  const sellers = await knownSellers(unit, [...new Set(told.map(({ sellerId }) => sellerId))])
  const skills = await skillIdsByUri(unit, [...new Set(told.map(({ uri }) => uri))])
  const drafts = new Map<string, EvidenceDraft>()
  let unknown = 0
  for (const { uri, ...each } of told) {
    const skillId = skills.get(uri)
    if (skillId === undefined || !sellers.has(each.sellerId)) {
      unknown += 1
      continue
    }
    const key = [each.source, each.sellerId, skillId].join('/')
    drafts.set(key, { ...each, key, skillId, weight: weightOf(each.behaviour) })
  }
  return { drafts, unknown }
}

function isHeld(known: KnownEvidence | undefined, draft: EvidenceDraft): boolean {
  return (
    known !== undefined &&
    !known.isRetracted &&
    known.outcome === draft.outcome &&
    known.complexity === draft.complexity &&
    known.weight === draft.weight &&
    known.seenAt === draft.seenAt
  )
}

/** Counts these standings from all the evidence for them. */
export async function countAnew(
  unit: UnitOfWork,
  ids: Ids,
  touched: readonly { readonly sellerId: string; readonly skillId: string }[],
): Promise<void> {
  const named = new Map(
    touched.map(({ sellerId, skillId }) => [standingName(sellerId, skillId), { sellerId, skillId }]),
  )
  const seen = await seenOf(unit, [...named.keys()])
  const counted = [...named].map(([name, of]) => {
    const evidence = (seen.get(name) ?? []).flatMap(each => countedAs(each) ?? [])
    return { ...of, pieces: evidence.length, standing: standingOf(evidence) }
  })
  await keepStandings(
    unit,
    counted.flatMap(({ standing, ...of }) =>
      standing === undefined ? [] : [{ ...of, standing, newId: ids.next('SellerSkill') }],
    ),
    counted.filter(({ standing }) => standing === undefined).map(({ sellerId, skillId }) => ({ sellerId, skillId })),
  )
}
