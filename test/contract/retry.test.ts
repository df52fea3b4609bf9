import { afterEach, describe, expect, it, vi } from 'vitest'
import { openNeo4j } from '../../core/graph/neo4j.ts'
import { retry } from '../../core/graph/retry.ts'
import { performUnit, type UnitEngine } from '../../core/graph/unit.ts'

const CONFLICT = new Error('conflict')
const isTransient = (error: unknown) => error === CONFLICT

describe('retry', () => {
  it('tries a transient error again until the task succeeds', async () => {
    const pauses: number[] = []
    let attempts = 0
    const task = async () => {
      if (++attempts < 4) throw CONFLICT
      return 'done'
    }
    expect(await retry(task, isTransient, async attempt => void pauses.push(attempt))).toBe('done')
    expect(pauses).toEqual([1, 2, 3])
  })

  it('ends in the transient error after eight attempts', async () => {
    const task = vi.fn(async () => Promise.reject(CONFLICT))
    await expect(retry(task, isTransient, async () => undefined)).rejects.toBe(CONFLICT)
    expect(task).toHaveBeenCalledTimes(8)
  })

  it('throws any other error at once', async () => {
    const task = vi.fn(async () => Promise.reject(new Error('other')))
    await expect(retry(task, isTransient, async () => undefined)).rejects.toThrow('other')
    expect(task).toHaveBeenCalledTimes(1)
  })

  describe('with its own pauses', () => {
    afterEach(() => vi.useRealTimers())

    const attemptTimes = async () => {
      const times: number[] = []
      const task = async () => {
        times.push(Date.now())
        throw CONFLICT
      }
      await retry(task, isTransient).catch(() => undefined)
      return times
    }

    it('gives up within seconds', async () => {
      vi.useFakeTimers()
      const attempts = attemptTimes()
      await vi.runAllTimersAsync()
      const times = await attempts
      const duration = Math.max(...times) - Math.min(...times)
      expect(duration).toBeGreaterThan(1_000)
      expect(duration).toBeLessThan(5_000)
    })

    it('parts units that met once', async () => {
      vi.useFakeTimers()
      const both = Promise.all([attemptTimes(), attemptTimes()])
      await vi.runAllTimersAsync()
      const [one, other] = await both
      expect(one).not.toEqual(other)
    })
  })
})

describe('a unit that always conflicts', () => {
  afterEach(() => vi.useRealTimers())

  // An engine of its own, because neither real one can be made to conflict for ever.
  it('is rolled back at each attempt and ends in an error, though the work hides the conflict', async () => {
    vi.useFakeTimers()
    const calls: string[] = []
    const engine: UnitEngine = {
      timeoutMs: 30_000,
      isTransient,
      translate: error => (error === CONFLICT ? new Error('translated') : error),
      begin: () => ({
        run: () => Promise.reject(CONFLICT),
        commit: async () => void calls.push('commit'),
        rollback: async () => void calls.push('rollback'),
      }),
    }
    const unit = performUnit(engine, async unit => {
      await unit.run('RETURN 1').catch(() => {
        throw new Error('hidden')
      })
    })
    const outcome = expect(unit).rejects.toThrow('translated')
    await vi.runAllTimersAsync()
    await outcome
    expect(calls).toEqual(Array(8).fill('rollback'))
  })
})

describe('a server that is not there', () => {
  it('is GRAPH_UNAVAILABLE after the retries', async () => {
    // Port 1 of the loopback interface refuses connections.
    const opened = openNeo4j({ url: 'neo4j://127.0.0.1:1' })
    await expect(opened).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' })
  })
})
