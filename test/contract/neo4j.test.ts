// What only a server behind a network has: connections that break, replicas that lag. A cluster is not run here; what it would go
// by is asserted on the messages that the driver sends.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { openNeo4j } from '../../core/graph/neo4j.ts'
import { type BoltProxy, boltProxy } from '../support/bolt-proxy.ts'

const neo4j = inject('neo4j')

describe.skipIf('skipReason' in neo4j)('neo4j behind a network', () => {
  let proxy: BoltProxy
  let graph: Graph
  beforeAll(async () => {
    if ('skipReason' in neo4j) return
    proxy = await boltProxy(neo4j.url)
    graph = await openNeo4j({ ...neo4j, url: proxy.url })
    await graph.write(unit => unit.run('MATCH (n:Lost) DETACH DELETE n'))
  })
  afterAll(async () => {
    await graph?.close()
    await proxy?.close()
  })

  const stored = (name: string) => graph.read('MATCH (n:Lost {name: $name}) RETURN count(n)', { name })

  it('does not run a unit again whose commit got no answer, since it may be stored', async () => {
    let attempts = 0
    proxy.loseNextCommit()
    const write = graph.write(async unit => {
      attempts++
      await unit.run("CREATE (:Lost {name: 'commit'})")
    })
    await expect(write).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' })
    await expect(write).rejects.toThrow('it may have been stored')
    expect(attempts).toBe(1)
    expect(await stored('commit')).toEqual([[1]])
  })

  it('runs a unit again that lost its connection before the commit', async () => {
    let attempts = 0
    proxy.loseNextRun()
    await graph.write(async unit => {
      attempts++
      await unit.run("CREATE (:Lost {name: 'run'})")
    })
    expect(attempts).toBe(2)
    expect(await stored('run')).toEqual([[1]])
  })

  it('repeats a read that lost its connection', async () => {
    proxy.loseNextRun()
    expect(await graph.read('RETURN 1')).toEqual([[1]])
  })

  // Without IF NOT EXISTS, because with it the race between two processes cannot be brought about at will.
  it('takes a definition as done that another process has made meanwhile', async () => {
    const constraint = 'CREATE CONSTRAINT lost FOR (n:Lost) REQUIRE n.id IS UNIQUE'
    await graph.define('DROP CONSTRAINT lost IF EXISTS')
    await graph.define(constraint)
    await graph.define(constraint)
  })

  it('marks reads as such, so that a replica may answer, and says which writes they must see', async () => {
    await graph.write(unit => unit.run("CREATE (:Lost {name: 'bookmark'})"))
    proxy.said()
    await graph.read('RETURN 1')
    const said = proxy.said()
    expect(said).toContain('\x84mode\x81r')
    expect(said).toMatch(/\x89bookmarks\x91.{1,2}FB:/)
  })

  it('sends a unit to the leader', async () => {
    proxy.said()
    await graph.write(unit => unit.run('RETURN 1'))
    expect(proxy.said()).not.toContain('\x84mode\x81r')
  })
})
