// Won and lost opportunities in the graph. Two sellers win four each, all by the same way; a third wins three of twelve by
// calling. Everybody consents to be counted.
import type { Graph } from '../../core/graph/graph.ts'

/** The id of what the best two share. */
export const SHARED_PATH = 'touchpoint-visit>intent-technical-inquiry>stage-proposal'

const BEST = ['best-1', 'best-2']
const USUAL = 'usual'

const SELLERS = `
UNWIND $ids AS id
MERGE (s:Seller {id: id})
SET s.name = id, s.region = 'CN-SH'
CREATE (k:Consent {id: 'k/' + id, key: 'k/' + id, purpose: 'WORKFORCE_PLANNING', recipient: '', state: 'GIVEN'})
CREATE (k)-[:OF]->(s)`

const OPPORTUNITIES = `
UNWIND $rows AS row
MATCH (s:Seller {id: row.sellerId})
CREATE (c:Customer {id: row.id, number: row.id, region: 'CN-SH', revision: 1})
CREATE (s)-[:OWNS]->(c)
CREATE (k:Consent {id: 'k/' + row.id, key: 'k/' + row.id, purpose: 'ANALYTICS', recipient: '', state: 'GIVEN'})
CREATE (k)-[:OF]->(c)
CREATE (o:Opportunity {id: 'o/' + row.id, stage: row.stage, openedAt: '2026-01-01T00:00:00.000Z',
  closedAt: '2026-01-31T00:00:00.000Z'})
CREATE (c)-[:PURSUES]->(o)
CREATE (c)-[:IN_PERIOD]->(:Period {key: 'p/' + row.id})`

const INTERACTIONS = `
UNWIND $rows AS row
MATCH (p:Period {key: 'p/' + row.of})
CREATE (p)-[:HAD]->(:Interaction {id: row.id, occurredAt: row.at, touchpoint: row.touchpoint, intent: row.intent,
  text: 'what nobody is told'})`

const PROPOSALS = `
UNWIND $ids AS id
MATCH (o:Opportunity {id: 'o/' + id})
CREATE (o)-[:ENTERED]->(:StageEntry {id: 'h/' + id, key: 'h/' + id, stage: 'PROPOSAL', at: '2026-01-04T00:00:00.000Z'})`

export async function keepSalesPaths(graph: Graph): Promise<void> {
  const won = BEST.flatMap(sellerId =>
    [1, 2, 3, 4].map(number => ({ id: `${sellerId}/${number}`, sellerId, stage: 'WON' })),
  )
  const others = Array.from({ length: 12 }, (_, index) => ({
    id: `${USUAL}/${index}`,
    sellerId: USUAL,
    stage: index < 3 ? 'WON' : 'LOST',
  }))
  const said = (of: string, at: string, touchpoint: string, intent: string | null) => ({
    id: `${of} ${at}`,
    of,
    at: `${at}T00:00:00.000Z`,
    touchpoint,
    intent,
  })
  const interactions = [
    ...won.flatMap(({ id }) => [
      // After the end: no part of the way.
      said(id, '2026-02-02', 'MAIL', null),
      said(id, '2026-01-03', 'PHONE', 'TECHNICAL_INQUIRY'),
      said(id, '2026-01-02', 'VISIT', null),
    ]),
    ...others.map(({ id }) => said(id, '2026-01-02', 'PHONE', 'OTHER')),
  ]
  await graph.write(async unit => {
    await unit.run(SELLERS, { ids: [...BEST, USUAL] })
    await unit.run(OPPORTUNITIES, { rows: [...won, ...others] })
    await unit.run(INTERACTIONS, { rows: interactions })
    await unit.run(PROPOSALS, { ids: won.map(({ id }) => id) })
  })
}
