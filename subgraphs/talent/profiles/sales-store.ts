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

/** By opportunity, the seller whom evidence credits with its end. */
async function creditedSellers(
  reader: Reader,
  opportunityIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map(opportunityIds.map(id => [nameOf(id), id]))
  const rows = await reader.run(CREDITED, { sources: [...ids.keys()] })
  return new Map(rows.map(([source, sellerId]) => [ids.get(String(source)) ?? '', String(sellerId)]))
}

/** What these opportunities tell of their sellers; of those that are not closed, or no more, that they tell nothing. */
export async function outcomesOf(reader: Reader, opportunityIds: readonly string[]): Promise<Told> {
  const credited = await creditedSellers(reader, opportunityIds)
  const rows = await reader.run(OUTCOMES, { ids: opportunityIds })
  const observations: Observation[] = []
  for (const [opportunityId, stage, openedAt, closedAt, customerId, owners] of rows) {
    const sourceId = String(opportunityId)
    const sellerId = credited.get(sourceId) ?? (owners as readonly string[])[0]
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
