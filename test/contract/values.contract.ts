import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import type { Graph, GraphValue, Params } from '../../core/graph/graph.ts'

/** What goes into the store comes out as it was, or is refused before it gets there. */
export function describeValues(openGraph: () => Promise<Graph>): void {
  let graph: Graph
  beforeAll(async () => {
    graph = await openGraph()
  })

  it('returns every value as it was given', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, async value => {
        expect(await graph.read('RETURN $value', { value })).toEqual([[value]])
      }),
      { numRuns: 200 },
    )
  })

  it('returns every stored scalar and list of one kind as it was', async () => {
    const storable = fc.oneof(fc.boolean(), aNumber, text, fc.array(aNumber), fc.array(text), fc.array(fc.boolean()))
    await fc.assert(
      fc.asyncProperty(storable, async value => {
        const rows = await graph.write(async unit => {
          await unit.run('CREATE (:Stored {id: 1, value: $value})', { value })
          return unit.run('MATCH (n:Stored) WITH n, n.value AS value DELETE n RETURN value')
        })
        expect(rows).toEqual([[value]])
      }),
      { numRuns: 50 },
    )
  })

  it('takes whole numbers as integers', async () => {
    expect(await graph.read('RETURN $n / 2, [1, 2, 3, 4][$n]', { n: 3 })).toEqual([[1, 4]])
    expect(await graph.read('UNWIND [1, 2, 3] AS x RETURN x ORDER BY x LIMIT $n', { n: 2 })).toEqual([[1], [2]])
  })

  it('keeps the fraction of other numbers', async () => {
    expect(await graph.read('RETURN $n / 2', { n: 2.5 })).toEqual([[1.25]])
  })

  it.each([
    ['undefined', undefined, 'undefined'],
    ['NaN', Number.NaN, 'a number outside'],
    ['Infinity', Number.POSITIVE_INFINITY, 'a number outside'],
    ['a whole number beyond 2^53', 2 ** 53, 'a number outside'],
    ['a bigint', 1n, 'bigint'],
    ['a date', new Date(0), 'an instance of Date'],
    ['a map', new Map(), 'an instance of Map'],
    ['an instance of a class', new (class Secret {})(), 'an instance of Secret'],
    ['a function', () => 1, 'function'],
    ['half a surrogate pair', 'a\ud800', 'a lone surrogate'],
    ['a key with a NUL character', { 'a\0': 1 }, 'a key with a NUL character'],
    ['a key that changes the prototype', JSON.parse('{"__proto__": 1}'), 'a key that changes the prototype'],
  ])('refuses %s, also nested, and says where', async (_, value, got) => {
    const statement = 'RETURN $p'
    const refused = { code: 'INTERNAL_SERVER_ERROR' }
    await expect(graph.read(statement, untyped({ p: value }))).rejects.toMatchObject(refused)
    await expect(graph.read(statement, untyped({ p: [{ a: [1, value] }] }))).rejects.toThrow(
      new RegExp(String.raw`At: \$p\[0\]\.a\[1\].*Got: ${got}\.`),
    )
    await expect(graph.write(unit => unit.run(statement, untyped({ p: value })))).rejects.toMatchObject(refused)
  })

  it.each(['RETURN 9007199254740993', 'RETURN [1.0 / 0.0]', 'RETURN {a: 0.0 / 0.0}'])(
    'refuses to return a number that JSON cannot carry: %s',
    async statement => {
      await expect(graph.read(statement)).rejects.toThrow('Expected: a finite number within 2^53.')
    },
  )

  it.each(['n', 'r', 'p', '[n]', '{a: r}'])('refuses to return a node, relationship or path: %s', async returned => {
    await graph.write(unit => unit.run('MERGE (:Left {id: 1})-[:BESIDE]->(:Right {id: 1})'))
    await expect(graph.read(`MATCH p = (n:Left)-[r:BESIDE]->() RETURN ${returned}`)).rejects.toThrow('columns or maps')
  })

  it('returns columns in the order of the RETURN clause, whatever their names', async () => {
    expect(await graph.read('RETURN 1 AS b, 2 AS a, 3 AS __proto__, 4 AS constructor')).toEqual([[1, 2, 3, 4]])
  })

  it('runs the text that is meant for this engine', async () => {
    const statement = { embedded: "RETURN 'embedded'", neo4j: "RETURN 'neo4j'" }
    expect(await graph.read(statement)).toEqual([[graph.engine]])
  })
}

const aNumber = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noDefaultInfinity: true, noNaN: true }).filter(n => !Number.isInteger(n)),
)

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\0', '😀', 'Ä', '客户', "'", '$p', '\\'))

const anyValue = fc.letrec<{ value: GraphValue }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    aNumber,
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    // `_labels` and `_source` mark what the embedded engine returns for a node and a relationship.
    fc.dictionary(
      text.filter(key => !['__proto__', '_labels', '_source'].includes(key) && !key.includes('\0')),
      tie('value'),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
})).value

// The type refuses these values; a caller with a cast or with parsed input may still bring them.
function untyped(params: Record<string, unknown>): Params {
  return params as Params
}
