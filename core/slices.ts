// Long computations in slices, so that requests are answered between them.
import { setImmediate as turn } from 'node:timers/promises'

/** So long a slice keeps everything else waiting. */
const SLICE_MS = 15

/** Drives a computation that stands still at its yields, and lets others run after every slice. */
export async function inSlices<T>(steps: Iterator<unknown, T>): Promise<T> {
  let until = performance.now() + SLICE_MS
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    if (performance.now() < until) continue
    await turn()
    until = performance.now() + SLICE_MS
  }
}
