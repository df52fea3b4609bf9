// The one place that decides how often and how patiently a transient failure of the store is tried again.

const ATTEMPTS = 8
const FIRST_PAUSE_MS = 20

/**
 * The task's result, tried again while its error is transient, at most 8 times within about 5 s.
 * The last error is thrown as it came. The pause is passed in by tests only.
 */
export async function retry<T>(
  task: () => Promise<T>,
  isTransient: (error: unknown) => boolean,
  pause: (attempt: number) => Promise<void> = backOff,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task()
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error
      await pause(attempt)
    }
  }
}

// Half of each pause is random: units that met once would otherwise meet again at every attempt.
function backOff(attempt: number): Promise<void> {
  const longest = FIRST_PAUSE_MS * 2 ** (attempt - 1)
  const milliseconds = longest / 2 + (Math.random() * longest) / 2
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
