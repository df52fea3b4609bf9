// Who may read and write which label: each has one owner, and others say that they read it. A relationship belongs to the
// context that made its type, whichever end is whose.
import { describe, expect, it } from 'vitest'
import type { Migration } from '../../core/graph/migrations.ts'
import { migrations, subgraphs } from '../../gateway/subgraphs.ts'
import { composedStatements } from '../support/composed-statements.ts'
import { allStatements, type StatementInSource, statementsIn } from '../support/statements.ts'

interface Context {
  readonly owns: readonly string[]
  readonly reads: readonly string[]
  /** Relationship types; that of a label that it reads may be read as well. */
  readonly relationships: readonly string[]
}

const RELATIONSHIPS: { readonly [subgraph: string]: readonly string[] } = {
  customers: [
    'IDENTIFIES',
    'MEMBER_OF',
    'OWNS',
    'IN_PERIOD',
    'OLDER',
    'HAD',
    'EXPRESSED',
    'DURING',
    'COVERS',
    'MERGED_INTO',
    'COMPARES',
  ],
  sales: ['PURSUES', 'CONCERNS', 'ENTERED', 'PLACED', 'RECEIVES'],
  talent: [
    'HAS_SKILL',
    'BROADER',
    'SHOWED',
    'TELLS_OF',
    'WORKED_WITH',
    'TOOK_PART',
    'REQUIRES',
    'FOR_TASK',
    'GIVEN_TO',
    'GUIDED_BY',
    'AVAILABILITY_OF',
    'WORKS_ON',
    'LOADED',
    'REWARDS',
    'CONTRIBUTED_TO',
    'CONTRIBUTED_BY',
    'SETTLES',
    'SHARED_WITH',
    'POSTED_TO',
    'PUBLISHED',
    'LISTS',
    'TRADES_IN',
    'HAS_LEG',
    'PASSES_ON',
    'TAKES',
  ],
}

const contexts: { readonly [folder: string]: Context } = {
  core: {
    owns: [
      'ApiKey',
      'Consent',
      'ConsentEvent',
      'Consumer',
      'DomainEvent',
      'ErasureStep',
      'EvidenceEntry',
      'Guard',
      'IdempotencyRecord',
      'Migration',
      'ParkedEvent',
      'PolicyVersion',
      'Purpose',
      'RightsRequest',
      'Sequence',
    ],
    // Whose consent it is, and the row filter.
    reads: ['Customer', 'Seller'],
    relationships: ['OF', 'FOR', 'CHANGED_BY', 'TOOK'],
  },
  seeds: { owns: ['SeedRun'], reads: ['Customer', 'Seller'], relationships: [] },
  gateway: { owns: [], reads: [], relationships: [] },
  commands: { owns: [], reads: [], relationships: [] },
  ...Object.fromEntries(
    subgraphs.map(({ name, labels }) => [`subgraphs/${name}`, { ...labels, relationships: RELATIONSHIPS[name] ?? [] }]),
  ),
}

/** The properties that a context sets on a label of another, and nothing else of it: an entry's place in the log. */
const SETS: { readonly [folder: string]: { readonly [label: string]: readonly string[] } } = {
  'subgraphs/evidence': { EvidenceEntry: ['state', 'position'] },
}

const allRelationships = Object.values(contexts).flatMap(({ relationships }) => relationships)

/** What is wrong with the labels and relationship types of a statement. */
function trespasses({ file, name, text, labels, relationshipTypes, written }: StatementInSource): readonly string[] {
  const folder = Object.keys(contexts).find(each => file.startsWith(`${each}/`)) ?? ''
  const context = contexts[folder]
  if (context === undefined) return [`${file} ${name}: belongs to no context`]
  const { owns, reads, relationships } = context
  const maySet = (label: string) => setsOnly(text, SETS[folder]?.[label] ?? [])
  return [
    ...labels.filter(each => !owns.includes(each) && !reads.includes(each)).map(each => `reads :${each} undeclared`),
    ...relationshipTypes.filter(each => !allRelationships.includes(each)).map(each => `knows no -[:${each}]-`),
    ...written
      .filter(each => !owns.includes(each) && !relationships.includes(each) && !maySet(each))
      .map(each => `writes ${each}, which is not its own`),
  ].map(trespass => `${file} ${name}: ${trespass}`)
}

function setsOnly(text: string, properties: readonly string[]): boolean {
  const assigned = [...text.matchAll(/\b\w+\.(\w+)\s*=/g)].map(([, property = '']) => property)
  const writesOtherwise = /\b(CREATE|MERGE|DELETE|REMOVE)\b|\+=|\bSET\s+\w+\s*[:=]/.test(text)
  return !writesOtherwise && assigned.length > 0 && assigned.every(each => properties.includes(each))
}

describe('the labels of the graph', () => {
  it('have one owner each', () => {
    const owned = Object.values(contexts).flatMap(({ owns }) => owns)
    expect(owned.filter((label, index) => owned.indexOf(label) !== index)).toEqual([])
    const types = allRelationships
    expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([])
  })

  it('are read only where that is declared, and written only by their owner', async () => {
    const statements = [...allStatements(), ...(await composedStatements())]
    expect(statements.filter(({ written }) => written.length > 0).length).toBeGreaterThan(15)
    expect(statements.flatMap(trespasses)).toEqual([])
  })

  it('are declared by nobody who does not use them', async () => {
    const statements = [...allStatements(), ...(await composedStatements())]
    for (const { name, labels } of subgraphs) {
      const used = new Set(statements.flatMap(each => (each.file.startsWith(`subgraphs/${name}/`) ? each.labels : [])))
      expect(
        [...labels.owns, ...labels.reads].filter(label => !used.has(label)),
        name,
      ).toEqual([])
    }
  })

  it('that somebody reads are owned by somebody else', () => {
    for (const [folder, { owns, reads }] of Object.entries(contexts)) {
      const others = Object.entries(contexts).flatMap(([other, context]) => (other === folder ? [] : context.owns))
      expect(
        reads.filter(label => !others.includes(label) || owns.includes(label)),
        folder,
      ).toEqual([])
    }
  })

  it('are keyed and indexed by the migrations of their owner', () => {
    const labelsOf = ({ keys = [], indexes = [] }: Migration) =>
      [...keys, ...indexes].map(each => each.split('.')[0] ?? '')
    const own = subgraphs.flatMap(each => each.migrations)
    for (const { name, labels, migrations: ofSubgraph } of subgraphs) {
      expect(
        ofSubgraph.flatMap(labelsOf).filter(label => !labels.owns.includes(label)),
        name,
      ).toEqual([])
    }
    const ofCore = migrations.filter(each => !own.includes(each)).flatMap(labelsOf)
    expect(ofCore.filter(label => !contexts.core?.owns.includes(label))).toEqual([])
  })
})

describe('a trespass is found in', () => {
  const found = (file: string, statement: string) =>
    statementsIn(file, `const PLANTED = \`${statement}\``).flatMap(trespasses)

  it.each([
    ['subgraphs/sales/x-store.ts', 'MATCH (d:DeadLetter) RETURN d.id', 'reads :DeadLetter undeclared'],
    [
      'subgraphs/sales/x-store.ts',
      'MATCH (c:Customer) WHERE EXISTS { (c)-[:X]->(:Shop) } RETURN c.id',
      'reads :Shop undeclared',
    ],
    ['subgraphs/sales/x-store.ts', 'MATCH (c:Customer {id: $id}) SET c.name = $name', 'writes Customer, which'],
    ['subgraphs/sales/x-store.ts', 'MATCH (c:Customer {id: $id}) SET c += $values', 'writes Customer, which'],
    ['subgraphs/sales/x-store.ts', 'MATCH (c:Customer {id: $id}) SET c:Buyer', 'writes Buyer, which'],
    ['subgraphs/sales/x-store.ts', 'MATCH (c:Customer {id: $id}) REMOVE c.name', 'writes Customer, which'],
    ['subgraphs/sales/x-store.ts', 'MATCH (c:Customer {id: $id}) DETACH DELETE c', 'writes Customer, which'],
    ['subgraphs/sales/x-store.ts', 'MERGE (s:Seller {id: $id}) ON CREATE SET s.name = $name', 'writes Seller, which'],
    [
      'subgraphs/sales/x-store.ts',
      'MATCH (o:Opportunity {id: $id}) CREATE (o)-[:FOR]->(:Purpose)',
      'writes FOR, which',
    ],
    ['subgraphs/sales/x-store.ts', 'MATCH (s:Seller)-[owns:OWNS]->(c:Customer) DELETE owns', 'writes OWNS, which'],
    ['subgraphs/sovereignty/x-store.ts', 'MATCH (c:Consent {id: $id}) SET c.state = $state', 'writes Consent, which'],
    ['subgraphs/customers/x-store.ts', 'CREATE (:EvidenceEntry {id: $id})', 'writes EvidenceEntry, which'],
    ['core/evidence/x.ts', 'MATCH (c:Customer {id: $id}) SET c.name = null', 'writes Customer, which'],
    ['seeds/x.ts', 'MERGE (c:Customer {id: $id})', 'writes Customer, which'],
    ['gateway/x.ts', 'MATCH (c:Customer) RETURN c.id', 'reads :Customer undeclared'],
    ['bench/x.ts', 'MATCH (c:Customer) RETURN c.id', 'belongs to no context'],
  ])('%s: %s', (file, statement, trespass) => {
    expect(found(file, statement).join('\n')).toContain(`${file} PLANTED: ${trespass}`)
  })

  it('a statement that sets more than it may of a label of another', () => {
    const place = (more: string) => `MATCH (e:EvidenceEntry {id: $id}) SET e.state = $state, e.position = $at${more}`
    expect(setsOnly(place(''), ['state', 'position'])).toBe(true)
    expect(setsOnly(place(', e.entry = $entry'), ['state', 'position'])).toBe(false)
    expect(setsOnly(place(' SET e += $more'), ['state', 'position'])).toBe(false)
    expect(setsOnly(place(' SET e:Erased'), ['state', 'position'])).toBe(false)
    expect(setsOnly(place(' DETACH DELETE e'), ['state', 'position'])).toBe(false)
    expect(setsOnly(place(''), [])).toBe(false)
  })

  it('and none in a statement that keeps to its own', () => {
    const own = `MATCH (c:Customer {id: $id}), (p:Product {name: $name})
      MERGE (c)-[:PURSUES]->(o:Opportunity {number: $number})-[:CONCERNS]->(p) SET o.stage = $stage`
    expect(found('subgraphs/sales/x-store.ts', own)).toEqual([])
  })
})
