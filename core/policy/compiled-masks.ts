// The policy compiled for the viewers of one kind and region who state one purpose: what is decided about a customer depends
// on its state alone, so that each state is decided once, whichever request or customer it comes from.
import { type Purpose, purposes, type Viewer } from '../viewer.ts'
import type { Category } from './categories.ts'
import { type Decision, decideAccessToAll, mostOpenSubjects, type Reason, type SubjectState } from './decide-access.ts'
import { type DecidedImage, fieldImage, PUBLIC_IMAGE } from './field-image.ts'
import { isLegalMask, type MaskKind } from './masks.ts'
import type { PersonalField, PersonalFields } from './personal.ts'
import type { Policy } from './policy.ts'

export interface FieldMask {
  readonly field: string
  readonly mask: MaskKind
  readonly reason: Reason
}

/** How the entities of one type look, of a customer in one state. */
export interface View {
  /** What is withheld, in the order of the schema. */
  readonly masks: readonly FieldMask[]
  /** What is shown at least in part, with all that it is drawn from. */
  readonly shown: readonly { readonly field: string; readonly categories: readonly Category[] }[]
}

/** One object a class of viewers and policy, so that it can stand for both: whatever is compiled from it may be kept by it. */
export interface CompiledMasks {
  /** Synchronous and without allocation for a state that came before. */
  viewOf(type: string, subject: SubjectState): View
  /** Whether the field of some customer could be shown at all: false where no consent of anybody would show it. */
  canShow(type: string, field: string): boolean
  /** The fields that cannot, each with a reason that is nobody's in particular. */
  neverShown(type: string): readonly FieldMask[]
  /** How a personal field looks, for lists that are filtered or ordered by it. */
  imageOf(type: string, field: string): DecidedImage
}

/** Regions are what sources write. Beyond so many places in life the views are made anew. */
const MOST_PLACES = 1_000

/** No law takes anybody of this age for a minor. */
const OF_AGE = 18

const NO_CONSENTS: ReadonlySet<Purpose> = new Set()

const BITS = new Map<Purpose, number>(purposes.map((purpose, place) => [purpose, 1 << place]))

const known = new WeakMap<PersonalFields, WeakMap<Policy, Map<string, CompiledMasks>>>()

/** The masks of this viewer's kind and purpose, compiled at their first use. They are gone with the policy. */
export function compiledMasks(table: PersonalFields, policy: Policy, { kind, region, purpose }: Viewer): CompiledMasks {
  const byPolicy = known.get(table) ?? new WeakMap<Policy, Map<string, CompiledMasks>>()
  known.set(table, byPolicy)
  const byClass = byPolicy.get(policy) ?? new Map<string, CompiledMasks>()
  byPolicy.set(policy, byClass)
  const key = `${kind} ${purpose ?? ''} ${region ?? ''}`
  const masks = byClass.get(key) ?? compile(table, policy, { kind, id: '', region, purpose })
  byClass.set(key, masks)
  return masks
}

/** `viewer` stands for all of its class: it has nothing by which they differ. */
function compile(table: PersonalFields, policy: Policy, viewer: Viewer): CompiledMasks {
  const byType = new Map<string, Map<string, Map<number, View>>>()
  const neverShown = new Map<string, readonly FieldMask[]>()
  const images = new Map<string, DecidedImage>()

  function viewOf(type: string, subject: SubjectState): View {
    const place = placeOf(subject)
    const bits = bitsOf(subject.consents)
    const view = byType.get(type)?.get(place)?.get(bits)
    if (view !== undefined) return view
    const decided = decideView(type, subject)
    const byPlace = byType.get(type) ?? new Map<string, Map<number, View>>()
    byType.set(type, byPlace)
    if (byPlace.size >= MOST_PLACES) byPlace.clear()
    const byConsents = byPlace.get(place) ?? new Map<number, View>()
    byPlace.set(place, byConsents.set(bits, decided))
    return decided
  }

  function decideView(type: string, subject: SubjectState): View {
    const decided = [...(table.get(type) ?? [])].map(([field, personal]) => ({
      field,
      categories: categoriesOf(personal),
      outputType: personal.outputType,
      decision: decideAccessToAll(policy, viewer, categoriesOf(personal), subject),
    }))
    return {
      masks: decided.flatMap(({ field, outputType, decision }) => toFieldMask(field, outputType, decision)),
      shown: decided.filter(each => each.decision.effect !== 'DENY'),
    }
  }

  /** Those that are shown of nobody, whatever law holds and whoever consents. */
  function neverShownOf(type: string): readonly FieldMask[] {
    const hidden = mostOpenSubjects(policy).map(state =>
      viewOf(type, state).masks.filter(({ mask }) => mask === 'NULL'),
    )
    const [first = [], ...others] = hidden
    return first.filter(({ field }) => others.every(masks => masks.some(each => each.field === field)))
  }

  function neverShownKnown(type: string): readonly FieldMask[] {
    const masks = neverShown.get(type) ?? neverShownOf(type)
    neverShown.set(type, masks)
    return masks
  }

  function imageOf(type: string, field: string): DecidedImage {
    const personal = table.get(type)?.get(field)
    if (personal === undefined) return { image: PUBLIC_IMAGE, isByAge: false }
    const key = `${type}.${field}`
    const decided = images.get(key) ?? typed(fieldImage(policy, viewer, categoriesOf(personal)), personal.outputType)
    images.set(key, decided)
    return decided
  }

  return {
    viewOf,
    imageOf,
    canShow: (type, field) => neverShownKnown(type).every(each => each.field !== field),
    neverShown: neverShownKnown,
  }
}

/** The state but its consents, equal for customers between whom no decision tells a difference: most often the region alone. */
function placeOf({ region, otherRegion, age, byGuardian }: SubjectState): string {
  const isYoung = age !== undefined && age < OF_AGE
  if (otherRegion === undefined && !isYoung) return region
  return `${region}|${otherRegion ?? ''}|${isYoung ? `${age}|${bitsOf(byGuardian ?? NO_CONSENTS)}` : ''}`
}

function bitsOf(consents: ReadonlySet<Purpose>): number {
  let bits = 0
  for (const purpose of consents) bits |= BITS.get(purpose) ?? 0
  return bits
}

function categoriesOf({ category, drawnFrom = [] }: PersonalField): readonly Category[] {
  return [category, ...drawnFrom]
}

/** A mask that the type cannot carry withholds the value. */
function typed(decided: DecidedImage, outputType: string): DecidedImage {
  const { image } = decided
  if (image.effect === 'NEVER' || image.mask === undefined) return decided
  const isCarried = image.mask !== 'NULL' && isLegalMask(image.mask, outputType)
  return isCarried ? decided : { image: { effect: 'NEVER' }, isByAge: false }
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
