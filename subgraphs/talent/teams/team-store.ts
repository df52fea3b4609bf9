// What talent asks of the graph about teams and knowledge packs.
import type { Change } from '../../../core/change.ts'
import type { GraphValue, Reader, Row, UnitOfWork } from '../../../core/graph/graph.ts'
import type { PageRequest } from '../../../core/paging.ts'
import type { KnowledgePack, PackItem, Team } from './types.ts'

const KEEP_PACK = `
CREATE (:KnowledgePack {id: $id, name: $name, version: $version, title: $title, items: $items, publishedAt: $at,
  evidenceEntryId: $evidenceEntryId})`

const VERSIONS_OF_PACK = `
MATCH (p:KnowledgePack {name: $name})
RETURN count(p)`

const PACKS_BY_ID = `
UNWIND $ids AS wanted
MATCH (p:KnowledgePack {id: wanted})
RETURN p.id, p.name, p.version, p.title, p.items`

const PACKS_PAGE = `
MATCH (p:KnowledgePack)
WHERE p.id > $afterId
RETURN p.id, p.name, p.version, p.title, p.items
ORDER BY p.id LIMIT $limit`

const KEEP_TEAM = `
MATCH (t:Task {id: $taskId})
CREATE (m:Team {id: $id, taskId: $taskId, assembledAt: $at, evidenceEntryId: $evidenceEntryId})
CREATE (m)-[:WORKS_ON]->(t)`

const LOAD_PACKS = `
UNWIND $packIds AS wanted
MATCH (m:Team {id: $teamId})
MATCH (p:KnowledgePack {id: wanted})
CREATE (m)-[:LOADED {at: $at}]->(p)`

const DISSOLVE = `
MATCH (m:Team {taskId: $taskId})
WHERE m.dissolvedAt IS NULL
SET m.dissolvedAt = $at`

const GIVE_BACK = `
MATCH (:Team {taskId: $taskId})-[l:LOADED]->(:KnowledgePack)
SET l.returnedAt = coalesce(l.returnedAt, $at)`

// The newest one: a task whose team fell apart may be given another.
const TEAM_OF_TASK = `
MATCH (m:Team {taskId: $taskId})
RETURN m.id, m.taskId, m.assembledAt, m.dissolvedAt,
  [(m)-[l:LOADED]->(p:KnowledgePack) | [l.at, coalesce(l.returnedAt, ''), p.id, p.name, p.version, p.title, p.items]]
ORDER BY m.assembledAt DESC, m.id LIMIT 1`

const TAKES_PART = `
MATCH (t:Task {id: $taskId})<-[:FOR_TASK]-(a:Assignment)-[:GIVEN_TO]->(c:Seller {id: $sellerId})
WHERE a.state IN ['ACCEPTED', 'DONE']
RETURN a.id LIMIT 1`

export async function nextPackVersion(unit: UnitOfWork, name: string): Promise<number> {
  const [row] = await unit.run(VERSIONS_OF_PACK, { name })
  return Number(row?.[0] ?? 0) + 1
}

export async function keepPack(
  { unit, at, evidenceEntryId }: Change,
  { items, ...pack }: KnowledgePack,
): Promise<void> {
  await unit.run(KEEP_PACK, { ...pack, items: JSON.stringify(items), at, evidenceEntryId })
}

/** Unknown ids are absent. */
export async function packsById(reader: Reader, ids: readonly string[]): Promise<readonly KnowledgePack[]> {
  return (await reader.run(PACKS_BY_ID, { ids })).map(toPack)
}

/** In the order of their ids, one more than asked for. */
export async function packsPage(
  reader: Reader,
  { first, afterId = '' }: PageRequest,
): Promise<readonly KnowledgePack[]> {
  return (await reader.run(PACKS_PAGE, { afterId, limit: first + 1 })).map(toPack)
}

function toPack([id, name, version, title, items]: readonly GraphValue[]): KnowledgePack {
  const told = { id: String(id), name: String(name), version: Number(version), title: String(title) }
  return { ...told, items: JSON.parse(String(items)) as PackItem[] }
}

export async function keepTeam(
  { unit, at, evidenceEntryId }: Change,
  { id, taskId, packIds }: { readonly id: string; readonly taskId: string; readonly packIds: readonly string[] },
): Promise<void> {
  await unit.run(KEEP_TEAM, { id, taskId, at, evidenceEntryId })
  if (packIds.length > 0) await unit.run(LOAD_PACKS, { teamId: id, packIds, at })
}

/** The team of a task that is done: it gives back what was loaded for it. */
export async function dissolveTeam({ unit, at }: Change, taskId: string): Promise<void> {
  await unit.run(GIVE_BACK, { taskId, at })
  await unit.run(DISSOLVE, { taskId, at })
}

/** The newest team of the task, whose packs are in the order of their names; those given back come without their items. */
export async function teamOfTask(reader: Reader, taskId: string): Promise<Team | undefined> {
  const [row] = await reader.run(TEAM_OF_TASK, { taskId })
  return row && toTeam(row)
}

function toTeam([id, taskId, assembledAt, dissolvedAt, loaded]: Row): Team {
  const packs = (Array.isArray(loaded) ? loaded : []).map(each => {
    const [loadedAt, returnedAt, ...pack] = Array.isArray(each) ? each : []
    const known = toPack(pack)
    const isBack = returnedAt !== ''
    return {
      pack: isBack ? { ...known, items: null } : known,
      loadedAt: String(loadedAt),
      returnedAt: isBack ? String(returnedAt) : null,
    }
  })
  return {
    id: String(id),
    taskId: String(taskId),
    assembledAt: String(assembledAt),
    dissolvedAt: typeof dissolvedAt === 'string' ? dissolvedAt : null,
    packs: packs.sort((a, b) => (a.pack.name < b.pack.name ? -1 : 1)),
  }
}

/** Whether the seller is or was in place in the task. */
export async function takesPart(reader: Reader, taskId: string, sellerId: string): Promise<boolean> {
  return (await reader.run(TAKES_PART, { taskId, sellerId })).length > 0
}
