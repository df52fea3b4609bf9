// What talent asks of the graph about who is new, and about who could guide: only who consents is proposed to others.
import { SUBJECT_STATE, toSubject, visibleSellers } from '../../../core/consent/consent-store.ts'
import type { RequestContext } from '../../../core/context.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row } from '../../../core/graph/graph.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import type { Standing } from '../profiles/level.ts'
import { STANDING, toStanding } from '../profiles/profile-store.ts'
import { SKILL, toSkill } from '../skills/skill-store.ts'
import type { Skill } from '../skills/types.ts'

export interface FoundPerson {
  readonly subject: Subject
  /** By the URI of the skill. */
  readonly standings: ReadonlyMap<string, Standing>
}

export interface FoundGuide {
  readonly sellerId: string
  readonly region: string
  readonly uri: string
  readonly standing: Standing
}

/** How often two worked together, and how well. */
export interface Acquaintance {
  readonly together: number
  readonly outcome: number
  /** With whom the other one worked. */
  readonly colleagues: ReadonlySet<string>
}

const GUIDES = cypher`
UNWIND $uris AS wanted
MATCH (k:Skill {uri: wanted})<-[h:HAS_SKILL]-(c:Seller)
WHERE EXISTS { MATCH (c)<-[:OF]-(given:Consent) WHERE given.state = 'GIVEN' AND given.purpose = 'WORKFORCE_PLANNING' }
RETURN c.id, c.region, k.uri, ${STANDING}`

const COLLEAGUES = `
UNWIND $ids AS wanted
MATCH (c:Seller {id: wanted})-[w:WORKED_WITH]->(m:Seller)
RETURN c.id, m.id, w.count, w.outcome, [(m)-[:WORKED_WITH]->(n:Seller) | n.id]`

const SKILLS_BY_URI = cypher`
UNWIND $uris AS wanted
MATCH (k:Skill {uri: wanted})
RETURN ${SKILL}`

/** These sellers, of whom the viewer may know, with all that they were seen at. */
export async function peopleOf(
  { policy, viewer, services: { graph } }: RequestContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FoundPerson>> {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const statement = cypher`
UNWIND $ids AS wanted
MATCH (c:Seller {id: wanted})
WHERE ${isVisible}
RETURN c.id, c.region, ${SUBJECT_STATE}, [(c)-[h:HAS_SKILL]->(k:Skill) | [k.uri, ${STANDING}]]`
  const rows = await graph.read(statement, { ...params, ids })
  return new Map(
    rows.map(([id, region, state, skills]) => {
      const standings = (skills as readonly Row[]).map(
        ([uri, ...standing]) => [String(uri), toStanding(standing)] as const,
      )
      return [String(id), { subject: toSubject(id, region, state), standings: new Map(standings) }]
    }),
  )
}

/** Everybody who consents to be found, at each of these skills. */
export async function guidesAt(reader: Reader, uris: readonly string[]): Promise<readonly FoundGuide[]> {
  return (await reader.run(GUIDES, { uris })).map(([sellerId, region, uri, ...standing]) => ({
    sellerId: String(sellerId),
    region: String(region ?? ''),
    uri: String(uri),
    standing: toStanding(standing),
  }))
}

/** With whom each of these worked. */
export async function colleaguesOf(
  reader: Reader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, Acquaintance>>> {
  const found = new Map<string, Map<string, Acquaintance>>()
  for (const [id, colleagueId, together, outcome, theirs] of await reader.run(COLLEAGUES, { ids })) {
    const acquaintances = found.get(String(id)) ?? new Map<string, Acquaintance>()
    const colleagues = new Set((theirs as readonly string[]).map(String))
    acquaintances.set(String(colleagueId), { together: Number(together), outcome: Number(outcome), colleagues })
    found.set(String(id), acquaintances)
  }
  return found
}

export async function skillsByUri(reader: Reader, uris: readonly string[]): Promise<ReadonlyMap<string, Skill>> {
  const skills = (await reader.run(SKILLS_BY_URI, { uris })).map(toSkill)
  return new Map(skills.map(skill => [skill.uri, skill]))
}
