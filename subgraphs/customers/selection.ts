// What an operation selects of customers and interactions, as far as this viewer can be shown it: what the store reads.
import type { Listing } from '../../core/listing.ts'
import type { Selection } from '../../core/look-ahead.ts'
import { type Page, type PageRequest, pageRequest } from '../../core/paging.ts'
import type { EntityMasks } from '../../core/policy/entity-masks.ts'
import { timelineOf } from './lists.ts'

export const customerFields = [
  'name',
  'phone',
  'email',
  'weComId',
  'region',
  'otherRegion',
  'birthDate',
  'company',
  'owner',
  'completeness',
  'evidenceEntryId',
] as const
export type CustomerField = (typeof customerFields)[number]

export const interactionFields = [
  'touchpoint',
  'source',
  'occurredAt',
  'text',
  'intent',
  'emotion',
  'outcome',
  'durationSeconds',
  'evidenceEntryId',
] as const
export type InteractionField = (typeof interactionFields)[number]

/** A page of the timeline that is read with each customer: the longest that is asked for after one cursor. */
export interface TimelineSelection {
  readonly page: PageRequest
  /** In the order of the vocabulary, like all fields here: equal selections give equal statements. */
  readonly fields: readonly InteractionField[]
}

export interface CustomerSelection {
  readonly fields: readonly CustomerField[]
  readonly timeline: TimelineSelection | undefined
}

export interface InteractionSelection {
  readonly fields: readonly InteractionField[]
  /** What is selected of the customer to whom it belongs. */
  readonly customer: CustomerSelection
}

type Shown = Pick<EntityMasks, 'canShow'>

/**
 * What is selected of a customer at any of these places. An interaction of a customer leads back to that customer, so what is
 * selected there is read here. A cursor belongs to one customer: a page after one is read ahead only where `id` tells which.
 */
export function customerSelection(places: readonly Selection[], masks: Shown, id?: string): CustomerSelection {
  const all = [...places]
  const timelines: { page: PageRequest | undefined; nodes: Selection }[] = []
  for (const place of all) {
    for (const { args, below } of place.all('timeline')) {
      const nodes = below.at('edges', 'node')
      timelines.push({ page: args && pageOf(args as unknown as Page, id), nodes })
      all.push(nodes.at('customer'))
    }
  }
  const [first] = timelines.flatMap(({ page }) => page ?? [])
  const together = timelines.filter(({ page }) => page !== undefined && page.afterId === first?.afterId)
  return {
    fields: customerFields.filter(field => masks.canShow('Customer', field) && all.some(place => place.has(field))),
    timeline: first && {
      page: { afterId: first.afterId, first: Math.max(...together.map(({ page }) => page?.first ?? 0)) },
      fields: fieldsOfInteractions(
        together.map(({ nodes }) => nodes),
        masks,
      ),
    },
  }
}

export function interactionSelection(nodes: Selection, masks: Shown): InteractionSelection {
  const customer = nodes.at('customer')
  return { fields: fieldsOfInteractions([nodes], masks), customer: customerSelection([customer], masks) }
}

/** With the fields that the listing depends on, so that the access record names whose they are. */
export function withListedOfCustomers(selected: CustomerSelection, listing: Listing): CustomerSelection {
  const fields = customerFields.filter(field => selected.fields.includes(field) || isListed(listing, field))
  return { ...selected, fields }
}

export function withListedOfInteractions(selected: InteractionSelection, listing: Listing): InteractionSelection {
  const fields = interactionFields.filter(field => selected.fields.includes(field) || isListed(listing, field))
  return { ...selected, fields }
}

/** What both select, for a statement that answers either. */
export function joinedInteractions(a: InteractionSelection, b: InteractionSelection): InteractionSelection {
  return {
    fields: interactionFields.filter(field => a.fields.includes(field) || b.fields.includes(field)),
    customer: joinedCustomers(a.customer, b.customer),
  }
}

/** What both select; of timelines after different cursors the first one's, and the other is read when its field is resolved. */
export function joinedCustomers(a: CustomerSelection, b: CustomerSelection): CustomerSelection {
  const timelines = [a.timeline, b.timeline].flatMap(each => each ?? [])
  const [first] = timelines
  const together = timelines.filter(({ page }) => page.afterId === first?.page.afterId)
  return {
    fields: customerFields.filter(field => a.fields.includes(field) || b.fields.includes(field)),
    timeline: first && {
      page: { ...first.page, first: Math.max(...together.map(({ page }) => page.first)) },
      fields: interactionFields.filter(field => together.some(({ fields }) => fields.includes(field))),
    },
  }
}

function isListed({ shownFields }: Listing, field: string): boolean {
  return shownFields.includes(field)
}

function fieldsOfInteractions(places: readonly Selection[], masks: Shown): readonly InteractionField[] {
  return interactionFields.filter(
    field => masks.canShow('Interaction', field) && places.some(place => place.has(field)),
  )
}

/** The page, or undefined where it cannot be read ahead; the field itself refuses what is no page. */
function pageOf({ first, after }: Page, id: string | undefined): PageRequest | undefined {
  const isAfterCursor = after !== null && after !== undefined
  if (isAfterCursor && id === undefined) return undefined
  try {
    return pageRequest(timelineOf(id ?? ''), first, after)
  } catch {
    return undefined
  }
}
