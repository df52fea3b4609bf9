import { beforeAll, expect, it } from 'vitest'
import { ApiError } from '../../core/errors.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { graphMigrations, migrate } from '../../core/graph/migrations.ts'
import { gate } from '../support/gate.ts'

/** A unit of work is stored together or not at all, whatever becomes of its errors. */
export function describeUnits(openGraph: () => Promise<Graph>): void {
  let graph: Graph
  beforeAll(async () => {
    graph = await openGraph()
    await migrate(graph, [...graphMigrations, { id: 'test/001', keys: ['Unique.id'] }], '2026-01-01T00:00:00.000Z')
    await graph.write(unit => unit.run("CREATE (:Unique {id: 'taken'})"))
  })

  const marks = (name: string) => graph.read('MATCH (m:Mark {name: $name}) RETURN count(m)', { name })
  const MARK = 'CREATE (:Mark {name: $name})'
  const VIOLATION = "CREATE (:Unique {id: 'taken'})"

  it('gives the result of the work and stores what it ran', async () => {
    const rows = await graph.write(async unit => {
      await unit.run(MARK, { name: 'stored' })
      return unit.run("MATCH (m:Mark {name: 'stored'}) RETURN m.name")
    })
    expect(rows).toEqual([['stored']])
    expect(await marks('stored')).toEqual([[1]])
  })

  it('stores nothing when the work throws, and throws that error', async () => {
    const own = new ApiError('FORBIDDEN')
    const write = graph.write(async unit => {
      await unit.run(MARK, { name: 'thrown' })
      throw own
    })
    await expect(write).rejects.toBe(own)
    expect(await marks('thrown')).toEqual([[0]])
  })

  it('stores nothing when the work swallows the error of a statement', async () => {
    const write = graph.write(async unit => {
      await unit.run(MARK, { name: 'swallowed' })
      await unit.run(VIOLATION).catch(() => undefined)
    })
    await expect(write).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await marks('swallowed')).toEqual([[0]])
  })

  it('stores nothing when the work swallows the refusal of a parameter', async () => {
    const write = graph.write(async unit => {
      await unit.run(MARK, { name: 'refused' })
      await unit.run(MARK, { name: Number.NaN }).catch(() => undefined)
    })
    await expect(write).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    expect(await marks('refused')).toEqual([[0]])
  })

  it('runs no statement after one that failed', async () => {
    const codes: unknown[] = []
    const note = (error: ApiError) => codes.push(error.code)
    const write = graph.write(async unit => {
      await unit.run(VIOLATION).catch(note)
      await unit.run('RETURN 1').catch(note)
    })
    await expect(write).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(codes).toEqual(['CONFLICT', 'CONFLICT'])
  })

  it('throws the error that the work made of a failed statement', async () => {
    const write = graph.write(async unit => {
      await unit.run(VIOLATION).catch(() => {
        throw new ApiError('BAD_USER_INPUT', { at: 'id' })
      })
    })
    await expect(write).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  it('stores a statement that the work did not await, and fails with it', async () => {
    await graph.write(async unit => {
      void unit.run(MARK, { name: 'floating' })
    })
    expect(await marks('floating')).toEqual([[1]])

    const write = graph.write(async unit => {
      void unit.run(MARK, { name: 'failing' })
      unit.run(VIOLATION).catch(() => undefined)
    })
    await expect(write).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await marks('failing')).toEqual([[0]])
  })

  it('runs the statements of one unit in the order in which the work called them', async () => {
    const counts = await graph.write(unit =>
      Promise.all(
        [1, 2, 3].map(() => unit.run("CREATE (:Step {id: 'ordered'}) WITH 1 AS x MATCH (s:Step) RETURN count(s)")),
      ),
    )
    expect(counts).toEqual([[[1]], [[2]], [[3]]])
  })

  it('refuses a statement after the unit has ended', async () => {
    let late: () => Promise<unknown> = () => Promise.resolve()
    await graph.write(async unit => {
      late = () => unit.run(MARK, { name: 'late' })
    })
    await expect(late()).rejects.toThrow('after its unit of work had ended')
    expect(await marks('late')).toEqual([[0]])
  })

  it('refuses a unit inside a unit instead of waiting for itself', async () => {
    const nested = graph.write(() => graph.write(async () => 'inner'))
    await expect(nested).rejects.toThrow('inside another one')
    const definition = graph.write(() => graph.define('CREATE INDEX nested IF NOT EXISTS FOR (n:Mark) ON (n.name)'))
    await expect(definition).rejects.toThrow('inside another one')
  })

  it('lets what a unit started begin units of its own once it has ended', async () => {
    const ended = gate()
    let after: Promise<unknown> = Promise.resolve()
    await graph.write(async () => {
      after = ended.opened.then(() => graph.write(unit => unit.run(MARK, { name: 'after' })))
    })
    ended.open()
    await after
    expect(await marks('after')).toEqual([[1]])
  })

  it('refuses to write in a reading statement', async () => {
    await expect(graph.read(MARK, { name: 'read' })).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    expect(await marks('read')).toEqual([[0]])
  })

  it('finishes units that take the same guards in opposite order', async () => {
    const [first, second] = [gate(), gate()]
    const attempts = { forward: 0, backward: 0 }
    const forward = graph.write(async unit => {
      attempts.forward++
      await unit.guard('left')
      first.open()
      // On the embedded engine the second unit waits in the queue, so it cannot be waited for here.
      if (graph.engine === 'neo4j') await second.opened
      await wrapped(unit.guard('right'))
      await unit.run(MARK, { name: 'crossed' })
    })
    const backward = first.opened.then(() =>
      graph.write(async unit => {
        attempts.backward++
        await unit.guard('right')
        second.open()
        await wrapped(unit.guard('left'))
        await unit.run(MARK, { name: 'crossed' })
      }),
    )
    await Promise.all([forward, backward])
    expect(await marks('crossed')).toEqual([[2]])
    // Neo4j ends one of the two as a deadlock; although the work hid that in an error of its own, it was run again.
    expect(attempts.forward + attempts.backward).toBe(graph.engine === 'neo4j' ? 3 : 2)
  })
}

async function wrapped<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement
  } catch (error) {
    throw new ApiError('INTERNAL_SERVER_ERROR', {}, error)
  }
}
