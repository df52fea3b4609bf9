// What talent asks of the graph about people. Every read carries the rows that the viewer may know of and their consents.
import { SUBJECT_STATE, toSubject, visibleSellers } from '../../../core/consent/consent-store.ts'
import type { RequestContext } from '../../../core/context.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row } from '../../../core/graph/graph.ts'
import type { PageRequest } from '../../../core/paging.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import { SKILL, toSkill } from '../skills/skill-store.ts'
import type { Skill } from '../skills/types.ts'
import type { Standing } from './level.ts'

export interface FoundSellerSkill {
  /** Tells nothing of the skill. */
  readonly id: string
  readonly skill: Skill
  readonly standing: Standing
  readonly subject: Subject
}

/** The columns of a standing `h`, which is how a seller is at a skill. */
export const STANDING = cypher`h.success, h.failure, h.seenAt`

const SKILLS_OF_EACH = cypher`
CALL (c) {
  MATCH (c)-[h:HAS_SKILL]->(k:Skill)
  WHERE h.id > $afterId
  RETURN h, k
  ORDER BY h.id LIMIT $limit
}
RETURN c.id, c.region, ${SUBJECT_STATE}, h.id AS standingId, ${STANDING}, ${SKILL}
ORDER BY c.id, standingId`

/** From the columns of STANDING. */
export function toStanding([success, failure, asOf]: Row): Standing {
  return { success: Number(success), failure: Number(failure), asOf: asOf as Standing['asOf'] }
}

export interface ProfileStore {
  /** In the order of their ids, one more than asked for. */
  sellersPage(page: PageRequest): Promise<readonly { readonly id: string }[]>
  /** What each of these sellers was seen at, in the order of the ids, one more than asked for. */
  skillsOf(sellerIds: readonly string[], page: PageRequest): Promise<ReadonlyMap<string, readonly FoundSellerSkill[]>>
}

export function profileStore({ policy, viewer, services: { graph } }: RequestContext): ProfileStore {
  const reader: Reader = { run: graph.read.bind(graph) }
  const { isVisible, params } = visibleSellers(policy, viewer)
  return {
    sellersPage: async ({ first, afterId = '' }) => {
      const statement = cypher`
MATCH (c:Seller)
WHERE c.id > $afterId AND ${isVisible}
RETURN c.id
ORDER BY c.id LIMIT $limit`
      const rows = await reader.run(statement, { ...params, afterId, limit: first + 1 })
      return rows.map(([id]) => ({ id: String(id) }))
    },
    skillsOf: async (sellerIds, { first, afterId = '' }) => {
      const statement = cypher`
UNWIND $sellerIds AS wanted
MATCH (c:Seller {id: wanted})
WHERE ${isVisible}${SKILLS_OF_EACH}`
      const found = new Map<string, FoundSellerSkill[]>()
      for (const [id, region, state, standingId, ...rest] of await reader.run(statement, {
        ...params,
        sellerIds,
        afterId,
        limit: first + 1,
      })) {
        const ofSeller = found.get(String(id)) ?? []
        ofSeller.push({
          id: String(standingId),
          skill: toSkill(rest.slice(3)),
          standing: toStanding(rest.slice(0, 3)),
          subject: toSubject(id, region, state),
        })
        found.set(String(id), ofSeller)
      }
      return found
    },
  }
}
