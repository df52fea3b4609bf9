// What talent asks of the graph about the people who work: for how much they have room, and with whom they worked.
import type { Change } from '../../../core/change.ts'
import { visibleSellers } from '../../../core/consent/consent-store.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader } from '../../../core/graph/graph.ts'
import type { Policy } from '../../../core/policy/policy.ts'
import type { Viewer } from '../../../core/viewer.ts'

/** How many tasks at one time somebody takes who has said nothing. */
export const USUAL_CAPACITY = 3

export interface Availability {
  readonly sellerId: string
  readonly capacity: number
  readonly hours: { readonly fromMinute: number; readonly toMinute: number } | null
  readonly conflicts: readonly string[]
  readonly isAway: boolean
}

const SET_AVAILABILITY = `
MATCH (c:Seller {id: $sellerId})
MERGE (v:Availability {sellerId: $sellerId})
SET v.capacity = $capacity, v.fromMinute = $fromMinute, v.toMinute = $toMinute, v.conflicts = $conflicts,
  v.isAway = $isAway, v.evidenceEntryId = $evidenceEntryId
MERGE (v)-[:AVAILABILITY_OF]->(c)`

const GIVEN_TO = `
MATCH (a:Assignment)-[:GIVEN_TO]->(c:Seller {id: $sellerId})
WHERE a.state IN ['PROPOSED', 'ACCEPTED']
MATCH (a)-[:FOR_TASK]->(t:Task)
RETURN a.id, a.state, t.id`

const ROOM = `
MATCH (c:Seller {id: $sellerId})
RETURN [(c)<-[:AVAILABILITY_OF]-(v:Availability) | [v.capacity, v.isAway]],
  [(c)<-[:GIVEN_TO]-(a:Assignment) WHERE a.state = 'ACCEPTED' | a.id],
  [(c)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.purpose = 'WORKFORCE_PLANNING' | k.id],
  [(c)<-[:AVAILABILITY_OF]-(v:Availability) WHERE $concerns IN v.conflicts | v.sellerId]`

const TASK_CONCERNS = `
MATCH (t:Task {id: $taskId})
RETURN coalesce(t.concerns, '')`

/** Whether the viewer may decide for the seller: itself, or a manager of its region. */
export async function mayDecideFor(unit: Reader, policy: Policy, viewer: Viewer, sellerId: string): Promise<boolean> {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const statement = cypher`
MATCH (c:Seller {id: $sellerId})
WHERE ${isVisible}
RETURN c.id`
  return (await unit.run(statement, { ...params, sellerId })).length > 0
}

export async function setAvailability(
  { unit, evidenceEntryId }: Change,
  { hours, conflicts, ...availability }: Availability,
): Promise<void> {
  await unit.run(SET_AVAILABILITY, {
    ...availability,
    conflicts: [...conflicts],
    fromMinute: hours?.fromMinute ?? null,
    toMinute: hours?.toMinute ?? null,
    evidenceEntryId,
  })
}

/** The places that somebody has or is offered now. */
export async function placesOf(
  reader: Reader,
  sellerId: string,
): Promise<readonly { readonly assignmentId: string; readonly taskId: string }[]> {
  const rows = await reader.run(GIVEN_TO, { sellerId })
  return rows.map(([assignmentId, , taskId]) => ({ assignmentId: String(assignmentId), taskId: String(taskId) }))
}

/** What keeps somebody out of a task whatever anybody decides: read in the unit that gives the place. */
export interface Room {
  readonly free: number
  readonly consents: boolean
  readonly hasConflict: boolean
}

/** Undefined for an unknown seller. */
export async function roomOf(reader: Reader, sellerId: string, taskId: string): Promise<Room | undefined> {
  const [task] = await reader.run(TASK_CONCERNS, { taskId })
  const [row] = await reader.run(ROOM, { sellerId, concerns: task?.[0] ?? '' })
  if (row === undefined) return undefined
  const [availability, accepted, consents, conflicts] = row.map(each => (Array.isArray(each) ? each : []))
  const [stated] = availability ?? []
  const [capacity, isAway] = Array.isArray(stated) ? stated : [USUAL_CAPACITY, false]
  return {
    free: isAway === true ? 0 : Number(capacity) - (accepted?.length ?? 0),
    consents: (consents?.length ?? 0) > 0,
    hasConflict: (conflicts?.length ?? 0) > 0,
  }
}
