import { beforeEach, expect, it } from 'vitest'
import { cypher } from '../../core/graph/cypher.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { graphMigrations, type Migration, migrate } from '../../core/graph/migrations.ts'
import { beginningAt, holding } from '../../core/graph/text-index.ts'

const NOW = '2026-01-01T00:00:00.000Z'

const things: readonly Migration[] = [
  { id: 'things/001-keys', keys: ['Thing.id'], indexes: ['Thing.name'] },
  { id: 'things/002-first', statements: ["CREATE (:Thing {id: 'first'})", "CREATE (:Thing {id: 'second'})"] },
]

/** What a release adds that finds things by words, also those that there are already. */
const searchable: Migration = {
  id: 'things/003-words',
  texts: ['Thing.words'],
  derived: [{ label: 'Thing', from: 'name', to: 'words', make: name => name.toLowerCase() }],
}
const THINGS = { label: cypher`Thing`, property: cypher`words` }

/** A store gets the schema it lacks, once, whatever interrupts the way there. */
export function describeMigrations(openGraph: () => Promise<Graph>): void {
  let graph: Graph
  beforeEach(async () => {
    graph = await openGraph()
  })

  const thingsOf = async (...words: readonly string[]) => {
    const text = cypher`${holding(graph.engine, THINGS, cypher`t`)} RETURN t.id ORDER BY t.id`
    return (await graph.read(beginningAt(THINGS, text), { words })).flat()
  }
  const named = (from: number, to: number) =>
    graph.write(unit =>
      unit.run("UNWIND range($from, $to) AS n CREATE (:Thing {id: 'thing-' + n, name: 'Thing N' + n})", { from, to }),
    )

  it('lets things be found by words, those that there were before and those that come, by the unit that stores them', async () => {
    await migrate(graph, things, NOW)
    await named(1, 2_500)
    expect(await migrate(graph, [...things, searchable], NOW)).toEqual(['things/003-words'])
    expect(await thingsOf('n7', 'n2499', 'nothing')).toEqual(['thing-2499', 'thing-7'])
    expect(await thingsOf('thing')).toHaveLength(2_500)
    await graph.write(unit => unit.run("CREATE (:Thing {id: 'new', words: 'n7 the a'})"))
    expect(await thingsOf('n7')).toEqual(['new', 'thing-7'])
    expect([await thingsOf('the'), await thingsOf('a')]).toEqual([['new'], ['new']])
    const undone = graph.write(async unit => {
      await unit.run("MATCH (t:Thing {id: 'new'}) SET t.words = 'undone'")
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    expect([await thingsOf('undone'), await thingsOf('n7')]).toEqual([[], ['new', 'thing-7']])
    await graph.write(unit => unit.run("MATCH (t:Thing {id: 'new'}) SET t.words = 'n8'"))
    await graph.write(unit => unit.run("MATCH (t:Thing {id: 'thing-8'}) DELETE t"))
    expect([await thingsOf('n7'), await thingsOf('n8')]).toEqual([['thing-7'], ['new']])
    // What words could mean to an engine.
    for (const word of ['or', 'and', 'not', 'to']) expect(await thingsOf(word)).toEqual([])
  })

  const countOfThings = () => graph.read('MATCH (t:Thing) RETURN count(t)')

  it('applies its own first, then the others in order of id, and says which', async () => {
    const applied = await migrate(graph, [...things].reverse(), NOW)
    expect(applied).toEqual(['core/001-guard', 'things/001-keys', 'things/002-first'])
    expect(await graph.read('MATCH (m:Migration) RETURN m.id, m.appliedAt ORDER BY m.id')).toEqual([
      ['core/001-guard', NOW],
      ['things/001-keys', NOW],
      ['things/002-first', NOW],
    ])
  })

  it('applies nothing twice', async () => {
    await migrate(graph, things, NOW)
    expect(await migrate(graph, [...graphMigrations, ...things], NOW)).toEqual([])
    expect(await countOfThings()).toEqual([[2]])
  })

  it('applies what was added since', async () => {
    await migrate(graph, things.slice(0, 1), NOW)
    expect(await migrate(graph, things, NOW)).toEqual(['things/002-first'])
  })

  it('makes keys unique and both keys and indexes quick to look up', async () => {
    await migrate(graph, things, NOW)
    const duplicate = graph.write(unit => unit.run("CREATE (:Thing {id: 'first'})"))
    await expect(duplicate).rejects.toMatchObject({ code: 'CONFLICT' })
    const indexes = await graph.read({
      embedded: 'SHOW INDEXES',
      neo4j:
        "SHOW INDEXES YIELD name, type, labelsOrTypes, properties WHERE labelsOrTypes = ['Thing'] RETURN name, type, labelsOrTypes[0], properties[0]",
    })
    const indexed = indexes.filter(([, , label]) => label === 'Thing').map(([, , , property]) => property)
    expect(indexed.sort()).toEqual(['id', 'name'])
  })

  it('refuses an id that was applied with other content', async () => {
    await migrate(graph, things, NOW)
    const edited = migrate(graph, [{ id: 'things/001-keys', keys: ['Thing.id', 'Thing.name'] }], NOW)
    await expect(edited).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(edited).rejects.toThrow('At: migration things/001-keys.')
  })

  it('refuses two migrations of one id and names that are not names', async () => {
    await expect(migrate(graph, [{ id: 'a/001' }, { id: 'a/001' }], NOW)).rejects.toThrow('a/001')
    await expect(migrate(graph, [{ id: 'a/001', keys: ['Thing.id) //'] }], NOW)).rejects.toThrow('Label.property')
  })

  it('refuses a key that the data already breaks', async () => {
    await graph.write(unit => unit.run("UNWIND [1, 2] AS n CREATE (:Thing {id: 'same'})"))
    await expect(migrate(graph, things, NOW)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('records nothing of a migration whose statement fails', async () => {
    const failing = { id: 'things/003', statements: ["CREATE (:Thing {id: 'third'})", 'RETURN 1 / 0'] }
    await expect(migrate(graph, [...things, failing], NOW)).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    expect(await countOfThings()).toEqual([[2]])
    expect(await migrate(graph, [...things, { ...failing, statements: ['RETURN 1'] }], NOW)).toEqual(['things/003'])
  })

  it('ends the same after a crash at any call to the store', async () => {
    let calls = 0
    await named(1, 3)
    const crashed = (crashAt: number) =>
      migrate(
        crashing(graph, crashAt, () => calls++),
        [...things, searchable],
        NOW,
      )
    for (let crashAt = 1; ; crashAt++) {
      const outcome = await crashed(crashAt).then(
        () => 'done',
        (error: Error) => error.message,
      )
      if (outcome === 'done') break
      expect(outcome).toBe('crash')
    }
    expect(calls).toBeGreaterThan(8)
    expect(await migrate(graph, [...things, searchable], NOW)).toEqual([])
    expect(await countOfThings()).toEqual([[5]])
    expect(await thingsOf('n3', 'thing')).toEqual(['thing-1', 'thing-2', 'thing-3'])
  })

  it('lets several processes define the same at once', async () => {
    const define = () => graph.define('CREATE CONSTRAINT same IF NOT EXISTS FOR (n:Same) REQUIRE n.id IS UNIQUE')
    await Promise.all(Array.from({ length: 20 }, define))
    await graph.write(unit => unit.run("CREATE (:Same {id: 'once'})"))
    const twice = graph.write(unit => unit.run("CREATE (:Same {id: 'once'})"))
    await expect(twice).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('applies each migration once when several processes start together', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrate(graph, things, NOW)))
    expect(applied.flat().sort()).toEqual(['core/001-guard', 'things/001-keys', 'things/002-first'])
    expect(await countOfThings()).toEqual([[2]])
  })
}

// Crashes before the n-th call that defines or writes, and also right after it: then it is stored, but nobody was told.
function crashing(graph: Graph, crashAt: number, count: () => void): Graph {
  let calls = 0
  const interrupted = async <T>(call: () => Promise<T>): Promise<T> => {
    count()
    if (++calls === crashAt) throw new Error('crash')
    const result = await call()
    if (++calls === crashAt) throw new Error('crash')
    return result
  }
  return {
    engine: graph.engine,
    read: (statement, params) => graph.read(statement, params),
    write: work => interrupted(() => graph.write(work)),
    define: statement => interrupted(() => graph.define(statement)),
    defineText: index => interrupted(() => graph.defineText(index)),
    health: () => graph.health(),
    expunge: () => graph.expunge(),
    close: () => graph.close(),
  }
}
