// Loads the generated data through the same ingestion as everybody's, and makes the viewers of a development server.
import { createApiKey } from '../core/access/api-keys.ts'
import { recordReaction } from '../core/change.ts'
import { toInstant } from '../core/clock.ts'
import { setConsent } from '../core/consent/set-consent.ts'
import type { Services } from '../core/context.ts'
import { type DevelopmentViewer, openDevelopment, saveViewers } from '../core/development.ts'
import type { Delivery } from '../core/events/delivery.ts'
import type { CommittedFact } from '../core/evidence/evidence.ts'
import type { Graph } from '../core/graph/graph.ts'
import { seededId, seededIds } from '../core/ids.ts'
import { ingest } from '../subgraphs/customers/index.ts'
import {
  SEED_PARTNER_ID,
  type SeedCustomer,
  type SeedRecord,
  seedCustomers,
  seedRecords,
  siloRecords,
} from './generate.ts'
import { seedBehaviour } from './talent.ts'
import { seedWork } from './work.ts'

const SEED = 'sovereign-graph'
const LOADER = { kind: 'SERVICE', id: 'seeds' } as const
const BATCH = 1_000
const KEY_DAYS = 365

const LOADED_CUSTOMERS = `
MATCH (c:Customer)
RETURN count(c)`

const RUN = `
MATCH (r:SeedRun {name: 'ground'})
RETURN r.finishedAt`

const BEGIN = `
MERGE (r:SeedRun {name: 'ground'})
SET r.startedAt = $at`

const FINISH = `
MERGE (r:SeedRun {name: 'ground'})
SET r.finishedAt = $at`

/** What part of the work is done, 0 to 1. */
export type Progress = (share: number) => void

/** True for an empty graph and for one whose load was cut off; never for a graph that holds somebody's own data. */
export async function needsSeeds({ graph }: Services): Promise<boolean> {
  const [run] = await graph.read(RUN)
  return run === undefined ? (await loadedCustomers(graph)) === 0 : run[0] === null
}

async function loadedCustomers(graph: Graph): Promise<number> {
  const [row] = await graph.read(LOADED_CUSTOMERS)
  return Number(row?.[0])
}

/** Loads `count` customers and all that belongs to them. Picks up where an earlier load was cut off: records are idempotent. */
export async function loadSeeds(
  services: Services,
  delivery: Delivery,
  count: number,
  progress: Progress,
): Promise<void> {
  const { graph, clock } = services
  // Examples name the first customer and sellers by id, so a whole load gives the same ids everywhere; the rest of a
  // load that was cut off must not draw the same ids again.
  const loader = (await loadedCustomers(graph)) === 0 ? { ...services, ids: seededIds(SEED) } : services
  await graph.write(unit => unit.run(BEGIN, { at: clock.now() }))
  const batches = [...batchesOf(seedRecords(count)), ...batchesOf(siloRecords(count))]
  const customers = seedCustomers(count)
  const steps = batches.length + customers.length / BATCH
  for (const [index, { source, events }] of batches.entries()) {
    await ingest(loader, LOADER, `seeds/${index}`, { source, events })
    progress((index + 1) / steps)
  }
  for (const [index, customer] of customers.entries()) {
    await giveSeedConsents(loader, customer, seededId(SEED, 'Customer', index + 1))
    if (index % 50 === 0) progress((batches.length + index / BATCH) / steps)
  }
  await seedWork(loader)
  await seedBehaviour(loader)
  await delivery.settle()
  await graph.write(unit => unit.run(FINISH, { at: clock.now() }))
  progress(1)
}

async function giveSeedConsents(services: Services, { consents }: SeedCustomer, customerId: string): Promise<void> {
  if (consents.length === 0) return
  await recordReaction(services, LOADER, async change => {
    const facts: CommittedFact[] = []
    for (const { purpose, recipient } of consents) {
      const changed = await setConsent(services, change, { customerId, purpose, recipient, state: 'GIVEN' })
      facts.push(...(changed?.facts ?? []))
    }
    return {
      evidence: { kind: 'CONSENT_GIVEN' as const, statement: { count: consents.length }, facts },
      events: consents.map(({ purpose }) => ({
        kind: 'CONSENT_CHANGED' as const,
        body: { customerId, purpose, given: true },
      })),
      result: {},
    }
  })
}

/** Batches of one source each, in the order in which the sources first appear: accounts, deals, conversations. */
function batchesOf(records: Iterable<SeedRecord>): { source: string; events: SeedRecord[] }[] {
  const bySource = new Map<string, SeedRecord[]>()
  for (const record of records) {
    const events = bySource.get(record.source) ?? []
    events.push(record)
    bySource.set(record.source, events)
  }
  return [...bySource].flatMap(([source, events]) =>
    Array.from({ length: Math.ceil(events.length / BATCH) }, (_, batch) => ({
      source,
      events: events.slice(batch * BATCH, (batch + 1) * BATCH),
    })),
  )
}

/** Writes the viewers of the seeded data, with a fresh key for the partner, unless they are there already. */
export async function ensureDevelopmentViewers({ graph, clock }: Services, dataDir: string): Promise<void> {
  const { viewers } = await openDevelopment(dataDir)
  if (viewers.partner !== undefined) return
  const createdAt = clock.now()
  const expiresAt = toInstant(new Date(Date.parse(createdAt) + KEY_DAYS * 86_400_000))
  const partner = { kind: 'PARTNER', id: SEED_PARTNER_ID } as const
  const apiKey = await graph.write(unit =>
    createApiKey(unit, { viewer: { ...partner, purposes: ['PARTNER_SHARING'] }, createdAt, expiresAt }),
  )
  await saveViewers(dataDir, { ...people(), partner: { ...partner, apiKey, defaultPurpose: 'PARTNER_SHARING' } })
}

function people(): Record<string, DevelopmentViewer> {
  const staff = (kind: DevelopmentViewer['kind'], id: string) => ({
    kind,
    id,
    defaultPurpose: 'COMPLIANCE_AUDIT' as const,
  })
  const sales = { defaultPurpose: 'SALES_FOLLOW_UP' } as const
  return {
    subject: { kind: 'SUBJECT', id: seededId(SEED, 'Customer', 1), defaultPurpose: 'SUBJECT_REQUEST' },
    rep: { kind: 'REP', id: seededId(SEED, 'Seller', 1), ...sales },
    'other-rep': { kind: 'REP', id: seededId(SEED, 'Seller', 2), ...sales },
    manager: { kind: 'MANAGER', id: 'manager-1', region: 'CN-SH', ...sales },
    analyst: { kind: 'ANALYST', id: 'analyst-1', defaultPurpose: 'ANALYTICS' },
    auditor: staff('AUDITOR', 'auditor-1'),
    'privacy-officer': staff('PRIVACY_OFFICER', 'privacy-officer-1'),
    operator: staff('OPERATOR', 'operator-1'),
    service: { kind: 'SERVICE', id: 'service-1' },
  }
}
