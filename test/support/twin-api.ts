// One gateway before two graphs: the same request is sent to both, and everything that can be told from outside is compared.
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settableClock } from '../../core/clock.ts'
import { readConfig } from '../../core/config.ts'
import { outboxWith } from '../../core/events/outbox.ts'
import { accessLogWith } from '../../core/evidence/access-log.ts'
import { evidenceWith } from '../../core/evidence/evidence.ts'
import { openLogSigner } from '../../core/evidence/log-signer.ts'
import { openMasterKey } from '../../core/evidence/master-key.ts'
import { openSubjectKeys } from '../../core/evidence/subject-keys.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph, Row, Statement } from '../../core/graph/graph.ts'
import { migrate } from '../../core/graph/migrations.ts'
import { type Ids, seededIds } from '../../core/ids.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { policyInForce } from '../../core/policy/policy-in-force.ts'
import { modulesNamed } from '../../core/registry/modules.ts'
import { sealedTextsWith } from '../../core/sealed-texts.ts'
import { buildSubgraph } from '../../core/subgraph.ts'
import type { Viewer } from '../../core/viewer.ts'
import { analysesOf } from '../../gateway/analyse.ts'
import { openApi } from '../../gateway/api.ts'
import { openSupergraph } from '../../gateway/execution.ts'
import { openHttp } from '../../gateway/http.ts'
import type { Log } from '../../gateway/log.ts'
import type { Gateway } from '../../gateway/pipeline.ts'
import { preparerOf } from '../../gateway/prepared-operation.ts'
import { countable, migrations, moduleNames, subgraphs } from '../../gateway/subgraphs.ts'
import { toldSchemas } from '../../gateway/told-schema.ts'
import { evidence as evidenceSubgraph, proofsOver } from '../../subgraphs/evidence/index.ts'
import { portOf } from './faulty-graph.ts'
import type { GeneratedOperation } from './generated-operation.ts'
import { writeTwin } from './twin-graph.ts'
import { CUSTOMER_IDS, isTwinId, TWINS_NOW } from './twin-values.ts'
import type { TwinWorld } from './twin-worlds.ts'

const PENDING =
  "MATCH (e:EvidenceEntry {state: 'PENDING'}) RETURN e.id, e.kind, e.entry, e.actorId, e.subjects, e.facts ORDER BY e.id"
const FORGET_PENDING = "MATCH (e:EvidenceEntry {state: 'PENDING'}) DELETE e"
/** Headers of which only the presence has to be equal. */
const EXCEPTED = ['x-request-id', 'x-evidence-entry', 'date', 'server-timing']

/** A fault that is put into the ports of the gateway to see that it is found. */
export interface Plant {
  readonly graph?: (graph: Graph) => Graph
  readonly gateway?: (gateway: Gateway) => Gateway
}

/** Everything that a request leaves behind it. */
export interface Trace {
  readonly status: number
  readonly headers: { readonly [name: string]: unknown }
  readonly body: string
  /** With what each was given, in no order: which of two that are under way at one time comes first is chance. */
  readonly statements: readonly string[]
  readonly log: readonly string[]
  readonly evidence: readonly Row[]
}

export interface TwinApi {
  readonly gateway: Gateway
  /** Ids of entries in the log, the same in both graphs. */
  readonly entryIds: readonly string[]
  /** Writes the worlds, each into its graph. */
  write(worlds: readonly [TwinWorld, TwinWorld]): Promise<void>
  /** What the operation leaves of each world. */
  ask(viewer: Viewer, operation: GeneratedOperation): Promise<readonly [Trace, Trace]>
  close(): Promise<void>
}

// Composed once: it is the same for all policies, and its plans are kept by policy.
let composed: Promise<Gateway['supergraph']> | undefined
function supergraphOnce() {
  composed ??= Promise.all(subgraphs.map(buildSubgraph)).then(built => openSupergraph(built, () => {}))
  return composed
}

export async function openTwinApi(
  policy: Policy,
  { graph: planted = graph => graph, gateway: changed = gateway => gateway }: Plant = {},
): Promise<TwinApi> {
  const folder = await mkdtemp(join(tmpdir(), 'sovereign-twins-'))
  const keys = await openSubjectKeys(join(folder, 'subject-keys'), await openMasterKey(folder))
  const clock = settableClock(TWINS_NOW)
  const graphs = [
    await openEmbedded({ durability: 'os', shuffle: true }),
    await openEmbedded({ durability: 'os', shuffle: true }),
  ] as const
  const noted: Noted = { statements: [], underWay: 0 }
  const lines: string[] = []
  let current: Graph = graphs[0]
  let ids: Ids = seededIds('twins')
  // What is noted is what reaches the graph, a planted fault included.
  const graph = planted(noting(() => current, noted))
  const supergraph = await supergraphOnce()
  const rootRules = subgraphs.map(each => each.rootRules)
  const prepare = preparerOf(supergraph.schema, supergraph.personal)
  const services = {
    graph,
    clock,
    ids: { next: (kind: string) => ids.next(kind) },
    evidence: evidenceWith(keys),
    outbox: outboxWith({ next: kind => ids.next(kind) }),
    proofs: proofsOver(graph),
    logKeys: await openLogSigner(join(folder, 'log-0'), 'twins'),
    sealedTexts: sealedTextsWith(keys),
    evidenced: subgraphs.flatMap(subgraph => subgraph.evidenced),
    policies: policyInForce({ policy, epoch: 0 }),
    analyses: analysesOf({ ...supergraph, rootRules, prepare }),
    countable,
    modules: modulesNamed(moduleNames),
    controller: 'Test Company',
  }
  await cp(join(folder, 'log-0'), join(folder, 'log-1'), { recursive: true })
  const entryIds = CUSTOMER_IDS.map((_, n) => `entry-${n}`)
  for (const [n, each] of graphs.entries()) {
    current = each
    ids = seededIds('twins')
    await migrate(each, migrations, TWINS_NOW)
    await each.write(unit =>
      services.evidence.append(
        unit,
        entryIds.map((id, of) => draftAbout(id, CUSTOMER_IDS[of] ?? '')),
      ),
    )
    const signer = await openLogSigner(join(folder, `log-${n}`), 'twins')
    const work = await evidenceSubgraph.start?.(
      { ...services, graph: each },
      {
        signer,
        acceptLoss: false,
        failed: cause => {
          throw cause
        },
      },
    )
    await work?.settle()
    await work?.stop()
  }
  const gateway = changed({
    services,
    subgraphs,
    supergraph,
    prepare,
    toldSchema: toldSchemas({ ...supergraph, rootRules }),
    authenticate: async authorization => JSON.parse(authorization ?? 'null') as Viewer,
    hashSecret: Buffer.alloc(32),
    accessLog: accessLogWith(graph, services.ids, services.evidence),
    log: logInto(lines),
  })
  const api = await openApi(gateway)
  const http = await openHttp(readConfig({ DATA_DIR: folder }), gateway, api, { check: async () => {} })

  async function traceOf(
    of: Graph,
    { purpose, ...viewer }: Viewer,
    { text, variables }: GeneratedOperation,
  ): Promise<Trace> {
    current = of
    ids = seededIds('request')
    noted.statements.length = 0
    lines.length = 0
    const answer = await http.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: JSON.stringify(viewer), ...(purpose && { 'x-purpose': purpose }) },
      payload: { query: text, variables },
    })
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, EXCEPTED.includes(name) ? 'is there' : value]),
    )
    await untilQuiet(noted)
    const ran = noted.statements.toSorted()
    const evidence = await of.read(PENDING)
    if (evidence.length > 0) await of.write(unit => unit.run(FORGET_PENDING))
    const log = lines.map(line => line.replace(/"requestId":"[^"]*",?/, ''))
    return { status: answer.statusCode, headers, body: answer.body, statements: ran, log, evidence }
  }

  return {
    gateway,
    entryIds,
    write: async worlds => {
      for (const [n, world] of worlds.entries()) await writeTwin(graphs[n] as Graph, world)
    },
    ask: async (viewer, operation) => {
      // The first execution of an operation is interpreted and batches otherwise than the compiled ones after it.
      await traceOf(graphs[0], viewer, operation)
      return [await traceOf(graphs[0], viewer, operation), await traceOf(graphs[1], viewer, operation)]
    },
    close: async () => {
      await http.close()
      await api.stop()
      await keys.close()
      for (const each of graphs) await each.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function draftAbout(id: string, subjectId: string) {
  const facts = [{ subjectId, content: 'accessed' }]
  return {
    id,
    kind: 'DATA_ACCESSED' as const,
    at: TWINS_NOW,
    actor: { kind: 'AUDITOR', id: 'auditor-number-1' } as const,
    statement: { document: id },
    facts,
  }
}

/** An id may be that of what is hidden: by it the next row is found, and it leaves the process nowhere. */
const withoutIds = (_: string, value: unknown) => (typeof value === 'string' && isTwinId(value) ? 'id' : value)

interface Noted {
  readonly statements: string[]
  /** How many reads are under way. */
  underWay: number
}

/** The graph of the moment, with a note of each statement and what it is given. */
function noting(current: () => Graph, noted: Noted): Graph {
  const note = (statement: Statement, params: unknown) =>
    noted.statements.push(`${JSON.stringify(statement)} ${JSON.stringify(params, withoutIds)}`)
  return {
    ...portOf(current()),
    read: async (statement, params) => {
      note(statement, params)
      noted.underWay++
      try {
        return await current().read(statement, params)
      } finally {
        noted.underWay--
      }
    },
    write: work =>
      current().write(unit =>
        work({
          run: (statement, params) => {
            note(statement, params)
            return unit.run(statement, params)
          },
          guard: name => unit.guard(name),
        }),
      ),
  }
}

/** Waits for what goes on after an answer that an error ended: a field that may not be null waits for no other. */
async function untilQuiet(noted: Noted): Promise<void> {
  do await new Promise(resolve => setImmediate(resolve))
  while (noted.underWay > 0)
}

function logInto(lines: string[]): Log {
  const write = (entry: unknown) => void lines.push(JSON.stringify(entry))
  return { debug: write, info: write, warn: write, error: write } as Log
}
