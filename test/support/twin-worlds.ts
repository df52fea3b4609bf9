// What a world holds, drawn by chance.
import { type Purpose, purposes } from '../../core/viewer.ts'
import { chance, type Draw, pick } from './draw.ts'
import { CUSTOMER_IDS, DRAWN, REGION_OF_SELLER, SELLERS, type Value } from './twin-values.ts'

export interface Item {
  readonly id: string
  /** The values of its personal fields, by field. Composite values are one text. */
  readonly values: { readonly [field: string]: Value }
}

export interface ConsentState {
  readonly purpose: Purpose
  readonly recipient: string
  readonly state: 'GIVEN' | 'WITHDRAWN'
  /** True where a guardian gave it, whose consents alone count for a minor. */
  readonly isByGuardian?: boolean
}

/** What lies beside a subject and is about it alone, by type. */
export type Owned = { readonly [type: string]: readonly Item[] }

export interface TwinCustomer extends Item {
  readonly consents: readonly ConsentState[]
  readonly interactions: readonly (Item & {
    readonly signals: Item['values']
    readonly environment: Item['values']
  })[]
  readonly own: Owned
}

/** What is about several subjects, of whom not all need be in the world. */
export interface Shared extends Item {
  readonly type: string
  readonly about: readonly string[]
}

/** Whom values are about, as far as decisions ask. */
export type TwinSubject = Pick<TwinCustomer, 'values' | 'consents'>

/** Who sells is a subject, too: of what it was seen at. */
export interface TwinSeller extends Item {
  readonly consents: readonly ConsentState[]
  readonly skills: readonly (Item & { readonly evidence: readonly Item[] })[]
  readonly account: Item['values']
  readonly own: Owned
}

export interface TwinWorld {
  readonly customers: readonly TwinCustomer[]
  readonly sellers: readonly TwinSeller[]
  readonly shared: readonly Shared[]
  /** Contents of dead letters, which nobody is shown. */
  readonly payloads: readonly string[]
}

export function drawWorld(draw: Draw): TwinWorld {
  const ids = CUSTOMER_IDS.filter(() => chance(draw, 75))
  return {
    customers: ids.map(id => drawCustomer(draw, id)),
    sellers: SELLERS.map(id => drawSeller(draw, id)),
    shared: drawShared(draw, ids),
    payloads: drawPayloads(draw),
  }
}

export const drawPayloads = (draw: Draw) => Array.from({ length: 3 }, () => `{"said": ${draw(99)}}`)
const drawItem = (draw: Draw, type: string, id: string): Item => ({ id, values: drawValues(draw, type) })
const drawValues = (draw: Draw, type: string) =>
  Object.fromEntries(Object.entries(DRAWN[type] ?? {}).map(([field, drawn]) => [field, drawn(draw)]))
const drawId = (draw: Draw) =>
  `${[8, 4].map(length => hex(draw, length)).join('-')}-4${hex(draw, 3)}-8${hex(draw, 3)}-${hex(draw, 12)}`
const hex = (draw: Draw, length: number) => Array.from({ length }, () => draw(16).toString(16)).join('')
const several = <T>(draw: Draw, most: number, make: () => T): T[] => Array.from({ length: draw(most + 1) }, make)

export function drawCustomer(draw: Draw, id: string): TwinCustomer {
  return {
    ...drawItem(draw, 'Customer', id),
    consents: drawConsents(draw),
    interactions: several(draw, 5, () => ({
      ...drawItem(draw, 'Interaction', drawId(draw)),
      signals: drawValues(draw, 'InteractionSignals'),
      environment: drawValues(draw, 'InteractionEnvironment'),
    })),
    own: {
      ...drawOwned(draw, ['Opportunity', 'Order', 'Fulfilment', 'FormingRecord', 'ConflictingRecord']),
      MetricContribution: [drawItem(draw, 'MetricContribution', id)],
    },
  }
}

export function drawSeller(draw: Draw, id: string): TwinSeller {
  return {
    id,
    values: { region: REGION_OF_SELLER[id] ?? null },
    consents: drawConsents(draw),
    skills: drawSkills(draw),
    account: drawValues(draw, 'Ledger'),
    own: drawOwned(draw, ['Posting', 'Contribution', 'Assignment']),
  }
}

const drawOwned = (draw: Draw, types: readonly string[]): Owned =>
  Object.fromEntries(types.map(type => [type, several(draw, 3, () => drawItem(draw, type, drawId(draw)))]))

/** Pairs of customers who were compared, rewards that sellers share, and what they trade. */
function drawShared(draw: Draw, customerIds: readonly string[]): readonly Shared[] {
  const reviews = several(draw, 3, () => [pick(draw, customerIds), pick(draw, customerIds)])
    .filter(([one, other]) => one !== other)
    .map(about => ({ ...drawItem(draw, 'MatchReview', drawId(draw)), type: 'MatchReview', about }))
  const settlements = several(draw, 2, () => {
    const about = SELLERS.filter(() => chance(draw, 70))
    return { ...drawItem(draw, 'Settlement', drawId(draw)), type: 'Settlement', about }
  })
  const trades = several(draw, 2, () => ({ ...drawItem(draw, 'Trade', drawId(draw)), type: 'Trade', about: SELLERS }))
  return [...reviews, ...settlements, ...trades]
}

/** A seller stands at a skill once. */
function drawSkills(draw: Draw): TwinSeller['skills'] {
  const drawn = several(draw, 3, () => ({
    ...drawItem(draw, 'SellerSkill', drawId(draw)),
    evidence: several(draw, 2, () => drawEvidence(draw, drawId(draw))),
  }))
  return [...new Map(drawn.map(each => [each.values.skill, each])).values()]
}

/** A piece of evidence and what was contested of it, which is the same piece. */
export function drawEvidence(draw: Draw, id: string): Item {
  return { id, values: { ...drawValues(draw, 'SkillContest'), ...drawValues(draw, 'SkillEvidence') } }
}

export function drawConsents(draw: Draw): readonly ConsentState[] {
  const asked = purposes.flatMap((purpose): { readonly purpose: Purpose; readonly recipient: string }[] =>
    purpose === 'PARTNER_SHARING'
      ? ['', 'partner-number-1', 'partner-number-2'].map(recipient => ({ purpose, recipient }))
      : [{ purpose, recipient: '' }],
  )
  return asked
    .filter(() => chance(draw, 70))
    .map(each => ({
      ...each,
      state: chance(draw, 75) ? 'GIVEN' : 'WITHDRAWN',
      ...(chance(draw, 50) && { isByGuardian: true }),
    }))
}
