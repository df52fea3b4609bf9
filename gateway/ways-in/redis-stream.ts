// Records in real time from Redis Streams: one stream a source, one consumer group, and as many processes as like.
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { BackgroundWork } from '../../core/background.ts'
import type { Services } from '../../core/context.ts'
import { strictJson } from '../../core/records/strict-json.ts'
import { ingest, type SentRecords, sourceNames } from '../../subgraphs/customers/index.ts'

/** The stream of a source is `ingest:<source>`; its entries have the fields eventId, payload (JSON) and, if known, place. */
const streamOf = (source: string) => `ingest:${source}`
const GROUP = 'sovereign-graph'
const ENTRIES_A_BATCH = 500
const BLOCK_MS = 1_000
const LONGEST_PAYLOAD = 1_000_000

export interface RedisStreamOptions {
  readonly url: string
  /** Names this process within the group. */
  readonly consumer: string
  /** After how long what another process took and did not acknowledge is taken from it: it is dead. */
  readonly claimAfterMs?: number
  /** Told the first of a row of failures. */
  readonly failed: (cause: unknown) => void
}

const CLAIM_AFTER_MS = 60_000
const RETRY_MS = 1_000
const SENDER = { kind: 'SERVICE', id: 'redis' } as const

type Entry = readonly [id: string, fields: readonly string[]]

/**
 * Takes in what comes by these streams until it is stopped. An entry is acknowledged when its record is part of the graph, a
 * duplicate or a dead letter; what a process took with it into death is claimed by another, for which it is a duplicate at worst.
 */
export function consumeStreams(services: Services, options: RedisStreamOptions): BackgroundWork {
  const { consumer, claimAfterMs = CLAIM_AFTER_MS, failed } = options
  // A command that cannot be sent fails at once, and the round is tried again.
  const redis = new Redis(options.url, { maxRetriesPerRequest: 1, lazyConnect: true })
  redis.on('error', () => undefined)
  const streams = sourceNames().map(streamOf)
  let stopped = false
  let isFailing = false
  const running = run()

  async function run(): Promise<void> {
    let isReady = false
    while (!stopped) {
      try {
        if (!isReady) await makeGroups()
        isReady = true
        if (!(await takeAbandoned())) await takeNew(BLOCK_MS)
        isFailing = false
      } catch (cause) {
        if (stopped) return
        if (!isFailing) failed(cause)
        isFailing = true
        // A Redis that lost its data has no groups any more.
        isReady = false
        await pause(RETRY_MS)
      }
    }
  }

  async function makeGroups(): Promise<void> {
    for (const stream of streams) {
      await redis.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM').catch((error: Error) => {
        if (!error.message.startsWith('BUSYGROUP')) throw error
      })
    }
  }

  /** What was taken and not acknowledged, by a process that is gone or by this one before it failed. */
  async function takeAbandoned(): Promise<boolean> {
    let found = false
    for (const stream of streams) {
      const claimed = await redis.xautoclaim(stream, GROUP, consumer, claimAfterMs, '0', 'COUNT', ENTRIES_A_BATCH)
      const entries = (claimed as [string, (Entry | null)[]])[1].filter(each => each !== null)
      if (entries.length > 0) await takeIn(stream, entries)
      found ||= entries.length > 0
    }
    return found
  }

  async function takeNew(blockMs: number): Promise<boolean> {
    const ids = streams.map(() => '>')
    const read = await redis.xreadgroup(
      'GROUP',
      GROUP,
      consumer,
      'COUNT',
      ENTRIES_A_BATCH,
      'BLOCK',
      blockMs,
      'STREAMS',
      ...streams,
      ...ids,
    )
    for (const [stream, entries] of (read ?? []) as [string, Entry[]][]) await takeIn(stream, entries)
    return read !== null
  }

  async function takeIn(stream: string, entries: readonly Entry[]): Promise<void> {
    const records = recordsOf(stream, entries)
    const [first, last] = [entries[0]?.[0], entries.at(-1)?.[0]]
    await ingest(services, SENDER, `redis/${stream}/${first}/${last}/${entries.length}`, records)
    await redis.xack(stream, GROUP, ...entries.map(([id]) => id))
  }

  return {
    settle: async () => {
      // Whoever waits for this waits for what is there now; blocking reads go on beside it.
      for (;;) {
        const pending = await Promise.all(streams.map(stream => lagOf(stream)))
        if (pending.every(count => count === 0)) return
        await pause(50)
      }
    },
    stop: async () => {
      stopped = true
      redis.disconnect()
      await running
    },
  }

  /** How many entries of a stream are neither delivered nor acknowledged. */
  async function lagOf(stream: string): Promise<number> {
    if (redis.status !== 'ready') return 0
    const groups = (await redis.xinfo('GROUPS', stream).catch(() => [])) as (readonly unknown[])[]
    const ours = groups.map(toObject).find(({ name }) => name === GROUP)
    return Number(ours?.pending ?? 0) + Number(ours?.lag ?? 0)
  }
}

function toObject(pairs: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(pairs.flatMap((key, at) => (at % 2 === 0 ? [[String(key), pairs[at + 1]]] : [])))
}

/** Pure: entries as the records of their source; what cannot be read is a rejection. */
function recordsOf(stream: string, entries: readonly Entry[]): SentRecords {
  const read = entries.map(([id, fields]) => {
    const { eventId, payload, place = `${stream}:${id}` } = toObject(fields) as Record<string, string | undefined>
    const named = { eventId: eventId ?? `${stream}:${id}`, place }
    if (eventId === undefined || payload === undefined) return { ...named, reason: 'NO_ENVELOPE' }
    if (payload.length > LONGEST_PAYLOAD) return { ...named, reason: 'PAYLOAD_TOO_LONG' }
    const json = strictJson(payload)
    return 'fault' in json ? { ...named, reason: json.fault } : { ...named, payload: json.value }
  })
  return {
    source: stream.slice(streamOf('').length),
    events: read.flatMap(each => ('reason' in each ? [] : [each])),
    rejected: read.flatMap(each => ('reason' in each ? [each] : [])),
  }
}
