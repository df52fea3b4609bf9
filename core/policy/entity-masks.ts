// Masks, applied once per entity and batch, and the report of them by which the gateway explains the answer.
import type { Instant } from '../clock.ts'
import type { Viewer } from '../viewer.ts'
import { ageAt, bornUntil } from './age.ts'
import type { Category } from './categories.ts'
import { type CompiledMasks, compiledMasks, type FieldMask, type View } from './compiled-masks.ts'
import type { SubjectState } from './decide-access.ts'
import { type FieldImage, PUBLIC_IMAGE } from './field-image.ts'
import type { MaskReport } from './mask-report.ts'
import { maskValue, strictest, type ViewerHash } from './masks.ts'
import type { PersonalFields } from './personal.ts'
import type { Policy } from './policy.ts'

/** The customer whom an entity is about. */
export interface Subject extends Omit<SubjectState, 'age'> {
  readonly id: string
  /** YYYY-MM-DD, where it is known. */
  readonly birthDate?: string
  /** The customers who turned out to be this one person: what is shown of it is shown of each of them. */
  readonly partIds?: readonly string[]
}

/** Masks of one request. One viewer and one purpose, so that an entity is masked alike wherever it stands in the answer. */
export interface EntityMasks {
  /** What all requests of this class of viewers share. */
  readonly compiled: CompiledMasks
  /**
   * The record with each personal field as this viewer sees it, on a fresh object (federation writes `__typename` on it).
   * Reports what it withheld, whether the value was there or not.
   */
  apply<T extends { readonly id: string }>(type: string, record: T, subject: Subject): T
  /** The same of a record that is about several customers: what is withheld of one of them is withheld, for that reason. */
  applyToAll<T extends { readonly id: string }>(type: string, record: T, subjects: readonly Subject[]): T
  /** What is withheld of every record of this type about the customer, whatever it holds. */
  masksOf(type: string, subject: Subject): readonly FieldMask[]
  /** Whether the field of some customer could be shown at all; of one that never is, the value need not be read. */
  canShow(type: string, field: string): boolean
  /** How the field looks to this viewer, for the order in which a list stands. */
  imageOf(type: string, field: string): FieldImage
  /** The same for a filter or an order that the viewer asks for: its answer tells of the field, which the access record names. */
  imageAsked(type: string, field: string): FieldImage
  /** What was withheld of this entity, by field; undefined where no record of it came this way. */
  withheld(type: string, id: string): readonly FieldMask[] | undefined
  /**
   * What would have been withheld of an entity that nobody had to read, since nothing of it could be shown: it is about
   * whom the entity with its id is about; where that is not known, it is what is withheld of everybody.
   */
  withheldUnread(type: string, id: string | null): readonly FieldMask[]
  /** The categories whose values were shown, for the access record. */
  categoriesShown(): ReadonlySet<Category>
  /** The customers of whom values were shown, for the access record. */
  subjectsShown(): ReadonlySet<string>
  /** All of that, to be told to a gateway elsewhere. */
  report(): MaskReport
  /** Takes over what a subgraph elsewhere reports. */
  adopt(report: MaskReport): void
}

/** Of one way in which entities look: the fields of which no value was noted yet, and one of which some was. */
interface Noted {
  fields: View['shown']
  one: string
}

/** `at` is when the request arrived: how old customers are is told as of then. */
export function entityMasks(
  table: PersonalFields,
  policy: Policy,
  viewer: Viewer,
  hash: ViewerHash,
  at: Instant,
): EntityMasks {
  const compiled = compiledMasks(table, policy, viewer)
  // By type and then by id: a key of both would be a new text for each entity.
  const byType = new Map<string, Map<string, readonly FieldMask[]>>()
  const states = new Map<string, SubjectState>()
  const shown = new Set<Category>()
  const subjects = new Set<string>()
  const notedOf = new Map<View, Noted>()
  let lastSubject: Subject | undefined
  let lastState: SubjectState | undefined
  let lastType: string | undefined
  let lastView: View | undefined

  function withheldOf(type: string): Map<string, readonly FieldMask[]> {
    const known = byType.get(type) ?? new Map<string, readonly FieldMask[]>()
    byType.set(type, known)
    return known
  }

  /** Entities of one subject come one after the other, and share it. */
  function stateOf(subject: Subject): SubjectState {
    if (subject === lastSubject && lastState !== undefined) return lastState
    lastSubject = subject
    lastView = undefined
    lastState = withAge(subject, at)
    states.set(subject.id, lastState)
    return lastState
  }

  function viewOf(type: string, subject: Subject): View {
    const state = stateOf(subject)
    if (lastView === undefined || type !== lastType) lastView = compiled.viewOf(type, state)
    lastType = type
    return lastView
  }

  /** Notes for the access record what is shown of a record. What was not selected was not read, and is no part of it. */
  function noteShown(view: View, record: object, { id, partIds = [] }: Subject): void {
    const noted = notedOf.get(view) ?? { fields: view.shown, one: '' }
    if (noted.one === '') notedOf.set(view, noted)
    for (const { field, categories } of noted.fields) {
      if (!(field in record)) continue
      for (const category of categories) shown.add(category)
      noted.fields = noted.fields.filter(each => each.field !== field)
      noted.one = field
    }
    if (!(noted.one in record || view.shown.some(({ field }) => field in record))) return
    subjects.add(id)
    for (const partId of partIds) subjects.add(partId)
  }

  function imageOf(type: string, field: string): FieldImage {
    if (table.get(type)?.get(field) === undefined) return PUBLIC_IMAGE
    const { image, isByAge } = compiled.imageOf(type, field)
    return image.effect === 'SHOWN' && isByAge ? { ...image, bornUntil: bornUntil(at) } : image
  }

  function applyView<T extends { readonly id: string }>(type: string, record: T, view: View): T {
    const withheld = withheldOf(type)
    if (view.masks.length > 0 || !withheld.has(record.id)) withheld.set(record.id, view.masks)
    const image: Record<string, unknown> = { ...record }
    for (const { field, mask } of view.masks) image[field] = maskValue(image[field], mask, hash)
    return image as typeof record
  }

  return {
    compiled,
    canShow: compiled.canShow,
    imageOf,
    imageAsked: (type, field) => {
      const image = imageOf(type, field)
      const personal = table.get(type)?.get(field)
      if (image.effect === 'SHOWN' && personal !== undefined) {
        for (const category of [personal.category, ...(personal.drawnFrom ?? [])]) shown.add(category)
      }
      return image
    },
    apply: (type, record, subject) => {
      const view = viewOf(type, subject)
      noteShown(view, record, subject)
      if (record.id !== subject.id) states.set(record.id, stateOf(subject))
      return applyView(type, record, view)
    },
    applyToAll: (type, record, subjects) => {
      const views = subjects.map(subject => viewOf(type, subject))
      const view = strictestView(views)
      for (const subject of subjects) noteShown(view, record, subject)
      const [first] = subjects
      if (first !== undefined && first.id !== record.id) states.set(record.id, stateOf(first))
      return applyView(type, record, view)
    },
    masksOf: (type, subject) => viewOf(type, subject).masks,
    withheld: (type, id) => byType.get(type)?.get(id),
    withheldUnread: (type, id) => {
      if (id === null) return compiled.neverShown(type)
      const state = states.get(id)
      if (state !== undefined) return compiled.viewOf(type, state).masks
      return compiled.neverShown(type)
    },
    categoriesShown: () => shown,
    subjectsShown: () => subjects,
    report: () => ({
      withheld: [...byType].flatMap(([type, own]) => [...own].map(([id, masks]) => ({ type, id, masks: [...masks] }))),
      states: [...states].map(([id, { region, otherRegion, age, consents, byGuardian }]) => ({
        id,
        region,
        otherRegion,
        age,
        consents: [...consents],
        byGuardian: byGuardian && [...byGuardian],
      })),
      categories: [...shown],
      subjects: [...subjects],
    }),
    adopt: report => {
      for (const { type, id, masks } of report.withheld) {
        const withheld = withheldOf(type)
        const known = withheld.get(id) ?? []
        // A personal field has one subgraph, so that two never tell of the same one.
        withheld.set(id, [...known, ...masks.filter(({ field }) => !known.some(each => each.field === field))])
      }
      for (const { id, consents, byGuardian, ...state } of report.states) {
        states.set(id, { ...state, consents: new Set(consents), byGuardian: byGuardian && new Set(byGuardian) })
      }
      for (const category of report.categories) shown.add(category)
      for (const subject of report.subjects) subjects.add(subject)
    },
  }
}

/** What all of these show, and of every field the strictest mask; of two that are as strict, the first with its reason. */
function strictestView([first = NOTHING_WITHHELD, ...others]: readonly View[]): View {
  return others.reduce((view, other) => (other === view ? view : stricterOf(view, other)), first)
}

const NOTHING_WITHHELD: View = { masks: [], shown: [] }

function stricterOf(one: View, other: View): View {
  const both = one.masks.map(mask => {
    const beside = other.masks.find(({ field }) => field === mask.field)
    const kind = beside === undefined ? mask.mask : strictest(mask.mask, beside.mask)
    if (beside === undefined || kind === mask.mask) return mask
    return kind === beside.mask ? beside : { ...mask, mask: kind }
  })
  const added = other.masks.filter(({ field }) => one.masks.every(mask => mask.field !== field))
  return {
    masks: [...both, ...added],
    shown: one.shown.filter(({ field }) => other.shown.some(each => each.field === field)),
  }
}

function withAge(subject: Subject, at: Instant): SubjectState {
  if (subject.birthDate === undefined) return subject
  return { ...subject, age: ageAt(subject.birthDate, at) }
}
