// Brings each event to each consumer: at least once, in order, by one process at a time (lease), past poison.
import type { Services } from '../context.ts'
import { ApiError } from '../errors.ts'
import type { DomainEvent } from './kinds.ts'
import type { EventConsumer } from './outbox.ts'

export interface Delivery {
  /** Delivers until nothing is left. Resolves when each consumer has passed every event. */
  settle(): Promise<void>
  /** Says that there may be new events, and returns at once. */
  wake(): void
  /** Finishes what is under way and stops. */
  stop(): Promise<void>
}

export interface DeliveryLog {
  failed(consumer: string, event: Pick<DomainEvent, 'id' | 'kind' | 'sequence'>, code: string): void
}

/** How often an event is tried before it is parked, so that one poison event does not stop all that follow. */
const TRIES = 5
const BATCH = 100
const LEASE_MS = 30_000
/** Another process may have written events; this one looks for them this often. */
const POLL_MS = 1_000

const TAKE_LEASE = `
MERGE (c:Consumer {name: $name})
ON CREATE SET c.position = 0, c.holder = $holder, c.heldUntil = $until
WITH c
SET c.holder = CASE WHEN c.holder = $holder OR c.heldUntil < $now THEN $holder ELSE c.holder END
SET c.heldUntil = CASE WHEN c.holder = $holder THEN $until ELSE c.heldUntil END
RETURN c.position, c.holder`

const ADVANCE = `
MATCH (c:Consumer {name: $name})
WHERE c.holder = $holder
SET c.position = $position`

const PARK = `
MERGE (p:ParkedEvent {id: $id})
SET p.consumer = $consumer, p.eventId = $eventId, p.kind = $kind, p.sequence = $sequence, p.code = $code, p.at = $at`

export function deliveryOf(services: Services, consumers: readonly EventConsumer[], log: DeliveryLog): Delivery {
  const { graph, clock, outbox, ids } = services
  const holder = ids.next('Process')
  let running: Promise<void> | undefined
  let again = false
  let stopped = false

  async function deliver(consumer: EventConsumer): Promise<boolean> {
    const now = clock.now()
    const until = new Date(Date.parse(now) + LEASE_MS).toISOString()
    const [row] = await graph.write(unit => unit.run(TAKE_LEASE, { name: consumer.name, holder, until, now }))
    if (row?.[1] !== holder) return false
    const events = await outbox.after({ run: graph.read.bind(graph) }, Number(row[0]), BATCH)
    const last = events.at(-1)
    if (last === undefined) return false
    for (const event of events) {
      if (consumer.kinds.includes(event.kind)) await consumeOrPark(consumer, event)
    }
    await graph.write(unit => unit.run(ADVANCE, { name: consumer.name, holder, position: last.sequence }))
    return true
  }

  async function consumeOrPark(consumer: EventConsumer, event: DomainEvent): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await consumer.consume(event, services)
        return
      } catch (error) {
        const code = error instanceof ApiError ? error.code : 'INTERNAL_SERVER_ERROR'
        // A store that is away is no fault of the event: stop here and take up the same event later.
        if (code === 'GRAPH_UNAVAILABLE') throw error
        log.failed(consumer.name, event, code)
        if (attempt === TRIES) return park(consumer, event, code)
      }
    }
  }

  async function park(consumer: EventConsumer, event: DomainEvent, code: string): Promise<void> {
    const parked = {
      id: `${consumer.name}/${event.id}`,
      consumer: consumer.name,
      eventId: event.id,
      kind: event.kind,
      sequence: event.sequence,
      code,
      at: clock.now(),
    }
    await graph.write(unit => unit.run(PARK, parked))
  }

  async function round(): Promise<void> {
    do {
      again = false
      for (const consumer of consumers) {
        // A handler's own events may be for a consumer that was asked before: go round until none has any.
        while (!stopped && (await deliver(consumer))) again = true
      }
    } while (again && !stopped)
  }

  function wake(): void {
    again = true
    if (running !== undefined || stopped) return
    running = round()
      .catch(() => undefined)
      .finally(() => {
        running = undefined
      })
  }

  const poll = setInterval(wake, POLL_MS)
  poll.unref()

  return {
    wake,
    settle: async () => {
      wake()
      while (running !== undefined) await running
    },
    stop: async () => {
      clearInterval(poll)
      stopped = true
      await running
    },
  }
}
