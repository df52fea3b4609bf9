import { beforeAll, describe, expect, it } from 'vitest'
import { ApiError, type ErrorCode } from '../../core/errors.ts'
import { EngineError } from '../../core/graph/engine-error.ts'
import type { Graph, Params } from '../../core/graph/graph.ts'
import { migrate } from '../../core/graph/migrations.ts'
import { gate } from '../support/gate.ts'
import type { OpenOptions } from './engines.ts'

// Seconds of work even on a fast machine. Neo4j ends the statement at the limit; the embedded engine works it off, so it gets less.
const SLOW = `
  UNWIND range(1, $size) AS a
  UNWIND range(1, 2000) AS b
  WITH a, b WHERE (a * b) % 7 = 8
  RETURN count(a)`
const SLOW_SIZE = { embedded: { size: 8_000 }, neo4j: { size: 100_000 } }

/** Failures have a code of the catalogue and tell nothing; limits hold; a closed graph stays closed. */
export function describeFailures(openGraph: (options?: OpenOptions) => Promise<Graph>): void {
  describe('errors', () => {
    const SECRET = 'secret-4711'
    let graph: Graph
    beforeAll(async () => {
      graph = await openGraph()
      await migrate(graph, [{ id: 'test/001', keys: ['Customer.email'] }], '2026-01-01T00:00:00.000Z')
      await graph.write(unit => unit.run('CREATE (:Customer {email: $email})', { email: SECRET }))
      await graph.write(unit => unit.run('CREATE (:Linked {id: 1})-[:TO]->(:Linked {id: 2})'))
    })

    it.each<[string, ErrorCode, string, Params]>([
      ['a key that is taken', 'CONFLICT', 'CREATE (:Customer {email: $email})', { email: SECRET }],
      ['a node that still has relationships', 'CONFLICT', "MATCH (n:Linked {id: 1}) SET n.x = 'canary' DELETE n", {}],
      ['a syntax error', 'INTERNAL_SERVER_ERROR', "RETRUN 'canary'", {}],
      ['a missing parameter', 'INTERNAL_SERVER_ERROR', "RETURN 'canary', $missing", {}],
      [
        'a division by zero',
        'INTERNAL_SERVER_ERROR',
        "RETURN 'canary', 1 / (size($email) - size($email))",
        { email: SECRET },
      ],
      ['an unknown function', 'INTERNAL_SERVER_ERROR', "RETURN unknown('canary')", {}],
    ])('translates %s to %s and shows neither statement nor value', async (_, code, statement, params) => {
      const error = await thrownBy(graph.write(unit => unit.run(statement, params)))
      expect(error.code).toBe(code)
      expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/canary|secret-4711|MATCH|CREATE|RETURN|GRAFEO|Neo\./)
      // The cause goes to the log: it may hold a statement, which is a constant of ours, but no value.
      expect(error.cause).toBeInstanceOf(EngineError)
      expect((error.cause as EngineError).stack).not.toContain(SECRET)
      expect((error.cause as EngineError).engineCode).toMatch(/^(GRAFEO-|Neo\.)/)
    })
  })

  describe('limits', () => {
    let graph: Graph
    beforeAll(async () => {
      graph = await openGraph({ queryTimeoutMs: 1_000 })
    })

    it('ends a slow read with GRAPH_TIMEOUT', async () => {
      await expect(graph.read(SLOW, SLOW_SIZE[graph.engine])).rejects.toMatchObject({ code: 'GRAPH_TIMEOUT' })
    })

    it('ends a unit with a slow statement with GRAPH_TIMEOUT and stores nothing of it', async () => {
      const write = graph.write(async unit => {
        await unit.run('CREATE (:Slow)')
        await unit.run(SLOW, SLOW_SIZE[graph.engine])
      })
      await expect(write).rejects.toMatchObject({ code: 'GRAPH_TIMEOUT' })
      expect(await graph.read('MATCH (n:Slow) RETURN count(n)')).toEqual([[0]])
    })

    it('ends a unit whose work never ends, and then runs the next', async () => {
      const endless = graph.write(async unit => {
        await unit.run('CREATE (:Endless)')
        await new Promise(() => undefined)
      })
      await expect(endless).rejects.toMatchObject({ code: 'GRAPH_TIMEOUT' })
      const next = await graph.write(unit => unit.run('MATCH (n:Endless) RETURN count(n)'))
      expect(next).toEqual([[0]])
    })
  })

  describe('the end', () => {
    it('is healthy until it is closed; then every call fails with GRAPH_UNAVAILABLE', async () => {
      const graph = await openGraph()
      await graph.health()
      await graph.close()
      const unavailable = { code: 'GRAPH_UNAVAILABLE' }
      await expect(graph.health()).rejects.toMatchObject(unavailable)
      await expect(graph.read('RETURN 1')).rejects.toMatchObject(unavailable)
      await expect(graph.write(async () => 1)).rejects.toMatchObject(unavailable)
      await expect(graph.define('CREATE INDEX late IF NOT EXISTS FOR (n:X) ON (n.y)')).rejects.toMatchObject(
        unavailable,
      )
      await graph.close()
    })

    it('waits for the units and reads under way, also those that wait for their turn', async () => {
      const graph = await openGraph()
      const working = gate()
      const proceed = gate()
      const ended: string[] = []
      const first = graph.write(async unit => {
        working.open()
        await proceed.opened
        await unit.run('CREATE (:Closing)')
      })
      const second = graph.write(unit => unit.run('CREATE (:Closing)'))
      const read = graph.read('RETURN 1')
      await working.opened
      const closed = graph.close().then(() => ended.push('closed'))
      proceed.open()
      await Promise.all([first, second, read].map(call => call.then(() => ended.push('call'))))
      await closed
      expect(ended).toEqual(['call', 'call', 'call', 'closed'])
    })
  })
}

async function thrownBy(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.catch((thrown: unknown) => thrown)
  if (error instanceof ApiError) return error
  throw new Error('Expected an ApiError.', { cause: error })
}
