// What talent asks of the graph about evidence as the person sees it, contests it, and has it decided.
import { SUBJECT_STATE, toSubject, visibleSellers } from '../../../core/consent/consent-store.ts'
import type { RequestContext } from '../../../core/context.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row, UnitOfWork } from '../../../core/graph/graph.ts'
import { equals, listingOf } from '../../../core/listing.ts'
import type { PageRequest } from '../../../core/paging.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import { SKILL, toSkill } from '../skills/skill-store.ts'
import type { Skill } from '../skills/types.ts'
import type { Behaviour } from './behaviours.ts'
import type { ContestReason, Review, SeenEvidence } from './counted.ts'
import { SEEN, toSeen } from './evidence-store.ts'

/** A piece of evidence as it was found, with whose it is. */
export interface FoundEvidence extends SeenEvidence {
  readonly id: string
  readonly standing: string
  readonly behaviour: Behaviour
  readonly evidenceEntryId: string
  readonly reason: ContestReason | null
  readonly contestedAt: string | null
  readonly reviewedAt: string | null
  readonly skill: Skill
  readonly subject: Subject
}

const FOUND = cypher`c.id, c.region, ${SUBJECT_STATE}, e.id AS pieceId, e.standing, e.behaviour, e.evidenceEntryId, e.reason,
  e.contestedAt, e.reviewedAt, ${SEEN}, ${SKILL}`

const PIECES_OF_EACH = cypher`
UNWIND $standings AS wanted
CALL (wanted) {
  MATCH (e:SkillEvidence {standing: wanted})
  WHERE e.id > $afterId
  RETURN e
  ORDER BY e.id LIMIT $limit
}
MATCH (c:Seller)-[:SHOWED]->(e)
MATCH (e)-[:TELLS_OF]->(k:Skill)
WHERE`

const CONTESTS_PAGE = cypher`
MATCH (e:SkillEvidence {review: $review})
WHERE e.id > $afterId
MATCH (c:Seller)-[:SHOWED]->(e)
MATCH (e)-[:TELLS_OF]->(k:Skill)
WHERE`

const PIECE = cypher`
MATCH (e:SkillEvidence {id: $id})<-[:SHOWED]-(c:Seller)
MATCH (e)-[:TELLS_OF]->(k:Skill)
RETURN c.id, k.id AS skillId, ${SEEN}`

const CONTEST = `
MATCH (e:SkillEvidence {id: $id})
SET e.review = 'CONTESTED', e.reason = $reason, e.proposedOutcome = $outcome, e.proposedComplexity = $complexity,
  e.contestedAt = $at, e.revision = e.revision + 1, e.evidenceEntryId = $evidenceEntryId`

const DECIDE = `
MATCH (e:SkillEvidence {id: $id})
SET e.review = $review, e.reviewedAt = $at, e.revision = e.revision + 1, e.evidenceEntryId = $evidenceEntryId`

export interface ContestStore {
  /** What each of these standings is made of, in the order of the ids, one more than asked for. */
  evidenceOf(standings: readonly string[], page: PageRequest): Promise<ReadonlyMap<string, readonly FoundEvidence[]>>
  /** Evidence on which the review stands there, in the order of the ids, one more than asked for. */
  contestsPage(page: PageRequest, review: Review): Promise<readonly FoundEvidence[]>
}

/** What became of a contest. */
const REVIEW = { type: 'SkillContest', field: 'review', name: cypher`review`, value: cypher`e.review` }

export function contestStore({ policy, viewer, masks, services: { graph } }: RequestContext): ContestStore {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const pageParams = ({ first, afterId = '' }: PageRequest) => ({ ...params, afterId, limit: first + 1 })
  return {
    evidenceOf: async (standings, page) => {
      const statement = cypher`${PIECES_OF_EACH} ${isVisible}
RETURN ${FOUND}
ORDER BY wanted, pieceId`
      const found = new Map<string, FoundEvidence[]>()
      for (const each of (await graph.read(statement, { ...pageParams(page), standings })).map(toFound)) {
        const ofStanding = found.get(each.standing) ?? []
        ofStanding.push(each)
        found.set(each.standing, ofStanding)
      }
      return found
    },
    contestsPage: async (page, review) => {
      const asked = { listed: REVIEW, parameter: cypher`$review`, given: review, compare: equals }
      const { where = cypher`true`, params: ofReview } = listingOf(masks, [asked], undefined)
      const statement = cypher`${CONTESTS_PAGE} ${isVisible} AND ${where}
RETURN ${FOUND}
ORDER BY pieceId LIMIT $limit`
      return (await graph.read(statement, { ...pageParams(page), ...ofReview, review })).map(toFound)
    },
  }
}

function toFound(row: Row): FoundEvidence {
  const [sellerId, region, state, id, standing, behaviour, evidenceEntryId, reason, contestedAt, reviewedAt] = row
  const found = { id, standing, behaviour, evidenceEntryId, reason, contestedAt, reviewedAt }
  return {
    ...(found as Pick<FoundEvidence, keyof typeof found>),
    ...toSeen(row.slice(10, 18)),
    skill: toSkill(row.slice(18)),
    subject: toSubject(sellerId, region, state),
  }
}

/** Whose a piece of evidence is, for what, and how it stands. */
export interface Piece extends SeenEvidence {
  readonly sellerId: string
  readonly skillId: string
}

export async function pieceById(reader: Reader, id: string): Promise<Piece | undefined> {
  const [row] = await reader.run(PIECE, { id })
  if (row === undefined) return undefined
  const [sellerId, skillId, ...seen] = row
  return { sellerId: String(sellerId), skillId: String(skillId), ...toSeen(seen) }
}

interface Written {
  readonly id: string
  readonly at: string
  readonly evidenceEntryId: string
}

/** `outcome` and `complexity` are what the person proposes in place of what was seen; null proposes nothing. */
export async function keepContest(
  unit: UnitOfWork,
  contest: Written & {
    readonly reason: ContestReason
    readonly outcome: number | null
    readonly complexity: number | null
  },
): Promise<void> {
  await unit.run(CONTEST, { ...contest })
}

export async function keepDecision(unit: UnitOfWork, decision: Written & { readonly review: Review }): Promise<void> {
  await unit.run(DECIDE, { ...decision })
}
