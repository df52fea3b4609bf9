// Masks, applied once per entity and batch, and the report of them by which the gateway explains the answer.
import { purposes, type Viewer } from '../viewer.ts'
import type { Category } from './categories.ts'
import { type Decision, decideAccessToAll, type Reason, type SubjectState } from './decide-access.ts'
import { type FieldImage, fieldImage, PUBLIC_IMAGE } from './field-image.ts'
import { isLegalMask, type MaskKind, maskValue, type ViewerHash } from './masks.ts'
import type { PersonalField, PersonalFields } from './personal.ts'
import type { Policy } from './policy.ts'

export interface FieldMask {
  readonly field: string
  readonly mask: MaskKind
  readonly reason: Reason
}

/** The customer whom an entity is about. */
export interface Subject extends SubjectState {
  readonly id: string
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
  /** How the field looks to this viewer, for the order in which a list stands. */
  imageOf(type: string, field: string): FieldImage
  /** The same for a filter or an order that the viewer asks for: its answer tells of the field, which the access record names. */
  imageAsked(type: string, field: string): FieldImage
  /** What was withheld of this entity, by field; undefined where no record of it came this way. */
  withheld(type: string, id: string): readonly FieldMask[] | undefined
  /** The categories whose values were shown, for the access record. */
  categoriesShown(): ReadonlySet<Category>
  /** The customers of whom values were shown, for the access record. */
  subjectsShown(): ReadonlySet<string>
}

interface View {
  readonly masks: readonly FieldMask[]
  readonly shown: readonly { readonly field: string; readonly categories: readonly Category[] }[]
}

/** A consent only ever shows more, and of the region nothing else depends than which consents are needed. */
const CONSENTS_TO_ALL: SubjectState = { region: '', consents: new Set(purposes) }

export function entityMasks(table: PersonalFields, policy: Policy, viewer: Viewer, hash: ViewerHash): EntityMasks {
  const withheld = new Map<string, readonly FieldMask[]>()
  const shown = new Set<Category>()
  const subjects = new Set<string>()
  // Customers of one region with the same consents are masked alike: decide once for all of them.
  const views = new Map<string, View>()
  const neverShown = new Map<string, ReadonlySet<string>>()

  function imageOf(type: string, field: string): FieldImage {
    const personal = table.get(type)?.get(field)
    return personal === undefined ? PUBLIC_IMAGE : imageOfPersonal(policy, viewer, personal)
  }

  function viewOf(type: string, subject: SubjectState): View {
    const key = `${type}|${subject.region}|${[...subject.consents].sort().join()}`
    const known = views.get(key)
    if (known !== undefined) return known
    const fields = [...(table.get(type) ?? [])]
    const decided = fields.map(([field, personal]) => ({
      field,
      categories: categoriesOf(personal),
      outputType: personal.outputType,
      decision: decideAccessToAll(policy, viewer, categoriesOf(personal), subject),
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
    const { masks } = viewOf(type, CONSENTS_TO_ALL)
    const fields = new Set(masks.filter(({ mask }) => mask === 'NULL').map(({ field }) => field))
    neverShown.set(type, fields)
    return fields
  }

  return {
    canShow: (type, field) => !neverShownOf(type).has(field),
    imageOf,
    imageAsked: (type, field) => {
      const image = imageOf(type, field)
      const personal = table.get(type)?.get(field)
      if (image.effect === 'SHOWN' && personal !== undefined) {
        for (const category of categoriesOf(personal)) shown.add(category)
      }
      return image
    },
    apply: (type, record, subject) => {
      const view = viewOf(type, subject)
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
  }
}

function categoriesOf({ category, drawnFrom = [] }: PersonalField): readonly Category[] {
  return [category, ...drawnFrom]
}

/** By policy, because an image depends on nothing else but kind and purpose of the viewer and what the field holds. */
const images = new WeakMap<Policy, Map<string, FieldImage>>()

function imageOfPersonal(policy: Policy, viewer: Viewer, personal: PersonalField): FieldImage {
  const known = images.get(policy) ?? new Map<string, FieldImage>()
  images.set(policy, known)
  const categories = categoriesOf(personal)
  const key = `${viewer.kind}|${viewer.purpose}|${categories}|${personal.outputType}`
  const image = known.get(key) ?? asTyped(fieldImage(policy, viewer, categories), personal.outputType)
  known.set(key, image)
  return image
}

function asTyped(image: FieldImage, outputType: string): FieldImage {
  const isCarried = image.effect === 'NEVER' || image.mask === undefined || isLegalMask(image.mask, outputType)
  return isCarried && !(image.effect === 'SHOWN' && image.mask === 'NULL') ? image : { effect: 'NEVER' }
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
