import { beforeAll, expect, it } from 'vitest'
import { ApiError, type ErrorCode } from '../../core/errors.ts'
import type { Graph, GraphValue, Params } from '../../core/graph/graph.ts'
import { RESERVED_WORDS } from '../support/reserved-words.ts'

type Answer = readonly (readonly GraphValue[])[] | ErrorCode

const REFUSED: ErrorCode = 'INTERNAL_SERVER_ERROR'

/**
 * Where the engines answer one statement differently: what, statement, embedded, Neo4j, parameters. Each line says what each engine
 * really does today, so that an upgrade that changes one is noticed; the forms themselves are forbidden in statements
 * (test/house/statements.test.ts) or by the port. All start from (:N {id: 1, list: [1, 2]})-[:R]->(:M {id: 2}).
 */
const DIFFERENCES: readonly [string, string, Answer, Answer, Params?][] = [
  // Rows or data are lost silently.
  ['EXISTS after OPTIONAL MATCH filters after the join', `${optional('EXISTS { (m)-[:NONE]->() }')}`, [], [[1, null]]],
  ['NOT EXISTS as well', `${optional('NOT EXISTS { (m)<-[:R]-() }')}`, [], [[1, null]]],
  ['COUNT as well', `${optional('COUNT { (m)-[:NONE]->() } > 0')}`, [], [[1, null]]],
  ['a pattern predicate as well', `${optional('(m)-[:NONE]->()')}`, [], [[1, null]]],
  [
    'list + scalar destroys a stored list',
    'MATCH (n:N) SET n.list = n.list + $x RETURN n.list',
    [[null]],
    [[[1, 2, 3]]],
    { x: 3 },
  ],
  ['list + scalar in a read', 'MATCH (n:N) RETURN n.list + 3', [[null]], [[[1, 2, 3]]]],
  ['MERGE on null creates a node', 'MERGE (n:L {id: $id}) RETURN count(n)', [[1]], REFUSED, { id: null }],
  ['text equals the number that it spells', "MATCH (n:N) WHERE n.id = '1' RETURN n.id", [[1]], []],
  // Other values.
  ['sum of nothing', 'MATCH (n:N) RETURN sum(n.missing)', [[null]], [[0]]],
  ['deviation of one value', 'UNWIND [1] AS x RETURN stDev(x)', [[null]], [[0]]],
  [
    'text of a whole float',
    'RETURN toString(2.0), toString(1e20)',
    [['2', '100000000000000000000']],
    [['2.0', '1.0E20']],
  ],
  ['rounding of a negative half', 'RETURN round(-2.5)', [[-3]], [[-2]]],
  ['SET sees its own assignment', 'MATCH (n:N) SET n.q = 1, n.r = n.q RETURN n.r', [[1]], [[null]]],
  ['whole number of a decimal text', "RETURN toInteger('1.9')", [[null]], [[1]]],
  ['projection of null', 'OPTIONAL MATCH (m:None) RETURN keys(m{.a})', [[['a']]], [[null]]],
  ['a date as a value', "RETURN date('2024-01-01')", [['2024-01-01']], REFUSED],
  ['a map key __proto__', 'RETURN {`__proto__`: 1} AS m', [[{}]], [[JSON.parse('{"__proto__": 1}')]]],
  // Only the embedded engine takes it.
  ['a stored map', 'MATCH (n:N) SET n.x = $x RETURN n.x', [[{ a: 1 }]], REFUSED, { x: { a: 1 } }],
  ['a stored list with null', 'MATCH (n:N) SET n.x = $x RETURN n.x', [[[1, null]]], REFUSED, { x: [1, null] }],
  ['a stored list of two kinds', 'MATCH (n:N) SET n.x = $x RETURN n.x', [[[1, 'a']]], REFUSED, { x: [1, 'a'] }],
  ['a stored list of lists', 'MATCH (n:N) SET n.x = $x RETURN n.x', [[[[1]]]], REFUSED, { x: [[1]] }],
  ['a pattern as a value', 'MATCH (n:N) RETURN (n)-[:R]->() AS x', [[true]], REFUSED],
  ['range up to null', 'RETURN range(0, null)', [[null]], REFUSED],
  // Only Neo4j takes it.
  ['label expression or', 'MATCH (n:N|M) RETURN count(n)', REFUSED, [[2]]],
  ['label expression and', 'MATCH (n:N&M) RETURN count(n)', REFUSED, [[0]]],
  ['label expression not', 'MATCH (n:!M) RETURN count(n)', REFUSED, [[1]]],
  ['label expression in WHERE', 'MATCH (n) WHERE n:N|M RETURN count(n)', REFUSED, [[2]]],
  ['COLLECT subquery', 'MATCH (n:N) RETURN COLLECT { MATCH (n)-[:R]->(m) RETURN m.id }', REFUSED, [[[2]]]],
  ['isEmpty', 'RETURN isEmpty([])', REFUSED, [[true]]],
  ['duration.between', "RETURN duration.between(date('2024-01-01'), date('2024-01-02')).days", REFUSED, [[1]]],
  ['round to digits', 'RETURN round(1.25, 1)', REFUSED, [[1.3]]],
  ['epochMillis', "RETURN datetime('1970-01-01T00:00:01Z').epochMillis", REFUSED, [[1000]]],
  ['randomUUID', 'RETURN size(randomUUID())', REFUSED, [[36]]],
  [
    'comprehension as grouping key',
    'MATCH (n:N) RETURN size([(n)-[:R]->(m) | m.id]) AS g, count(*)',
    REFUSED,
    [[1, 1]],
  ],
]

/** The cures that the design prescribes for them: one answer on both engines. */
const CURES: readonly [string, string, Answer, Params?][] = [
  [
    'filter after OPTIONAL MATCH: a CALL that collects',
    'MATCH (n:N) CALL (n) { MATCH (n)-[:R]->(m) WHERE EXISTS { (m)-[:NONE]->() } RETURN collect(m.id) AS ids } RETURN n.id, ids',
    [[1, []]],
  ],
  ['comparison after OPTIONAL MATCH', optional('m.id > 7'), [[1, null]]],
  ['list + list', 'MATCH (n:N) SET n.list = n.list + [$x] RETURN n.list', [[[1, 2, 3]]], { x: 3 }],
  ['coalesce(sum(x), 0)', 'MATCH (n:N) RETURN coalesce(sum(n.missing), 0)', [[0]]],
  ['labels joined by OR', 'MATCH (n) WHERE n:N OR n:M RETURN count(n)', [[2]]],
  ['comprehension in a WITH', 'MATCH (n:N) WITH size([(n)-[:R]->(m) | m.id]) AS g RETURN g, count(*)', [[1, 1]]],
  ['text of a point in time', "RETURN toString(datetime('2024-01-01T00:00:00Z'))", [['2024-01-01T00:00:00Z']]],
  [
    'a reserved word as relationship, key or alias, quoted',
    'MATCH (n:N) SET n.`with` = 1 RETURN {`in`: n.`with`} AS `set`',
    [[{ in: 1 }]],
  ],
]

export function describeDifferences(openGraph: () => Promise<Graph>): void {
  let graph: Graph
  beforeAll(async () => {
    graph = await openGraph()
  })

  // Always rolled back: every statement starts from the same graph.
  async function answer(statement: string, params: Params = {}): Promise<Answer> {
    let rows: Answer = []
    const undone = new Error('undone')
    const error = await graph
      .write(async unit => {
        await unit.run('CREATE (:N {id: 1, list: [1, 2]})-[:R]->(:M {id: 2})')
        rows = await unit.run(statement, params)
        throw undone
      })
      .catch((thrown: unknown) => thrown)
    if (error === undone) return rows
    if (error instanceof ApiError) return error.code
    throw error
  }

  it.each(DIFFERENCES)('differs: %s', async (_, statement, embedded, neo4j, params) => {
    expect(embedded).not.toEqual(neo4j)
    expect(await answer(statement, params)).toEqual(graph.engine === 'embedded' ? embedded : neo4j)
  })

  it.each(RESERVED_WORDS)('differs: %s is reserved in the embedded engine alone', async word => {
    const expected = graph.engine === 'embedded' ? REFUSED : [[1]]
    expect(await answer(`RETURN 1 AS ${word}`)).toEqual(expected)
    expect(await answer(`MATCH (n:N) RETURN coalesce(n.${word}, 1)`)).toEqual(expected)
    expect(await answer(`WITH {${word}: 1} AS map RETURN size(keys(map))`)).toEqual(expected)
    expect(await answer(`MATCH (n:N) MERGE (n)-[:${word.toUpperCase()}]->() RETURN 1`)).toEqual(expected)
  })

  it.each(CURES)('agrees: %s', async (_, statement, expected, params) => {
    expect(await answer(statement, params)).toEqual(expected)
  })

  it('agrees: other words of the language are free as names', async () => {
    const words = [
      'end',
      'order',
      'limit',
      'skip',
      'type',
      'count',
      'exists',
      'all',
      'value',
      'key',
      'from',
      'to',
      'on',
    ]
    for (const word of words) expect(await answer(`RETURN 1 AS ${word}`)).toEqual([[1]])
  })
}

function optional(predicate: string): string {
  return `MATCH (n:N) OPTIONAL MATCH (n)-[:R]->(m) WHERE ${predicate} RETURN n.id, m.id`
}
