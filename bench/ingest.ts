// How fast records become the graph: in process (`store`: validated records to the graph) and through the mutation over
// HTTP (`wholePath`), on both engines, durable on disk; how fast with all that follows from them, such as signals, matching and
// metrics, done; and how soon a record that was accepted is shown. Goal G5: 10,000 events a second, flat.
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../core/graph/embedded.ts'
import type { Graph } from '../core/graph/graph.ts'
import { openNeo4j } from '../core/graph/neo4j.ts'
import { ingest } from '../subgraphs/customers/index.ts'
import { missingForNeo4j, startNeo4j } from '../test/support/neo4j-server.ts'
import { startApi, type TestApi } from '../test/support/start-api.ts'
import { BATCH, type Batch, behaviourOf } from './behaviour.ts'
import {
  engineVersions,
  median,
  milliseconds,
  type Own,
  owning,
  printTable,
  type Result,
  ratio,
  requireEqual,
  rounded,
  say,
  sum,
} from './harness.ts'
import { visibleTimes } from './visible.ts'

const SENDER = { kind: 'SERVICE', id: 'bench' } as const
const GOAL_EVENTS_PER_SECOND = 10_000
const SMALL = 10_000
const LARGE = 100_000
/** Batches that are written before the clock runs: the server's JVM is slow until its code is compiled. */
const WARM_UP_BATCHES = 5
/** When each part ends, from the start of the bench: a slow machine measures fewer events rather than taking longer. */
const UNTIL_MS = { small: 240_000, large: 900_000 } as const

/** One graph of its own, and a way into it. */
interface Lane {
  readonly name: string
  readonly api: TestApi
  /** Makes what is sent, which is the sender's work and not measured. */
  prepare(batch: Batch, number: number): () => Promise<number>
}

interface Measured {
  readonly lane: Lane
  /** Milliseconds of each batch. */
  readonly times: number[]
  /** The same until all that follows from the batch is done. */
  readonly settledTimes: number[]
  /** Milliseconds of processor time of each batch in this process: without what Neo4j spends, and less moved by neighbours. */
  readonly cpuTimes: number[]
}

export async function benchIngest(size: number): Promise<Result> {
  const missing = missingForNeo4j()
  const start = performance.now()
  const counts: Record<string, number | string> = {}
  const ratios: Record<string, number> = {}
  const soon: (readonly (string | number)[])[] = []

  const small = await owning(async own => {
    say('Starting the servers.')
    const lanes = [
      storeLane('embeddedStore', await embeddedApi(own)),
      httpLane('embeddedWholePath', await embeddedApi(own)),
    ]
    if (missing === undefined) {
      lanes.push(storeLane('neo4jStore', await neo4jApi(own)), httpLane('neo4jWholePath', await neo4jApi(own)))
    }
    const measured = await write(lanes, SMALL * size, start + UNTIL_MS.small * size)
    say('How soon a record is shown.')
    for (const { name, api } of lanes.filter(({ name }) => name.endsWith('WholePath'))) {
      const engine = name.replace('WholePath', '')
      for (const [label, isLoaded] of [
        ['alone', false],
        ['whileLoading', true],
      ] as const) {
        const { records, accepted, visible } = await visibleTimes(api, isLoaded)
        say(`  ${engine} ${label}: ${records} records, shown after ${visible.p50} ms`)
        soon.push([engine, label, records, accepted.p50, accepted.p99, visible.p50, visible.p99])
      }
    }
    return measured
  })
  const large = await owning(async own => {
    const lanes = [
      storeLane('embeddedStore', await embeddedApi(own)),
      httpLane('embeddedWholePath', await embeddedApi(own)),
    ]
    if (missing === undefined) {
      lanes.push(storeLane('neo4jStore', await neo4jApi(own)), httpLane('neo4jWholePath', await neo4jApi(own)))
    }
    return write(lanes, LARGE * size, start + UNTIL_MS.large * size)
  })

  printTable(
    ['lane', 'events', 'events/s', 'settled/s', 'median ms a batch', 'flatness', 'CPU ms a batch', 'flatness of CPU'],
    [...small, ...large].map(measured => [
      measured.lane.name,
      measured.times.length * BATCH,
      Math.round(eventsPerSecond(measured.times)),
      Math.round(eventsPerSecond(measured.settledTimes)),
      rounded(median(measured.times)),
      flatness(measured.times),
      rounded(median(measured.cpuTimes)),
      flatness(measured.cpuTimes),
    ]),
  )

  printTable(['engine', 'meanwhile', 'records', 'accepted ms p50', 'p99', 'then shown ms p50', 'p99'], soon)
  for (const [engine, label, ...times] of soon) {
    for (const [place, what] of [
      'records',
      'acceptedP50Ms',
      'acceptedP99Ms',
      'visibleP50Ms',
      'visibleP99Ms',
    ].entries()) {
      counts[`${engine}.${label}.${what}`] = times[place] ?? ''
    }
  }
  for (const [measured, suffix] of [
    ...small.map(each => [each, '10k'] as const),
    ...large.map(each => [each, '100k'] as const),
  ]) {
    const name = `${measured.lane.name}${suffix}`
    counts[`${name}Events`] = measured.times.length * BATCH
    counts[`${name}PerSecond`] = Math.round(eventsPerSecond(measured.times))
    counts[`${name}SettledPerSecond`] = Math.round(eventsPerSecond(measured.settledTimes))
    counts[`${name}CpuMsPerBatch`] = rounded(median(measured.cpuTimes))
    ratios[`flatness.${name}`] = flatness(measured.times)
    ratios[`flatnessOfCpu.${name}`] = flatness(measured.cpuTimes)
  }
  const [embedded, embeddedWhole, neo4j, neo4jWhole] = small.map(({ times }) => times)
  const [largeStore, largeWhole] = large.map(({ times }) => times)
  // Rates, so the times stand the other way round.
  if (embedded && embeddedWhole) ratios['wholePath/store.embedded10k'] = ratio(embedded, embeddedWhole)
  if (largeStore && largeWhole) ratios['wholePath/store.embedded100k'] = ratio(largeStore, largeWhole)
  if (embedded && largeStore) ratios['embedded100k/10k'] = rounded(median(embedded) / median(largeStore))
  if (largeStore) ratios['G5.embedded'] = rounded(eventsPerSecond(largeStore) / GOAL_EVENTS_PER_SECOND)
  if (embedded && embeddedWhole && neo4j && neo4jWhole) {
    ratios['wholePath/store.neo4j10k'] = ratio(neo4j, neo4jWhole)
    ratios['embedded/neo4j.store'] = ratio(neo4j, embedded)
    ratios['embedded/neo4j.wholePath'] = ratio(neo4jWhole, embeddedWhole)
    ratios['G5.neo4j'] = rounded(eventsPerSecond(neo4j) / GOAL_EVENTS_PER_SECOND)
  }
  if (missing !== undefined) counts.neo4j = `not measured: ${missing}`
  return {
    ratios,
    counts,
    engines: engineVersions(),
  }
}

async function embeddedApi(own: Own): Promise<TestApi> {
  const directory = await mkdtemp(join(tmpdir(), 'sovereign-bench-'))
  own(() => rm(directory, { recursive: true, force: true }))
  return apiOver(own, await openEmbedded({ file: join(directory, 'graph.grafeo'), durability: 'disk' }))
}

async function neo4jApi(own: Own): Promise<TestApi> {
  const server = await startNeo4j()
  own(server.stop)
  return apiOver(own, await openNeo4j({ url: server.url }))
}

async function apiOver(own: Own, graph: Graph): Promise<TestApi> {
  const api = await startApi({ graph })
  own(api.close)
  return api
}

function storeLane(name: string, api: TestApi): Lane {
  return {
    name,
    api,
    prepare: (batch, number) => async () => (await ingest(api.services, SENDER, `bench/${number}`, batch)).accepted,
  }
}

const INGEST = `
mutation Ingest($input: IngestInput!, $idempotencyKey: String!) {
  ingest(input: $input, idempotencyKey: $idempotencyKey) { accepted duplicates deadLetters evidenceEntryId }
}`

function httpLane(name: string, api: TestApi): Lane {
  const token = api.tokenOf('service')
  return {
    name,
    api,
    prepare: (input, number) => {
      const body = JSON.stringify({ query: INGEST, variables: { input, idempotencyKey: `bench/${number}` } })
      return async () => {
        const response = await api.post(body, { authorization: `Bearer ${await token}` })
        const { data, errors } = (await response.json()) as {
          data?: { ingest: { accepted: number } }
          errors?: unknown
        }
        if (data === undefined || errors !== undefined) throw new Error(`${name}: ${JSON.stringify(errors)}`)
        return data.ingest.accepted
      }
    },
  }
}

/**
 * Writes the same batches into each lane, batch by batch in turn, and checks that all hold the same afterwards. Nothing that
 * follows from one batch runs while another is measured.
 */
async function write(lanes: readonly Lane[], events: number, until: number): Promise<readonly Measured[]> {
  const { accounts, interactions } = behaviourOf(Math.ceil(events / 10) + 1_000, events + WARM_UP_BATCHES * BATCH)
  const before = [...accounts, ...interactions.slice(0, WARM_UP_BATCHES)]
  const batches = interactions.slice(WARM_UP_BATCHES, WARM_UP_BATCHES + events / BATCH)
  say(`Accounts and ${WARM_UP_BATCHES} batches into ${lanes.map(({ name }) => name).join(', ')}.`)
  const measured = lanes.map(lane => ({
    lane,
    times: [] as number[],
    settledTimes: [] as number[],
    cpuTimes: [] as number[],
  }))
  for (const [number, batch] of before.entries()) {
    for (const lane of lanes) await accepted(lane.prepare(batch, number), batch)
  }
  for (const { api } of lanes) await api.settle()
  for (const [index, batch] of batches.entries()) {
    // Five rounds are the least that is worth a median.
    if (index >= 5 && performance.now() > until) break
    // Another lane goes first each time.
    const first = index % lanes.length
    for (const each of [...measured.slice(first), ...measured.slice(0, first)]) {
      const send = each.lane.prepare(batch, before.length + index)
      const cpu = process.cpuUsage()
      const time = await milliseconds(() => accepted(send, batch))
      const { user, system } = process.cpuUsage(cpu)
      each.times.push(time)
      each.settledTimes.push(time + (await milliseconds(() => each.lane.api.settle())))
      each.cpuTimes.push((user + system) / 1_000)
    }
    if ((index + 1) % 10 === 0) {
      const rates = measured.map(({ lane, times }) => `${lane.name} ${Math.round(eventsPerSecond(times.slice(-10)))}/s`)
      say(`  ${(index + 1) * BATCH} of ${events} events: ${rates.join(', ')}`)
    }
  }
  await requireSameGraphs(lanes)
  return measured
}

async function accepted(send: () => Promise<number>, { events }: Batch): Promise<void> {
  const count = await send()
  if (count !== events.length) throw new Error(`expected ${events.length} records accepted, got: ${count}`)
}

const STATE = `
MATCH (c:Customer)-[:IN_PERIOD]->(p:Period)-[:HAD]->(i:Interaction)
RETURN c.number, p.month, i.occurredAt, i.source, i.touchpoint, i.intent, i.emotion, i.outcome, i.durationSeconds`

async function requireSameGraphs(lanes: readonly Lane[]): Promise<void> {
  const digests: string[] = []
  for (const { api } of lanes) {
    const rows = (await api.services.graph.read(STATE)).map(row => JSON.stringify(row)).sort()
    digests.push(`${rows.length} interactions, ${createHash('sha256').update(rows.join()).digest('hex')}`)
  }
  for (const digest of digests) requireEqual('the graphs that were written', digest, digests[0])
}

function eventsPerSecond(times: readonly number[]): number {
  return (times.length * BATCH * 1_000) / sum(times)
}

/** The rate of the last tenth of the batches ÷ that of the first: 1 is flat. By medians of at least three batches. */
function flatness(times: readonly number[]): number {
  const tenth = Math.max(3, Math.floor(times.length / 10))
  return rounded(median(times.slice(0, tenth)) / median(times.slice(-tenth)))
}
