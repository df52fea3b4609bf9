import { beforeAll, describe, expect, it } from 'vitest'
import type { Graph, Row } from '../../core/graph/graph.ts'
import { graphMigrations, migrate } from '../../core/graph/migrations.ts'
import { gate } from '../support/gate.ts'

const ROUNDS = 15

/**
 * The eight anomalies of the table in docs/reliability, each tried through `write()` with a guard. Neither engine prevents all of
 * them by itself: Neo4j is read-committed, and the embedded engine's strictest level lets write skew pass.
 */
export function describeIsolation(openGraph: () => Promise<Graph>): void {
  let graph: Graph
  beforeAll(async () => {
    graph = await openGraph()
    const keys = { id: 'test/001', keys: ['Keyed.id', 'Account.id', 'Doctor.id'] }
    await migrate(graph, [...graphMigrations, keys], '2026-01-01T00:00:00.000Z')
  })

  const run = (statement: string, params = {}) => graph.write(unit => unit.run(statement, params))

  it('shows nobody what is not committed (dirty read)', async () => {
    await run("CREATE (:Dirty {value: 'old'})")
    const seen: (readonly Row[])[] = []
    const write = graph.write(async unit => {
      await unit.run("MATCH (n:Dirty) SET n.value = 'new'")
      seen.push(await graph.read('MATCH (n:Dirty) RETURN n.value'))
      throw new Error('changed its mind')
    })
    await expect(write).rejects.toThrow('changed its mind')
    seen.push(await graph.read('MATCH (n:Dirty) RETURN n.value'))
    expect(seen).toEqual([[['old']], [['old']]])
  })

  it('gives one unit the same answer twice (non-repeatable read)', async () => {
    await run('CREATE (:Repeat {value: 1})')
    const READ = 'MATCH (n:Repeat) RETURN n.value'
    const hasRead = gate()
    const reader = graph.write(async unit => {
      await unit.guard('repeat')
      const before = await unit.run(READ)
      hasRead.open()
      await turnarounds(graph)
      return [before, await unit.run(READ)]
    })
    await hasRead.opened
    const writer = graph.write(async unit => {
      await unit.guard('repeat')
      await unit.run('MATCH (n:Repeat) SET n.value = 2')
    })
    expect(await reader).toEqual([[[1]], [[1]]])
    await writer
  })

  it('loses no update', async () => {
    await run('CREATE (:Counter {value: 0})')
    await Promise.all(
      Array.from({ length: 40 }, () =>
        graph.write(async unit => {
          await unit.guard('counter')
          const value = numberIn(await unit.run('MATCH (n:Counter) RETURN n.value'))
          await unit.run('MATCH (n:Counter) SET n.value = $value', { value: value + 1 })
        }),
      ),
    )
    expect(await graph.read('MATCH (n:Counter) RETURN n.value')).toEqual([[40]])
  })

  const goOffCall = (ward: string, id: string, guarded: boolean, hasRead?: () => Promise<void>) =>
    graph.write(async unit => {
      if (guarded) await unit.guard(`ward ${ward}`)
      const onCall = numberIn(await unit.run('MATCH (d:Doctor {ward: $ward, onCall: true}) RETURN count(d)', { ward }))
      await hasRead?.()
      if (onCall > 1) await unit.run('MATCH (d:Doctor {id: $id}) SET d.onCall = false', { id })
    })
  const aWard = async (ward: string) => {
    await run("UNWIND ['a', 'b'] AS name CREATE (:Doctor {id: $ward + name, ward: $ward, onCall: true})", { ward })
  }
  const onCall = async (ward: string) =>
    numberIn(await graph.read('MATCH (d:Doctor {ward: $ward, onCall: true}) RETURN count(d)', { ward }))

  it('keeps a rule over two nodes that two units change (write skew)', async () => {
    for (const ward of rounds('ward')) {
      await aWard(ward)
      await Promise.all([goOffCall(ward, `${ward}a`, true), goOffCall(ward, `${ward}b`, true)])
      expect(await onCall(ward)).toBe(1)
    }
  })

  it('needs the guard for that: without it Neo4j leaves nobody on call', async () => {
    await aWard('unguarded')
    // Both have read before either writes; in the embedded engine's queue they cannot meet.
    const bothRead = meeting(graph.engine === 'neo4j' ? 2 : 1)
    await Promise.all(['a', 'b'].map(name => goOffCall('unguarded', `unguarded${name}`, false, bothRead)))
    expect(await onCall('unguarded')).toBe(graph.engine === 'neo4j' ? 0 : 1)
  })

  it('never lets two withdrawals pass that together overdraw (bank skew)', async () => {
    for (const owner of rounds('owner')) {
      await run("UNWIND ['x', 'y'] AS name CREATE (:Account {id: $owner + name, owner: $owner, balance: 50})", {
        owner,
      })
      const withdraw = (id: string) =>
        graph.write(async unit => {
          await unit.guard(`owner ${owner}`)
          const sum = numberIn(
            await unit.run('MATCH (a:Account {owner: $owner}) RETURN coalesce(sum(a.balance), 0)', { owner }),
          )
          if (sum >= 80) await unit.run('MATCH (a:Account {id: $id}) SET a.balance = a.balance - 80', { id })
        })
      await Promise.all([withdraw(`${owner}x`), withdraw(`${owner}y`)])
      const left = await graph.read('MATCH (a:Account {owner: $owner}) RETURN coalesce(sum(a.balance), 0)', { owner })
      expect(left).toEqual([[20]])
    }
  })

  describe('phantom', () => {
    it('makes one node of many merges of the same key', async () => {
      await Promise.all(Array.from({ length: 20 }, () => run("MERGE (n:Keyed {id: 'same'}) SET n.seen = true")))
      expect(await graph.read('MATCH (n:Keyed) RETURN count(n)')).toEqual([[1]])
    })

    it('makes one node under a guard where there is no key', async () => {
      const reserve = () =>
        graph.write(async unit => {
          await unit.guard('seat')
          const taken = numberIn(await unit.run('MATCH (s:Seat {row: 1}) RETURN count(s)'))
          if (taken === 0) await unit.run('CREATE (:Seat {row: 1})')
        })
      await Promise.all(Array.from({ length: 20 }, reserve))
      expect(await graph.read('MATCH (s:Seat) RETURN count(s)')).toEqual([[1]])
    })
  })

  it('leaves no relationship to a node that is deleted meanwhile', async () => {
    for (const id of rounds('target')) {
      await run('CREATE (:Source {id: $id}) CREATE (:Target {id: $id})', { id })
      const erase = graph.write(async unit => {
        await unit.guard(`target ${id}`)
        await unit.run('MATCH (t:Target {id: $id}) DETACH DELETE t', { id })
      })
      const connect = graph.write(async unit => {
        await unit.guard(`target ${id}`)
        await unit.run('MATCH (s:Source {id: $id}), (t:Target {id: $id}) CREATE (s)-[:POINTS_TO]->(t)', { id })
      })
      await Promise.all([erase, connect])
    }
    expect(await graph.read('MATCH (t:Target) RETURN count(t)')).toEqual([[0]])
    expect(await graph.read('MATCH ()-[r:POINTS_TO]->() RETURN count(r)')).toEqual([[0]])
  })

  it('shows a caller what it has written (read your writes)', async () => {
    const missed = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        await run('CREATE (:Mine {n: $n})', { n })
        return (await graph.read('MATCH (m:Mine {n: $n}) RETURN m.n', { n })).length === 0
      }),
    )
    expect(missed.filter(Boolean)).toEqual([])
  })
}

function rounds(name: string): readonly string[] {
  return Array.from({ length: ROUNDS }, (_, round) => `${name}${round}`)
}

function numberIn(rows: readonly Row[]): number {
  return Number(rows[0]?.[0])
}

// Gives another unit time to do what it should not be able to do.
async function turnarounds(graph: Graph): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await graph.read('RETURN 1')
}

/** A function whose promise resolves when it has been called this often. */
function meeting(size: number): () => Promise<void> {
  const all = gate()
  let arrived = 0
  return () => {
    if (++arrived === size) all.open()
    return all.opened
  }
}
