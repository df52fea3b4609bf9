// What a subgraph does beside requests, again and again, from the start of the process to its end.

/** Work beside requests. */
export interface BackgroundWork {
  /** Resolves when nothing is left to do. Throws what keeps it from that, such as GRAPH_UNAVAILABLE. */
  settle(): Promise<void>
  /** Finishes what is under way and stops. */
  stop(): Promise<void>
}

interface Rounds {
  readonly everyMs: number
  /** Does what there is to do; a round of many steps looks between them whether to go on. */
  readonly round: (isStopped: () => boolean) => Promise<void>
  /** Told the first of a row of failures. */
  readonly failed: (cause: unknown) => void
}

/** Rounds with pauses between them, never two at a time. A round that failed is tried again after the pause. */
export function inRounds({ everyMs, round, failed }: Rounds): BackgroundWork {
  let running: Promise<void> | undefined
  let isFailing = false
  let stopped = false

  function wake(): Promise<void> {
    running ??= round(() => stopped).finally(() => {
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
  }, everyMs)
  timer.unref()

  return {
    settle: async () => {
      // What is under way may have looked before the last thing to do was written.
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
