// What a world holds, drawn by chance.
import { type Purpose, purposes } from '../../core/viewer.ts'
import { chance, type Draw } from './draw.ts'
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

export interface TwinCustomer extends Item {
  readonly consents: readonly ConsentState[]
  readonly interactions: readonly (Item & { readonly signals: Item['values'] })[]
  readonly opportunities: readonly Item[]
}

/** Whom values are about, as far as decisions ask. */
export type TwinSubject = Pick<TwinCustomer, 'values' | 'consents'>

/** Who sells is a subject, too: of what it was seen at. */
export interface TwinSeller extends Item {
  readonly consents: readonly ConsentState[]
  readonly skills: readonly Item[]
}

export interface TwinWorld {
  readonly customers: readonly TwinCustomer[]
  readonly sellers: readonly TwinSeller[]
  /** Contents of dead letters, which nobody is shown. */
  readonly payloads: readonly string[]
}

export function drawWorld(draw: Draw): TwinWorld {
  const ids = CUSTOMER_IDS.filter(() => chance(draw, 75))
  return {
    customers: ids.map(id => drawCustomer(draw, id)),
    sellers: SELLERS.map(id => drawSeller(draw, id)),
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
    })),
    opportunities: several(draw, 3, () => drawItem(draw, 'Opportunity', drawId(draw))),
  }
}

export function drawSeller(draw: Draw, id: string): TwinSeller {
  return {
    id,
    values: { region: REGION_OF_SELLER[id] ?? null },
    consents: drawConsents(draw),
    skills: several(draw, 3, () => drawItem(draw, 'SellerSkill', drawId(draw))),
  }
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
