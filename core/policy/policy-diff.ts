// What another policy would change for whom: every decision on a personal field under both, told where they differ. Pure.
import { type Purpose, purposes, type Viewer, type ViewerKind, viewerKinds } from '../viewer.ts'
import { decideAccessToAll, type SubjectState } from './decide-access.ts'
import { isLegalMask, maskKinds } from './masks.ts'
import type { PersonalField, PersonalFields } from './personal.ts'
import { type Policy, type RowScope, territoryOf } from './policy.ts'

/** NOT_GRANTED: the viewer may not state the purpose. */
type Effect = 'ALLOW' | 'DENY' | 'NOT_GRANTED' | (typeof maskKinds)[number]

export interface FieldChange {
  readonly viewer: ViewerKind
  readonly purpose: Purpose
  /** As `Type.field`. */
  readonly field: string
  readonly from: Effect
  readonly to: Effect
  readonly isWider: boolean
  readonly where: readonly Where[]
}

/** Regions in which it changes alike. */
export interface Where {
  readonly regions: readonly string[]
  /** The names of the situations of a customer in which it changes; `always` in all that are told apart. */
  readonly situations: readonly string[]
}

export interface RowChange {
  readonly viewer: ViewerKind
  readonly from: RowScope
  readonly to: RowScope
}

export interface PolicyDiff {
  readonly fields: readonly FieldChange[]
  /** Whose customers are others. */
  readonly rows: readonly RowChange[]
}

interface Situation {
  readonly name: string
  readonly consents: (purpose: Purpose) => readonly Purpose[]
  /** In years; a guardian then gave the consents. */
  readonly age?: number
  readonly isSeenFromAbroad?: boolean
}

const EVERYTHING = () => purposes
const CHILD = 10

// Between these lies every condition that a rule or a law can make.
const SITUATIONS: readonly Situation[] = [
  { name: 'no consent', consents: () => [] },
  { name: 'consent to the purpose', consents: purpose => [purpose] },
  {
    name: 'consent to every purpose, none separate',
    consents: () => purposes.filter(each => each !== 'SENSITIVE_DATA' && each !== 'CROSS_BORDER_TRANSFER'),
  },
  { name: 'every consent', consents: EVERYTHING },
  { name: "every consent by a child's guardian", consents: EVERYTHING, age: CHILD },
  { name: 'consent to the purpose, seen from abroad', consents: purpose => [purpose], isSeenFromAbroad: true },
  { name: 'every consent, seen from abroad', consents: EVERYTHING, isSeenFromAbroad: true },
]

const STRICTNESS: readonly Effect[] = ['ALLOW', ...maskKinds, 'DENY', 'NOT_GRANTED']

/** Every change of a decision on these fields, sorted by viewer, purpose and field. */
export function policyDiff(before: Policy, after: Policy, personal: PersonalFields): PolicyDiff {
  const regions = [...new Set([before, after].flatMap(({ regimes }) => regimes.flatMap(each => each.regions)))].sort()
  const fields = [...personal].flatMap(([type, own]) =>
    [...own].map(([field, privacy]) => ({ field: `${type}.${field}`, privacy })),
  )
  const asked = viewerKinds.flatMap(viewer =>
    purposes
      .filter(purpose => [before, after].some(({ grants }) => grants[viewer].includes(purpose)))
      .flatMap(purpose => fields.map(each => ({ viewer, purpose, ...each }))),
  )
  return {
    fields: asked.flatMap(({ viewer, purpose, field, privacy }) => {
      const found = new Map<string, Pick<FieldChange, 'from' | 'to'> & { readonly at: Map<string, string[]> }>()
      for (const region of regions) {
        for (const situation of SITUATIONS) {
          const effectUnder = (policy: Policy) => effectOf(policy, viewer, purpose, privacy, region, situation)
          const [from, to] = [effectUnder(before), effectUnder(after)]
          if (from === to) continue
          const change = found.get(`${from} ${to}`) ?? { from, to, at: new Map<string, string[]>() }
          found.set(`${from} ${to}`, change)
          change.at.set(region, [...(change.at.get(region) ?? []), situation.name])
        }
      }
      return [...found.values()].map(({ from, to, at }) => {
        const isWider = STRICTNESS.indexOf(to) < STRICTNESS.indexOf(from)
        return { viewer, purpose, field, from, to, isWider, where: gathered(at) }
      })
    }),
    rows: viewerKinds
      .map(viewer => ({ viewer, from: before.rows[viewer], to: after.rows[viewer] }))
      .filter(({ from, to }) => from !== to),
  }
}

function gathered(at: ReadonlyMap<string, readonly string[]>): readonly Where[] {
  const byText = new Map<string, { readonly regions: string[]; readonly situations: readonly string[] }>()
  for (const [region, names] of at) {
    const situations = names.length === SITUATIONS.length ? ['always'] : names
    const text = situations.join()
    const where = byText.get(text) ?? { regions: [], situations }
    where.regions.push(region)
    byText.set(text, where)
  }
  return [...byText.values()]
}

function effectOf(
  policy: Policy,
  kind: ViewerKind,
  purpose: Purpose,
  { category, drawnFrom = [], outputType }: PersonalField,
  region: string,
  { consents, age, isSeenFromAbroad = false }: Situation,
): Effect {
  if (!policy.grants[kind].includes(purpose)) return 'NOT_GRANTED'
  const held = new Set(consents(purpose))
  const subject: SubjectState = { region, consents: held, ...(age !== undefined && { age, byGuardian: held }) }
  const viewer: Viewer = { kind, id: 'viewer', purpose, ...(isSeenFromAbroad && { region: abroad(policy, region) }) }
  const decision = decideAccessToAll(policy, viewer, [category, ...drawnFrom], subject)
  if (decision.effect !== 'MASK') return decision.effect
  return isLegalMask(decision.mask, outputType) ? decision.mask : 'NULL'
}

/** A region of another territory that the policy names; one that it names nowhere when there is no other. */
function abroad(policy: Policy, region: string): string {
  const home = territoryOf(policy, region)
  const others = policy.regimes.filter(({ territory }) => territory !== home)
  return others[0]?.regions[0] ?? 'XX'
}
