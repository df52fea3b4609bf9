// Counting, from the start of the process to its end.
import { type BackgroundWork, inRounds } from '../../core/background.ts'
import type { Services } from '../../core/context.ts'
import { canonicalJson, sha256 } from '../../core/evidence/commitment.ts'
import type { InForce } from '../../core/policy/policy-in-force.ts'
import type { BackgroundMeans } from '../../core/subgraph.ts'
import { catalogue } from './catalogue.ts'
import { setState, stateOf } from './cell-store.ts'
import { misfits } from './definition-check.ts'
import { countAll, forgetAndMarkAll } from './projection.ts'
import { keepYesterday } from './standings.ts'

const PAUSE_MS = 500

/** Which definitions and which policy the cells were counted under. */
const COUNTED_UNDER = 'counted-under'

/** Counts what events mark. Counts everything again where definitions or policy are not those that it was counted under. */
export async function startCounting(services: Services, { failed }: BackgroundMeans): Promise<BackgroundWork> {
  const { graph, policies, countable, modules } = services
  const wrong = misfits(catalogue.values(), countable)
  if (wrong.length > 0) throw new Error(`metrics do not fit what is contributed: ${wrong.join('; ')}`)
  const reader = { run: graph.read.bind(graph) }

  async function round(isStopped: () => boolean): Promise<void> {
    if (modules.isOff('metrics')) return
    await keepYesterday(services)
    const under = countedUnder(policies.current())
    if ((await stateOf(reader, COUNTED_UNDER)) !== under) {
      await forgetAndMarkAll(services)
      await graph.write(unit => setState(unit, COUNTED_UNDER, under))
    }
    await countAll(services, isStopped)
  }

  return inRounds({ everyMs: PAUSE_MS, round, failed })
}

const DEFINITIONS = [...catalogue.values()].map(({ hash }) => hash)

/** An activation begins an epoch, so that its number stands for the policy. */
function countedUnder({ policy, epoch }: InForce): string {
  return sha256(canonicalJson([DEFINITIONS, policy.id, policy.version, epoch])).toString('base64url')
}
