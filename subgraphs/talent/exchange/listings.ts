// People publish what they can do for others and what they look for, and take it back. Who acts is the seller who asks.
import { type Recorded, recordChange } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { LEDGER_GUARD } from '../settlement/ledger-store.ts'
import { creditsIn, outside } from '../settlement/rules.ts'
import * as store from './listing-store.ts'
import type { ListingInput, ListingKindName } from './types.ts'

const LONGEST_NOTE = 300
/** Bounds how many trades the listings of two people can make. */
const MOST_OPEN = 20

type Listed = Recorded<{ readonly listingId: string }>

/** Throws BAD_USER_INPUT, NOT_VISIBLE for who is no seller, CONFLICT for too many open listings. */
export async function list(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  kind: ListingKindName,
  { skill, credits, note }: ListingInput,
): Promise<Listed> {
  const creditsMinor = creditsIn('credits', credits, 0)
  if (note.length > LONGEST_NOTE || !note.isWellFormed()) throw outside('note', `at most ${LONGEST_NOTE} characters`)
  const mutation = kind === 'OFFER' ? 'offerCapability' : 'wantCapability'
  const input = { skill, creditsMinor, note }
  const sellerId = viewer.id
  return recordChange(services, { viewer, mutation, idempotencyKey, input }, async change => {
    const { isSeller, skillId, open } = await store.whoAndWhat(change.unit, sellerId, skill)
    if (!isSeller) throw new ApiError('NOT_VISIBLE')
    if (skillId === undefined) throw outside('skill', 'the URI of a skill')
    if (open >= MOST_OPEN) throw new ApiError('CONFLICT', { expected: `at most ${MOST_OPEN} open listings` })
    const listing = { id: services.ids.next('Listing'), kind, sellerId, skillId, creditsMinor, note }
    await store.keepListing(change, listing)
    return {
      evidence: {
        kind: 'CAPABILITY_LISTED',
        statement: { listing: listing.id, listed: kind },
        facts: [{ subjectId: sellerId, content: listing }],
      },
      events: [],
      result: { listingId: listing.id },
    }
  })
}

/** Throws NOT_VISIBLE for a listing that is not of who asks, CONFLICT for one that is not open. */
export function withdraw(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  listingId: string,
): Promise<Listed> {
  const asked = { viewer, mutation: 'withdrawListing', idempotencyKey, input: { listingId } }
  return recordChange(services, asked, async change => {
    // A trade that takes it meanwhile is waited for.
    await change.unit.guard(LEDGER_GUARD)
    const listing = (await store.listingsById(change.unit, [listingId])).get(listingId)
    if (listing === undefined || listing.sellerId !== viewer.id) throw new ApiError('NOT_VISIBLE')
    if (listing.state !== 'OPEN') {
      throw new ApiError('CONFLICT', { at: 'listingId', expected: 'an open listing', got: listing.state })
    }
    await store.setListings(change, [listingId], 'CLOSED')
    return {
      evidence: {
        kind: 'LISTING_WITHDRAWN',
        statement: { listing: listingId },
        facts: [{ subjectId: viewer.id, content: { withdrawn: listingId } }],
      },
      events: [],
      result: { listingId },
    }
  })
}
