// The policy compiled for the viewers of one kind and region who state one purpose: what is decided about a customer depends
// on its state alone, so that each state is decided once, whichever request or customer it comes from.
import { type Purpose, purposes, type Viewer } from '../viewer.ts'
import type { Category } from './categories.ts'
import { type Decision, decideAccessToAll, type Reason, type SubjectState } from './decide-access.ts'
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
}

/** A consent only ever shows more, and of the region nothing else depends than which consents are needed. */
export const CONSENTS_TO_ALL: SubjectState = { region: '', consents: new Set(purposes) }

/** Regions are what sources write. Beyond so many of them the views are made anew. */
const MOST_REGIONS = 1_000

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
  const neverShown = new Map<string, ReadonlySet<string>>()

  function viewOf(type: string, subject: SubjectState): View {
    const bits = bitsOf(subject.consents)
    const view = byType.get(type)?.get(subject.region)?.get(bits)
    if (view !== undefined) return view
    const decided = decideView(type, subject)
    const byRegion = byType.get(type) ?? new Map<string, Map<number, View>>()
    byType.set(type, byRegion)
    if (byRegion.size >= MOST_REGIONS) byRegion.clear()
    const byConsents = byRegion.get(subject.region) ?? new Map<number, View>()
    byRegion.set(subject.region, byConsents.set(bits, decided))
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

  function neverShownOf(type: string): ReadonlySet<string> {
    const { masks } = viewOf(type, CONSENTS_TO_ALL)
    return new Set(masks.filter(({ mask }) => mask === 'NULL').map(({ field }) => field))
  }

  return {
    viewOf,
    canShow: (type, field) => {
      const fields = neverShown.get(type) ?? neverShownOf(type)
      neverShown.set(type, fields)
      return !fields.has(field)
    },
  }
}

function bitsOf(consents: ReadonlySet<Purpose>): number {
  let bits = 0
  for (const purpose of consents) bits |= BITS.get(purpose) ?? 0
  return bits
}

function categoriesOf({ category, drawnFrom = [] }: PersonalField): readonly Category[] {
  return [category, ...drawnFrom]
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
