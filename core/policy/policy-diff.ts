// What another policy would change for whom: every decision on a personal field under both, told where they differ. Pure.
import { canonicalJson } from '../evidence/commitment.ts'
import { type Purpose, purposes, separateConsents, type Viewer, type ViewerKind, viewerKinds } from '../viewer.ts'
import type { Category } from './categories.ts'
import { decideAccessToAll, type SubjectState } from './decide-access.ts'
import { leastConsents } from './least-consents.ts'
import { isLegalMask, maskKinds } from './masks.ts'
import type { PersonalField, PersonalFields } from './personal.ts'
import { type Policy, type RowScope, type Rule, ruleApplies, territoryOf } from './policy.ts'

/** What is shown of a value. HIDDEN is nothing, for whatever reason; NOT_GRANTED: nothing, as the purpose cannot be stated. */
type Image = 'ALLOW' | 'HIDDEN' | 'NOT_GRANTED' | (typeof maskKinds)[number]

export interface FieldChange {
  readonly viewer: ViewerKind
  readonly purpose: Purpose
  /** As `Type.field`. */
  readonly field: string
  readonly from: Image
  readonly to: Image
  readonly isWider: boolean
  readonly where: readonly ChangedRegion[]
}

export interface ChangedRegion {
  /** '' stands for every region that neither policy names. */
  readonly region: string
  /** Whether it changes for each customer there of whom the field is shown at all. */
  readonly isWhereverShown: boolean
  readonly situations: readonly ChangedSituation[]
}

/** Who and from where, with the consents that there are for it to change: each least set of them. */
export interface ChangedSituation extends Situation {
  readonly consents: readonly (readonly Purpose[])[]
}

interface Situation {
  /** In years; undefined for who is of age under both policies. */
  readonly age: number | undefined
  /** Whether a guardian gave the consents of who is not. */
  readonly isByGuardian: boolean
  /** Where the viewer sits; undefined for where the customer is. */
  readonly seenFrom: string | undefined
}

export interface GrantChange {
  readonly viewer: ViewerKind
  readonly purpose: Purpose
  /** Whether the viewer may state the purpose under the new policy, and not under the old one. */
  readonly isWider: boolean
}

export interface RowChange {
  readonly viewer: ViewerKind
  readonly from: RowScope
  readonly to: RowScope
}

export interface PolicyDiff {
  readonly fields: readonly FieldChange[]
  readonly grants: readonly GrantChange[]
  /** Whose customers are others. */
  readonly rows: readonly RowChange[]
  /** What else is not the same, such as `regimes.GDPR.responseWithin`: by when answers are due, and which rights there are. */
  readonly others: readonly string[]
}

/** Stands for every region that no policy names. */
const ELSEWHERE = ''
/** A viewer there is abroad for every customer whose region a policy names. */
const ABROAD = 'another country'
const STRICTNESS: readonly Image[] = ['ALLOW', ...maskKinds, 'HIDDEN', 'NOT_GRANTED']

/**
 * Every change of what is shown of these fields, by viewer, purpose and field. Complete: what is decided depends on the region,
 * on which side of an age of a law the customer is, on the territory of the viewer and on the consents, all by a guardian or
 * none. More consents never show less, so that two policies that differ at all differ at a least set of consents of one of
 * them. A second residence joins what is decided at each.
 */
export function policyDiff(before: Policy, after: Policy, personal: PersonalFields): PolicyDiff {
  const regions = [ELSEWHERE, ...regionsOf(before, after)]
  const situations = situationsOf(before, after)
  const fields = [...personal].flatMap(([type, own]) =>
    [...own].map(([field, privacy]) => ({ field: `${type}.${field}`, privacy })),
  )
  const known = new Map<string, readonly Omit<FieldChange, 'field'>[]>()

  function changesOf(viewer: ViewerKind, purpose: Purpose, privacy: PersonalField) {
    const key = [viewer, purpose, privacy.outputType, privacy.category, ...(privacy.drawnFrom ?? [])].join(' ')
    const changes = known.get(key) ?? changesBetween(before, after, { viewer, purpose, privacy, regions, situations })
    known.set(key, changes)
    return changes
  }

  const grants = viewerKinds.flatMap(viewer => purposes.map(purpose => ({ viewer, purpose })))
  const isGranted = (policy: Policy, { viewer, purpose }: Omit<GrantChange, 'isWider'>) =>
    policy.grants[viewer].includes(purpose)
  return {
    fields: grants
      .filter(each => isGranted(before, each) || isGranted(after, each))
      .flatMap(({ viewer, purpose }) =>
        fields.flatMap(({ field, privacy }) =>
          changesOf(viewer, purpose, privacy).map(change => ({ ...change, field })),
        ),
      ),
    grants: grants
      .filter(each => isGranted(before, each) !== isGranted(after, each))
      .map(each => ({ ...each, isWider: isGranted(after, each) })),
    rows: viewerKinds
      .map(viewer => ({ viewer, from: before.rows[viewer], to: after.rows[viewer] }))
      .filter(({ from, to }) => from !== to),
    others: otherChanges(before, after),
  }
}

interface Question {
  readonly viewer: ViewerKind
  readonly purpose: Purpose
  readonly privacy: PersonalField
  readonly regions: readonly string[]
  readonly situations: readonly Situation[]
}

function changesBetween(before: Policy, after: Policy, question: Question): readonly Omit<FieldChange, 'field'>[] {
  const { viewer, purpose, regions, situations } = question
  if (isDecidedAlike(before, after, question)) return []
  const found = new Map<string, Omit<FieldChange, 'field'>>()
  for (const region of regions) {
    const here = new Map<
      string,
      { readonly images: Changed; readonly at: ChangedSituation[]; isWhereverShown: boolean }
    >()
    let shownAnywhere = 0
    for (const situation of situations) {
      if (isAtHome(region, situation, before, after)) continue
      const { isShown, changes } = changesAt(before, after, question, region, situation)
      if (isShown) shownAnywhere++
      for (const { consents, isWhereverShown, ...images } of changes) {
        const key = `${images.from} ${images.to}`
        const change = here.get(key) ?? { images, at: [], isWhereverShown: true }
        here.set(key, change)
        change.at.push({ ...situation, consents })
        change.isWhereverShown &&= isWhereverShown
      }
    }
    for (const [key, { images, at, isWhereverShown }] of here) {
      const isWider = STRICTNESS.indexOf(images.to) < STRICTNESS.indexOf(images.from)
      const change = found.get(key) ?? { viewer, purpose, ...images, isWider, where: [] }
      const where = { region, isWhereverShown: isWhereverShown && at.length === shownAnywhere, situations: at }
      found.set(key, { ...change, where: [...change.where, where] })
    }
  }
  return [...found.values()]
}

/** Whether no policy tells the place of the viewer from that of the customer, which is asked about by itself. */
function isAtHome(region: string, { seenFrom }: Situation, ...policies: readonly Policy[]): boolean {
  return seenFrom !== undefined && policies.every(each => territoryOf(each, seenFrom) === territoryOf(each, region))
}

/** A short way to most answers: no rule is about the data, or the same ones under the same laws. */
function isDecidedAlike(before: Policy, after: Policy, { viewer, purpose, privacy }: Question): boolean {
  const applying = (rules: readonly Rule[]) =>
    rules.filter(rule => categoriesOf(privacy).some(category => ruleApplies(rule, viewer, purpose, category)))
  if ([before, after].every(({ rules }) => applying(rules).length === 0)) return true
  const deciding = ({ rules, overlays, regimes, grants }: Policy) =>
    canonicalJson([
      applying(rules),
      applying(overlays.flatMap(each => each.rules)),
      regimes,
      grants[viewer].includes(purpose),
    ])
  return deciding(before) === deciding(after)
}

interface Changed {
  readonly from: Image
  readonly to: Image
}

interface ChangeAt extends Changed {
  readonly consents: readonly (readonly Purpose[])[]
  readonly isWhereverShown: boolean
}

function changesAt(
  before: Policy,
  after: Policy,
  question: Question,
  region: string,
  situation: Situation,
): { readonly isShown: boolean; readonly changes: readonly ChangeAt[] } {
  const among = consentsAsked(before, after, question.purpose)
  const [old, next] = [before, after].map(
    policy => (consents: readonly Purpose[]) => imageUnder(policy, question, { region, ...situation }, consents),
  ) as [(consents: readonly Purpose[]) => Image, (consents: readonly Purpose[]) => Image]
  const shows = (image: Image) => image !== 'HIDDEN' && image !== 'NOT_GRANTED'
  // Whatever is shown is shown alike under each set of consents that is enough.
  const [from, to] = [old(among), next(among)]
  const setsOf = (imageOf: typeof old, image: Image) =>
    shows(image) ? leastConsents(among, consents => shows(imageOf(consents))) : []
  const [oldSets, newSets] = [setsOf(old, from), setsOf(next, to)]
  const lost = oldSets.filter(set => !shows(next(set)))
  const won = newSets.filter(set => !shows(old(set)))
  const both =
    shows(from) && shows(to) && from !== to
      ? leastConsents(among, consents => shows(old(consents)) && shows(next(consents)))
      : []
  const nothing = (policy: Policy): Image =>
    policy.grants[question.viewer].includes(question.purpose) ? 'HIDDEN' : 'NOT_GRANTED'
  const changes: readonly ChangeAt[] = [
    { from, to: nothing(after), consents: lost, isWhereverShown: newSets.length === 0 },
    { from: nothing(before), to, consents: won, isWhereverShown: oldSets.length === 0 },
    { from, to, consents: both, isWhereverShown: lost.length === 0 && won.length === 0 },
  ]
  return {
    isShown: oldSets.length + newSets.length > 0,
    changes: changes.filter(({ consents }) => consents.length > 0),
  }
}

function imageUnder(
  policy: Policy,
  { viewer: kind, purpose, privacy }: Question,
  { region, age, isByGuardian, seenFrom }: Situation & { readonly region: string },
  consents: readonly Purpose[],
): Image {
  if (!policy.grants[kind].includes(purpose)) return 'NOT_GRANTED'
  const held = new Set(consents)
  const subject: SubjectState = { region, consents: held, age, ...(isByGuardian && { byGuardian: held }) }
  const viewer: Viewer = { kind, id: 'viewer', purpose, ...(seenFrom !== undefined && { region: seenFrom }) }
  const decision = decideAccessToAll(policy, viewer, categoriesOf(privacy), subject)
  if (decision.effect === 'DENY') return 'HIDDEN'
  if (decision.effect === 'ALLOW') return 'ALLOW'
  return decision.mask !== 'NULL' && isLegalMask(decision.mask, privacy.outputType) ? decision.mask : 'HIDDEN'
}

function categoriesOf({ category, drawnFrom = [] }: PersonalField): readonly Category[] {
  return [category, ...drawnFrom]
}

/** The consents that a decision for this purpose asks for at all. */
function consentsAsked(before: Policy, after: Policy, purpose: Purpose): readonly Purpose[] {
  const asked = new Set<Purpose | undefined>([purpose, ...separateConsents])
  for (const { rules, overlays, regimes } of [before, after]) {
    for (const { alsoConsent } of [...rules, ...overlays.flatMap(each => each.rules)]) asked.add(alsoConsent)
    for (const { from } of regimes.flatMap(({ compatible }) => compatible)) asked.add(from)
  }
  return purposes.filter(each => asked.has(each))
}

function regionsOf(...policies: readonly Policy[]): readonly string[] {
  return [...new Set(policies.flatMap(({ regimes }) => regimes.flatMap(each => each.regions)))].sort()
}

/** Each age below one of the ages of a law, and each territory that a law tells from others. */
function situationsOf(before: Policy, after: Policy): readonly Situation[] {
  const regimes = [before, after].flatMap(policy => policy.regimes)
  const limits = regimes.flatMap(({ minors }) => [minors.belowAge, ...Object.values(minors.belowAgeIn)])
  const ages = [...new Set(limits.filter(limit => limit > 0).map(limit => limit - 1))].sort((a, b) => a - b)
  const territories = (region: string) => [before, after].map(policy => territoryOf(policy, region)).join()
  const places = [
    ...regionsOf(before, after),
    ...regimes.flatMap(each => Object.keys(each.crossBorder.safeguards)),
    ABROAD,
  ]
  const told = new Map(places.toReversed().map(place => [territories(place), place]))
  const people = [
    { age: undefined, isByGuardian: false },
    ...ages.flatMap(age => [true, false].map(isByGuardian => ({ age, isByGuardian }))),
  ]
  return people.flatMap(who => [undefined, ...[...told.values()].sort()].map(seenFrom => ({ ...who, seenFrom })))
}

/** What no decision on a field rests on: rights, deadlines and their calendars. */
function otherChanges(before: Policy, after: Policy): readonly string[] {
  const partsOf = ({ regimes, calendars }: Policy) =>
    new Map<string, string>([
      ...regimes.flatMap(({ id, rights, responseWithin, places }) =>
        Object.entries({ rights, responseWithin, places }).map(
          ([name, part]) => [`regimes.${id}.${name}`, canonicalJson(part)] as const,
        ),
      ),
      ...calendars.map(each => [`calendars.${each.id}`, canonicalJson(each)] as const),
    ])
  const [old, next] = [partsOf(before), partsOf(after)]
  return [...new Set([...old.keys(), ...next.keys()])].filter(name => old.get(name) !== next.get(name)).sort()
}
