// How many customers gave which consents: all that an explanation reads, and it reads nobody's in particular.
import { cypher } from '../graph/cypher.ts'
import type { Reader } from '../graph/graph.ts'
import type { SubjectState } from '../policy/decide-access.ts'
import { STATE_BUT_AGE, toSubject, type VisibleRows } from './consent-store.ts'

const ALL_CUSTOMERS = `
MATCH (c:Customer)
RETURN count(c)`

export interface ConsentCount {
  readonly state: SubjectState
  readonly customers: number
}

export interface ConsentCounts {
  readonly all: number
  /** Those that the viewer may know of, by what is decided from; a state may stand several times. */
  readonly visible: readonly ConsentCount[]
}

/** Counts the customers by residence and consents towards this viewer, all as if they were of age. Two statements. */
export async function consentCounts(reader: Reader, { allVisible, params }: VisibleRows): Promise<ConsentCounts> {
  const [[all = 0] = []] = await reader.run(ALL_CUSTOMERS)
  const statement = cypher`${allVisible}
RETURN c.region, ${STATE_BUT_AGE}, count(*)`
  const rows = await reader.run(statement, params)
  const visible = rows.map(([region, state, customers]) => ({
    state: toSubject(null, region, state),
    customers: Number(customers),
  }))
  return { all: Number(all), visible }
}
