// How many customers gave which consents: all that an explanation reads, and it reads nobody's in particular.
import { cypher } from '../graph/cypher.ts'
import type { Reader } from '../graph/graph.ts'
import type { SubjectState } from '../policy/decide-access.ts'
import { STATE_BUT_AGE, toSubject, type VisibleRows } from './consent-store.ts'

const ALL_CUSTOMERS = `
MATCH (c:Customer)
WHERE c.mergedInto IS NULL
RETURN count(c)`

/** How many customers there are. */
export async function customerCount(reader: Reader): Promise<number> {
  const [[all = 0] = []] = await reader.run(ALL_CUSTOMERS)
  return Number(all)
}

export interface ConsentCount {
  readonly state: SubjectState
  readonly customers: number
}

/**
 * Counts those that the viewer may know of by residence and consents towards this viewer, all as if they were of age. A
 * state may stand several times. One statement.
 */
export async function consentCounts(
  reader: Reader,
  { allVisible, params }: VisibleRows,
): Promise<readonly ConsentCount[]> {
  const statement = cypher`${allVisible}
RETURN c.region, ${STATE_BUT_AGE}, count(*)`
  const rows = await reader.run(statement, params)
  return rows.map(([region, state, customers]) => ({
    state: toSubject(null, region, state),
    customers: Number(customers),
  }))
}
