// What the log can vouch for of what sellers were seen at: each piece of evidence, with what was decided on it.
import type { CommittedFact } from '../../../core/evidence/evidence.ts'
import type { EvidencedLabel } from '../../../core/evidence/evidenced-label.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Row } from '../../../core/graph/graph.ts'

/** Of evidence `e` that seller `c` showed and that tells of skill `k`. */
export const EVIDENCE = cypher`
RETURN e.id, c.id AS subjectId, e.evidenceEntryId, e.key, k.id AS skillId, e.source, e.behaviour, e.outcome, e.complexity,
  e.weight, e.seenAt, e.isRetracted, e.review, e.proposedOutcome, e.proposedComplexity, e.reason, e.revision`

const BY_ID = cypher`
UNWIND $ids AS wanted
MATCH (e:SkillEvidence {id: wanted})<-[:SHOWED]-(c:Seller)
MATCH (e)-[:TELLS_OF]->(k:Skill)
${EVIDENCE}`

const BY_ENTRY = cypher`
UNWIND $entryIds AS wanted
MATCH (e:SkillEvidence {evidenceEntryId: wanted})<-[:SHOWED]-(c:Seller)
MATCH (e)-[:TELLS_OF]->(k:Skill)
${EVIDENCE}`

const NAMED = `
MATCH (e:SkillEvidence)
RETURN DISTINCT e.evidenceEntryId`

/** Columns: key, skillId, source, behaviour … reason, revision, as in EVIDENCE. */
export function evidenceFact(subjectId: string, id: string, columns: Row): CommittedFact {
  const revision = Number(columns.at(-1))
  return { subjectId, content: [id, ...columns], node: { label: 'SkillEvidence', id, revision } }
}

export const evidencedTalent: readonly EvidencedLabel[] = [
  { label: 'SkillEvidence', byId: BY_ID, byEntry: BY_ENTRY, entriesNamed: NAMED, toFact: evidenceFact },
]
