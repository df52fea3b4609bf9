// Pairs of worlds that look alike to one viewer: whatever it is not shown, or not in full, differs between them.
import { ageAt } from '../../core/policy/age.ts'
import { separateConsents } from '../../core/viewer.ts'
import { chance, type Draw } from './draw.ts'
import { isVisible, isVisibleSeller, maskOf, type Sight } from './twin-sight.ts'
import { CUSTOMER_IDS, DRAWN, TWINS_NOW, type Value } from './twin-values.ts'
import {
  type ConsentState,
  drawConsents,
  drawCustomer,
  drawPayloads,
  drawSeller,
  type Item,
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
  return {
    customers: [...seen.map(each => twinOfCustomer(each, sight, draw)), ...others],
    sellers: world.sellers.map(each => twinOfSeller(each, sight, draw)),
    payloads: drawPayloads(draw),
  }
}

function twinOfCustomer(customer: TwinCustomer, sight: Sight, draw: Draw): TwinCustomer {
  const changed = (type: string, values: Item['values']) => twinOfValues(type, values, customer, sight, draw)
  const isAllHidden = Object.keys(DRAWN.InteractionSignals ?? {}).every(
    field => maskOf('InteractionSignals', field, customer, sight) === 'NULL',
  )
  return {
    id: customer.id,
    values: changed('Customer', customer.values),
    consents: twinOfConsents(customer, sight, draw),
    interactions: customer.interactions.map(({ id, values, signals }) => ({
      id,
      values: changed('Interaction', values),
      // Of a text that no model read nothing is shown: that one did shows in every part.
      signals: isAllHidden ? changed('InteractionSignals', signals) : signals,
    })),
    opportunities: customer.opportunities.map(({ id, values }) => ({ id, values: changed('Opportunity', values) })),
  }
}

/** Of whom the viewer may know no more than the name everything else may be another. */
function twinOfSeller(seller: TwinSeller, sight: Sight, draw: Draw): TwinSeller {
  if (!isVisibleSeller(seller, sight)) return drawSeller(draw, seller.id)
  const changed = ({ id, values }: Item) => ({ id, values: twinOfValues('SellerSkill', values, seller, sight, draw) })
  return { ...seller, consents: twinOfConsents(seller, sight, draw), skills: seller.skills.map(changed) }
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

function twinOfValues(
  type: string,
  values: Item['values'],
  customer: TwinSubject,
  sight: Sight,
  draw: Draw,
): Item['values'] {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => {
      const drawn = DRAWN[type]?.[field]?.(draw) ?? null
      return [
        field,
        isFixed(field, drawn, customer, sight) ? value : alike(value, drawn, maskOf(type, field, customer, sight)),
      ]
    }),
  )
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
