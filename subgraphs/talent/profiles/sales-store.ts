// How opportunities ended, and for whom: declared reads of labels of sales and customers.
import type { Reader } from '../../../core/graph/graph.ts'
import { complexityOfSale } from './behaviours.ts'
import { sourceName } from './evidence-store.ts'
import type { Observation, Told } from './observe.ts'

// The seller of evidence that there is stays: who looks after the customer now did not close what was closed before.
const OUTCOMES = `
UNWIND $ids AS wanted
MATCH (c:Customer)-[:PURSUES]->(o:Opportunity {id: wanted})
RETURN o.id, o.stage, o.openedAt, o.closedAt, c.id AS customerId, [(c)<-[:OWNS]-(s:Seller) | s.id]`

const CREDITED = `
UNWIND $sources AS wanted
MATCH (e:SkillEvidence {source: wanted})<-[:SHOWED]-(s:Seller)
WHERE e.isRetracted = false
RETURN wanted, s.id`

const nameOf = (opportunityId: string) => sourceName('OPPORTUNITY', opportunityId)

/** What these opportunities tell of their sellers; of those that are not closed, or no more, that they tell nothing. */
export async function outcomesOf(reader: Reader, opportunityIds: readonly string[]): Promise<Told> {
  const sources = opportunityIds.map(nameOf)
  const credited = new Map(
    (await reader.run(CREDITED, { sources })).map(([source, sellerId]) => [source, String(sellerId)]),
  )
  const rows = await reader.run(OUTCOMES, { ids: opportunityIds })
  const observations: Observation[] = []
  for (const [opportunityId, stage, openedAt, closedAt, customerId, owners] of rows) {
    const sourceId = String(opportunityId)
    const sellerId = credited.get(nameOf(sourceId)) ?? (owners as readonly string[])[0]
    if (sellerId === undefined || typeof closedAt !== 'string' || (stage !== 'WON' && stage !== 'LOST')) continue
    observations.push({
      sourceId,
      sellerId,
      behaviour: 'OPPORTUNITY',
      outcome: stage === 'WON' ? 1 : 0,
      complexity: complexityOfSale(String(openedAt), closedAt),
      at: closedAt,
      subjectId: String(customerId),
    })
  }
  const told = new Set(observations.map(({ sourceId }) => sourceId))
  return { observations, retracted: opportunityIds.filter(id => !told.has(id)).map(nameOf) }
}
