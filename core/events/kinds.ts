// Every kind of domain event with its shape. An event names what happened by ids and times, never by a personal value.
import { z } from 'zod'
import { purposes } from '../viewer.ts'

const ids = z.array(z.string().min(1)).max(2_000)

export const eventSchemas = {
  /** Source records were accepted into the graph. Each keeps its validated payload. */
  RECORDS_ACCEPTED: z.strictObject({ source: z.string(), recordIds: ids }),
  /** Interactions with customers were recorded. */
  INTERACTIONS_RECORDED: z.strictObject({ interactionIds: ids }),
  /** Something was recorded that holds for everybody at a place for a time. */
  ENVIRONMENT_EVENTS_RECORDED: z.strictObject({ environmentEventIds: ids }),
  /** A customer gave or withdrew a consent. */
  CONSENT_CHANGED: z.strictObject({ customerId: z.string(), purpose: z.enum(purposes), given: z.boolean() }),
  /** A subject asked to be erased, or asked again while that was not done. */
  ERASURE_REQUESTED: z.strictObject({ requestId: z.string(), subjectId: z.string() }),
  /** Opportunities were recorded or moved to another stage. */
  OPPORTUNITIES_CHANGED: z.strictObject({ opportunityIds: ids }),
} as const

export type EventKind = keyof typeof eventSchemas
export type EventBody<K extends EventKind> = z.infer<(typeof eventSchemas)[K]>

export type DomainEvent = {
  [K in EventKind]: {
    readonly id: string
    /** The place in the one order of all events, gapless from 1. */
    readonly sequence: number
    readonly kind: K
    readonly at: string
    /** The entry that proves the change of which this event tells. */
    readonly evidenceEntryId: string
    readonly body: EventBody<K>
  }
}[EventKind]
