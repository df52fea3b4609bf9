// Every kind of domain event with its shape. An event names what happened by ids and times, never by a personal value.
import { z } from 'zod'
import { purposes } from '../viewer.ts'

const ids = z.array(z.string().min(1)).max(2_000)

/** What a seller can be seen at, beside the outcomes of opportunities, which are seen in the graph. */
export const behaviours = [
  'NEGOTIATION',
  'CROSS_CULTURAL_TALK',
  'MEETING_NOTE',
  'PROPOSAL_EDIT',
  'CHALLENGE',
  'CUSTOMER_FEEDBACK',
  'TRAINING',
  'TASK',
  'TRADE',
] as const

export type BehaviourTold = (typeof behaviours)[number]

const source = z.strictObject({ behaviour: z.enum(behaviours), sourceId: z.string().min(1).max(200) })

export const eventSchemas = {
  /** Source records were accepted into the graph. Each keeps its validated payload. */
  RECORDS_ACCEPTED: z.strictObject({ source: z.string(), recordIds: ids }),
  /** Interactions with customers were recorded. */
  INTERACTIONS_RECORDED: z.strictObject({ interactionIds: ids }),
  /** Something was recorded that holds for everybody at a place for a time. */
  ENVIRONMENT_EVENTS_RECORDED: z.strictObject({ environmentEventIds: ids }),
  /** Records stated something new of these customers, or named them first. */
  CUSTOMERS_STATED: z.strictObject({ customerIds: ids }),
  /** Customers turned out to be one person: these are all of its parts, who stay as they are behind it. */
  CUSTOMERS_MERGED: z.strictObject({ personId: z.string(), customerIds: ids }),
  /**
   * These customers are no longer part of the person. What was decided about it from the one time to the other was decided
   * of them together, and may have to be decided again. Where it is dissolved the person itself is gone.
   */
  CUSTOMERS_UNMERGED: z.strictObject({
    personId: z.string(),
    customerIds: ids,
    mergedAt: z.string(),
    unmergedAt: z.string(),
    dissolved: z.boolean(),
  }),
  /** A customer gave or withdrew a consent. */
  CONSENT_CHANGED: z.strictObject({ customerId: z.string(), purpose: z.enum(purposes), given: z.boolean() }),
  /** A subject asked to be erased, or asked again while that was not done. */
  ERASURE_REQUESTED: z.strictObject({ requestId: z.string(), subjectId: z.string() }),
  /** All that was held of a subject is deleted, and its key destroyed. */
  ERASURE_COMPLETED: z.strictObject({ requestId: z.string() }),
  /** Opportunities were recorded or moved to another stage. */
  OPPORTUNITIES_CHANGED: z.strictObject({ opportunityIds: ids }),
  /** Tasks can be worked on. */
  TASKS_PUBLISHED: z.strictObject({ taskIds: ids }),
  /** Places in these tasks were offered to people, or offers taken back. */
  TASKS_ROUTED: z.strictObject({ taskIds: ids }),
  /** Nobody was in place in these tasks in time. */
  TASKS_ESCALATED: z.strictObject({ taskIds: ids }),
  /** A place was taken, refused, or given by a manager. */
  ASSIGNMENT_CHANGED: z.strictObject({ assignmentId: z.string(), taskId: z.string() }),
  /** A task is done. */
  TASK_COMPLETED: z.strictObject({ taskId: z.string() }),
  /** Somebody stated when it can work; the tasks are those that it left. */
  AVAILABILITY_CHANGED: z.strictObject({ sellerId: z.string(), taskIds: ids }),
  /** A team was put together for a task. */
  TEAM_ASSEMBLED: z.strictObject({ teamId: z.string(), taskId: z.string() }),
  /** Something was told of these sources at which sellers were seen at work: all there is of each. */
  SELLERS_OBSERVED: z.strictObject({ sources: z.array(source).min(1).max(500) }),
  /** What was told of these sources is not so. */
  OBSERVATIONS_RETRACTED: z.strictObject({ behaviour: z.enum(behaviours), sourceIds: ids }),
  /** Sellers did something together, such as a task. */
  SELLERS_WORKED_TOGETHER: z.strictObject({
    sourceId: z.string().min(1).max(200),
    sellerIds: z.array(z.string().min(1)).min(2).max(50),
  }),
  /** What sellers can do is seen otherwise than before. */
  SELLER_SKILLS_CHANGED: z.strictObject({ sellerIds: ids }),
  /** A seller gave or withdrew a consent. */
  SELLER_CONSENT_CHANGED: z.strictObject({ sellerId: z.string(), purpose: z.enum(purposes), given: z.boolean() }),
  /** Sellers were recorded whom nobody knew of. */
  SELLERS_RECORDED: z.strictObject({ sellerIds: ids }),
  /** The reward of a task was shared out. */
  TASK_SETTLED: z.strictObject({ taskId: z.string(), settlementId: z.string() }),
  /** That was taken back. */
  SETTLEMENT_REVERSED: z.strictObject({ taskId: z.string(), settlementId: z.string() }),
  /** Everybody in a trade of capabilities was given what it takes. */
  TRADE_COMPLETED: z.strictObject({ tradeId: z.string() }),
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
