// What is around a customer, ring by ring: of each ring all customers, or all interactions, are read at once.
import type { GraphQLResolveInfo } from 'graphql'
import { shownOf } from '../../../core/consent/images.ts'
import type { RequestContext } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import { selectionBelow } from '../../../core/look-ahead.ts'
import { pageRequest } from '../../../core/paging.ts'
import { customerStore } from '../customer-store.ts'
import { entitiesSeen } from '../entities.ts'
import { type CustomerSelection, customerFields, customerSelection, interactionSelection } from '../selection.ts'
import type { Customer } from '../types.ts'
import { FoundNeighbourhood } from './found.ts'
import { DEEPEST, type Neighbourhood, type NeighbourhoodArgs } from './types.ts'

export interface NeighbourhoodLoaders {
  /** What is around a customer as this viewer sees it; null where there is none that the viewer may know of. */
  neighbourhood(args: NeighbourhoodArgs, info: GraphQLResolveInfo): Promise<Neighbourhood | null>
}

/** Over what customers are neighbours. */
const SHARED = ['company', 'owner'] as const
const NAMES = { company: cypher`company`, owner: cypher`owner` }

export function neighbourhoodLoaders(request: RequestContext): NeighbourhoodLoaders {
  const { masks } = request
  const store = customerStore(request)
  const { toCustomer, withCustomer } = entitiesSeen(masks)

  async function middleOf(id: string, selected: CustomerSelection): Promise<Customer | undefined> {
    const seen = async (wanted: string) => {
      const found = (await store.customersById([wanted], selected)).get(wanted)
      return found && toCustomer(found, selected)
    }
    const customer = await seen(id)
    if (customer !== undefined) return customer
    const personId = await store.personOf(id)
    return personId === undefined ? undefined : seen(personId)
  }

  /** The customers who share a company or a seller with these, of whom the viewer is shown which. */
  async function customersBeside(customers: readonly Customer[], limit: number, selected: CustomerSelection) {
    const found = SHARED.map(async shared => {
      const shown = shownOf(masks.imageAsked('Customer', shared), NAMES[shared])
      const ids = customers.filter(each => each[shared]).map(({ id }) => id)
      if (shown === 'NONE' || ids.length === 0) return []
      return store.customersBeside(ids, { shared, shown }, limit, selected)
    })
    return (await Promise.all(found)).flat().map(each => toCustomer(each, selected))
  }

  return {
    neighbourhood: async ({ customerId, depth, first }, info) => {
      if (depth < 1 || depth > DEEPEST) {
        throw new ApiError('BAD_USER_INPUT', { at: 'depth', expected: `1 to ${DEEPEST}`, got: String(depth) })
      }
      pageRequest('neighbourhood', first, undefined)
      const below = selectionBelow(info)
      const places = [below.at('customer'), below.at('customers')]
      const ofCustomers = withShared(customerSelection(places, masks), masks)
      const ofInteractions = interactionSelection(below.at('interactions'), masks)
      const middle = await middleOf(customerId, ofCustomers)
      if (middle === undefined) return null

      const found = new FoundNeighbourhood(middle, first)
      let ring: readonly Customer[] = [middle]
      for (let away = 1; away <= depth && !found.isCut && ring.length > 0; away++) {
        if (away % 2 === 0) {
          ring = found.addCustomers(await customersBeside(ring, found.left + 1, ofCustomers))
        } else {
          found.addAround(ring)
          const ids = ring.map(({ id }) => id)
          const interactions = await store.interactionsOf(ids, found.left + 1, ofInteractions)
          found.addInteractions(interactions.map(each => withCustomer(each, ofInteractions)))
        }
      }
      return found.result()
    },
  }
}

/** With what makes neighbours, whatever else is selected. */
function withShared(selected: CustomerSelection, masks: Pick<RequestContext['masks'], 'canShow'>): CustomerSelection {
  const isShared = (field: string) => SHARED.some(each => each === field) && masks.canShow('Customer', field)
  return { ...selected, fields: customerFields.filter(each => selected.fields.includes(each) || isShared(each)) }
}
