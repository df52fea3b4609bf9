// What people offer and look for, in the graph. Whoever publishes tells it to all colleagues, so that reads carry no row filter.
import type { Change } from '../../../core/change.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row } from '../../../core/graph/graph.ts'
import { fromMinorUnits } from '../../../core/money.ts'
import type { PageRequest } from '../../../core/paging.ts'
import { SKILL, toSkill } from '../skills/skill-store.ts'
import type { Skill } from '../skills/types.ts'
import type { Offer, Want } from './matching.ts'
import type { Listing, ListingKindName } from './types.ts'

// Both ends in one pattern, so that neither of them missing leaves the other without a listing.
const KEEP_LISTING = `
MATCH (c:Seller {id: $sellerId})
MATCH (k:Skill {id: $skillId})
CREATE (l:Listing {id: $id, kind: $kind, sellerId: $sellerId, skillId: $skillId, creditsMinor: $creditsMinor, note: $note,
  state: 'OPEN', listedAt: $at, evidenceEntryId: $evidenceEntryId})
CREATE (c)-[:PUBLISHED]->(l)
CREATE (l)-[:LISTS]->(k)
RETURN l.id`

const LISTINGS = `
UNWIND $ids AS wanted
MATCH (l:Listing {id: wanted})
RETURN l.id, l.kind, l.sellerId, l.skillId, l.creditsMinor, l.state`

const WHO_AND_WHAT = `
OPTIONAL MATCH (c:Seller {id: $sellerId})
OPTIONAL MATCH (k:Skill {uri: $skillUri})
OPTIONAL MATCH (l:Listing {sellerId: $sellerId, state: 'OPEN'})
RETURN c.id, k.id, count(l)`

const SET_LISTINGS = `
UNWIND $ids AS wanted
MATCH (l:Listing {id: wanted})
SET l.state = $state, l.evidenceEntryId = $evidenceEntryId`

const OPEN_LISTINGS = cypher`
MATCH (l:Listing {state: 'OPEN'})-[:LISTS]->(k:Skill)
RETURN l.id, l.kind, l.sellerId, l.creditsMinor, ${SKILL}
ORDER BY l.id`

const LISTINGS_PAGE = cypher`
MATCH (l:Listing {state: 'OPEN'})
WHERE l.id > $afterId AND ($kind = '' OR l.kind = $kind) AND ($skillId = '' OR l.skillId = $skillId)
  AND ($sellerId = '' OR l.sellerId = $sellerId)
WITH l ORDER BY l.id LIMIT $limit
MATCH (l)-[:LISTS]->(k:Skill)
RETURN l.id, l.kind, l.sellerId, l.creditsMinor, l.note, l.listedAt, l.evidenceEntryId, ${SKILL}
ORDER BY l.id`

export interface KeptListing {
  readonly id: string
  readonly kind: ListingKindName
  readonly sellerId: string
  readonly skillId: string
  readonly creditsMinor: number
}

export interface StandingListing extends KeptListing {
  readonly state: 'OPEN' | 'TAKEN' | 'CLOSED'
}

/** Whether there is this seller, the id of the skill, undefined where there is none, and how many open listings the seller has. */
export async function whoAndWhat(reader: Reader, sellerId: string, skillUri: string) {
  const [row] = await reader.run(WHO_AND_WHAT, { sellerId, skillUri })
  const [seller = null, skill = null, open = 0] = row ?? []
  return { isSeller: seller !== null, skillId: skill === null ? undefined : String(skill), open: Number(open) }
}

export async function keepListing(
  { unit, at, evidenceEntryId }: Change,
  listing: KeptListing & { readonly note: string },
): Promise<void> {
  await unit.run(KEEP_LISTING, { ...listing, at, evidenceEntryId })
}

/** Those of these ids that are of listings, in whatever state. */
export async function listingsById(
  reader: Reader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StandingListing>> {
  const rows = await reader.run(LISTINGS, { ids })
  return new Map(
    rows.map(([id, kind, sellerId, skillId, creditsMinor, state]) => [
      String(id),
      { id, kind, sellerId, skillId, creditsMinor: Number(creditsMinor), state } as StandingListing,
    ]),
  )
}

export async function setListings(
  { unit, evidenceEntryId }: Change,
  ids: readonly string[],
  state: StandingListing['state'],
): Promise<void> {
  await unit.run(SET_LISTINGS, { ids, state, evidenceEntryId })
}

export interface OpenListings {
  readonly offers: readonly Offer[]
  readonly wants: readonly Want[]
  readonly skills: ReadonlyMap<string, Skill>
}

/** All open listings: trades may lead through any of them. */
export async function openListings(reader: Reader): Promise<OpenListings> {
  const offers: Offer[] = []
  const wants: Want[] = []
  const skills = new Map<string, Skill>()
  for (const [id, kind, personId, minor, ...columns] of await reader.run(OPEN_LISTINGS)) {
    const skill = toSkill(columns)
    skills.set(skill.id, skill)
    const listing = { id: String(id), personId: String(personId), skillId: skill.id }
    if (kind === 'OFFER') offers.push({ ...listing, priceMinor: Number(minor) })
    else wants.push({ ...listing, limitMinor: Number(minor) })
  }
  return { offers, wants, skills }
}

export interface ListingsAsked {
  readonly kind: ListingKindName | ''
  readonly skillId: string
  readonly sellerId: string
}

/** Open listings in the order of their ids, one more than asked for. */
export async function listingsPage(
  reader: Reader,
  asked: ListingsAsked,
  { first, afterId = '' }: PageRequest,
): Promise<readonly Listing[]> {
  return (await reader.run(LISTINGS_PAGE, { ...asked, afterId, limit: first + 1 })).map(toListing)
}

function toListing([id, kind, sellerId, minor, note, listedAt, evidenceEntryId, ...skill]: Row): Listing {
  const credits = fromMinorUnits(Number(minor))
  const seller = { id: String(sellerId) }
  return { id, kind, skill: toSkill(skill), seller, credits, note, listedAt, evidenceEntryId } as Listing
}
