// What the boards cost when many interactions were counted, and how soon one event more is in them, on both engines. The cells are
// read, never the interactions, so that a board of a million should cost what one of ten thousand does.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../core/graph/embedded.ts'
import type { Graph } from '../core/graph/graph.ts'
import { openNeo4j } from '../core/graph/neo4j.ts'
import { ingest } from '../subgraphs/customers/index.ts'
import { portOf } from '../test/support/faulty-graph.ts'
import { missingForNeo4j, startNeo4j } from '../test/support/neo4j-server.ts'
import { startApi, type TestApi } from '../test/support/start-api.ts'
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
} from './harness.ts'
import { writeBehaviour } from './written-behaviour.ts'

const SENDER = { kind: 'SERVICE', id: 'bench' } as const
const ROUNDS = 15
/** Interactions; `SIZE=10` makes the second a million. */
const SIZES = [10_000, 100_000] as const
const EVENTS = 5
/** What was written lies in the fourteen months before. */
const PERIOD = 'grain: YEAR, day: "2026-06-01"'

const BOARDS = {
  healthCheck: `{ healthCheck(${PERIOD}) { belowMean dimensions { status trend distance current { value numerator denominator reason } } } }`,
  governanceBoard: `{ governanceBoard(${PERIOD}) { indicators { whole { value numerator denominator reason } regions { slice value reason } } } }`,
} as const
type Board = keyof typeof BOARDS
const boards = Object.keys(BOARDS) as readonly Board[]

const COUNTED = `{ metric(id: "evidence-completeness", ${PERIOD}) { denominator } }`

/** One server over one graph. */
interface Lane {
  readonly engine: Graph['engine']
  readonly api: TestApi
  /** How many statements were run since the last call. */
  statements(): number
}

interface Measured {
  readonly lane: Lane
  readonly interactions: number
  readonly countedPerSecond: number
  readonly times: { readonly [board in Board]: number[] }
  readonly statements: { [board in Board]: number }
  /** From the sending of one event until a board tells of it, nobody hurrying. */
  readonly untilTold: number[]
}

export async function benchMetrics(size: number): Promise<Result> {
  const missing = missingForNeo4j()
  const all: Measured[] = []
  for (const interactions of SIZES) {
    all.push(...(await owning(own => measure(own, interactions * size, missing === undefined))))
  }
  printTable(
    [
      'engine',
      'interactions',
      'counted/s',
      'healthCheck ms',
      'statements',
      'governanceBoard ms',
      'statements',
      'event told after ms',
    ],
    all.map(({ lane, interactions, countedPerSecond, times, statements, untilTold }) => [
      lane.engine,
      interactions,
      Math.round(countedPerSecond),
      rounded(median(times.healthCheck)),
      statements.healthCheck,
      rounded(median(times.governanceBoard)),
      statements.governanceBoard,
      Math.round(median(untilTold)),
    ]),
  )
  return { ratios: ratiosOf(all), counts: countsOf(all, missing), engines: engineVersions() }
}

function ratiosOf(all: readonly Measured[]): Record<string, number> {
  const ratios: Record<string, number> = {}
  for (const engine of ['embedded', 'neo4j'] as const) {
    const [few, many] = all.filter(({ lane }) => lane.engine === engine)
    if (few === undefined || many === undefined) continue
    for (const board of boards) {
      ratios[`tenfold.${engine}.${board}`] = rounded(median(many.times[board]) / median(few.times[board]))
    }
  }
  const [embedded, neo4j] = all.slice(-2)
  if (embedded && neo4j && embedded.lane.engine !== neo4j.lane.engine) {
    for (const board of boards) ratios[`embedded/neo4j.${board}`] = ratio(embedded.times[board], neo4j.times[board])
  }
  return ratios
}

function countsOf(all: readonly Measured[], missing: string | undefined): Record<string, number | string> {
  const counts: Record<string, number | string> = missing === undefined ? {} : { neo4j: `not measured: ${missing}` }
  for (const { lane, interactions, times, statements, untilTold } of all) {
    const name = `${lane.engine}${interactions}`
    for (const board of boards) {
      counts[`${name}.${board}Ms`] = rounded(median(times[board]))
      counts[`${name}.${board}Statements`] = statements[board]
    }
    counts[`${name}.toldAfterMs`] = Math.round(median(untilTold))
  }
  return counts
}

async function measure(own: Own, interactions: number, withNeo4j: boolean): Promise<readonly Measured[]> {
  const graphs = [await embeddedGraph(own), ...(withNeo4j ? [await neo4jGraph(own)] : [])]
  const measured: Measured[] = []
  for (const graph of graphs) {
    say(`${graph.engine}: ${interactions} interactions.`)
    const lane = await laneOver(own, graph)
    // Counting begins while there is still something to write.
    const ms = await milliseconds(async () => {
      await writeBehaviour(lane.api.services, interactions)
      await lane.api.settle()
    })
    measured.push({
      lane,
      interactions,
      countedPerSecond: (interactions * 1_000) / ms,
      times: { healthCheck: [], governanceBoard: [] },
      statements: { healthCheck: Number.POSITIVE_INFINITY, governanceBoard: Number.POSITIVE_INFINITY },
      untilTold: [],
    })
  }
  const lanes = measured.map(({ lane }) => lane)
  for (const board of boards) {
    const answers = await Promise.all(lanes.map(({ api }) => asked(api, BOARDS[board])))
    for (const answer of answers) requireEqual(board, answer, answers[0])
  }
  say('Boards, in turn.')
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of round % 2 === 0 ? measured : measured.toReversed()) {
      for (const board of boards) {
        each.lane.statements()
        each.times[board].push(await milliseconds(() => asked(each.lane.api, BOARDS[board])))
        // What counting looks for meanwhile is in some rounds and not in others.
        each.statements[board] = Math.min(each.statements[board], each.lane.statements())
      }
    }
  }
  say('One event more, in turn.')
  for (let event = 0; event < EVENTS; event++) {
    for (const { lane, untilTold } of measured) {
      untilTold.push(await milliseconds(() => tellOneMore(lane.api, event)))
      say(`  ${lane.engine} after ${Math.round(untilTold.at(-1) ?? 0)} ms`)
    }
  }
  return measured
}

async function tellOneMore(api: TestApi, event: number): Promise<void> {
  const countNow = async () => Number((await asked(api, COUNTED)).metric.denominator)
  const before = await countNow()
  if (before === 0) throw new Error('nothing was counted in the period')
  const payload = {
    customer: { number: `bench-${event}`, region: 'CN-SH' },
    message: { occurredAt: '2026-06-01T09:00:00.000Z', text: 'one more' },
  }
  const { accepted } = await ingest(api.services, SENDER, `bench/event-${event}`, {
    source: 'wecom-chat',
    events: [{ eventId: `bench/event-${event}`, payload }],
  })
  if (accepted !== 1) throw new Error('the event was not accepted')
  api.delivery.wake()
  while ((await countNow()) === before) await new Promise(resolve => setTimeout(resolve, 20))
}

async function asked(api: TestApi, query: string): Promise<Awaited<ReturnType<TestApi['ask']>>['data']> {
  const { data, errors } = await api.ask('manager', query)
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return data
}

async function laneOver(own: Own, graph: Graph): Promise<Lane> {
  let run = 0
  const port = portOf(graph)
  const counting: Graph = {
    ...port,
    read: (statement, params) => {
      run += 1
      return port.read(statement, params)
    },
  }
  const api = await startApi({ graph: counting })
  own(api.close)
  const statements = () => {
    const since = run
    run = 0
    return since
  }
  return { engine: graph.engine, api, statements }
}

async function embeddedGraph(own: Own): Promise<Graph> {
  const directory = await mkdtemp(join(tmpdir(), 'sovereign-bench-'))
  own(() => rm(directory, { recursive: true, force: true }))
  return openEmbedded({ file: join(directory, 'graph.grafeo'), durability: 'disk' })
}

async function neo4jGraph(own: Own): Promise<Graph> {
  const server = await startNeo4j()
  own(server.stop)
  return openNeo4j({ url: server.url })
}
