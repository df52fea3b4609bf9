// A load that is killed at random and taken up again leaves the very graph of a load that nobody disturbed, evidence included.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { deliveryOf } from '../../core/events/delivery.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { randomIds } from '../../core/ids.ts'
import { consumers } from '../../gateway/subgraphs.ts'
import { Random } from '../../seeds/random.ts'
import { trail } from '../../subgraphs/evidence/log-store.ts'
import { reconcileEntries, reconcileOrphans } from '../../subgraphs/evidence/reconcile.ts'
import { integrateBatch } from '../../subgraphs/evidence/sequencer.ts'
import { load } from '../support/load.ts'
import { openServices, type TestServices } from '../support/services.ts'

const LOADER = fileURLToPath(new URL('../support/crash-loader.ts', import.meta.url))
const MOST_KILLS = 50
const KILLS = Math.min(Number(process.env.KILLS ?? 5), MOST_KILLS)
const SIZE = KILLS === MOST_KILLS ? { events: 100_000, size: 500 } : { events: 2_400, size: 60 }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sovereign-crash-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it(
  `${KILLS} kills at random during a load of ${SIZE.events} records change nothing of what comes of it`,
  async () => {
    const seed = Number(process.env.SEED ?? 7)
    const random = new Random(seed)
    let kills = 0
    for (; kills < KILLS; kills++) {
      const loader = startLoader(kills)
      const isDone = await acknowledgements(loader, 1 + random.below(Math.ceil(SIZE.events / SIZE.size / KILLS)))
      if (isDone) break
      await pause(random.below(60))
      await kill(loader)
    }
    expect(kills, `seed ${seed}`).toBe(KILLS)
    const last = startLoader(KILLS)
    const ended = once(last, 'exit')
    expect(await acknowledgements(last, Number.POSITIVE_INFINITY)).toBe(true)
    await ended

    const disturbed = await openEmbedded({ file: join(folder, 'graph.grafeo'), durability: 'disk' })
    const killed = await openServices(disturbed, randomIds, folder)
    const calm = await openEmbedded({ durability: 'os' })
    const undisturbed = await openServices(calm)
    const delivery = deliveryOf(undisturbed, consumers, { failed: () => undefined })
    await load(undisturbed, delivery, SIZE, () => undefined)
    await delivery.stop()

    expect(await contentOf(killed)).toEqual(await contentOf(undisturbed))
    expect(await evidenceOf(killed)).toEqual(await evidenceOf(undisturbed))
    expect(await problemsOf(killed)).toEqual([])
    for (const services of [killed, undisturbed]) {
      await services.close()
      await services.graph.close()
    }
  },
  120_000 + KILLS * 30_000 + SIZE.events * 40,
)

/** All that the records say, without the ids that are drawn anew. */
async function contentOf(services: TestServices) {
  const parts = {
    customers: `MATCH (c:Customer) RETURN c.number, c.region, c.name, c.revision ORDER BY c.number`,
    records: `MATCH (r:SourceRecord) RETURN r.key, r.payloadHash ORDER BY r.key`,
    interactions: `
      MATCH (c:Customer)-[:IN_PERIOD]->(p:Period)-[:HAD]->(i:Interaction)
      RETURN c.number, p.month, i.occurredAt, i.text ORDER BY c.number, i.occurredAt, i.text`,
    environment: `
      MATCH (i:Interaction)-[:DURING]->(e:EnvironmentEvent)
      RETURN i.text, e.summary ORDER BY i.text, e.summary`,
    deals: `
      MATCH (c:Customer)-[:PURSUES]->(o:Opportunity)
      RETURN c.number, o.number, o.stage, o.stageAt, size([(o)-[:ENTERED]->(h:StageEntry) | h.id]) AS steps
      ORDER BY o.number, c.number`,
    letters: `MATCH (d:DeadLetter) RETURN d.source, d.eventId, d.reason, d.detail, d.times ORDER BY d.source, d.eventId`,
    runs: `MATCH (r:IngestRun) RETURN r.id, r.accepted, r.duplicates, r.deadLetters, r.position ORDER BY r.id`,
  }
  return Object.fromEntries(
    await Promise.all(Object.entries(parts).map(async ([name, statement]) => [name, await services.read(statement)])),
  )
}

/** What the log says of the load, entry by entry: its statements and how many facts each commits to. */
async function evidenceOf(services: TestServices) {
  const rows = await services.read("MATCH (e:EvidenceEntry) WHERE e.kind = 'RECORDS_INGESTED' RETURN e.entry")
  return rows
    .map(([entry]) => JSON.parse(String(entry)) as { statement: object; committed: { count: number } })
    .map(({ statement, committed }) => JSON.stringify([statement, committed.count]))
    .sort()
}

/** What in the graph is not as the log says. */
async function problemsOf(services: TestServices) {
  for (let left = await services.count('EvidenceEntry'); left > 0; left -= 1_000)
    await services.graph.write(integrateBatch)
  const reader = { run: services.graph.read.bind(services.graph) }
  const found: unknown[] = [...(await reconcileOrphans(services))]
  for (let afterId: string | undefined; ; ) {
    const entries = await trail(reader, {}, { first: 100, afterId })
    const page = entries.slice(0, 100)
    found.push(...(await reconcileEntries(services, page)).findings)
    if (entries.length <= 100) return found
    afterId = page.at(-1)?.id
  }
}

function startLoader(minutes: number): ChildProcess {
  const parameters = [folder, String(SIZE.events), String(SIZE.size), String(minutes)]
  return spawn(process.execPath, ['--import', 'tsx', LOADER, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Waits for so many batches; answers whether the load came to its end before. */
async function acknowledgements(loader: ChildProcess, count: number): Promise<boolean> {
  if (loader.stdout === null) throw new Error('The loader has no output.')
  let seen = 0
  for await (const line of createInterface(loader.stdout)) {
    if (line === 'done') return true
    seen += 1
    if (seen >= count) return false
  }
  throw new Error('The loader ended by itself.')
}

async function kill(loader: ChildProcess): Promise<void> {
  const ended = once(loader, 'exit')
  loader.kill('SIGKILL')
  await ended
}
