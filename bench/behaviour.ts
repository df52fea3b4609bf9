// The data that benches write and read: generated accounts and interactions over fourteen months, in batches as their
// silos would send them.
import { type SeedRecord, seedRecords } from '../seeds/generate.ts'

export const BATCH = 1_000

export interface Batch {
  readonly source: string
  readonly events: readonly Pick<SeedRecord, 'eventId' | 'payload'>[]
}

export interface Behaviour {
  readonly accounts: readonly Batch[]
  /** By time, calls and chats in batches of their own. All are full. */
  readonly interactions: readonly Batch[]
}

/** The customers have ten interactions on average, very unevenly. */
export function behaviourOf(customers: number, mostInteractions = Number.POSITIVE_INFINITY): Behaviour {
  const accounts: Batch[] = []
  const interactions: Batch[] = []
  for (const batch of batchesOf(customers)) {
    ;(batch.source === 'crm-account' ? accounts : interactions).push(batch)
    if (interactions.length * BATCH >= mostInteractions) break
  }
  return { accounts, interactions }
}

/** The same one after the other, accounts first. A batch is made when it is asked for. */
export function* batchesOf(customers: number): Generator<Batch> {
  const pending = new Map<string, Batch['events'][number][]>()
  for (const { source, eventId, payload } of seedRecords(customers)) {
    if (source === 'crm-deal') continue
    const accounts = pending.get('crm-account')
    if (source !== 'crm-account' && accounts !== undefined) {
      pending.delete('crm-account')
      yield { source: 'crm-account', events: accounts }
    }
    const events = pending.get(source) ?? []
    pending.set(source, events)
    events.push({ eventId, payload })
    if (events.length < BATCH) continue
    pending.delete(source)
    yield { source, events }
  }
}
