// A world as it lies in the graph.
import { BY_GUARDIAN } from '../../core/consent/consent-store.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { CHAIN_ALL } from '../../subgraphs/customers/period-chain.ts'
import { customerBatches } from './twin-graph-customers.ts'
import { sellerBatches } from './twin-graph-sellers.ts'
import type { TwinWorld } from './twin-worlds.ts'

/** A statement and its rows. */
export type Batch = readonly [statement: string, rows: readonly object[]]

const EMPTY_OF_WORLDS = `
MATCH (n)
WHERE n:Customer OR n:Account OR n:Seller OR n:Consent OR n:Period OR n:Interaction OR n:Opportunity OR n:Product
  OR n:StageEntry OR n:DeadLetter OR n:Order OR n:Fulfilment OR n:SourceRecord OR n:MatchReview OR n:SkillEvidence
  OR n:LedgerAccount OR n:Posting OR n:Task OR n:Contribution OR n:Settlement OR n:Assignment OR n:Trade OR n:TradeLeg
  OR n:MetricEntity
DETACH DELETE n`
const CREATE_CONSENTS = `
UNWIND $rows AS row
MATCH (c {id: row.subjectId})
WHERE c:Customer OR c:Seller
CREATE (k:Consent {id: row.key, key: row.key, purpose: row.purpose, recipient: row.recipient, state: row.state, since: '2026-01-01T00:00:00.000Z'})
SET k.givenBy = row.givenBy
CREATE (k)-[:OF]->(c)`
const CREATE_DEAD_LETTERS = `
UNWIND $rows AS row
CREATE (:DeadLetter {id: row.id, key: row.id, source: 'call', eventId: row.id, place: 'here', reason: 'SCHEMA',
  detail: 'customer', payload: row.payload, at: '2026-01-01T00:00:00.000Z'})`

/** Writes the world in the place of the one before it; the log stays. */
export async function writeTwin(graph: Graph, world: TwinWorld): Promise<void> {
  const batches: readonly Batch[] = [
    ...sellerBatches(world),
    ...customerBatches(world),
    [CREATE_CONSENTS, [...world.customers, ...world.sellers].flatMap(toConsents)],
    [CREATE_DEAD_LETTERS, world.payloads.map((payload, n) => ({ id: `letter-${n}`, payload }))],
  ]
  await graph.write(async unit => {
    await unit.run(EMPTY_OF_WORLDS)
    for (const [statement, rows] of batches) if (rows.length > 0) await unit.run(statement, { rows: rows as never })
    for (const statement of CHAIN_ALL) await unit.run(statement)
  })
}

function toConsents({ id, consents }: TwinWorld['customers' | 'sellers'][number]) {
  return consents.map(({ isByGuardian = false, ...each }) => ({
    ...each,
    subjectId: id,
    key: `${id}/${each.purpose}/${each.recipient}`,
    givenBy: isByGuardian ? BY_GUARDIAN : null,
  }))
}
