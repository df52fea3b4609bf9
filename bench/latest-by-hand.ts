// The question of the graph bench, asked by the best statements that we can write by hand: a page of customers, of each its
// consents and its latest interactions.
import type { ViewerClaims } from '../core/development.ts'
import type { GraphValue, Params, Row } from '../core/graph/graph.ts'

export const PAGE = 50
export const LATEST = 10
export const PURPOSE = 'SALES_FOLLOW_UP'

/** Runs a statement on the engine itself, past the project. */
export type Direct = (statement: string, params: Params) => Promise<readonly Row[]>

// One row a customer, so that its columns travel once; the list holds what the answer shows and no more. Whoever may not know
// when things happened is shown them by id: an order by time would tell.
const page = (customers: string, timeline: string) => `
${customers}
WITH c ORDER BY c.id LIMIT $limit
WITH c, [(c)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.recipient = '' | k.purpose] AS consents
${timeline}
ORDER BY c.id`

const newestOf = (periods: string) => `
CALL (c, consents) {
  ${periods} WHERE $purpose IN consents
  WITH p ORDER BY p.month DESC LIMIT $latest
  MATCH (p)-[:HAD]->(i:Interaction)
  WITH i ORDER BY i.occurredAt DESC, i.id LIMIT $latest
  RETURN collect([i.id, i.touchpoint, i.occurredAt, i.intent]) AS dated
}
CALL (c, consents) {
  MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction) WHERE NOT $purpose IN consents
  WITH i ORDER BY i.id LIMIT $latest
  RETURN collect([i.id, i.touchpoint, i.occurredAt, i.intent]) AS undated
}
RETURN c.id, consents, dated + undated`

const TIMELINES = {
  all: `
CALL (c, consents) {
  MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
  WITH i, CASE WHEN $purpose IN consents THEN i.occurredAt ELSE '' END AS shownAt
  ORDER BY shownAt DESC, i.id LIMIT $latest
  RETURN collect([i.id, i.touchpoint, i.occurredAt, i.intent]) AS latest
}
RETURN c.id, consents, latest`,
  newestPeriods: newestOf('MATCH (c)-[:IN_PERIOD]->(p:Period)'),
  chain: newestOf('MATCH (:Period {key: c.newestPeriod})-[:OLDER*0..10]->(p:Period)'),
} as const

const CUSTOMERS_OF = {
  MANAGER: 'MATCH (c:Customer) WHERE c.region = $region',
  REP: 'MATCH (:Seller {id: $seller})-[:OWNS]->(c:Customer)',
} as const

export type Way = keyof typeof TIMELINES
export const ways = Object.keys(TIMELINES) as readonly Way[]

/** Rows of id, purposes consented to, and the latest interactions. */
export function latestByHand(direct: Direct, way: Way, { kind, id, region }: ViewerClaims): Promise<readonly Row[]> {
  const params = { limit: PAGE + 1, latest: LATEST, purpose: PURPOSE }
  return kind === 'MANAGER'
    ? direct(page(CUSTOMERS_OF.MANAGER, TIMELINES[way]), { ...params, region: region ?? '' })
    : direct(page(CUSTOMERS_OF.REP, TIMELINES[way]), { ...params, seller: id })
}

/** What the operation must answer: everything behind the consent to the purpose, the intent behind that to AI_DECISION as well. */
export function answerOf(rows: readonly Row[]): unknown {
  const shown = rows.slice(0, PAGE)
  const last = shown.at(-1)?.[0] ?? null
  const edges = shown.map(([id, held, latest]) => {
    const consents = held as readonly GraphValue[]
    const isShown = consents.includes(PURPOSE)
    const isIntentShown = isShown && consents.includes('AI_DECISION')
    const timeline = (latest as readonly Row[]).map(([interaction, touchpoint, occurredAt, intent]) => ({
      node: {
        id: interaction,
        touchpoint: isShown ? touchpoint : null,
        occurredAt: isShown ? occurredAt : null,
        intent: isIntentShown ? intent : null,
      },
    }))
    return { node: { id, timeline: { edges: timeline } } }
  })
  return { customers: { edges, pageInfo: { hasNextPage: rows.length > PAGE, endCursor: cursorOf(last) } } }
}

const cursorOf = (id: GraphValue) => (id === null ? null : Buffer.from(`customers ${id}`).toString('base64url'))
