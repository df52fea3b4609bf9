// What evidence costs: entries integrated a second, a proof in a small and in a large tree, a mutation with and without its
// entry, a read with and without its access record. Goal: 5,000 entries a second on the embedded engine.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toInstant } from '../core/clock.ts'
import type { Services } from '../core/context.ts'
import { openLogSigner } from '../core/evidence/log-signer.ts'
import { inclusionProof } from '../core/evidence/merkle-tree.ts'
import { appendToTiles, hashReaderOver, type Tile, tileKey, tilesForInclusion } from '../core/evidence/tiles.ts'
import { openEmbedded } from '../core/graph/embedded.ts'
import type { Graph, Reader } from '../core/graph/graph.ts'
import { openNeo4j } from '../core/graph/neo4j.ts'
import { evidence as evidenceSubgraph } from '../subgraphs/evidence/index.ts'
import { readTiles, writeTiles } from '../subgraphs/evidence/log-store.ts'
import { changeConsent } from '../subgraphs/sovereignty/consents.ts'
import { missingForNeo4j, startNeo4j } from '../test/support/neo4j-server.ts'
import { openServices } from '../test/support/services.ts'
import { startApi } from '../test/support/start-api.ts'
import {
  engineVersions,
  interleaved,
  median,
  milliseconds,
  type Own,
  owning,
  printTable,
  type Result,
  ratio,
  rounded,
  say,
} from './harness.ts'

const GOAL_ENTRIES_PER_SECOND = 5_000
const ENTRIES = 20_000
const APPENDED_AT_ONCE = 1_000
const TREES = [1_000, 1_000_000] as const
const ROUNDS = { rounds: 5, times: 40, roundMs: 6_000, warmUpMs: 1_000 }
const SUBJECT = { kind: 'SUBJECT', id: 'anna', purpose: 'SUBJECT_REQUEST' } as const

type Numbers = Record<string, number>

export async function benchEvidence(size: number): Promise<Result> {
  const counts: Record<string, number | string> = {}
  const ratios: Numbers = {}
  const engines: Record<string, (own: Own) => Promise<Graph>> = { embedded: embeddedGraph }
  const missing = missingForNeo4j()
  if (missing === undefined) engines.neo4j = neo4jGraph
  else counts.neo4j = `not measured: ${missing}`

  for (const [engine, open] of Object.entries(engines)) {
    say(`Integrating ${ENTRIES * size} entries on ${engine}.`)
    const perSecond = await owning(async own => integrated(await open(own), ENTRIES * size, own))
    counts[`entriesPerSecond.${engine}`] = Math.round(perSecond)
    ratios[`goal.${engine}`] = rounded(perSecond / GOAL_ENTRIES_PER_SECOND)
    say(`Mutations with and without evidence on ${engine}.`)
    ratios[`mutation.with/without.${engine}`] = await owning(async own => mutations(await open(own), own))
  }
  say('Proofs.')
  Object.assign(counts, await owning(async own => proofs(await embeddedGraph(own))))
  ratios['proof.1000000/1000'] = rounded(Number(counts['proofMs.1000000']) / Number(counts['proofMs.1000']))
  say('Reads with and without access records.')
  Object.assign(ratios, await owning(reads))
  printTable(['measure', 'value'], [...Object.entries(counts), ...Object.entries(ratios)])
  return { ratios, counts, engines: engineVersions() }
}

async function embeddedGraph(own: Own): Promise<Graph> {
  const folder = await temporaryFolder(own)
  const graph = await openEmbedded({ file: join(folder, 'graph.grafeo'), durability: 'disk' })
  own(() => graph.close())
  return graph
}

async function neo4jGraph(own: Own): Promise<Graph> {
  const server = await startNeo4j()
  own(() => server.stop())
  const graph = await openNeo4j({ url: server.url })
  own(() => graph.close())
  return graph
}

async function temporaryFolder(own: Own): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sovereign-bench-'))
  own(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Entries that the sequencer places, signs and stores in a second, from the first to the last of a backlog. */
async function integrated(graph: Graph, count: number, own: Own): Promise<number> {
  const services = await openServices(graph)
  own(() => services.close())
  const actor = { kind: 'OPERATOR', id: 'bench' } as const
  const at = toInstant(new Date(services.clock.now()))
  for (let first = 0; first < count; first += APPENDED_AT_ONCE) {
    const drafts = Array.from({ length: APPENDED_AT_ONCE }, () => ({
      id: services.ids.next('EvidenceEntry'),
      kind: 'DATA_ACCESSED' as const,
      at,
      actor,
      statement: { document: 'bench' },
      facts: [{ subjectId: 'anna', content: 'accessed' }],
    }))
    await graph.write(unit => services.evidence.append(unit, drafts))
  }
  const signer = await openLogSigner(await temporaryFolder(own), 'bench.example')
  const taken = await milliseconds(async () => {
    const work = await evidenceSubgraph.start?.(services, { signer, acceptLoss: false, failed: () => {} })
    await work?.settle()
    await work?.stop()
  })
  return count / (taken / 1_000)
}

/** The time of a mutation with its entry to one without: evidence that is appended to nothing. */
async function mutations(graph: Graph, own: Own): Promise<number> {
  const services = await openServices(graph)
  own(() => services.close())
  await graph.write(unit => unit.run("CREATE (:Customer {id: 'anna', region: 'CN-SH'})"))
  const without: Services = { ...services, evidence: { ...services.evidence, append: async () => {} } }
  let key = 0
  const give = (which: Services) => () =>
    changeConsent(which, SUBJECT, `bench-${key++}`, { purpose: 'MARKETING' }, key % 2 === 0)
  const medians = await interleaved({ with: give(services), without: give(without) }, ROUNDS)
  return ratio(medians.with, medians.without)
}

/** Milliseconds and tiles of an inclusion proof out of the tiles in the graph, by the size of the tree. */
async function proofs(graph: Graph): Promise<Numbers> {
  const counts: Numbers = {}
  const reader: Reader = { run: graph.read.bind(graph) }
  for (const size of TREES) {
    const tiles = new Map<string, Tile>()
    const hashes = new Map<string, Buffer>()
    for (let from = 0; from < size; from += APPENDED_AT_ONCE) {
      const leaves = Array.from({ length: APPENDED_AT_ONCE }, () => randomBytes(32))
      for (const tile of appendToTiles(from, leaves, hashes)) {
        tiles.set(tileKey(tile), tile)
        hashes.set(tileKey(tile), tile.hashes)
      }
    }
    const all = [...tiles.values()]
    for (let from = 0; from < all.length; from += APPENDED_AT_ONCE) {
      await graph.write(unit => writeTiles(unit, all.slice(from, from + APPENDED_AT_ONCE)))
    }
    const times: number[] = []
    let most = 0
    for (let time = 0; time < 200; time++) {
      const position = Math.floor((time / 200) * size)
      times.push(
        await milliseconds(async () => {
          const read = await readTiles(reader, tilesForInclusion(position, size))
          most = Math.max(most, read.size)
          inclusionProof(position, size, hashReaderOver(read))
        }),
      )
    }
    counts[`proofMs.${size}`] = rounded(median(times))
    counts[`proofTiles.${size}`] = most
  }
  return counts
}

/** A read with its access record to one without, over HTTP; `recordWait` is what the wait adds, in milliseconds. */
async function reads(own: Own): Promise<Numbers> {
  const document = readFileSync('schema/operations/CustomersTimeline.graphql', 'utf8')
  const [recorded, bare] = await Promise.all([startApi({ customers: 100 }), startApi({ customers: 100 })])
  own(() => recorded.close())
  own(() => bare.close())
  Object.assign(bare.gateway, { accessLog: { record: async () => {}, settle: async () => {} } })
  const ask = (api: typeof recorded) => async () => {
    const { errors } = await api.ask('manager', document)
    if (errors.length > 0) throw new Error('the read failed')
  }
  const medians = await interleaved({ recorded: ask(recorded), bare: ask(bare) }, ROUNDS)
  return {
    'read.with/without': ratio(medians.recorded, medians.bare),
    recordWait: rounded(median(medians.recorded) - median(medians.bare)),
  }
}
