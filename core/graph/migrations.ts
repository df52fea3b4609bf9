// What a label needs in the store before the first write: keys (unique) and look-up indexes, as versioned migrations.
import { createHash } from 'node:crypto'
import { ApiError } from '../errors.ts'
import type { Graph } from './graph.ts'

/** One step of the schema, owned by the subgraph or core folder that owns the label. */
export interface Migration {
  /** `owner/NNN-what`, for example `customers/001-keys`. Sorts and runs in this order; never renamed, never edited once released. */
  readonly id: string
  /** `Label.property` pairs whose value is unique in the label and looked up by equality. */
  readonly keys?: readonly string[]
  /** `Label.property` pairs looked up by equality. */
  readonly indexes?: readonly string[]
  /** `Label.property` pairs by whose words nodes are found: see core/graph/text-index. */
  readonly texts?: readonly string[]
  /** Properties that code makes of others, for the nodes that were stored before it did. */
  readonly derived?: readonly DerivedProperty[]
  /** Work on data, run once, all of them in one unit. */
  readonly statements?: readonly string[]
}

/** Of nodes that have an id: `to` is made of the text `from` where it is missing. */
export interface DerivedProperty {
  readonly label: string
  readonly from: string
  readonly to: string
  make(value: string): string
}

/** What the port itself needs: a guard is taken by MERGE, and an id is recorded once. */
export const graphMigrations: readonly Migration[] = [{ id: 'core/001-guard', keys: ['Guard.name', 'Migration.id'] }]

const APPLIED_MIGRATIONS = `
  MATCH (m:Migration)
  RETURN m.id, m.contentHash`

const RECORD_MIGRATION = `
  CREATE (:Migration {id: $id, contentHash: $contentHash, appliedAt: $appliedAt})`

/**
 * Applies what is not applied yet, first the port's own, then in order of id, and returns the ids that it applied. Safe to run at
 * each start, after a crash in the middle, and in several processes at once. Throws CONFLICT for an id that was applied with other
 * content, or for a key that the data at hand already breaks.
 */
export async function migrate(graph: Graph, migrations: readonly Migration[], now: string): Promise<readonly string[]> {
  const planned = inOrder(migrations)
  const applied = await appliedHashes(graph)
  for (const migration of planned) requireSameContent(migration, applied.get(migration.id))

  const appliedNow: string[] = []
  for (const migration of planned.filter(({ id }) => !applied.has(id))) {
    // Defining twice is harmless, so a crash before the record below only repeats it.
    for (const key of migration.keys ?? []) await defineKey(graph, key)
    for (const index of migration.indexes ?? []) await defineIndex(graph, index)
    for (const text of migration.texts ?? []) await graph.defineText(labelAndProperty(text))
    for (const property of migration.derived ?? []) await derive(graph, property)
    if (await runOnce(graph, migration, now)) appliedNow.push(migration.id)
  }
  return appliedNow
}

function inOrder(migrations: readonly Migration[]): readonly Migration[] {
  const others = migrations.filter(migration => !graphMigrations.includes(migration))
  const planned = [...graphMigrations, ...others.sort((a, b) => (a.id < b.id ? -1 : 1))]
  const twice = planned.find((migration, index) => migration.id === planned[index + 1]?.id)
  if (twice !== undefined) throw new Error(`Two migrations have the id ${twice.id}.`)
  return planned
}

async function appliedHashes(graph: Graph): Promise<Map<string, string>> {
  const rows = await graph.read(APPLIED_MIGRATIONS)
  return new Map(rows.map(([id, contentHash]) => [String(id), String(contentHash)]))
}

function requireSameContent(migration: Migration, recorded: string | undefined): void {
  if (recorded === undefined || recorded === contentHash(migration)) return
  throw new ApiError('CONFLICT', {
    at: `migration ${migration.id}`,
    expected: 'the content that was applied to this store; put the change into a new migration',
    got: 'other content',
  })
}

function contentHash({ keys = [], indexes = [], statements = [], texts, derived }: Migration): string {
  const content = { keys, indexes, statements, ...(texts && { texts }), ...(derived && { derived }) }
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}

// The guard makes a second process wait; it then finds the record and leaves the data alone.
function runOnce(graph: Graph, migration: Migration, now: string): Promise<boolean> {
  return graph.write(async unit => {
    await unit.guard('migrations')
    const recorded = new Map((await unit.run(APPLIED_MIGRATIONS)).map(([id]) => [id, true]))
    if (recorded.has(migration.id)) return false
    for (const statement of migration.statements ?? []) await unit.run(statement)
    await unit.run(RECORD_MIGRATION, { id: migration.id, contentHash: contentHash(migration), appliedAt: now })
    return true
  })
}

const DERIVED_AT_ONCE = 2_000

/** In many units: what one of them did stays done after a crash, and is not looked at again. */
async function derive(graph: Graph, { label, from, to, make }: DerivedProperty): Promise<void> {
  for (const property of [from, to]) labelAndProperty(`${label}.${property}`)
  const found = await graph.read(`MATCH (n:${label}) WHERE n.${from} IS NOT NULL AND n.${to} IS NULL RETURN n.id`)
  for (let start = 0; start < found.length; start += DERIVED_AT_ONCE) {
    const ids = found.slice(start, start + DERIVED_AT_ONCE).map(([id = null]) => id)
    await graph.write(async unit => {
      const rows = await unit.run(`UNWIND $ids AS wanted MATCH (n:${label} {id: wanted}) RETURN n.id, n.${from}`, {
        ids,
      })
      await unit.run(`UNWIND $rows AS row MATCH (n:${label} {id: row[0]}) SET n.${to} = row[1]`, {
        rows: rows.map(([id = null, value]) => [id, make(String(value ?? ''))]),
      })
    })
  }
}

async function defineKey(graph: Graph, key: string): Promise<void> {
  const { label, property } = labelAndProperty(key)
  // The embedded engine would accept a constraint that the data already breaks.
  const duplicates = await graph.read(
    `MATCH (n:${label}) WHERE n.${property} IS NOT NULL
     WITH n.${property} AS value, count(n) AS nodes WHERE nodes > 1
     RETURN nodes LIMIT 1`,
  )
  if (duplicates.length > 0) throw new ApiError('CONFLICT', { at: key, expected: 'unique values', got: 'duplicates' })
  await graph.define(
    `CREATE CONSTRAINT key_${label}_${property} IF NOT EXISTS FOR (n:${label}) REQUIRE n.${property} IS UNIQUE`,
  )
  // The embedded engine's constraint alone leaves MERGE scanning the label; Neo4j's brings its own index.
  if (graph.engine === 'embedded') await defineIndex(graph, key)
}

async function defineIndex(graph: Graph, index: string): Promise<void> {
  const { label, property } = labelAndProperty(index)
  await graph.define(`CREATE INDEX index_${label}_${property} IF NOT EXISTS FOR (n:${label}) ON (n.${property})`)
}

// Names cannot be parameters; this form is what keeps them from being anything but names.
function labelAndProperty(pair: string): { label: string; property: string } {
  const [, label, property] = /^([A-Z][A-Za-z]*)\.([a-z][A-Za-z0-9]*)$/.exec(pair) ?? []
  if (label === undefined || property === undefined) throw new Error(`Expected Label.property, got: ${pair}`)
  return { label, property }
}
