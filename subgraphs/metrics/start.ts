// Counting, from the start of the process to its end.
import type { Services } from '../../core/context.ts'
import { canonicalJson, sha256 } from '../../core/evidence/commitment.ts'
import type { Policy } from '../../core/policy/policy.ts'
import type { BackgroundMeans, BackgroundWork } from '../../core/subgraph.ts'
import { catalogue } from './catalogue.ts'
import { setState, stateOf } from './cell-store.ts'
import { countAll, forgetAndMarkAll } from './projection.ts'

const PAUSE_MS = 500

/** Which definitions and which policy the cells were counted under. */
const COUNTED_UNDER = 'counted-under'

/** Counts what events mark. Counts everything again where definitions or policy are not those that it was counted under. */
export async function startCounting(services: Services, { failed }: BackgroundMeans): Promise<BackgroundWork> {
  const { graph, policies } = services
  const reader = { run: graph.read.bind(graph) }
  let under = { policy: policies.current().policy, name: countedUnder(policies.current().policy) }
  let running: Promise<void> | undefined
  let stopped = false
  let isFailing = false

  async function work(): Promise<void> {
    const { policy } = policies.current()
    if (under.policy !== policy) under = { policy, name: countedUnder(policy) }
    if ((await stateOf(reader, COUNTED_UNDER)) !== under.name) {
      await forgetAndMarkAll(services)
      await graph.write(unit => setState(unit, COUNTED_UNDER, under.name))
    }
    await countAll(services, () => stopped)
  }

  function wake(): Promise<void> {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }

  const timer = setInterval(async () => {
    try {
      await wake()
      isFailing = false
    } catch (cause) {
      if (!isFailing) failed(cause)
      isFailing = true
    }
  }, PAUSE_MS)
  timer.unref()

  return {
    settle: async () => {
      await running?.catch(() => undefined)
      await wake()
    },
    stop: async () => {
      clearInterval(timer)
      stopped = true
      await running?.catch(() => undefined)
    },
  }
}

function countedUnder(policy: Policy): string {
  return sha256(canonicalJson([[...catalogue.values()].map(({ hash }) => hash), policy])).toString('base64url')
}
