// Masks, applied once per entity and batch, and the report of them by which the gateway explains the answer.
import type { Instant } from '../clock.ts'
import type { Viewer } from '../viewer.ts'
import { ageAt } from './age.ts'
import type { Category } from './categories.ts'
import { type Decision, decideAccessToAll, mostOpenSubjects, type Reason, type SubjectState } from './decide-access.ts'
import type { MaskReport } from './mask-report.ts'
import { isLegalMask, type MaskKind, maskValue, type ViewerHash } from './masks.ts'
import type { PersonalFields } from './personal.ts'
import type { Policy } from './policy.ts'

export interface FieldMask {
  readonly field: string
  readonly mask: MaskKind
  readonly reason: Reason
}

/** The customer whom an entity is about. */
export interface Subject extends Omit<SubjectState, 'age'> {
  readonly id: string
  /** YYYY-MM-DD, where it is known. */
  readonly birthDate?: string
}

/** Masks of one request. One viewer and one purpose, so that an entity is masked alike wherever it stands in the answer. */
export interface EntityMasks {
  /**
   * The record with each personal field as this viewer sees it, on a fresh object (federation writes `__typename` on it).
   * Reports what it withheld, whether the value was there or not.
   */
  apply<T extends { readonly id: string }>(type: string, record: T, subject: Subject): T
  /** Whether the field of some customer could be shown at all; of one that never is, the value need not be read. */
  canShow(type: string, field: string): boolean
  /** What was withheld of this entity, by field; undefined where no record of it came this way. */
  withheld(type: string, id: string): readonly FieldMask[] | undefined
  /** The categories whose values were shown, for the access record. */
  categoriesShown(): ReadonlySet<Category>
  /** The customers of whom values were shown, for the access record. */
  subjectsShown(): ReadonlySet<string>
  /** All of that, to be told to a gateway elsewhere. */
  report(): MaskReport
  /** Takes over what a subgraph elsewhere reports. */
  adopt(report: MaskReport): void
}

interface View {
  readonly masks: readonly FieldMask[]
  readonly shown: readonly { readonly field: string; readonly categories: readonly Category[] }[]
}

/** No law takes anybody of this age for a minor. */
const OF_AGE = 18

/** `at` is when the request arrived: how old customers are is told as of then. */
export function entityMasks(
  table: PersonalFields,
  policy: Policy,
  viewer: Viewer,
  hash: ViewerHash,
  at: Instant,
): EntityMasks {
  const withheld = new Map<string, readonly FieldMask[]>()
  const shown = new Set<Category>()
  const subjects = new Set<string>()
  // Customers of one region with the same consents are masked alike: decide once for all of them.
  const views = new Map<string, View>()
  const neverShown = new Map<string, ReadonlySet<string>>()
  // Made once for all entities of a customer, which share its subject.
  const states = new WeakMap<SubjectState, string>()

  function stateOf(subject: SubjectState): string {
    const known = states.get(subject)
    if (known !== undefined) return known
    const state = keyOf(subject)
    states.set(subject, state)
    return state
  }

  function viewOf(type: string, subject: SubjectState): View {
    const key = `${type}|${stateOf(subject)}`
    const known = views.get(key)
    if (known !== undefined) return known
    const fields = [...(table.get(type) ?? [])]
    const decided = fields.map(([field, { category, drawnFrom = [], outputType }]) => ({
      field,
      categories: [category, ...drawnFrom],
      outputType,
      decision: decideAccessToAll(policy, viewer, [category, ...drawnFrom], subject),
    }))
    const view = {
      masks: decided.flatMap(({ field, outputType, decision }) => toFieldMask(field, outputType, decision)),
      shown: decided.filter(each => each.decision.effect !== 'DENY'),
    }
    views.set(key, view)
    return view
  }

  function neverShownOf(type: string): ReadonlySet<string> {
    const known = neverShown.get(type)
    if (known !== undefined) return known
    const nulls = mostOpenSubjects(policy).map(subject => hiddenIn(viewOf(type, subject)))
    const [first = new Set<string>(), ...others] = nulls
    const fields = new Set([...first].filter(field => others.every(each => each.has(field))))
    neverShown.set(type, fields)
    return fields
  }

  return {
    canShow: (type, field) => !neverShownOf(type).has(field),
    apply: (type, record, subject) => {
      const view = viewOf(type, withAge(subject, at))
      for (const { field, categories } of view.shown) {
        // What was not selected was not read.
        if (!(field in record)) continue
        for (const category of categories) shown.add(category)
        subjects.add(subject.id)
      }
      const key = `${type}:${record.id}`
      if (view.masks.length > 0 || !withheld.has(key)) withheld.set(key, view.masks)
      const image: Record<string, unknown> = { ...record }
      for (const { field, mask } of view.masks) image[field] = maskValue(image[field], mask, hash)
      return image as typeof record
    },
    withheld: (type, id) => withheld.get(`${type}:${id}`),
    categoriesShown: () => shown,
    subjectsShown: () => subjects,
    report: () => ({
      withheld: [...withheld].map(([key, masks]) => {
        const [type = ''] = key.split(':', 1)
        return { type, id: key.slice(type.length + 1), masks: [...masks] }
      }),
      categories: [...shown],
      subjects: [...subjects],
    }),
    adopt: report => {
      for (const { type, id, masks } of report.withheld) {
        const key = `${type}:${id}`
        const known = withheld.get(key) ?? []
        // A personal field has one subgraph, so that two never tell of the same one.
        withheld.set(key, [...known, ...masks.filter(({ field }) => !known.some(each => each.field === field))])
      }
      for (const category of report.categories) shown.add(category)
      for (const subject of report.subjects) subjects.add(subject)
    },
  }
}

function hiddenIn({ masks }: View): ReadonlySet<string> {
  return new Set(masks.filter(({ mask }) => mask === 'NULL').map(({ field }) => field))
}

/** Equal for customers between whom no decision tells a difference. */
function keyOf({ region, otherRegion = '', age, consents, byGuardian }: SubjectState): string {
  const isYoung = age !== undefined && age < OF_AGE
  const guarded = isYoung ? `${age}|${[...(byGuardian ?? [])].sort().join()}` : ''
  return `${region}|${otherRegion}|${guarded}|${[...consents].sort().join()}`
}

function withAge({ birthDate, ...subject }: Subject, at: Instant): SubjectState {
  return birthDate === undefined ? subject : { ...subject, age: ageAt(birthDate, at) }
}

function toFieldMask(field: string, outputType: string, decision: Decision): FieldMask[] {
  switch (decision.effect) {
    case 'ALLOW':
      return []
    case 'MASK': {
      // An image that the type cannot carry would be an error in place of the value, and no error in place of none.
      const mask = isLegalMask(decision.mask, outputType) ? decision.mask : 'NULL'
      return [{ field, mask, reason: decision.reason }]
    }
    case 'DENY':
      return [{ field, mask: 'NULL', reason: decision.reason }]
  }
}
