// The ways of opportunities to their ends, without names and texts: declared reads of labels of sales and customers. Counted is
// who may be counted: customers for ANALYTICS, as metrics count them, and sellers for WORKFORCE_PLANNING.
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader } from '../../../core/graph/graph.ts'
import { type Policy, regimeOf } from '../../../core/policy/policy.ts'
import type { Purpose } from '../../../core/viewer.ts'
import { sourceName } from '../profiles/evidence-store.ts'
import type { SalesPath } from './mined-paths.ts'
import { minedSteps } from './mined-steps.ts'

/** How many of the opportunities that were closed last are looked at. */
const NEWEST = 2000

// Each statement finds them anew: were they named to the next one, how many there are would show in what is asked.
const CLOSED = cypher`
MATCH (o:Opportunity)
WHERE o.stage IN ['WON', 'LOST'] AND o.closedAt IS NOT NULL
WITH o ORDER BY o.closedAt DESC, o.id LIMIT $newest
MATCH (o)<-[:PURSUES]-(:Customer)-[:MERGED_INTO*0..1]->(c:Customer)
WHERE c.mergedInto IS NULL`

const ENDS = cypher`${CLOSED}
RETURN o.id, o.stage, c.id AS customerId, c.region,
  [(c)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.recipient = '' | k.purpose], [(c)<-[:OWNS]-(s:Seller) | s.id]`

const CREDITED = cypher`${CLOSED}
WITH o, $evidence + o.id AS source
MATCH (e:SkillEvidence {source: source})<-[:SHOWED]-(s:Seller)
WHERE e.isRetracted = false
RETURN o.id, s.id AS sellerId`

const SELLERS = `
MATCH (s:Seller)
RETURN s.id, s.region, [(s)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.recipient = '' | k.purpose]`

const STAGES = cypher`${CLOSED}
MATCH (o)-[:ENTERED]->(h:StageEntry)
RETURN o.id, h.at, h.stage`

// A person leads to the periods of all of its parts.
const INTERACTIONS = cypher`${CLOSED}
MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
WHERE i.occurredAt >= o.openedAt AND i.occurredAt <= o.closedAt
RETURN o.id, i.occurredAt, i.touchpoint, i.intent`

/** The paths of the newest opportunities that were won or lost, in the same five statements whatever there is. */
export async function salesPaths(reader: Reader, policy: Policy): Promise<readonly SalesPath[]> {
  const ends = await reader.run(ENDS, { newest: NEWEST })
  const credited = new Map(
    (await reader.run(CREDITED, { newest: NEWEST, evidence: sourceName('OPPORTUNITY', '') })).map(([id, sellerId]) => [
      String(id),
      String(sellerId),
    ]),
  )
  const sellers = new Set(
    (await reader.run(SELLERS))
      .filter(([, region, consents]) => mayBeUsed(policy, 'WORKFORCE_PLANNING', region, consents))
      .map(([id]) => String(id)),
  )
  const counted = ends.flatMap(([id, stage, customerId, region, consents, owners]) => {
    const sellerId = credited.get(String(id)) ?? firstOf(owners)
    if (sellerId === undefined || !sellers.has(sellerId)) return []
    if (!mayBeUsed(policy, 'ANALYTICS', region, consents)) return []
    return [{ id: String(id), customerId: String(customerId), sellerId, isWon: stage === 'WON' }]
  })
  const steps = await stepsOf(reader, new Set(counted.map(({ id }) => id)))
  return counted.map(({ id, ...path }) => ({ ...path, steps: steps.get(id) ?? [] }))
}

/** The kinds of the steps on each of these ways, in the order of time. What the table does not know is left out. */
async function stepsOf(reader: Reader, counted: ReadonlySet<string>): Promise<ReadonlyMap<string, readonly string[]>> {
  const stages = await reader.run(STAGES, { newest: NEWEST })
  const interactions = await reader.run(INTERACTIONS, { newest: NEWEST })
  const seen = [
    ...stages.map(([id, at, stage]) => [id, at, kindOf('stage', stage)] as const),
    ...interactions.map(([id, at, touchpoint, intent]) => {
      return [id, at, kindOf('intent', intent) ?? kindOf('touchpoint', touchpoint)] as const
    }),
  ]
  const found = new Map<string, [at: string, kind: string][]>()
  for (const [id, at, kind] of seen) {
    if (kind === undefined || !counted.has(String(id))) continue
    const steps = found.get(String(id)) ?? []
    steps.push([String(at), kind])
    found.set(String(id), steps)
  }
  return new Map([...found].map(([id, steps]) => [id, steps.sort(byTimeThenKind).map(([, kind]) => kind)]))
}

/** As the table names it; undefined for what it does not know. */
function kindOf(family: 'stage' | 'intent' | 'touchpoint', value: unknown): string | undefined {
  const kind = `${family}-${String(value).toLowerCase().replaceAll('_', '-')}`
  return minedSteps.has(kind) ? kind : undefined
}

function byTimeThenKind([at, kind]: [string, string], [otherAt, otherKind]: [string, string]): number {
  if (at !== otherAt) return at < otherAt ? -1 : 1
  if (kind === otherKind) return 0
  return kind < otherKind ? -1 : 1
}

/** Whether the purpose rests on no consent where the subject lives, or the subject consents to it. */
function mayBeUsed(policy: Policy, purpose: Purpose, region: unknown, consents: unknown): boolean {
  const { bases } = regimeOf(policy, typeof region === 'string' ? region : '')
  return !bases[purpose].consent || (Array.isArray(consents) && consents.includes(purpose))
}

function firstOf(owners: unknown): string | undefined {
  return Array.isArray(owners) ? owners.map(String).sort()[0] : undefined
}
