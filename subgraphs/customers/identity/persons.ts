// Makes one person of several customers, and takes it apart again.
import type { Change } from '../../../core/change.ts'
import { eraseConsents } from '../../../core/consent/consent-store.ts'
import { followParts } from '../../../core/consent/merged-consents.ts'
import type { Services } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import type { EventDraft } from '../../../core/events/outbox.ts'
import type { CommittedFact } from '../../../core/evidence/evidence.ts'
import type { Reader, UnitOfWork } from '../../../core/graph/graph.ts'
import { customerFact } from '../evidenced.ts'
import * as store from './person-store.ts'
import { describedBy, survivorshipRules } from './survivorship.ts'

/** Held by whatever makes or takes apart a person, so that no two of them decide on the same parts. */
export const GUARD = 'customers/persons'
/** What is rebuilt with a person is bounded by this. */
const MOST_PARTS = 50

/** A customer as others see it: on its own, or made of parts. */
export interface Side {
  readonly id: string
  readonly isPerson: boolean
  readonly partIds: readonly string[]
}

export interface Formed {
  readonly personId: string
  /** How often it was written. */
  readonly revision: number
  readonly facts: readonly CommittedFact[]
  readonly events: readonly EventDraft[]
}

/** The side that each of these customers is on; those that are not there are absent. */
export async function sidesOf(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, Side>> {
  const found = await store.lookedUp(reader, ids)
  const persons = await store.lookedUp(
    reader,
    [...found.values()].flatMap(({ mergedInto }) => (mergedInto ? [mergedInto] : [])),
  )
  return new Map([...found.values()].map(each => [each.id, sideOf(persons.get(each.mergedInto ?? '') ?? each)]))
}

function sideOf({ id, parts }: store.LookedUp): Side {
  return { id, isPerson: parts.length > 0, partIds: parts.length > 0 ? parts : [id] }
}

/**
 * Makes one person of two sides. A side that is a person already keeps its id, the first before the second; the other one is
 * set aside.
 */
export async function merge(services: Services, change: Change, a: Side, b: Side): Promise<Formed> {
  const kept = a.isPerson || !b.isPerson ? a : b
  const other = kept === a ? b : a
  const personId = kept.isPerson ? kept.id : services.ids.next('Customer')
  const partIds = [...kept.partIds, ...other.partIds]
  if (partIds.length > MOST_PARTS) {
    throw new ApiError('CONFLICT', { at: 'customerIds', expected: `at most ${MOST_PARTS} customers in one person` })
  }
  if (other.isPerson) await store.setAside(change.unit, other.id, personId)
  const formed = await form(services, change, personId, partIds)
  return {
    ...formed,
    events: [{ kind: 'CUSTOMERS_MERGED', body: { personId, customerIds: partIds } }, ...formed.events],
  }
}

/** Makes the person anew from these parts: two or more. */
export async function form(
  services: Services,
  change: Change,
  personId: string,
  partIds: readonly string[],
): Promise<Formed> {
  const described = await describe(services, change, personId, partIds)
  await store.gatherInteractions(change.unit, personId, partIds)
  return described
}

/** The same for its values and consents alone. */
export async function describe(
  services: Services,
  change: Change,
  personId: string,
  partIds: readonly string[],
): Promise<Formed> {
  const { unit, evidenceEntryId } = change
  const parts = await store.partsOf(unit, partIds, personId)
  const description = describedBy(survivorshipRules, parts, await store.statementsOf(unit, partIds))
  const columns = await store.describePerson(unit, personId, partIds, description, evidenceEntryId)
  const areConfirmed = parts.every(({ isConfirmed }) => isConfirmed)
  const consents = await followParts(services, change, personId, partIds, areConfirmed)
  const facts = [customerFact(personId, columns), ...consents.facts, ...partFacts(personId, partIds)]
  return { personId, revision: Number(columns[6]), facts, events: consents.events }
}

/**
 * Takes parts out of a person, who is dissolved where fewer than two are left. They stand for themselves, or make up the
 * person that they were before.
 */
export async function split(
  services: Services,
  change: Change,
  person: Side,
  leavingIds: readonly string[],
  formerPersonId: string | undefined,
): Promise<Pick<Formed, 'facts' | 'events'> & { readonly isDissolved: boolean }> {
  const rest = person.partIds.filter(id => !leavingIds.includes(id))
  const isDissolved = rest.length < 2
  if (isDissolved) await takeApart(change.unit, person.id)
  const left = isDissolved ? undefined : await form(services, change, person.id, rest)
  const former =
    formerPersonId === undefined || leavingIds.length < 2
      ? undefined
      : await form(services, change, formerPersonId, leavingIds)
  return {
    isDissolved,
    facts: [...(left?.facts ?? []), ...(former?.facts ?? []), ...partFacts(person.id, leavingIds)],
    events: [...(left?.events ?? []), ...(former?.events ?? [])],
  }
}

/** Deletes the person; its parts stand for themselves again. */
export async function takeApart(unit: UnitOfWork, personId: string): Promise<void> {
  await eraseConsents(unit, personId)
  await store.deletePerson(unit, personId)
}

/** What the log holds of each part, so that it finds in its own trail whose part it became or was. */
export function partFacts(personId: string, partIds: readonly string[]): readonly CommittedFact[] {
  return partIds.map(subjectId => ({ subjectId, content: { personId } }))
}
