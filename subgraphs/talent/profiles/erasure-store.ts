// What talent holds of a subject, deleted: of a customer the evidence that follows from its data, of a seller its profile.
import { countIn, type ErasedCounts, type SubjectEraser } from '../../../core/erasure/eraser.ts'
import type { UnitOfWork } from '../../../core/graph/graph.ts'
import { randomIds } from '../../../core/ids.ts'
import { countAnew, PROFILES_GUARD } from './observe.ts'

const DRAWN_FROM = `
MATCH (e:SkillEvidence {subjectId: $subjectId})<-[:SHOWED]-(c:Seller)
MATCH (e)-[:TELLS_OF]->(k:Skill)
RETURN DISTINCT c.id, k.id`

const DELETE_DRAWN = `
MATCH (e:SkillEvidence {subjectId: $subjectId})
DETACH DELETE e
RETURN count(*)`

const DELETE_SHOWN = `
MATCH (c:Seller {id: $subjectId})-[:SHOWED]->(e:SkillEvidence)
DETACH DELETE e
RETURN count(*)`

const DELETE_STANDINGS = `
MATCH (c:Seller {id: $subjectId})-[h:HAS_SKILL]->(:Skill)
DELETE h`

const FORGET_COLLEAGUES = `
MATCH (c:Seller {id: $subjectId})-[w:WORKED_WITH]-(:Seller)
DELETE w`

const LEAVE_COLLABORATIONS = `
MATCH (c:Seller {id: $subjectId})-[t:TOOK_PART]->(:Collaboration)
DELETE t`

const GUIDE_NOBODY = `
MATCH (c:Seller {id: $subjectId})<-[g:GUIDED_BY]-(:Assignment)
DELETE g`

const FORGET_OBSERVATIONS = `
MATCH (o:Observation {sellerId: $subjectId})
DELETE o`

const LEAVE_JOINT_WORK = `
MATCH (j:JointWork)
WHERE $subjectId IN j.sellerIds
SET j.sellerIds = [each IN j.sellerIds WHERE each <> $subjectId]`

const FORGOTTEN = [
  DELETE_STANDINGS,
  FORGET_COLLEAGUES,
  LEAVE_COLLABORATIONS,
  GUIDE_NOBODY,
  FORGET_OBSERVATIONS,
  LEAVE_JOINT_WORK,
]

export const talentEraser: SubjectEraser = { part: 'talent', erase }

async function erase(unit: UnitOfWork, subjectId: string): Promise<ErasedCounts> {
  await unit.guard(PROFILES_GUARD)
  const touched = await unit.run(DRAWN_FROM, { subjectId })
  const drawn = countIn(await unit.run(DELETE_DRAWN, { subjectId }))
  const shown = countIn(await unit.run(DELETE_SHOWN, { subjectId }))
  for (const statement of FORGOTTEN) {
    await unit.run(statement, { subjectId })
  }
  const standings = touched.map(([sellerId, skillId]) => ({ sellerId: String(sellerId), skillId: String(skillId) }))
  // Only less is left, so that no standing is new: none of these ids is ever given.
  if (standings.length > 0) await countAnew(unit, randomIds, standings)
  return { SkillEvidence: drawn + shown }
}
