// What a change needs, opened on any graph: migrated, with a key file of its own and a clock that stands still.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settableClock } from '../../core/clock.ts'
import type { RequestContext, Services } from '../../core/context.ts'
import { deliveryOf } from '../../core/events/delivery.ts'
import { outboxWith } from '../../core/events/outbox.ts'
import { evidenceWith } from '../../core/evidence/evidence.ts'
import { openLogSigner } from '../../core/evidence/log-signer.ts'
import { openMasterKey } from '../../core/evidence/master-key.ts'
import { openSubjectKeys, type SubjectKeys } from '../../core/evidence/subject-keys.ts'
import type { Graph, Row } from '../../core/graph/graph.ts'
import { migrate } from '../../core/graph/migrations.ts'
import { type Ids, randomIds } from '../../core/ids.ts'
import { entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { policyInForce } from '../../core/policy/policy-in-force.ts'
import { modulesNamed } from '../../core/registry/modules.ts'
import { sealedTextsWith } from '../../core/sealed-texts.ts'
import type { Viewer } from '../../core/viewer.ts'
import { consumers, countable, migrations, moduleNames, subgraphs } from '../../gateway/subgraphs.ts'
import { proofsOver } from '../../subgraphs/evidence/index.ts'

export const NOW = '2026-03-02T08:00:00.000Z'

export interface TestServices extends Services {
  readonly clock: ReturnType<typeof settableClock>
  readonly keys: SubjectKeys
  /** Takes everything out of the graph but what the migrations put there, and sets the clock back. */
  empty(): Promise<void>
  /** How many nodes have this label. */
  count(label: string): Promise<number>
  read(statement: string, params?: { readonly [name: string]: string | readonly string[] }): Promise<readonly Row[]>
  /** Releases the key file; the graph stays open. */
  close(): Promise<void>
}

const unanalysed = () => {
  throw new Error('only a gateway can tell what would become of an operation')
}
const noAnalyses = {
  withPurpose: unanalysed,
  masksOf: unanalysed,
  ofOperation: unanalysed,
  ofCoordinates: unanalysed,
}

/** Of a node `n`: that no migration put it there. */
export const IS_WRITTEN = 'NOT n:Migration AND NOT n:Purpose AND NOT n:Intent'

export const EMPTY = `MATCH (n) WHERE ${IS_WRITTEN} DETACH DELETE n`

/** Its keys are kept in a folder of its own, or in the given one, which stays. */
export async function openServices(graph: Graph, ids: Ids = randomIds, kept?: string): Promise<TestServices> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'sovereign-services-')))
  const keys = await openSubjectKeys(join(folder, 'subject-keys'), await openMasterKey(folder))
  const clock = settableClock(NOW)
  await migrate(graph, migrations, NOW)
  return {
    graph,
    clock,
    ids,
    keys,
    evidence: evidenceWith(keys),
    outbox: outboxWith(ids),
    proofs: proofsOver(graph),
    logKeys: await openLogSigner(folder, 'sovereign-graph'),
    sealedTexts: sealedTextsWith(keys),
    evidenced: subgraphs.flatMap(subgraph => subgraph.evidenced),
    policies: policyInForce({ policy: groundPolicy, epoch: 0 }),
    analyses: noAnalyses,
    countable,
    modules: modulesNamed(moduleNames),
    controller: 'Test Company',
    empty: async () => {
      await graph.write(unit => unit.run(EMPTY))
      clock.set(NOW)
    },
    count: async label => Number((await graph.read(`MATCH (n:${label}) RETURN count(n)`))[0]?.[0]),
    read: (statement, params = {}) => graph.read(statement, params),
    close: async () => {
      await keys.close()
      if (kept === undefined) await rm(folder, { recursive: true })
    },
  }
}

/** Opens at the first call and answers the same graph ever after: suites that empty it themselves can share one. */
export function openedOnce(openGraph: () => Promise<Graph>): () => Promise<Graph> {
  let opened: Promise<Graph> | undefined
  return () => {
    opened ??= openGraph()
    return opened
  }
}

/** Brings every event to every consumer, as the server does after a change. */
export async function deliverAll(services: Services): Promise<void> {
  const delivery = deliveryOf(services, consumers, {
    failed: (consumer, { sequence }, code) => {
      throw new Error(`${consumer} failed at event ${sequence}: ${code}`)
    },
  })
  try {
    await delivery.settle()
  } finally {
    await delivery.stop()
  }
}

/** What a store is given of a request. No field is masked: what a store reads is shown as it was read. */
export function requestOf(services: Services, viewer: Viewer): RequestContext {
  return {
    requestId: 'test',
    at: services.clock.now(),
    viewer,
    policy: groundPolicy,
    policyEpoch: 0,
    masks: entityMasks(new Map(), groundPolicy, viewer, value => value, services.clock.now()),
    services,
    loaders: new Map(),
  }
}
