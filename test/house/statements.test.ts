import { describe, expect, it } from 'vitest'
import { composedStatements } from '../support/composed-statements.ts'
import { brokenRules } from '../support/statement-rules.ts'
import {
  allStatements,
  type StatementInSource,
  statementsByFile,
  statementsIn,
  violationsOf,
} from '../support/statements.ts'

// Names of labels and indexes cannot be parameters. The migration runner checks that they are names (test/contract/migrations); how
// statements begin at a text index is linted where stores put it together.
const MAKE_STATEMENTS = ['core/graph/migrations.ts', 'core/graph/neo4j.ts', 'core/graph/text-index.ts']

const MOST_PLACES = 6

describe('the statements of the house', () => {
  it('keep every rule', () => {
    const isMadeFromNames = ({ file, name }: StatementInSource) =>
      MAKE_STATEMENTS.includes(file) && !/^[A-Z_]+$/.test(name)
    const statements = allStatements().filter(statement => !isMadeFromNames(statement))
    expect(statements.length).toBeGreaterThan(5)
    expect(statements.flatMap(violationsOf)).toEqual([])
  })

  it('keep every rule when stores put them together, and hold what keeps invisible rows out', async () => {
    const composed = await composedStatements()
    expect(composed.length).toBeGreaterThan(300)
    expect(composed.flatMap(violationsOf)).toEqual([])
    const filters = {
      SELF: 'c.id = $viewerId|Customer {id: $viewerId}',
      OWNED: ':Seller {id: $viewerId}',
      REGION: 'c.region = $viewerRegion',
      CONSENTED: "given.state = 'GIVEN' AND given.purpose = $purpose AND given.recipient IN ['', $viewerId]",
      ALL: 'c.mergedInto IS NULL|WHERE true',
      NONE: 'WHERE false|AND false',
    }
    // Of sellers as subjects one knows of itself, and managers of those of their region.
    const ofSellers = { ...filters, SELF: filters.NONE, OWNED: 'c.id = $viewerId', CONSENTED: filters.NONE }
    for (const { name, text } of composed) {
      const scope = name.split(' ')[0] as keyof typeof filters
      const expected = text.includes('(c:Seller') ? ofSellers : filters
      expect([text, expected[scope].split('|').some(filter => text.includes(filter))]).toEqual([text, true])
    }
  })

  it('look for the consents of a customer at few places, whatever is filtered and ordered: Neo4j plans each for itself', async () => {
    for (const { file, name, text } of await composedStatements()) {
      const places = text.split('<-[:OF]-(').length - 1
      // Which rows are visible, what they are filtered and ordered by, whether the time shows, and the state of the subject;
      // the first two also of the row of a cursor.
      expect([`${file} ${name}`, places, places > MOST_PLACES && text]).toEqual([`${file} ${name}`, places, false])
    }
  })
})

describe('the statements by file', () => {
  it('are listed with the labels that they use', () => {
    const inUnit = statementsByFile().get('core/graph/unit.ts') ?? []
    expect(inUnit.map(({ name, labels, written }) => ({ name, labels, written }))).toEqual([
      { name: 'TAKE_GUARD', labels: ['Guard'], written: ['Guard'] },
    ])
  })
})

describe('a planted bad statement is found', () => {
  const matched = 'MATCH (n:Order) OPTIONAL MATCH (n)-[:FOR]->(m:Shop)'

  it.each([
    ['OPTIONAL MATCH … WHERE', `${matched} WHERE EXISTS { (m)-[:LIES_IN]->() } RETURN n.id`],
    ['OPTIONAL MATCH … WHERE', `${matched} WHERE m.open AND NOT exists { MATCH (m)<-[:CLOSES]-() } RETURN n.id`],
    ['OPTIONAL MATCH … WHERE', `${matched} WHERE COUNT { (m)--() } > 1 WITH n RETURN n.id`],
    ['OPTIONAL MATCH … WHERE', `${matched} WHERE (m)-[:LOCATED]->() RETURN n.id`],
    ['OPTIONAL MATCH … WHERE', `${matched} WHERE NOT (m)<--() RETURN n.id`],
    ['OPTIONAL MATCH … WHERE', `MATCH (c:Shop) CALL (c) { ${matched} WHERE (m)-->() RETURN m.id AS id } RETURN id`],
    ['sum(x) of nothing', 'MATCH (n:Order) RETURN sum(n.total)'],
    ['sum(x) of nothing', 'MATCH (n:Order) RETURN coalesce(sum(n.total), 1)'],
    ['sum(x) of nothing', 'MATCH (n:Order) RETURN coalesce(1 + sum(n.total), 0)'],
    ['a reserved word is an alias', 'MATCH (n:Order) RETURN n.id AS in'],
    ['a reserved word is an alias', 'MATCH (n:Order) WITH n.id AS set RETURN 1'],
    ['a reserved word is a property', 'MATCH (n:Order) RETURN n.case'],
    ['a reserved word is a property', 'MATCH (n:Order) RETURN n{.id, .with}'],
    ['a reserved word is a map key', 'RETURN {id: 1, where: 2}'],
    ['a reserved word is a label or relationship type', 'MATCH (n:Order)-[:IN]->(m:Shop) RETURN n.id'],
    ['a reserved word is a label or relationship type', 'MATCH (n:Union) RETURN n.id'],
    ['a reserved word is a parameter', 'MATCH (n:Order {id: $not}) RETURN n.id'],
    ['a label expression', 'MATCH (n:Order|Quote) RETURN n.id'],
    ['a label expression', 'MATCH (n:!Order) RETURN n.id'],
    ['a label expression', 'MATCH (:Order&Open)-[:FOR]->(m:Shop) RETURN m.id'],
    ['a label expression', 'MATCH (n) WHERE n:Order|Quote RETURN n.id'],
    ['COLLECT { }', 'MATCH (n:Order) RETURN COLLECT { MATCH (n)-[:FOR]->(m) RETURN m.id }'],
    ['isEmpty()', 'MATCH (n:Order) WHERE isEmpty(n.lines) RETURN n.id'],
    ['randomUUID()', 'CREATE (n:Order {id: randomUUID()})'],
    ['.epochMillis', 'RETURN datetime().epochMillis'],
    ['duration.between()', 'RETURN duration.between(date(), date()).days'],
    ['round(x, n)', 'MATCH (n:Order) RETURN round(coalesce(n.total, 0) / 3, 2)'],
    ['CALL of a procedure', "CALL db.index.fulltext.queryNodes('a', 'b') YIELD score RETURN score"],
    ['labels(n)[i]', 'MATCH (n:Order) RETURN labels(n)[0]'],
    ['RETURN gives a node', 'MATCH (n:Order) RETURN n'],
    ['RETURN gives a node', 'MATCH (n:Order)-[r:FOR]->(:Shop) RETURN n.id, r'],
    ['RETURN gives a node', 'MATCH (n:Order)-[:FOR]->(m) RETURN DISTINCT m AS shop ORDER BY shop.id LIMIT 3'],
    ['RETURN gives a node', 'MATCH path = (n:Order)-[:FOR]->() RETURN path'],
    ['RETURN gives a node', 'MATCH path = (n:Order)-[:FOR]->() RETURN nodes(path)'],
    ['RETURN gives a node', 'MATCH (n:Order) RETURN collect(DISTINCT n)'],
    ['RETURN gives a node', 'MATCH (n:Order) RETURN {order: n}'],
    ['RETURN gives a node', 'MATCH (n:Order) WITH n AS o RETURN o'],
    ['RETURN gives a node', 'CREATE (n:Order) RETURN n.id UNION MATCH (n:Quote) RETURN n'],
  ])('%s: %s', (rule, statement) => {
    const broken = brokenRules(statement)
    expect(broken).toHaveLength(1)
    expect(broken[0]).toContain(rule)
  })

  it.each([
    `${matched} WHERE m.open AND m.since > $since RETURN n.id, m.id`,
    `${matched} WITH n, m WHERE EXISTS { (m)-[:LOCATED]->() } RETURN n.id`,
    'MATCH (n:Order) CALL (n) { MATCH (n)-[:FOR]->(m) WHERE EXISTS { (m)-[:LOCATED]->() } RETURN collect(m.id) AS ids } RETURN n.id, ids',
    'MATCH (n:Order) WHERE NOT (n)-[:FOR]->() RETURN coalesce(sum(n.total), 0) AS total, round(n.total) AS order',
    "MATCH (n:Order) WHERE n.name STARTS WITH $prefix AND n.note = 'AS in, sum(x), (n:A|B)' RETURN n.id // AS in",
    'MATCH (n:Order)-[:FOR|SHIPS_TO]->(m:Shop) WHERE n:Open OR n:Paid RETURN n{.id, shop: m.id, late: null, paid: true}',
    'MERGE (n:Order {id: $id}) ON CREATE SET n.made = $now ON MATCH SET n.seen = $now SET n += $values RETURN n.`in` AS `set`',
    'UNWIND $rows AS row MATCH (c:Shop {id: row.id}) RETURN row, count(c), [x IN collect(c.id) WHERE x <> $id | x]',
    'MATCH (n:Order) WITH n.id AS n RETURN n',
    'MATCH (n:Order) WITH [x IN n.lines WHERE x.price > 0 | x.price] AS prices RETURN CASE WHEN size(prices) = 0 THEN null ELSE prices END',
  ])('and a good one is not: %s', statement => {
    expect(brokenRules(statement)).toEqual([])
  })

  it('lets a text for Neo4j alone use what only the embedded engine lacks, but not what is wrong everywhere', () => {
    expect(brokenRules('MATCH (n:Order|Quote) RETURN n.id AS in', 'neo4j')).toEqual([])
    expect(brokenRules('MATCH (n:Order|Quote) RETURN n', 'neo4j')).toHaveLength(1)
  })
})

describe('statements in source', () => {
  const only = (source: string) => {
    const statements = statementsIn('core/graph/planted.ts', source)
    expect(statements).toHaveLength(1)
    return violationsOf(statements[0] as (typeof statements)[number])
  }

  it('are found as constant, in a list, by engine and inline', () => {
    const found = statementsIn(
      'core/graph/planted.ts',
      `
      const ORDERS = 'MATCH (n:Order) RETURN n.id'
      const BY_ENGINE = { embedded: 'MATCH (n:Order) RETURN 1', neo4j: 'MATCH (n:Order) RETURN 2' }
      const steps = [{ statements: [\`CREATE (:Order)\`] }]
      const ORDERS_NEO4J = 'MATCH (n:Order) RETURN 3'
      const SENTENCE = 'Match me if you can'
      `,
    )
    expect(found.map(({ name, line, audience }) => [name, line, audience])).toEqual([
      ['ORDERS', 2, 'both'],
      ['BY_ENGINE', 3, 'embedded'],
      ['BY_ENGINE', 3, 'neo4j'],
      ['steps', 4, 'both'],
      ['ORDERS_NEO4J', 5, 'neo4j'],
    ])
  })

  it('are read with the constants that they embed, also imported ones', () => {
    const [statement] = statementsIn(
      'core/graph/planted.ts',
      `import { APPLIED_MIGRATIONS as APPLIED } from './migrations.ts'
       const VISIBLE = 'n.region AS in'
       const ORDERS = \`MATCH (n:Order) RETURN \${VISIBLE}\`
       const BOTH = \`\${APPLIED} UNION \${ORDERS}\``,
    )
    expect(statement?.text).toBe('MATCH (n:Order) RETURN n.region AS in')
    expect(statement && violationsOf(statement)).toEqual([
      'core/graph/planted.ts:3 ORDERS: a reserved word is an alias',
    ])
  })

  it('may embed nothing but constants', () => {
    const bad = (expression: string) =>
      only(`const ORDERS = \`MATCH (n:Order) WHERE n.id = \${${expression}} RETURN n.id\``)
    for (const expression of ['id', 'id()', 'x.ID', '"a" + b', 'UNKNOWN']) {
      expect(bad(expression)[0]).toContain(`\${${expression}} is no UPPER_CASE constant`)
    }
  })

  it('are texts made by `cypher`, whole or in part, and the constants that they are made of', () => {
    const found = statementsIn(
      'core/graph/planted.ts',
      `const COLUMN = cypher\`[(n)-[:FOR]->(m:Shop) | m.id]\`
       const one = (rest: Cypher) => cypher\`MATCH (n:Order) RETURN \${COLUMN}, \${rest}\``,
    )
    expect(found.map(({ name, text, labels }) => [name, text, labels])).toEqual([
      ['COLUMN', '[(n)-[:FOR]->(m:Shop) | m.id]', ['Shop']],
      ['(inline)', 'MATCH (n:Order) RETURN [(n)-[:FOR]->(m:Shop) | m.id], ', ['Order', 'Shop']],
    ])
    expect(found.flatMap(violationsOf)).toEqual([])
  })

  it('may not stand inline in a call', () => {
    expect(only("graph.read('MATCH (n:Order) RETURN n.id')")[0]).toContain('a statement is inline')
  })

  it('tell which labels and relationship types they read and write', () => {
    const [statement] = statementsIn(
      'core/graph/planted.ts',
      `const STATEMENT = \`
         MATCH (c:Customer:Known {id: $id})<-[o:OWNS]-(:Seller), (old:Draft) WHERE c:Active OR EXISTS { (c)-[:MEMBER_OF]->(:Account) }
         MERGE (c)-[:PLACED]->(n:Order {id: $order}) SET n.total = 1, c.seen = $now
         DETACH DELETE old
         RETURN c{.id, kind: 'x'} AS customer\``,
    )
    expect(statement?.labels).toEqual(['Account', 'Active', 'Customer', 'Draft', 'Known', 'Order', 'Seller'])
    expect(statement?.relationshipTypes).toEqual(['MEMBER_OF', 'OWNS', 'PLACED'])
    expect(statement?.written).toEqual(['Active', 'Customer', 'Draft', 'Known', 'Order', 'PLACED'])
  })
})
