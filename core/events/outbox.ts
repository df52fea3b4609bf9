// Events are written in the transaction of the change they tell of; delivery (delivery.ts) brings them to consumers.

import type { Instant } from '../clock.ts'
import type { Services } from '../context.ts'
import type { Reader, UnitOfWork } from '../graph/graph.ts'
import type { Migration } from '../graph/migrations.ts'
import type { Ids } from '../ids.ts'
import { type DomainEvent, type EventBody, type EventKind, eventSchemas } from './kinds.ts'

export interface EventDraft<K extends EventKind = EventKind> {
  readonly kind: K
  readonly body: EventBody<K>
}

/** One reaction of a subgraph. Called at least once an event, in order; so it is idempotent by the event's id. */
export interface EventConsumer {
  readonly name: string
  readonly kinds: readonly EventKind[]
  /** The module whose consumer it is: while that is off, its events wait. Absent where it cannot be switched off. */
  readonly module?: string
  readonly consume: (event: DomainEvent, services: Services) => Promise<void>
  /** The same for several events at once, where that costs less. When it fails they are consumed one by one. */
  readonly consumeTogether?: (events: readonly DomainEvent[], services: Services) => Promise<void>
}

export interface Outbox {
  /** Appends events inside the unit, in this order. */
  append(unit: UnitOfWork, at: Instant, evidenceEntryId: string, drafts: readonly EventDraft[]): Promise<void>
  /** Events after a sequence number, in order; at most `limit`. */
  after(reader: Reader, sequence: number, limit: number): Promise<readonly DomainEvent[]>
}

export const outboxMigrations: readonly Migration[] = [
  {
    id: 'core/020-outbox',
    keys: ['DomainEvent.id', 'DomainEvent.sequence', 'Sequence.name', 'Consumer.name', 'ParkedEvent.id'],
  },
]

// Writing the counter locks it until the unit ends, so that sequence numbers become visible in their order.
const TAKE_NUMBERS = `
MERGE (s:Sequence {name: 'DomainEvent'})
SET s.last = coalesce(s.last, 0) + $count
RETURN s.last`

const APPEND_EVENTS = `
UNWIND $events AS event
CREATE (:DomainEvent {id: event.id, sequence: event.sequence, kind: event.kind, at: $at,
  evidenceEntryId: $evidenceEntryId, body: event.body})`

// Numbers are gapless, so the next ones are known and found by the key rather than by a range over all.
const EVENTS_NUMBERED = `
UNWIND $sequences AS wanted
MATCH (e:DomainEvent {sequence: wanted})
RETURN e.id, e.sequence, e.kind, e.at, e.evidenceEntryId, e.body
ORDER BY e.sequence`

export function outboxWith(ids: Ids): Outbox {
  return {
    append: async (unit, at, evidenceEntryId, drafts) => {
      if (drafts.length === 0) return
      const [row] = await unit.run(TAKE_NUMBERS, { count: drafts.length })
      const first = Number(row?.[0]) - drafts.length + 1
      const events = drafts.map(({ kind, body }, index) => ({
        id: ids.next('DomainEvent'),
        sequence: first + index,
        kind,
        body: JSON.stringify(eventSchemas[kind].parse(body)),
      }))
      await unit.run(APPEND_EVENTS, { at, evidenceEntryId, events })
    },
    after: async (reader, sequence, limit) => {
      const sequences = Array.from({ length: limit }, (_, index) => sequence + 1 + index)
      const rows = await reader.run(EVENTS_NUMBERED, { sequences })
      return rows.map(([id, number, kind, at, evidenceEntryId, body]) => ({
        id,
        sequence: number,
        kind,
        at,
        evidenceEntryId,
        body: eventSchemas[kind as EventKind].parse(JSON.parse(String(body))),
      })) as DomainEvent[]
    },
  }
}
