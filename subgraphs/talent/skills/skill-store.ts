// What talent asks of the graph about skills. They tell nothing of anybody, so no read carries a row filter.
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row, UnitOfWork } from '../../../core/graph/graph.ts'
import type { PageRequest } from '../../../core/paging.ts'
import type { SkillDraft } from './rules.ts'
import type { Scheme, Skill } from './types.ts'

/** The columns of a skill `k`. */
export const SKILL = cypher`k.id, k.uri, k.scheme, k.labelEn, k.labelZh`

const SKILLS_BY_ID = cypher`
UNWIND $ids AS wanted
MATCH (k:Skill {id: wanted})
RETURN ${SKILL}`

const SKILLS_PAGE = cypher`
MATCH (k:Skill)
WHERE k.id > $afterId AND ($text = '' OR k.searchText CONTAINS $text) AND ($scheme = '' OR k.scheme = $scheme)
RETURN ${SKILL}
ORDER BY k.id LIMIT $limit`

const BROADER_OF_EACH = cypher`
UNWIND $ids AS wanted
MATCH (:Skill {id: wanted})-[:BROADER]->(k:Skill)
RETURN wanted, ${SKILL}
ORDER BY wanted, k.id`

const NARROWER_OF_EACH = cypher`
UNWIND $ids AS wanted
MATCH (b:Skill {id: wanted})
CALL (b) {
  MATCH (b)<-[:BROADER]-(k:Skill)
  WHERE k.id > $afterId
  RETURN k
  ORDER BY k.id LIMIT $limit
}
RETURN b.id, ${SKILL}
ORDER BY b.id, k.id`

const KNOWN_SKILLS = `
UNWIND $uris AS wanted
MATCH (k:Skill {uri: wanted})
RETURN k.uri, k.scheme, k.labelEn, k.labelZh, [(k)-[:BROADER]->(b:Skill) | b.uri]`

// A label that is not given leaves that which is known: ESCO's file has none in Chinese.
const KEEP_SKILLS = `
UNWIND $skills AS row
MERGE (k:Skill {uri: row.uri})
ON CREATE SET k.id = row.newId
SET k.scheme = row.scheme, k.labelEn = row.labelEn, k.labelZh = coalesce(row.labelZh, k.labelZh)
SET k.searchText = toLower(k.labelEn + ' ' + coalesce(k.labelZh, ''))`

const KEEP_BROADER = `
UNWIND $pairs AS pair
MATCH (k:Skill {uri: pair.uri})
MATCH (b:Skill {uri: pair.broader})
MERGE (k)-[:BROADER]->(b)`

/** The skills of these URIs as they are; unknown ones are absent. */
export async function knownSkills(reader: Reader, uris: readonly string[]): Promise<ReadonlyMap<string, SkillDraft>> {
  const rows = await reader.run(KNOWN_SKILLS, { uris })
  return new Map(
    rows.map(([uri, scheme, labelEn, labelZh, broader]) => [
      String(uri),
      { uri, scheme, labelEn, labelZh, broader } as unknown as SkillDraft,
    ]),
  )
}

/** Writes these skills, and that they are parts of those of the broader ones that are known or among them. */
export async function keepSkills(
  unit: UnitOfWork,
  skills: readonly (SkillDraft & { readonly newId: string })[],
): Promise<void> {
  if (skills.length === 0) return
  await unit.run(KEEP_SKILLS, { skills: skills.map(({ broader: _, ...skill }) => skill) })
  const pairs = skills.flatMap(({ uri, broader }) => broader.map(each => ({ uri, broader: each })))
  if (pairs.length > 0) await unit.run(KEEP_BROADER, { pairs })
}

/** Unknown ids are absent. */
export async function skillsById(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, Skill>> {
  const rows = await reader.run(SKILLS_BY_ID, { ids })
  return new Map(rows.map(row => [String(row[0]), toSkill(row)]))
}

/** In the order of their ids, one more than asked for. `text` is part of a label, in lower case. */
export async function skillsPage(
  reader: Reader,
  page: PageRequest,
  { text, scheme }: { readonly text: string; readonly scheme: Scheme | '' },
): Promise<readonly Skill[]> {
  return (await reader.run(SKILLS_PAGE, { ...pageParams(page), text, scheme })).map(toSkill)
}

/** The skills that each of these is a part of; who has none is absent. */
export async function broaderOf(
  reader: Reader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Skill[]>> {
  return grouped(await reader.run(BROADER_OF_EACH, { ids }))
}

/** The parts of each of these skills, in the order of their ids, one more than asked for. */
export async function narrowerOf(
  reader: Reader,
  ids: readonly string[],
  page: PageRequest,
): Promise<ReadonlyMap<string, readonly Skill[]>> {
  return grouped(await reader.run(NARROWER_OF_EACH, { ...pageParams(page), ids }))
}

function pageParams({ first, afterId = '' }: PageRequest) {
  return { afterId, limit: first + 1 }
}

function grouped(rows: readonly Row[]): ReadonlyMap<string, readonly Skill[]> {
  const found = new Map<string, Skill[]>()
  for (const [owner, ...skill] of rows) {
    const skills = found.get(String(owner)) ?? []
    skills.push(toSkill(skill))
    found.set(String(owner), skills)
  }
  return found
}

/** From the columns of SKILL. */
export function toSkill([id, uri, scheme, labelEn, labelZh]: Row): Skill {
  return { id, uri, scheme, labelEn, labelZh } as unknown as Skill
}
