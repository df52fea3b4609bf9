// A load of several sources in batches that are the same on every run, with records among them that cannot be taken in.
import type { Delivery } from '../../core/events/delivery.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { aChat, aDeal, aPolicy } from './records.ts'
import type { TestServices } from './services.ts'

const SENDER = { kind: 'SERVICE', id: 'load' } as const
const LOADED = ['wecom-chat', 'crm-deal', 'wecom-chat', 'policy-change'] as const

const POSITION = `
MATCH (r:IngestRun)
RETURN r.position`

interface LoadBatch {
  readonly number: number
  readonly source: string
  readonly events: readonly SentEvent[]
}

function batchesOf(events: number, size: number): readonly LoadBatch[] {
  return Array.from({ length: Math.ceil(events / size) }, (_, before) => {
    const source = LOADED[before % LOADED.length] ?? 'wecom-chat'
    // Of policies a few: each is tied to every interaction of its day.
    const count = source === 'policy-change' ? 2 : size
    return {
      number: before + 1,
      source,
      events: Array.from({ length: count }, (_, n) => eventOf(source, before * size + n)),
    }
  })
}

function eventOf(source: string, n: number): SentEvent {
  const customer = { number: `C-${n % 211}`, region: n % 3 === 0 ? 'EU-DE' : 'CN-SH', name: `Name ${n % 211}` }
  // One in twenty is refused, one in thirty was sent before.
  const id = n % 30 === 29 ? `e-${n - 29}` : `e-${n}`
  if (source === 'crm-deal') {
    return aDeal(id, { number: `D-${n % 97}`, stageAt: `2026-01-0${1 + (n % 9)}T00:00:00.000Z` }, customer)
  }
  if (source === 'policy-change') {
    const day = 1 + (n % 9)
    return aPolicy(id, {
      place: 'CN',
      startsAt: `2026-02-0${day}T00:00:00.000Z`,
      endsAt: `2026-02-${String(day + 1).padStart(2, '0')}T00:00:00.000Z`,
    })
  }
  const occurredAt = `2026-02-${String(1 + (n % 28)).padStart(2, '0')}T09:00:00.000Z`
  return aChat(id, { customer: n % 20 === 7 ? { region: 'nowhere' } : customer, message: { occurredAt } })
}

/** Loads what was not loaded before and tells of each batch when it is acknowledged. */
export async function load(
  services: TestServices,
  delivery: Delivery,
  { events, size }: { readonly events: number; readonly size: number },
  acknowledged: (batch: number) => void,
): Promise<void> {
  const done = Math.max(0, ...(await services.read(POSITION)).map(([position]) => Number(position)))
  for (const { number, source, events: sent } of batchesOf(events, size).slice(done)) {
    const run = { id: `load-${source}`, name: 'load', position: number, isLast: false }
    await ingest(services, SENDER, `load/${number}`, { source, events: sent, run })
    acknowledged(number)
    delivery.wake()
  }
  await delivery.settle()
}
