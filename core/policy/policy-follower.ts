// Hears of activations by other processes on the same graph. An answer with personal data hears of them sooner, from the
// unit that records the access.
import { type BackgroundWork, inRounds } from '../background.ts'
import type { Services } from '../context.ts'
import { readInForce } from './policy-activation.ts'
import { policyEpoch } from './policy-store.ts'

const POLL_MS = 1_000

/** Asks the graph each second for its epoch; only where another process can write to it. */
export function followActivations({ graph, policies }: Services, failed: (cause: unknown) => void): BackgroundWork {
  const reader = { run: graph.read.bind(graph) }
  const settle = async () => {
    if ((await policyEpoch(reader)) > policies.current().epoch) policies.take(await readInForce(graph))
  }
  if (graph.engine === 'embedded') return { settle, stop: async () => {} }
  return inRounds({ everyMs: POLL_MS, round: settle, failed })
}
