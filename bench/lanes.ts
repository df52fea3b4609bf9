// The ways into a graph that benches write by: in process, and through the mutation over HTTP.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Services } from '../core/context.ts'
import { openEmbedded } from '../core/graph/embedded.ts'
import type { Graph } from '../core/graph/graph.ts'
import { openNeo4j } from '../core/graph/neo4j.ts'
import { ingest } from '../subgraphs/customers/index.ts'
import { startNeo4j } from '../test/support/neo4j-server.ts'
import { startApi, type TestApi } from '../test/support/start-api.ts'
import { BATCH, type Batch } from './behaviour.ts'
import { type Own, sum } from './harness.ts'

const SENDER = { kind: 'SERVICE', id: 'bench' } as const

/** Makes what is sent of a batch, which is the sender's work and not measured. */
export type Lane = (batch: Batch, number: number) => () => Promise<void>

/** An empty graph that is durable on disk. */
export async function openGraph(own: Own, engine: Graph['engine']): Promise<Graph> {
  if (engine === 'neo4j') {
    const server = await startNeo4j()
    own(server.stop)
    return openNeo4j({ url: server.url })
  }
  const directory = await mkdtemp(join(tmpdir(), 'sovereign-bench-'))
  own(() => rm(directory, { recursive: true, force: true }))
  return openEmbedded({ file: join(directory, 'graph.grafeo'), durability: 'disk' })
}

export async function openApi(own: Own, engine: Graph['engine']): Promise<TestApi> {
  const api = await startApi({ graph: await openGraph(own, engine) })
  own(api.close)
  return api
}

export function storeLane(services: Services): Lane {
  return (batch, number) => async () =>
    requireAll(batch, (await ingest(services, SENDER, `bench/${number}`, batch)).accepted)
}

const INGEST = `
mutation Ingest($input: IngestInput!, $idempotencyKey: String!) {
  ingest(input: $input, idempotencyKey: $idempotencyKey) { accepted duplicates deadLetters evidenceEntryId }
}`

export function httpLane(api: TestApi): Lane {
  const token = api.tokenOf('service')
  return (input, number) => {
    const body = JSON.stringify({ query: INGEST, variables: { input, idempotencyKey: `bench/${number}` } })
    return async () => {
      const response = await api.post(body, { authorization: `Bearer ${await token}` })
      const { data, errors } = (await response.json()) as {
        data?: { ingest: { accepted: number } }
        errors?: unknown
      }
      if (data === undefined || errors !== undefined) throw new Error(JSON.stringify(errors))
      requireAll(input, data.ingest.accepted)
    }
  }
}

function requireAll({ events }: Batch, accepted: number): void {
  if (accepted !== events.length) throw new Error(`expected ${events.length} records accepted, got: ${accepted}`)
}

/** Of batches that took these milliseconds. */
export function eventsPerSecond(times: readonly number[]): number {
  return Math.round((times.length * BATCH * 1_000) / sum(times))
}
