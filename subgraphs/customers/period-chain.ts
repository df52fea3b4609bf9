// The periods of a customer as a chain: the customer names its newest period, and each one leads to the next older. Whoever
// wants the newest then looks at no other, on an engine without an ordered index as well.
import type { UnitOfWork } from '../../core/graph/graph.ts'

/** Chains the periods of a graph that was written without it. */
export const CHAIN_ALL = [
  `MATCH (c:Customer)-[:IN_PERIOD]->(p:Period)
  WITH c, max(p.key) AS newest
  SET c.newestPeriod = newest`,
  `MATCH (c:Customer)-[:IN_PERIOD]->(p:Period)
  WITH c, p.key AS periodKey ORDER BY periodKey DESC
  WITH c, collect(periodKey) AS newestFirst
  UNWIND range(0, size(newestFirst) - 2) AS place
  MATCH (p:Period {key: newestFirst[place]})
  MATCH (older:Period {key: newestFirst[place + 1]})
  MERGE (p)-[:OLDER]->(older)`,
] as const

const PERIODS_OF = `
UNWIND $customerIds AS customerId
MATCH (c:Customer {id: customerId})-[:IN_PERIOD]->(p:Period)
RETURN p.key, [(p)-[:OLDER]->(older:Period) | older.key]`

const CUT = `
UNWIND $keys AS periodKey
MATCH (:Period {key: periodKey})-[link:OLDER]->(:Period)
DELETE link`

const LINK = `
UNWIND $links AS link
MATCH (p:Period {key: link[0]})
MATCH (older:Period {key: link[1]})
CREATE (p)-[:OLDER]->(older)`

/** Puts the periods of these customers in order. The unit must hold the customers against others that add periods. */
export async function chainPeriods(unit: UnitOfWork, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return
  const rows = await unit.run(PERIODS_OF, { customerIds })
  const { cut, links } = misplaced(
    rows.map(([key, older]) => ({ key: String(key), older: (older as readonly string[])[0] })),
  )
  if (cut.length > 0) await unit.run(CUT, { keys: cut })
  if (links.length > 0) await unit.run(LINK, { links })
}

export interface ChainedPeriod {
  /** The customer, a slash, the month. */
  readonly key: string
  /** The key of the period that it leads to. */
  readonly older: string | undefined
}

/** Which periods must lead to another one than they do, and which links are missing then. Pure. */
export function misplaced(periods: readonly ChainedPeriod[]) {
  const cut: string[] = []
  const links: (readonly [key: string, older: string])[] = []
  const newestFirst = periods.toSorted(
    (one, other) => descending(customerOf(one.key), customerOf(other.key)) || descending(one.key, other.key),
  )
  for (const [place, { key, older }] of newestFirst.entries()) {
    const next = newestFirst[place + 1]?.key
    const wanted = next !== undefined && customerOf(next) === customerOf(key) ? next : undefined
    if (older === wanted) continue
    if (older !== undefined) cut.push(key)
    if (wanted !== undefined) links.push([key, wanted])
  }
  return { cut, links }
}

const descending = (one: string, other: string) => (one === other ? 0 : one < other ? 1 : -1)
const customerOf = (key: string) => key.slice(0, key.lastIndexOf('/'))
