// Where the time of the one thread goes that runs JavaScript: the functions with the most time of their own.
import { Session } from 'node:inspector/promises'
import { basename } from 'node:path'

const SAMPLE_US = 200

/** Runs the task so often and answers, of the most expensive functions, the share of the time that is theirs, in percent. */
export async function selfTimes(
  task: () => Promise<unknown>,
  times: number,
  most: number,
): Promise<readonly (readonly [name: string, percent: number])[]> {
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US })
    await session.post('Profiler.start')
    for (let time = 0; time < times; time++) await task()
    const { profile } = await session.post('Profiler.stop')
    const nameOf = new Map(
      profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
        const place = url === '' ? 'native' : `${basename(url)}:${lineNumber + 1}`
        return [id, `${functionName || 'anonymous'} (${place})`]
      }),
    )
    const shares = new Map<string, number>()
    let whole = 0
    for (const [index, id] of (profile.samples ?? []).entries()) {
      const name = nameOf.get(id) ?? ''
      // The profiler's own start and stop.
      if (name.startsWith('dispatch ')) continue
      const us = profile.timeDeltas?.[index] ?? 0
      whole += us
      shares.set(name, (shares.get(name) ?? 0) + us)
    }
    const sorted = [...shares].sort((a, b) => b[1] - a[1]).slice(0, most)
    return sorted.map(([name, us]) => [name, Math.round((us / whole) * 1_000) / 10])
  } finally {
    session.disconnect()
  }
}
