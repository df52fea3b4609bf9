// Brings each event to each consumer: at least once, in order, by one process at a time (lease), past poison.
import { setTimeout as pause } from 'node:timers/promises'
import type { Services } from '../context.ts'
import { ApiError } from '../errors.ts'
import type { DomainEvent } from './kinds.ts'
import type { EventConsumer } from './outbox.ts'

export interface Delivery {
  /**
   * Resolves when each consumer has passed every event, here or in the process that holds its lease, or when it is
   * stopped. Throws what keeps it from that, such as GRAPH_UNAVAILABLE.
   */
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
/** How often who waits for another process looks whether that is done. */
const SETTLE_POLL_MS = 100

const POSITION = `
MATCH (c:Consumer {name: $name})
RETURN c.position`

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

// The next process need not wait until the leases of this one run out.
const RELEASE_LEASES = `
MATCH (c:Consumer)
WHERE c.holder = $holder
SET c.heldUntil = ''`

const PARK = `
MERGE (p:ParkedEvent {id: $id})
SET p.consumer = $consumer, p.eventId = $eventId, p.kind = $kind, p.sequence = $sequence, p.code = $code, p.at = $at`

export function deliveryOf(services: Services, consumers: readonly EventConsumer[], log: DeliveryLog): Delivery {
  const { graph, clock, outbox, ids, modules } = services
  const holder = ids.next('Process')
  let running: Promise<boolean> | undefined
  let again = false
  let stopped = false

  const reader = { run: graph.read.bind(graph) }

  async function deliver(consumer: EventConsumer): Promise<'delivered' | 'passed' | 'held elsewhere'> {
    if (consumer.module !== undefined && modules.isOff(consumer.module)) return 'passed'
    // Most looks find nothing, and those only read: a lease is taken when there is something to deliver under it.
    const [known] = await graph.read(POSITION, { name: consumer.name })
    if ((await outbox.after(reader, Number(known?.[0] ?? 0), 1)).length === 0) return 'passed'
    const now = clock.now()
    const until = new Date(Date.parse(now) + LEASE_MS).toISOString()
    const [row] = await graph.write(unit => unit.run(TAKE_LEASE, { name: consumer.name, holder, until, now }))
    const events = await outbox.after(reader, Number(row?.[0]), BATCH)
    const last = events.at(-1)
    if (last === undefined) return 'passed'
    if (row?.[1] !== holder) return 'held elsewhere'
    const wanted = events.filter(({ kind }) => consumer.kinds.includes(kind))
    if (!(await areConsumedTogether(consumer, wanted))) {
      for (const event of wanted) await consumeOrPark(consumer, event)
    }
    await graph.write(unit => unit.run(ADVANCE, { name: consumer.name, holder, position: last.sequence }))
    return 'delivered'
  }

  /** False where they have to be consumed one by one, so that the one that fails is found. */
  async function areConsumedTogether({ consumeTogether }: EventConsumer, events: readonly DomainEvent[]) {
    if (consumeTogether === undefined || events.length < 2) return false
    return consumeTogether(events, services).then(
      () => true,
      () => false,
    )
  }

  async function consumeOrPark(consumer: EventConsumer, event: DomainEvent): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await consumer.consume(event, services)
        return
      } catch (error) {
        const code = error instanceof ApiError ? error.code : 'INTERNAL_SERVER_ERROR'
        // A store that is away is no fault of the event: stop here and take up the same event later.
        if (code === 'GRAPH_UNAVAILABLE' || code === 'EVIDENCE_UNAVAILABLE') throw error
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

  /** Answers whether the consumer has passed every event. */
  async function deliverAll(consumer: EventConsumer): Promise<boolean> {
    while (!stopped) {
      const outcome = await deliver(consumer)
      if (outcome !== 'delivered') return outcome === 'passed'
      // A handler's own events may be for a consumer that was asked before: go round until none has any.
      again = true
    }
    return false
  }

  /** Answers whether each consumer has passed every event. */
  async function round(): Promise<boolean> {
    try {
      let passed = true
      do {
        again = false
        passed = true
        for (const consumer of consumers) passed = (await deliverAll(consumer)) && passed
      } while (again && !stopped)
      return passed
    } finally {
      // At once with the last look at `again`: who wakes after it must find nothing running.
      running = undefined
    }
  }

  function deliverToAll(): Promise<boolean> {
    again = true
    running ??= Promise.resolve().then(round)
    return running
  }

  function wake(): void {
    if (!stopped) deliverToAll().catch(() => undefined)
  }

  const poll = setInterval(wake, POLL_MS)
  poll.unref()

  return {
    wake,
    settle: async () => {
      while (!stopped && !(await deliverToAll())) await pause(SETTLE_POLL_MS)
    },
    stop: async () => {
      clearInterval(poll)
      stopped = true
      await running?.catch(() => undefined)
      await graph.write(unit => unit.run(RELEASE_LEASES, { holder })).catch(() => undefined)
    },
  }
}
