// Re-inference: started by a mutation, done in the background by whichever process finds it, customer by customer in the order
// of their ids. Progress is written with the signals in one unit, so a crash loses nothing and repeats nothing.
import { type BackgroundWork, inRounds } from '../../../core/background.ts'
import { type Recorded, recordChange, recordReaction } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import type { Reader } from '../../../core/graph/graph.ts'
import type { BackgroundMeans } from '../../../core/subgraph.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { currentModel } from './classify.ts'
import { GUARD, LARGEST_UNIT, readAndKeep, SIGNALS } from './infer.ts'
import * as store from './run-store.ts'
import { unreadOfCustomers } from './signal-store.ts'
import type { SignalRun } from './types.ts'

const PAUSE_MS = 500
const CUSTOMERS_A_PAGE = 1_000
const CUSTOMERS_A_STEP = 50

/** Starts a run of the current model. One that is under way ends: what it has read already is not read again. */
export async function startReinference(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
): Promise<Recorded<{ readonly run: SignalRun }>> {
  const { version: modelVersion } = currentModel()
  const request = { viewer, mutation: 'reinferSignals', idempotencyKey, input: { modelVersion } }
  return recordChange(services, request, async change => {
    await change.unit.guard(GUARD)
    await store.supersedeRuns(change)
    const customersTotal = await store.countConsenting(change.unit)
    const run = await store.startRun(change, { id: services.ids.next('SignalRun'), modelVersion, customersTotal })
    return {
      evidence: {
        kind: 'SIGNAL_RUN_STARTED' as const,
        statement: { run: run.id, model: modelVersion, customers: customersTotal },
        facts: [],
      },
      events: [],
      result: { run },
    }
  })
}

/** Looks for a run of the current model every half second and goes on with it; `failed` is told the first of a row of failures. */
export async function startSignalWork(services: Services, { failed }: BackgroundMeans): Promise<BackgroundWork> {
  const reader: Reader = { run: services.graph.read.bind(services.graph) }
  const { version } = currentModel()

  async function round(isStopped: () => boolean): Promise<void> {
    let customers: readonly string[] = []
    while (!isStopped()) {
      const run = (await store.runsUnderWay(reader)).find(({ modelVersion }) => modelVersion === version)
      if (run === undefined) return
      if (!customers.some(id => id > run.afterCustomerId)) {
        customers = await store.consentingCustomers(reader, run.afterCustomerId, CUSTOMERS_A_PAGE)
      }
      await step(services, run.id, customers)
    }
  }

  return inRounds({ everyMs: PAUSE_MS, round, failed })
}

/** One unit of a run: reads of the next of these customers what is unread; without any left the run is done. */
async function step(services: Services, runId: string, customers: readonly string[]): Promise<void> {
  await recordReaction(services, SIGNALS, async change => {
    await change.unit.guard(GUARD)
    // Another process may have gone on with it, or ended it.
    const run = (await store.runsUnderWay(change.unit)).find(({ id }) => id === runId)
    if (run === undefined) return undefined
    const next = customers.filter(id => id > run.afterCustomerId).slice(0, CUSTOMERS_A_STEP)
    const last = next.at(-1)
    if (last === undefined) {
      if (customers.length === 0) await store.finishRun(change, runId)
      return undefined
    }
    const texts = await unreadOfCustomers(change.unit, next, run.modelVersion, LARGEST_UNIT)
    const isRead = texts.length < LARGEST_UNIT
    await store.advanceRun(change, runId, {
      afterCustomerId: isRead ? last : run.afterCustomerId,
      customers: isRead ? next.length : 0,
      interactions: texts.length,
    })
    return readAndKeep(change, texts, runId)
  })
}
