// How well records of one person are brought together, and what that costs: precision, recall and F1 on people whose records
// are known, and the pairs that are compared for each record at several sizes. Through the store that serves, whole.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settableClock } from '../core/clock.ts'
import type { Services } from '../core/context.ts'
import { outboxWith } from '../core/events/outbox.ts'
import { evidenceWith } from '../core/evidence/evidence.ts'
import { openMasterKey } from '../core/evidence/master-key.ts'
import { openSubjectKeys } from '../core/evidence/subject-keys.ts'
import { openEmbedded } from '../core/graph/embedded.ts'
import { migrate } from '../core/graph/migrations.ts'
import { randomIds } from '../core/ids.ts'
import { groundPolicy } from '../core/policy/ground-policy.ts'
import { policyInForce } from '../core/policy/policy-in-force.ts'
import { migrations } from '../gateway/subgraphs.ts'
import { type PersonRecord, peopleRecords } from '../seeds/identity-people.ts'
import { matchCustomers } from '../subgraphs/customers/identity/match.ts'
import { matchModel } from '../subgraphs/customers/identity/model.ts'
import { ingest } from '../subgraphs/customers/index.ts'
import { engineVersions, milliseconds, printTable, type Result, rounded, say } from './harness.ts'

/** The weights were estimated, and the thresholds chosen, on people of seed 1 (npm run train:matching). */
const SEED = 2
const SIZES = [1_500, 3_000, 6_000]
const BATCH = 500
const SENDER = { kind: 'SERVICE', id: 'bench' } as const
const NOW = '2026-11-02T08:00:00.000Z'

const WHOSE = `
MATCH (r:SourceRecord)-[:IDENTIFIES]->(c:Customer)
WHERE r.eventId > $after
RETURN r.eventId, coalesce(c.mergedInto, c.id)
ORDER BY r.eventId LIMIT 2000`

const QUEUED = `
MATCH (r:MatchReview {state: 'PENDING'})-[:COMPARES]->(c:Customer)<-[:IDENTIFIES]-(s:SourceRecord)
RETURN r.id, c.id, min(s.eventId)
ORDER BY r.id, c.id`

export async function benchIdentity(size: number): Promise<Result> {
  const ratios: Record<string, number> = {}
  const counts: Record<string, number | string> = { model: matchModel().version, seed: SEED }
  const rows: (string | number)[][] = []
  for (const people of SIZES.map(each => Math.round(each * size))) {
    const measured = await measure(peopleRecords(SEED, people))
    rows.push([
      measured.records,
      measured.pairsPerRecord,
      measured.precision,
      measured.recall,
      measured.f1,
      measured.queued,
      measured.recallReviewed,
      measured.recordsPerSecond,
    ])
    const name = `records${measured.records}`
    for (const [what, value] of Object.entries(measured))
      (Number.isInteger(value) ? counts : ratios)[`${name}.${what}`] = value
  }
  printTable(
    [
      'records',
      'pairs compared/record',
      'precision',
      'recall',
      'F1',
      'reviews queued',
      'recall if reviewed rightly',
      'records/s',
    ],
    rows,
  )
  return { ratios, counts, engines: engineVersions() }
}

async function measure(records: readonly PersonRecord[]) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-identity-'))
  const graph = await openEmbedded({ durability: 'os' })
  const keys = await openSubjectKeys(join(folder, 'subject-keys'), await openMasterKey(folder))
  try {
    await migrate(graph, migrations, NOW)
    const services = {
      graph,
      clock: settableClock(NOW),
      ids: randomIds,
      evidence: evidenceWith(keys),
      outbox: outboxWith(randomIds),
      policies: policyInForce({ policy: groundPolicy, epoch: 0 }),
      controller: 'Bench',
    } as unknown as Services
    let compared = 0
    const ms = await milliseconds(async () => {
      compared = await takeIn(services, records)
    })
    const found = await whoseIs(services)
    const queued = await services.graph.read(QUEUED)
    const figures = figuresOf(records, found)
    return {
      records: records.length,
      pairsPerRecord: rounded(compared / records.length),
      ...figures,
      queued: queued.length / 2,
      recallReviewed: figuresOf(
        records,
        reviewed(
          records,
          found,
          queued.map(row => Number(row[2])),
        ),
      ).recall,
      recordsPerSecond: Math.round((records.length / ms) * 1_000),
    }
  } finally {
    await graph.close()
    await keys.close()
    await rm(folder, { recursive: true })
  }
}

/** Takes the records in and matches each batch, as the events of it would. Answers how many pairs were compared. */
async function takeIn(services: Services, records: readonly PersonRecord[]): Promise<number> {
  const { graph, outbox } = services
  const eventsAfter = (sequence: number) => outbox.after({ run: graph.read.bind(graph) }, sequence, 500)
  let compared = 0
  let seen = 0
  for (let start = 0; start < records.length; start += BATCH) {
    const events = records.slice(start, start + BATCH).map(({ contact, account }, place) => ({
      eventId: String(start + place).padStart(8, '0'),
      payload: {
        customer: contact,
        ...(account !== undefined && { account: { name: account } }),
        message: { occurredAt: NOW, text: 'hello' },
      },
    }))
    const { accepted } = await ingest(services, SENDER, `bench/${start}`, { source: 'wecom-chat', events })
    if (accepted !== events.length) throw new Error(`${events.length - accepted} records were refused`)
    for (let events = await eventsAfter(seen); events.length > 0; events = await eventsAfter(seen)) {
      for (const event of events) {
        seen = event.sequence
        if (event.kind === 'CUSTOMERS_STATED')
          compared += (await matchCustomers(services, event.body.customerIds)).compared
      }
    }
    if (start % 5_000 === 0) say(`  ${start} of ${records.length}`)
  }
  return compared
}

/** The person of each record, in the order of the records. */
async function whoseIs({ graph }: Services): Promise<readonly string[]> {
  const found: string[] = []
  for (let after = ''; ; ) {
    const page = await graph.read(WHOSE, { after })
    for (const [, person] of page) found.push(String(person))
    const last = page.at(-1)
    if (last === undefined) return found
    after = String(last[0])
  }
}

/** As though a person who knows had decided each review. */
function reviewed(
  records: readonly PersonRecord[],
  found: readonly string[],
  pairs: readonly number[],
): readonly string[] {
  const joined = [...found]
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const [a = 0, b = 0] = [pairs[at], pairs[at + 1]]
    if (records[a]?.person !== records[b]?.person) continue
    const [keep, give] = [joined[a], joined[b]]
    for (const [place, person] of joined.entries()) if (person === give) joined[place] = keep ?? ''
  }
  return joined
}

/** Of all pairs of records: how many that were brought together are one person's, and how many of those were. */
function figuresOf(records: readonly PersonRecord[], found: readonly string[]) {
  const pairsIn = (keys: Iterable<string | number>) => {
    const sizes = new Map<string | number, number>()
    for (const key of keys) sizes.set(key, (sizes.get(key) ?? 0) + 1)
    return [...sizes.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
  }
  const together = pairsIn(found)
  const truly = pairsIn(records.map(({ person }) => person))
  const right = pairsIn(records.map(({ person }, place) => `${person} ${found[place]}`))
  const [precision, recall] = [right / together, right / truly]
  return {
    precision: rounded(precision, 4),
    recall: rounded(recall, 4),
    f1: rounded((2 * precision * recall) / (precision + recall), 4),
  }
}
