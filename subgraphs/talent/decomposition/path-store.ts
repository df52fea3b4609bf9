// The ways of opportunities to their ends, without names and texts: declared reads of labels of sales and customers. Counted is
// who may be counted: customers for ANALYTICS, as metrics count them, and sellers for WORKFORCE_PLANNING.
import type { Reader, Row } from '../../../core/graph/graph.ts'
import { type Policy, regimeOf } from '../../../core/policy/policy.ts'
import type { Purpose } from '../../../core/viewer.ts'
import { creditedSellers } from '../profiles/sales-store.ts'
import type { SalesPath } from './mined-paths.ts'
import { minedSteps } from './mined-steps.ts'

/** How many of the opportunities that were closed last are looked at. */
const NEWEST = 2000

const CLOSED = `
MATCH (o:Opportunity)
WHERE o.stage IN ['WON', 'LOST'] AND o.closedAt IS NOT NULL
WITH o ORDER BY o.closedAt DESC, o.id LIMIT $newest
MATCH (o)<-[:PURSUES]-(:Customer)-[:MERGED_INTO*0..1]->(c:Customer)
WHERE c.mergedInto IS NULL
RETURN o.id, o.stage, o.openedAt, o.closedAt, c.id AS customerId, c.region,
  [(c)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.recipient = '' | k.purpose], [(c)<-[:OWNS]-(s:Seller) | s.id]`

const SELLERS = `
UNWIND $ids AS wanted
MATCH (s:Seller {id: wanted})
RETURN s.id, s.region, [(s)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.recipient = '' | k.purpose]`

const STAGES = `
UNWIND $ids AS wanted
MATCH (o:Opportunity {id: wanted})-[:ENTERED]->(h:StageEntry)
RETURN o.id, h.at, h.stage`

// A person leads to the periods of all of its parts.
const INTERACTIONS = `
UNWIND $windows AS way
MATCH (c:Customer {id: way.customerId})-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
WHERE i.occurredAt >= way.openedAt AND i.occurredAt <= way.closedAt
RETURN way.id, i.occurredAt, i.touchpoint, i.intent`

interface Window {
  readonly id: string
  readonly customerId: string
  readonly openedAt: string
  readonly closedAt: string
}

/** The paths of the newest opportunities that were won or lost, in five statements however many they are. */
export async function salesPaths(reader: Reader, policy: Policy): Promise<readonly SalesPath[]> {
  const rows = await reader.run(CLOSED, { newest: NEWEST })
  const counted = rows.filter(([, , , , , region, consents]) => mayBeUsed(policy, 'ANALYTICS', region, consents))
  const ids = counted.map(([id]) => String(id))
  const credited = await creditedSellers(reader, ids)
  const sellerOf = ([id, , , , , , , owners]: Row) => credited.get(String(id)) ?? firstOf(owners)
  const sellerIds = [...new Set(counted.flatMap(row => sellerOf(row) ?? []))]
  const sellers = new Set(
    (await reader.run(SELLERS, { ids: sellerIds }))
      .filter(([, region, consents]) => mayBeUsed(policy, 'WORKFORCE_PLANNING', region, consents))
      .map(([id]) => String(id)),
  )
  const ways = counted.flatMap(row => {
    const [id, stage, openedAt, closedAt, customerId] = row
    const sellerId = sellerOf(row)
    if (sellerId === undefined || !sellers.has(sellerId)) return []
    const window: Window = {
      id: String(id),
      customerId: String(customerId),
      openedAt: String(openedAt),
      closedAt: String(closedAt),
    }
    return [{ window, sellerId, isWon: stage === 'WON' }]
  })
  const steps = await stepsOf(
    reader,
    ways.map(({ window }) => window),
  )
  return ways.map(({ window: { id, customerId }, sellerId, isWon }) => {
    return { sellerId, customerId, isWon, steps: steps.get(id) ?? [] }
  })
}

/** The kinds of the steps within each window, in the order of time. What the table does not know is left out. */
async function stepsOf(reader: Reader, windows: readonly Window[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const stages = await reader.run(STAGES, { ids: windows.map(({ id }) => id) })
  const interactions = await reader.run(INTERACTIONS, { windows: windows.map(each => ({ ...each })) })
  const seen = [
    ...stages.map(([id, at, stage]) => [id, at, kindOf('stage', stage)] as const),
    ...interactions.map(([id, at, touchpoint, intent]) => {
      return [id, at, kindOf('intent', intent) ?? kindOf('touchpoint', touchpoint)] as const
    }),
  ]
  const byWindow = new Map<string, [at: string, kind: string][]>()
  for (const [id, at, kind] of seen) {
    if (kind === undefined) continue
    const steps = byWindow.get(String(id)) ?? []
    steps.push([String(at), kind])
    byWindow.set(String(id), steps)
  }
  return new Map([...byWindow].map(([id, steps]) => [id, steps.sort(byTimeThenKind).map(([, kind]) => kind)]))
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
