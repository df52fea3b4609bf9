// Pairs of worlds that look alike to one viewer: whatever it is not shown, or not in full, differs between them.
import { ageAt } from '../../core/policy/age.ts'
import { separateConsents } from '../../core/viewer.ts'
import { chance, type Draw } from './draw.ts'
import { isVisible, isVisibleSeller, maskOf, type Sight } from './twin-sight.ts'
import { CUSTOMER_IDS, DRAWN, IN_PLACE, TWINS_NOW, type Value } from './twin-values.ts'
import {
  type ConsentState,
  drawConsents,
  drawCustomer,
  drawEvidence,
  drawPayloads,
  drawSeller,
  drawWorld,
  type Item,
  type Owned,
  type Shared,
  type TwinCustomer,
  type TwinSeller,
  type TwinSubject,
  type TwinWorld,
} from './twin-worlds.ts'

/** A world that is another wherever the viewer is not shown it, and looks the same to it. */
export function twinOf(world: TwinWorld, sight: Sight, draw: Draw): TwinWorld {
  const seen = world.customers.filter(each => isVisible(each, sight))
  const unseen = CUSTOMER_IDS.filter(id => !seen.some(each => each.id === id) && chance(draw, 75))
  const others = unseen.map(id => drawCustomer(draw, id)).filter(each => !isVisible(each, sight))
  const known = [...seen, ...world.sellers.filter(each => isVisibleSeller(each, sight))]
  return {
    customers: [...seen.map(each => twinOfCustomer(each, sight, draw)), ...others],
    sellers: world.sellers.map(each => ({
      ...twinOfSeller(each, sharersOf(world, known), sight, draw),
      // Only who consents is named to those whom it guides.
      ...(isGuide(each, world) && { consents: each.consents }),
    })),
    shared: [
      ...world.shared.flatMap(each => twinOfShared(each, world, known, sight, draw)),
      ...drawWorld(draw).shared.filter(({ about }) => about.every(id => !known.some(each => each.id === id))),
    ],
    payloads: drawPayloads(draw),
  }
}

function twinOfCustomer(customer: TwinCustomer, sight: Sight, draw: Draw): TwinCustomer {
  const changed = (type: string, values: Item['values']) => twinOfValues(type, values, [customer], sight, draw)
  return {
    id: customer.id,
    values: changed('Customer', customer.values),
    consents: twinOfConsents(customer, sight, draw),
    interactions: customer.interactions.map(({ id, values, signals, environment }) => ({
      id,
      values: changed('Interaction', values),
      // Of a text that no model read nothing is shown: that one did shows in every part.
      signals: isAllHidden(['InteractionSignals'], customer, sight) ? changed('InteractionSignals', signals) : signals,
      environment: changed('InteractionEnvironment', environment),
    })),
    own: twinOfOwned(customer.own, customer, sight, draw),
  }
}

/** Those who share something with somebody whom the viewer knows: what is told of that is told as of each of them. */
function sharersOf({ shared }: TwinWorld, known: readonly Item[]): ReadonlySet<string> {
  return new Set(shared.flatMap(({ about }) => (known.some(({ id }) => about.includes(id)) ? about : [])))
}

/** Of whom the viewer may know no more than the name everything else may be another, but what decides of what it shares. */
function twinOfSeller(seller: TwinSeller, sharers: ReadonlySet<string>, sight: Sight, draw: Draw): TwinSeller {
  if (!isVisibleSeller(seller, sight)) {
    const { own, ...others } = drawSeller(draw, seller.id)
    const drawn = { ...others, own: { ...own, Assignment: placesOf(seller.own, own) } }
    return sharers.has(seller.id) ? { ...drawn, consents: twinOfConsents(seller, sight, draw) } : drawn
  }
  const changed = (type: string, values: Item['values']) => twinOfValues(type, values, [seller], sight, draw)
  // What a skill was in former times is worked out from the evidence, and a contest is of the evidence.
  const isEvidenceHidden = isAllHidden(['SkillEvidence', 'SkillContest', 'SellerSkill'], seller, sight)
  const isContestShown = maskOf('SkillContest', 'skill', seller, sight) !== 'NULL'
  const skills = seller.skills.map(({ values }) => changed('SellerSkill', values))
  // A seller stands at a skill once, and what is contested names its skill to whoever decides of it.
  const isSkillKept = isContestShown || new Set(skills.map(({ skill }) => skill)).size < skills.length
  return {
    ...seller,
    consents: twinOfConsents(seller, sight, draw),
    skills: seller.skills.map(({ id, values, evidence }, n) => ({
      id,
      values: { ...skills[n], ...(isSkillKept && { skill: values.skill ?? null }) },
      evidence: isEvidenceHidden ? evidence.map(each => drawEvidence(draw, each.id)) : evidence,
    })),
    account: changed('Ledger', seller.account),
    own: twinOfOwned(seller.own, seller, sight, draw),
  }
}

function isGuide({ id }: TwinSeller, { sellers }: TwinWorld): boolean {
  return sellers.some(({ own }) => own.Assignment?.some(({ values }) => values.guide === id))
}

/** The places that somebody has and those that were drawn for nobody: how many are taken everybody is told. */
function placesOf({ Assignment: before = [] }: Owned, { Assignment: drawn = [] }: Owned): readonly Item[] {
  return [...before.filter(isPlaceTaken), ...drawn.filter(each => !isPlaceTaken(each))]
}

const isPlaceTaken = ({ values }: Pick<Item, 'values'>) => IN_PLACE.includes(values.state ?? null)

function twinOfOwned(own: Owned, subject: TwinSubject, sight: Sight, draw: Draw): Owned {
  return Object.fromEntries(
    Object.entries(own).map(([type, items]) => [
      type,
      items.map(({ id, values }) => ({ id, values: twinOfValues(type, values, [subject], sight, draw) })),
    ]),
  )
}

/** What is about somebody whom the viewer knows stays, with other values where they are hidden of one of all whom it is about. */
function twinOfShared(
  shared: Shared,
  { customers, sellers }: TwinWorld,
  known: readonly Item[],
  sight: Sight,
  draw: Draw,
): readonly Shared[] {
  const { type, about, values } = shared
  if (!known.some(({ id }) => about.includes(id))) return []
  const subjects = [...customers, ...sellers].filter(({ id }) => about.includes(id))
  return [{ ...shared, values: twinOfValues(type, values, subjects, sight, draw) }]
}

function isAllHidden(types: readonly string[], subject: TwinSubject, sight: Sight): boolean {
  return types.every(type =>
    Object.keys(DRAWN[type] ?? {}).every(field => maskOf(type, field, subject, sight) === 'NULL'),
  )
}

/** A consent that decides nothing for this viewer is a value like any other. */
function twinOfConsents(customer: TwinSubject, sight: Sight, draw: Draw): readonly ConsentState[] {
  const { policy, viewer } = sight
  const laws = policy.regimes.flatMap(({ compatible }) => compatible.map(({ from }) => from))
  const deciding = new Set([
    viewer.purpose,
    ...policy.rules.map(rule => rule.alsoConsent),
    ...policy.overlays.flatMap(({ rules }) => rules.map(rule => rule.alsoConsent)),
    ...separateConsents,
    ...laws,
  ])
  const decides = ({ purpose, recipient }: ConsentState) =>
    deciding.has(purpose) && (recipient === '' || recipient === viewer.id)
  if (maskOf('Customer', 'consents', customer, sight) !== 'NULL') return customer.consents
  return [...customer.consents.filter(decides), ...drawConsents(draw).filter(each => !decides(each))]
}

/** Hidden is what is hidden of one of these subjects; of what is shown in part of several everything stays. */
function twinOfValues(
  type: string,
  values: Item['values'],
  subjects: readonly TwinSubject[],
  sight: Sight,
  draw: Draw,
): Item['values'] {
  const [only] = subjects
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => {
      const drawn = DRAWN[type]?.[field]?.(draw) ?? null
      if (type === 'Assignment' && isTakenOrNot(field, values, drawn)) return [field, value]
      if (only !== undefined && type === 'Customer' && isFixed(field, drawn, only, sight)) return [field, value]
      const masks = subjects.map(each => maskOf(type, field, each, sight))
      const mask = masks.includes('NULL') ? 'NULL' : masks.length === 1 ? (masks[0] ?? 'ALLOW') : 'ALLOW'
      return [field, alike(value, drawn, mask)]
    }),
  )
}

/** Whether a place is taken, and of which role it is, stays as it is. */
function isTakenOrNot(field: string, values: Item['values'], drawn: Value): boolean {
  if (isPlaceTaken({ values })) return field === 'state' || field === 'role'
  return field === 'state' && IN_PLACE.includes(drawn)
}

/** What decides which rows are visible, and the law of the region, which reasons name, stay as they are. */
function isFixed(field: string, drawn: Value, { values }: TwinSubject, { policy, viewer }: Sight): boolean {
  const scope = policy.rows[viewer.kind]
  // Which law holds and who is a minor decide what is shown, and the reasons name it.
  if (field === 'otherRegion' || field === 'birthDate') return true
  if (field === 'owner') return scope === 'OWNED'
  const regimeOf = (region: Value | undefined) =>
    policy.regimes.find(each => each.regions.some(one => one === region))?.id
  return (
    field === 'region' &&
    (scope === 'REGION' || isYoung(values.birthDate) || regimeOf(drawn) !== regimeOf(values.region))
  )
}

/** Of whom the age decides, which each region sets for itself. */
function isYoung(birthDate: Value | undefined): boolean {
  return typeof birthDate === 'string' && ageAt(birthDate, TWINS_NOW) < 18
}

/** A value with the same image as `value`, made of another one where that is possible. */
function alike(value: Value, drawn: Value, mask: string): Value {
  if (mask === 'NULL') return drawn
  if (value === null) return null
  switch (mask) {
    case 'LAST4': {
      const text = String(value)
      return text.length > 8
        ? `${String(drawn ?? 'something else')
            .slice(0, 12)
            .padEnd(9, 'x')}${text.slice(-4)}`
        : text.split('').reverse().join('')
    }
    case 'REDACT':
      return drawn ?? 'something else'
    case 'YEAR_ONLY':
      return drawn === null ? value : `${String(value).slice(0, 4)}${String(drawn).slice(4)}`
    default:
      return value
  }
}
