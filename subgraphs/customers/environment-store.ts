// How the environment lies in the graph: events under spans, which are a place and a month, so that what is in force at an
// interaction is found by equality, and (Interaction)-[:DURING]->(EnvironmentEvent).
import { SUBJECT_STATE, toSubject, visibleRows } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import { countIn } from '../../core/erasure/eraser.ts'
import { cypher } from '../../core/graph/cypher.ts'
import type { Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { PageRequest } from '../../core/paging.ts'
import type { Subject } from '../../core/policy/entity-masks.ts'
import type { Word } from './environment-corrections.ts'
import type { EnvironmentEvent, InteractionEnvironment } from './environment-types.ts'

export const LINKS_A_UNIT = 2_000
/** Of one interaction; the newest that began are told. */
const MOST_OF_INTERACTION = 50

/** Each event: id, recordId, source, kind, summary, place, measure, unit, startsAt, endsAt, reference, word, supersededBy. */
export const ADD_ENVIRONMENT_EVENTS = `
UNWIND $events AS event
CREATE (:EnvironmentEvent {id: event[0], recordId: event[1], source: event[2], kind: event[3], summary: event[4],
  place: event[5], measure: event[6], unit: event[7], startsAt: event[8], endsAt: event[9],
  reference: event[10], word: event[11], supersededBy: event[12], evidenceEntryId: $evidenceEntryId})`

/** Each span: id of the event, key. */
export const FILE_ENVIRONMENT_EVENTS = `
UNWIND $spans AS span
MATCH (e:EnvironmentEvent {id: span[0]})
MERGE (s:EnvironmentSpan {key: span[1]})
MERGE (s)-[:COVERS]->(e)`

const WORDS_THAT_HOLD = `
UNWIND $references AS wanted
MATCH (e:EnvironmentEvent {reference: wanted})
WHERE e.supersededBy IS NULL
RETURN e.id, e.reference, e.word`

/** Takes what was corrected from under its spans, so that nothing is tied to it any more: id, id of the correction. */
export const SUPERSEDE = `
UNWIND $superseded AS row
MATCH (e:EnvironmentEvent {id: row[0]})
SET e.supersededBy = row[1]
WITH e
MATCH (e)<-[cover:COVERS]-(:EnvironmentSpan)
DELETE cover`

const UNTIE = `
MATCH (:EnvironmentEvent {supersededBy: $id})<-[tie:DURING]-(:Interaction)
WITH tie LIMIT $limit
DELETE tie
RETURN count(*)`

const TIMES_AND_PLACES = `
UNWIND $ids AS wanted
MATCH (i:Interaction {id: wanted})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
RETURN i.id, c.region, i.occurredAt`

const EVENTS_UNDER = `
UNWIND $keys AS key
MATCH (s:EnvironmentSpan {key: key})-[:COVERS]->(e:EnvironmentEvent)
RETURN s.key, e.id, e.startsAt, e.endsAt`

const EVENT_COLUMNS = cypher`e.id, e.kind, e.summary, e.place, e.measure, e.unit, e.startsAt, e.endsAt, e.source, e.evidenceEntryId`

const EVENTS_BY_ID = cypher`
UNWIND $ids AS wanted
MATCH (e:EnvironmentEvent {id: wanted})
WHERE e.supersededBy IS NULL
RETURN ${EVENT_COLUMNS}`

const PERIODS_OF = `
MATCH (p:Period {month: $month})<-[:IN_PERIOD]-(c:Customer)
WHERE p.key > $after AND c.region STARTS WITH $place
RETURN p.key
ORDER BY p.key LIMIT $limit`

const INTERACTIONS_DURING = `
UNWIND $keys AS key
MATCH (p:Period {key: key})-[:HAD]->(i:Interaction)
WHERE i.occurredAt >= $startsAt AND i.occurredAt < $endsAt
RETURN i.id`

const UNLINKED = `
UNWIND $links AS link
MATCH (i:Interaction {id: link[0]})
MATCH (e:EnvironmentEvent {id: link[1]})
WHERE NOT EXISTS { MATCH (i)-[:DURING]->(e) }
RETURN i.id, e.id`

const LINK = `
UNWIND $links AS link
MATCH (i:Interaction {id: link[0]})
MATCH (e:EnvironmentEvent {id: link[1]})
MERGE (i)-[:DURING]->(e)`

const INTERACTIONS = cypher`
UNWIND $interactionIds AS wanted
MATCH (i:Interaction {id: wanted})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
WHERE`

const EVENTS_OF_EACH = cypher`
RETURN c.id, c.region, ${SUBJECT_STATE}, i.id, [(i)-[:DURING]->(e:EnvironmentEvent) WHERE e.supersededBy IS NULL | [${EVENT_COLUMNS}]]`

const EVENTS_PAGE = cypher`
MATCH (e:EnvironmentEvent)
WHERE e.id > $afterId AND e.supersededBy IS NULL AND ($kind = '' OR e.kind = $kind) AND ($place = '' OR e.place IS NULL OR $place STARTS WITH e.place)
  AND ($at = '' OR (e.startsAt <= $at AND (e.endsAt IS NULL OR e.endsAt > $at)))
RETURN ${EVENT_COLUMNS}
ORDER BY e.id LIMIT $limit`

export interface TimeAndPlace {
  readonly id: string
  readonly region: string
  readonly occurredAt: string
}

export async function timesAndPlaces(reader: Reader, ids: readonly string[]): Promise<readonly TimeAndPlace[]> {
  const rows = await reader.run(TIMES_AND_PLACES, { ids })
  return rows.map(([id, region, occurredAt]) => ({
    id: String(id),
    region: String(region),
    occurredAt: String(occurredAt),
  }))
}

interface Span {
  readonly id: string
  readonly startsAt: string
  readonly endsAt: string | null
}

/** The events filed under each of these keys; keys without any are absent. */
export async function eventsUnder(
  reader: Reader,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly Span[]>> {
  const found = new Map<string, Span[]>()
  for (const [key, id, startsAt, endsAt] of await reader.run(EVENTS_UNDER, { keys })) {
    const under = found.get(String(key)) ?? []
    under.push({ id: String(id), startsAt: String(startsAt), endsAt: endsAt === null ? null : String(endsAt) })
    found.set(String(key), under)
  }
  return found
}

/** The events of these references that hold. */
export async function wordsThatHold(reader: Reader, references: readonly string[]): Promise<readonly Word[]> {
  if (references.length === 0) return []
  const rows = await reader.run(WORDS_THAT_HOLD, { references })
  return rows.map(([id, reference, word]) => ({ id: String(id), reference: String(reference), word: String(word) }))
}

/** Takes so many ties at most to what this event corrects; answers how many. */
export async function untie(unit: UnitOfWork, id: string): Promise<number> {
  return countIn(await unit.run(UNTIE, { id, limit: LINKS_A_UNIT }))
}

/** Those of these events that hold. */
export async function eventsById(reader: Reader, ids: readonly string[]): Promise<readonly EnvironmentEvent[]> {
  return (await reader.run(EVENTS_BY_ID, { ids })).map(toEvent)
}

/** Keys of the periods of this month, of customers at this place, in the order of their keys. */
export async function periodsOf(
  reader: Reader,
  asked: { readonly month: string; readonly place: string; readonly after: string; readonly limit: number },
): Promise<readonly string[]> {
  return (await reader.run(PERIODS_OF, asked)).map(([key]) => String(key))
}

export async function interactionsDuring(
  reader: Reader,
  keys: readonly string[],
  { startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string },
): Promise<readonly string[]> {
  return (await reader.run(INTERACTIONS_DURING, { keys, startsAt, endsAt })).map(([id]) => String(id))
}

/** Ties each interaction to its event, in pairs of ids; answers how many were not tied before. */
export async function link(unit: UnitOfWork, links: readonly (readonly string[])[]): Promise<number> {
  const unlinked = await unit.run(UNLINKED, { links })
  if (unlinked.length > 0) await unit.run(LINK, { links: unlinked })
  return unlinked.length
}

export interface FoundEnvironment {
  readonly record: InteractionEnvironment
  readonly subject: Subject
}

/** What was in force at each of these interactions, the latest to begin first; those that the viewer may not know of are absent. */
export async function environmentsOf(
  { services: { graph }, policy, viewer }: RequestContext,
  interactionIds: readonly string[],
): Promise<ReadonlyMap<string, FoundEnvironment>> {
  const { isVisible, params } = visibleRows(policy, viewer)
  const statement = cypher`${INTERACTIONS} ${isVisible}${EVENTS_OF_EACH}`
  const rows = await graph.read(statement, { ...params, interactionIds })
  return new Map(
    rows.map(([customerId, region, consents, id, found]) => {
      const events = (found as readonly Row[]).map(toEvent).sort(latestFirst).slice(0, MOST_OF_INTERACTION)
      return [String(id), { record: { id: String(id), events }, subject: toSubject(customerId, region, consents) }]
    }),
  )
}

function latestFirst(a: EnvironmentEvent, b: EnvironmentEvent): number {
  return b.startsAt.localeCompare(a.startsAt) || a.id.localeCompare(b.id)
}

export interface EventsAsked {
  readonly kind: string
  readonly place: string
  readonly at: string
}

/** Events in the order of their ids, one more than asked for; an empty text asks for all. */
export async function eventsPage(
  reader: Reader,
  { first, afterId = '' }: PageRequest,
  asked: EventsAsked,
): Promise<readonly EnvironmentEvent[]> {
  return (await reader.run(EVENTS_PAGE, { ...asked, afterId, limit: first + 1 })).map(toEvent)
}

function toEvent([
  id,
  kind,
  summary,
  place,
  measure,
  unit,
  startsAt,
  endsAt,
  source,
  evidenceEntryId,
]: Row): EnvironmentEvent {
  const event = { id, kind, summary, place, measure, unit, startsAt, endsAt, source, evidenceEntryId }
  return event as unknown as EnvironmentEvent
}
