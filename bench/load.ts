// One long load with nothing beside it but what follows from it: batch after batch into a graph of its own. Into the store nothing
// follows; through the mutation over HTTP signals, links, matching and metrics run beside the load and after it.
import type { Services } from '../core/context.ts'
import type { Graph } from '../core/graph/graph.ts'
import { openServices } from '../test/support/services.ts'
import { TEST_NOW } from '../test/support/start-api.ts'
import { BATCH, batchesOf } from './behaviour.ts'
import { median, milliseconds, type Own, owning, rounded, say } from './harness.ts'
import { eventsPerSecond, httpLane, openApi, openGraph, storeLane } from './lanes.ts'

export const waysOfLoad = ['store', 'wholePath'] as const

export interface Load {
  readonly events: number
  readonly perSecond: number
  /** The rate of the last tenth of the batches ÷ that of the first: 1 is flat. By medians of at least three batches. */
  readonly flatness: number
  /** The rate until all that follows was done as well; absent where nothing follows. */
  readonly donePerSecond?: number
}

/** Ends early when its time is over. */
export async function load(
  engine: Graph['engine'],
  way: (typeof waysOfLoad)[number],
  events: number,
  longestMs: number,
): Promise<Load> {
  return owning(async own => {
    const api = way === 'wholePath' ? await openApi(own, engine) : undefined
    const lane = api ? httpLane(api) : storeLane(await servicesOver(own, engine))
    const times: number[] = []
    let startedAt = 0
    let number = 0
    for (const batch of batchesOf(Math.ceil(events / 10) + 1_000)) {
      const send = lane(batch, number++)
      if (batch.source === 'crm-account') {
        await send()
        continue
      }
      if (times.length === 0) {
        await api?.settle()
        startedAt = performance.now()
      }
      times.push(await milliseconds(send))
      if (times.length % 10 === 0) {
        say(`  ${times.length * BATCH} of ${events} events: ${eventsPerSecond(times.slice(-10))}/s`)
      }
      if (times.length * BATCH >= events || performance.now() - startedAt > longestMs) break
    }
    await api?.settle()
    const done = api && { donePerSecond: Math.round((times.length * BATCH * 1_000) / (performance.now() - startedAt)) }
    return { events: times.length * BATCH, perSecond: eventsPerSecond(times), flatness: flatness(times), ...done }
  })
}

/** What takes records in, without a server whose consumers would follow. */
async function servicesOver(own: Own, engine: Graph['engine']): Promise<Services> {
  const graph = await openGraph(own, engine)
  own(() => graph.close())
  const services = await openServices(graph)
  // What has not happened yet is a dead letter.
  services.clock.set(TEST_NOW)
  own(services.close)
  return services
}

function flatness(times: readonly number[]): number {
  const tenth = Math.max(3, Math.floor(times.length / 10))
  return rounded(median(times.slice(0, tenth)) / median(times.slice(-tenth)))
}
