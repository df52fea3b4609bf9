// What talent asks of the graph about evidence of skills, and writes of it. A standing is what all evidence of one seller for
// one skill comes to; evidence names it, so that it is found without a walk.
import type { CommittedFact } from '../../../core/evidence/evidence.ts'
import { type Cypher, cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row, UnitOfWork } from '../../../core/graph/graph.ts'
import type { Behaviour } from './behaviours.ts'
import type { SeenEvidence } from './counted.ts'
import { EVIDENCE, evidenceFact } from './evidenced.ts'
import type { Standing } from './level.ts'

/** A piece of evidence as it is to be written. */
export interface EvidenceDraft {
  /** What makes it one and the same when it is told again. */
  readonly key: string
  readonly sellerId: string
  readonly skillId: string
  /** Its name, by `sourceName`. */
  readonly source: string
  readonly behaviour: Behaviour
  /** The customer from whose data it follows; null where there is none. */
  readonly subjectId: string | null
  readonly outcome: number
  readonly complexity: number
  readonly weight: number
  readonly seenAt: string
}

/** A piece of evidence as it is. */
export interface KnownEvidence extends EvidenceDraft {
  readonly id: string
  readonly isRetracted: boolean
}

/** Ids of sources are their own: a negotiation may be named as the sale that it was about. */
export const sourceName = (behaviour: Behaviour, sourceId: string): string => `${behaviour}/${sourceId}`

export const standingName = (sellerId: string, skillId: string): string => `${sellerId}/${skillId}`

const SELLERS_KNOWN = `
UNWIND $ids AS wanted
MATCH (c:Seller {id: wanted})
RETURN c.id`

const SKILLS_KNOWN = `
UNWIND $uris AS wanted
MATCH (k:Skill {uri: wanted})
RETURN k.uri, k.id`

const EVIDENCE_OF_SOURCES = `
UNWIND $sources AS wanted
MATCH (e:SkillEvidence {source: wanted})<-[:SHOWED]-(c:Seller)
MATCH (e)-[:TELLS_OF]->(k:Skill)
RETURN e.id, e.key, c.id AS sellerId, k.id AS skillId, e.source, e.behaviour, e.subjectId, e.outcome, e.complexity,
  e.weight, e.seenAt, e.isRetracted`

// Apart from what is known: to merge a relationship is to walk over all that its seller ever showed.
const CREATE_EVIDENCE = `
UNWIND $rows AS row
MATCH (c:Seller {id: row.sellerId})
MATCH (k:Skill {id: row.skillId})
CREATE (c)-[:SHOWED]->(e:SkillEvidence {id: row.id, key: row.key, standing: row.standing, source: row.source,
  behaviour: row.behaviour, subjectId: row.subjectId, outcome: row.outcome, complexity: row.complexity,
  weight: row.weight, seenAt: row.seenAt, isRetracted: false, revision: 1, evidenceEntryId: $evidenceEntryId})
CREATE (e)-[:TELLS_OF]->(k)`

const CHANGE_EVIDENCE = `
UNWIND $rows AS row
MATCH (e:SkillEvidence {id: row.id})
SET e.subjectId = row.subjectId, e.outcome = row.outcome, e.complexity = row.complexity, e.weight = row.weight,
  e.seenAt = row.seenAt, e.isRetracted = false, e.revision = e.revision + 1, e.evidenceEntryId = $evidenceEntryId`

const RETRACT_EVIDENCE = `
UNWIND $ids AS wanted
MATCH (e:SkillEvidence {id: wanted})
SET e.isRetracted = true, e.revision = e.revision + 1, e.evidenceEntryId = $evidenceEntryId`

const EVIDENCE_FACTS = cypher`
UNWIND $ids AS wanted
MATCH (e:SkillEvidence {id: wanted})<-[:SHOWED]-(c:Seller)
MATCH (e)-[:TELLS_OF]->(k:Skill)
${EVIDENCE}`

/** The columns of what is counted of evidence `e`. */
export const SEEN: Cypher = cypher`e.outcome, e.complexity, e.weight, e.seenAt, e.isRetracted, e.review, e.proposedOutcome,
  e.proposedComplexity`

const EVIDENCE_OF_STANDINGS = cypher`
UNWIND $standings AS wanted
MATCH (e:SkillEvidence {standing: wanted})
RETURN wanted, ${SEEN}`

const KEEP_STANDINGS = `
UNWIND $rows AS row
MATCH (c:Seller {id: row.sellerId})
MATCH (k:Skill {id: row.skillId})
MERGE (c)-[h:HAS_SKILL]->(k)
SET h.id = coalesce(h.id, row.newId), h.success = row.success, h.failure = row.failure, h.seenAt = row.seenAt,
  h.pieces = row.pieces`

const DROP_STANDINGS = `
UNWIND $rows AS row
MATCH (c:Seller {id: row.sellerId})-[h:HAS_SKILL]->(k:Skill {id: row.skillId})
DELETE h`

/** Those of these ids that are sellers'. */
export async function knownSellers(reader: Reader, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await reader.run(SELLERS_KNOWN, { ids })).map(([id]) => String(id)))
}

/** The ids of skills by their URIs; unknown ones are absent. */
export async function skillIdsByUri(reader: Reader, uris: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return new Map((await reader.run(SKILLS_KNOWN, { uris })).map(([uri, id]) => [String(uri), String(id)]))
}

/** All that is known from these sources, what was taken back with it, in no order. */
export async function evidenceFrom(reader: Reader, sources: readonly string[]): Promise<readonly KnownEvidence[]> {
  const rows = await reader.run(EVIDENCE_OF_SOURCES, { sources })
  return rows.map(
    ([id, key, sellerId, skillId, source, behaviour, subjectId, outcome, complexity, weight, ...rest]) => {
      const [seenAt, isRetracted] = rest
      const known = { id, key, sellerId, skillId, source, behaviour, subjectId, seenAt, isRetracted }
      return {
        ...known,
        outcome: Number(outcome),
        complexity: Number(complexity),
        weight: Number(weight),
      } as KnownEvidence
    },
  )
}

/** Evidence to be written, under the id of a new or a known one. */
type IdentifiedDraft = EvidenceDraft & { readonly id: string }

/** Writes evidence that is new, and that which is known as it is now; what was taken back is not any more. */
export async function keepEvidence(
  unit: UnitOfWork,
  evidenceEntryId: string,
  { fresh, changed }: { readonly fresh: readonly IdentifiedDraft[]; readonly changed: readonly IdentifiedDraft[] },
): Promise<void> {
  const rows = fresh.map(draft => ({ ...draft, standing: standingName(draft.sellerId, draft.skillId) }))
  if (rows.length > 0) await unit.run(CREATE_EVIDENCE, { rows, evidenceEntryId })
  if (changed.length > 0) {
    await unit.run(CHANGE_EVIDENCE, { rows: changed.map(draft => ({ ...draft })), evidenceEntryId })
  }
}

export async function retractEvidence(
  unit: UnitOfWork,
  evidenceEntryId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length > 0) await unit.run(RETRACT_EVIDENCE, { ids, evidenceEntryId })
}

/** What the log is to commit to of these pieces of evidence, as they are now. */
export async function factsOf(reader: Reader, ids: readonly string[]): Promise<readonly CommittedFact[]> {
  if (ids.length === 0) return []
  const rows = await reader.run(EVIDENCE_FACTS, { ids })
  return rows.map(([id, sellerId, , ...columns]) => evidenceFact(String(sellerId), String(id), columns))
}

/** What was seen for each of these standings; who has nothing is absent. */
export async function seenOf(
  reader: Reader,
  standings: readonly string[],
): Promise<ReadonlyMap<string, readonly SeenEvidence[]>> {
  const found = new Map<string, SeenEvidence[]>()
  for (const [standing, ...columns] of await reader.run(EVIDENCE_OF_STANDINGS, { standings })) {
    const seen = found.get(String(standing)) ?? []
    seen.push(toSeen(columns))
    found.set(String(standing), seen)
  }
  return found
}

/** From the columns of SEEN. */
export function toSeen([outcome, complexity, weight, seenAt, isRetracted, review, ...proposed]: Row): SeenEvidence {
  const [proposedOutcome = null, proposedComplexity = null] = proposed
  return {
    ...({ seenAt, review: review ?? null } as Pick<SeenEvidence, 'seenAt' | 'review'>),
    outcome: Number(outcome),
    complexity: Number(complexity),
    weight: Number(weight),
    isRetracted: isRetracted === true,
    proposedOutcome: proposedOutcome === null ? null : Number(proposedOutcome),
    proposedComplexity: proposedComplexity === null ? null : Number(proposedComplexity),
  }
}

interface StandingOf {
  readonly sellerId: string
  readonly skillId: string
}

/** Writes standings, and takes away those of whom nothing counts any more. */
export async function keepStandings(
  unit: UnitOfWork,
  kept: readonly (StandingOf & { readonly newId: string; readonly pieces: number; readonly standing: Standing })[],
  dropped: readonly StandingOf[],
): Promise<void> {
  const rows = kept.map(({ standing: { success, failure, asOf }, ...of }) => ({
    ...of,
    success,
    failure,
    seenAt: asOf,
  }))
  if (rows.length > 0) await unit.run(KEEP_STANDINGS, { rows })
  if (dropped.length > 0) await unit.run(DROP_STANDINGS, { rows: dropped.map(each => ({ ...each })) })
}

const SELLERS_AFTER = `
MATCH (c:Seller)
WHERE c.id > $after
RETURN c.id
ORDER BY c.id LIMIT $limit`

const SKILLS_SHOWN = `
UNWIND $ids AS wanted
MATCH (c:Seller {id: wanted})-[:SHOWED]->(e:SkillEvidence)-[:TELLS_OF]->(k:Skill)
RETURN DISTINCT c.id, k.id`

const SKILLS_HELD = `
UNWIND $ids AS wanted
MATCH (c:Seller {id: wanted})-[:HAS_SKILL]->(k:Skill)
RETURN c.id, k.id`

/** Sellers after this id in the order of ids, at most `limit`. */
export async function sellersAfter(reader: Reader, after: string, limit: number): Promise<readonly string[]> {
  return (await reader.run(SELLERS_AFTER, { after, limit })).map(([id]) => String(id))
}

/** All standings of these sellers: those that they have, and those of which there is evidence. */
export async function standingsOf(reader: Reader, ids: readonly string[]): Promise<readonly StandingOf[]> {
  const rows = [...(await reader.run(SKILLS_SHOWN, { ids })), ...(await reader.run(SKILLS_HELD, { ids }))]
  return rows.map(([sellerId, skillId]) => ({ sellerId: String(sellerId), skillId: String(skillId) }))
}
