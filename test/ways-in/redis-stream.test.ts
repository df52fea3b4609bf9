// A real redis-server where there is one; elsewhere these are skipped, and the name says why.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BackgroundWork } from '../../core/background.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { consumeStreams } from '../../gateway/ways-in/redis-stream.ts'
import { graphThatFailsAt } from '../support/faulty-graph.ts'
import { aChat } from '../support/records.ts'
import { openServices, type TestServices } from '../support/services.ts'

const isThere = spawnSync('redis-server', ['--version']).status === 0
const STREAM = 'ingest:wecom-chat'

describe.skipIf(!isThere)(`records by Redis Streams${isThere ? '' : ' (no redis-server in PATH)'}`, () => {
  let server: ChildProcess
  let url: string
  let redis: Redis
  let graph: Graph
  let services: TestServices
  const working: BackgroundWork[] = []
  const failures: unknown[] = []

  beforeAll(async () => {
    const port = await freePort()
    url = `redis://127.0.0.1:${port}`
    server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'])
    redis = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null })
    await redis.ping()
    graph = await openEmbedded({ durability: 'os', shuffle: true })
    services = await openServices(graph)
  })
  beforeEach(async () => {
    await redis.flushall()
    await services.empty()
    failures.length = 0
  })
  afterEach(async () => {
    await Promise.all(working.splice(0).map(work => work.stop()))
  })
  afterAll(async () => {
    redis?.disconnect()
    await services?.close()
    await graph?.close()
    if (server !== undefined) {
      const ended = once(server, 'exit')
      server.kill()
      await ended
    }
  })

  const start = (consumer: string, more: object = {}, over: Graph = graph) => {
    const failed = (cause: unknown) => void failures.push(cause)
    const work = consumeStreams({ ...services, graph: over }, { url, consumer, failed, ...more })
    working.push(work)
    return work
  }
  const add = (eventId: string, payload: string = JSON.stringify(aChat(eventId).payload)) =>
    redis.xadd(STREAM, '*', 'eventId', eventId, 'payload', payload)
  const texts = async () =>
    (await services.read('MATCH (i:Interaction) RETURN i.text ORDER BY i.text')).map(([text]) => text)
  const pending = async () => Number((await redis.xpending(STREAM, 'sovereign-graph'))[0])
  const until = async (holds: () => Promise<boolean>) => {
    for (let tries = 0; tries < 400; tries++) {
      if (await holds()) return
      await pause(25)
    }
    throw new Error('it did not come to that')
  }

  it('are taken in, those that were there before and those that come, and acknowledged', async () => {
    await add('before')
    start('one')
    await until(async () => (await texts()).length === 1)
    await add('after')
    await until(async () => (await texts()).length === 2)
    await until(async () => (await pending()) === 0)
    expect(await texts()).toEqual(['text of after', 'text of before'])
  })

  it('that cannot be read become dead letters and are acknowledged, too', async () => {
    await add('broken', '{"a": 1, "a": 2}')
    await redis.xadd(STREAM, '*', 'something', 'else')
    await add('refused', '{}')
    start('one')
    await until(async () => (await services.count('DeadLetter')) === 3 && (await pending()) === 0)
    const reasons = await services.read('MATCH (d:DeadLetter) RETURN d.reason ORDER BY d.reason')
    expect(reasons.flat()).toEqual(['DUPLICATE_KEY', 'NO_ENVELOPE', 'SCHEMA'])
  })

  it('that a dead process took are claimed by another, and are duplicates where it had committed them', async () => {
    await redis.xgroup('CREATE', STREAM, 'sovereign-graph', '0', 'MKSTREAM')
    for (const eventId of ['committed', 'lost']) await add(eventId)
    // It takes both, commits one, and acknowledges none.
    await redis.xreadgroup('GROUP', 'sovereign-graph', 'dead', 'COUNT', 10, 'STREAMS', STREAM, '>')
    const { ingest } = await import('../../subgraphs/customers/index.ts')
    await ingest(services, { kind: 'SERVICE', id: 'redis' }, 'k', {
      source: 'wecom-chat',
      events: [aChat('committed')],
    })
    start('heir', { claimAfterMs: 1 })
    await until(async () => (await pending()) === 0)
    expect(await texts()).toEqual(['text of committed', 'text of lost'])
    const runs = await services.read('MATCH (r:IngestRun) RETURN r.accepted, r.duplicates, r.deadLetters')
    expect(runs).toEqual([[2, 1, 0]])
  })

  it('are taken in once by two processes together', async () => {
    start('one')
    start('two')
    for (let n = 0; n < 200; n++) await add(`e-${n}`)
    await until(async () => (await texts()).length === 200 && (await pending()) === 0)
    expect(await services.read('MATCH (r:IngestRun) RETURN r.accepted + r.duplicates')).toEqual([[200]])
  })

  it('are tried again when the graph fails, and nothing is acknowledged before', async () => {
    await add('e')
    start('one', { claimAfterMs: 1 }, graphThatFailsAt(graph, 'CREATE (r:SourceRecord', new Error('a bad day')))
    await until(async () => (await texts()).length === 1 && (await pending()) === 0)
    expect(failures).toHaveLength(1)
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
