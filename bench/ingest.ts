// How fast records become the graph: in process (`store`: validated records to the graph) and through the mutation over
// HTTP (`wholePath`), on both engines, durable on disk; how fast with all that follows from them, such as signals, matching and
// metrics, done; how soon a record that was accepted is shown; and how long loads go (`load.ts`). Goal G5: 10,000 events a second, flat.
import { createHash } from 'node:crypto'
import { missingForNeo4j } from '../test/support/neo4j-server.ts'
import type { TestApi } from '../test/support/start-api.ts'
import { BATCH, behaviourOf } from './behaviour.ts'
import {
  engineVersions,
  median,
  milliseconds,
  owning,
  printTable,
  type Result,
  ratio,
  requireEqual,
  rounded,
  say,
} from './harness.ts'
import { eventsPerSecond, httpLane, type Lane, openApi, storeLane } from './lanes.ts'
import { load, waysOfLoad } from './load.ts'
import { visibleTimes } from './visible.ts'

const GOAL_EVENTS_PER_SECOND = 10_000
const EVENTS = 10_000
const LOADED_EVENTS = 100_000
/** Batches that are written before the clock runs: the server's JVM is slow until its code is compiled. */
const WARM_UP_BATCHES = 5
/** When the lanes in turn end, and how long a load takes at most: a slow machine measures fewer events rather than taking longer. */
const LONGEST_MS = { inTurn: 240_000, load: 120_000 } as const

/** A graph of its own, and a way into it. */
interface Arm {
  readonly name: string
  readonly api: TestApi
  readonly lane: Lane
}

interface Measured {
  readonly arm: Arm
  /** Milliseconds of each batch. */
  readonly times: number[]
  /** The same until all that follows from the batch is done. */
  readonly settledTimes: number[]
  /** Milliseconds of processor time of each batch in this process: without what Neo4j spends, and less moved by neighbours. */
  readonly cpuTimes: number[]
}

export async function benchIngest(size: number): Promise<Result> {
  const missing = missingForNeo4j()
  const engines = missing === undefined ? (['embedded', 'neo4j'] as const) : (['embedded'] as const)
  const counts: Record<string, number | string> = {}
  const ratios: Record<string, number> = {}

  const measured = await owning(async own => {
    say('Starting the servers.')
    const arms: Arm[] = []
    for (const engine of engines) {
      const [inProcess, overHttp] = [await openApi(own, engine), await openApi(own, engine)]
      arms.push({ name: `${engine}Store`, api: inProcess, lane: storeLane(inProcess.services) })
      arms.push({ name: `${engine}WholePath`, api: overHttp, lane: httpLane(overHttp) })
    }
    const times = await inTurn(arms, EVENTS * size, performance.now() + LONGEST_MS.inTurn * size)
    say('How soon a record is shown.')
    const whole = arms.filter(({ name }) => name.endsWith('WholePath'))
    for (const { name, api } of whole) Object.assign(counts, await tellVisible(name.replace('WholePath', ''), api))
    return times
  })
  printTable(
    ['lane', 'events', 'events/s', 'settled/s', 'median ms a batch', 'CPU ms a batch'],
    measured.map(({ arm, times, settledTimes, cpuTimes }) => [
      arm.name,
      times.length * BATCH,
      eventsPerSecond(times),
      eventsPerSecond(settledTimes),
      rounded(median(times)),
      rounded(median(cpuTimes)),
    ]),
  )
  for (const { arm, times, settledTimes, cpuTimes } of measured) {
    counts[`${arm.name}Events`] = times.length * BATCH
    counts[`${arm.name}PerSecond`] = eventsPerSecond(times)
    counts[`${arm.name}SettledPerSecond`] = eventsPerSecond(settledTimes)
    counts[`${arm.name}CpuMsPerBatch`] = rounded(median(cpuTimes))
  }
  // Rates, so the times stand the other way round.
  const [embedded, embeddedWhole, neo4j, neo4jWhole] = measured.map(({ times }) => times)
  if (embedded && embeddedWhole) ratios['wholePath/store.embedded'] = ratio(embedded, embeddedWhole)
  if (embedded && embeddedWhole && neo4j && neo4jWhole) {
    ratios['wholePath/store.neo4j'] = ratio(neo4j, neo4jWhole)
    ratios['embedded/neo4j.store'] = ratio(neo4j, embedded)
    ratios['embedded/neo4j.wholePath'] = ratio(neo4jWhole, embeddedWhole)
  }

  const loads = []
  for (const engine of engines) {
    for (const way of waysOfLoad) {
      say(`A load of ${LOADED_EVENTS * size} events into ${engine}, ${way}.`)
      loads.push({ engine, way, ...(await load(engine, way, LOADED_EVENTS * size, LONGEST_MS.load * size)) })
    }
  }
  printTable(
    ['load', 'events', 'events/s', 'flatness', 'done events/s'],
    loads.map(({ engine, way, events, perSecond, flatness, donePerSecond }) => [
      `${engine} ${way}`,
      events,
      perSecond,
      flatness,
      donePerSecond ?? '',
    ]),
  )
  for (const { engine, way, events, perSecond, flatness, donePerSecond } of loads) {
    const name = `load.${engine}.${way}`
    counts[`${name}.events`] = events
    counts[`${name}.perSecond`] = perSecond
    if (donePerSecond !== undefined) counts[`${name}.donePerSecond`] = donePerSecond
    ratios[`flatness.${engine}.${way}`] = flatness
    if (way === 'store') ratios[`G5.${engine}`] = rounded(perSecond / GOAL_EVENTS_PER_SECOND)
  }
  if (missing !== undefined) counts.neo4j = `not measured: ${missing}`
  return { ratios, counts, engines: engineVersions() }
}

/** How soon a record is shown that was accepted, while nothing else goes on and while a load does. */
async function tellVisible(engine: string, api: TestApi): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const [label, isLoaded] of [
    ['alone', false],
    ['whileLoading', true],
  ] as const) {
    const { records, accepted, visible } = await visibleTimes(api, isLoaded)
    say(
      `  ${engine} ${label}: ${records} records, accepted after ${accepted.p50} ms, then shown after ${visible.p50} ms`,
    )
    counts[`${engine}.${label}.records`] = records
    for (const [what, { p50, p99 }] of Object.entries({ accepted, visible })) {
      counts[`${engine}.${label}.${what}P50Ms`] = p50
      counts[`${engine}.${label}.${what}P99Ms`] = p99
    }
  }
  return counts
}

/**
 * Writes the same batches into each lane, batch by batch in turn, and checks that all hold the same afterwards. Nothing that
 * follows from one batch runs while another is measured.
 */
async function inTurn(arms: readonly Arm[], events: number, until: number): Promise<readonly Measured[]> {
  const { accounts, interactions } = behaviourOf(Math.ceil(events / 10) + 1_000, events + WARM_UP_BATCHES * BATCH)
  const before = [...accounts, ...interactions.slice(0, WARM_UP_BATCHES)]
  const batches = interactions.slice(WARM_UP_BATCHES, WARM_UP_BATCHES + events / BATCH)
  say(`Accounts and ${WARM_UP_BATCHES} batches into ${arms.map(({ name }) => name).join(', ')}.`)
  const measured: readonly Measured[] = arms.map(arm => ({ arm, times: [], settledTimes: [], cpuTimes: [] }))
  for (const [number, batch] of before.entries()) {
    for (const { lane } of arms) await lane(batch, number)()
  }
  for (const { api } of arms) await api.settle()
  for (const [index, batch] of batches.entries()) {
    // Five rounds are the least that is worth a median.
    if (index >= 5 && performance.now() > until) break
    // Another arm goes first each time.
    const first = index % arms.length
    for (const { arm, times, settledTimes, cpuTimes } of [...measured.slice(first), ...measured.slice(0, first)]) {
      const send = arm.lane(batch, before.length + index)
      const cpu = process.cpuUsage()
      const time = await milliseconds(send)
      const { user, system } = process.cpuUsage(cpu)
      times.push(time)
      settledTimes.push(time + (await milliseconds(() => arm.api.settle())))
      cpuTimes.push((user + system) / 1_000)
    }
    if ((index + 1) % 10 === 0) {
      const rates = measured.map(({ arm, times }) => `${arm.name} ${eventsPerSecond(times.slice(-10))}/s`)
      say(`  ${(index + 1) * BATCH} of ${events} events: ${rates.join(', ')}`)
    }
  }
  await requireSameGraphs(arms)
  return measured
}

const STATE = `
MATCH (c:Customer)-[:IN_PERIOD]->(p:Period)-[:HAD]->(i:Interaction)
RETURN c.number, p.month, i.occurredAt, i.source, i.touchpoint, i.intent, i.emotion, i.outcome, i.durationSeconds`

async function requireSameGraphs(arms: readonly Arm[]): Promise<void> {
  const digests: string[] = []
  for (const { api } of arms) {
    const rows = (await api.services.graph.read(STATE)).map(row => JSON.stringify(row)).sort()
    digests.push(`${rows.length} interactions, ${createHash('sha256').update(rows.join()).digest('hex')}`)
  }
  for (const digest of digests) requireEqual('the graphs that were written', digest, digests[0])
}
