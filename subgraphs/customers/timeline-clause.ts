// The timeline of a customer as a part of a statement: newest first as far as this viewer sees the times, so that the order
// tells no more of them than they themselves do. Interactions that look alike stand by id, which is random.
import { GIVEN, imageUnder, shownOf } from '../../core/consent/images.ts'
import { type Cypher, cypher } from '../../core/graph/cypher.ts'
import type { Graph, Params } from '../../core/graph/graph.ts'
import type { FieldImage } from '../../core/policy/field-image.ts'
import type { MaskKind } from '../../core/policy/masks.ts'

/** How the newest interactions of customer `c` are reached without reading the others. */
interface Walk {
  /** Binds `period`, newest first. Each holds an interaction, so that `$periods` of them are enough for the page. */
  readonly fromNewest: Cypher
  readonly fromNewestWhereShown: Cypher
  /** The same, from the month of `afterAt` back; of that month all interactions may be newer. */
  readonly fromCursor: Cypher
  readonly order: Cypher
}

/** How far a chain is followed stands in the text of a statement, so that there are few of them: the next one that is enough. */
const LENGTHS = [cypher`8`, cypher`16`, cypher`32`, cypher`64`, cypher`128`] as const

// Neo4j takes the periods from the index of their keys, in its order, and stops within the first that fill the page. The
// embedded engine has no ordered index and finishes what it begins, so that it follows the chain as far as the page needs.
const WALKS: { readonly [engine in Graph['engine']]: (length: Cypher) => Walk } = {
  neo4j: () => ({
    fromNewest: cypher`MATCH (period:Period) WHERE period.key STARTS WITH c.id + '/'
    WITH period, period.key AS key ORDER BY key DESC`,
    fromNewestWhereShown: cypher`MATCH (period:Period) WHERE showsTime AND period.key STARTS WITH c.id + '/'
    WITH period, period.key AS key ORDER BY key DESC`,
    fromCursor: cypher`
    MATCH (period:Period) WHERE period.key > c.id + '/' AND period.key <= c.id + '/' + substring(afterAt, 0, 7)
    WITH period, period.key AS key, afterAt ORDER BY key DESC`,
    order: cypher`WITH key, i ORDER BY key DESC, i.occurredAt DESC, i.id`,
  }),
  embedded: length => ({
    fromNewest: cypher`MATCH (:Period {key: c.newestPeriod})-[:OLDER*0..${length}]->(period:Period)
    WITH period ORDER BY period.month DESC LIMIT $periods`,
    fromNewestWhereShown: cypher`MATCH (:Period {key: c.newestPeriod})-[:OLDER*0..${length}]->(period:Period) WHERE showsTime
    WITH period ORDER BY period.month DESC LIMIT $periods`,
    fromCursor: cypher`MATCH (:Period {key: c.id + '/' + substring(afterAt, 0, 7)})-[:OLDER*0..${length}]->(period:Period)
    WITH period, afterAt ORDER BY period.month DESC LIMIT $periods`,
    order: cypher`WITH i ORDER BY i.occurredAt DESC, i.id`,
  }),
}

// A cursor may name an interaction of somebody else. Where that one stands must not show. It may be one of several customers
// who turned out to be one person: then it stands for each of them.
const LAST_INTERACTION = cypher`
    OPTIONAL MATCH (last:Interaction {id: $timelineAfterId})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(of:Customer)`

/** What is read of a timeline. */
interface Read {
  readonly engine: Graph['engine']
  /** The columns of an interaction `i`. */
  readonly row: Cypher
  readonly isAfterCursor: boolean
  /** How many periods are enough: `$periods`. */
  readonly periods: number
}

export interface TimelineClause {
  /** Stands where `bound`, with `c` among them, is bound, and binds `timeline` beside it: rows, newest first. */
  readonly clause: (bound: Cypher, read: Read) => Cypher
  readonly params: Params
}

/** The timeline of customers whose times look like this. Wants the parameters of `visibleRows`, `$latest`, `$periods` and `$timelineAfterId`. */
export function timelineAs(time: FieldImage): TimelineClause {
  const shown = shownOf(time, cypher`time`)
  if (shown === 'NONE' || time.effect === 'NEVER') return { clause: (_, read) => byId(read), params: {} }
  const { mask } = time
  if (shown === 'ALL') {
    return { clause: (_, read) => (mask === undefined ? byTime(read) : byImage(read, mask, cypher`true`)), params: {} }
  }
  const clause = (bound: Cypher, read: Read) => cypher`
  WITH ${bound}, ${GIVEN}
  WITH ${bound}, ${shown.where} AS showsTime${mask === undefined ? byTimeOrId(read, bound) : byImage(read, mask, cypher`showsTime`)}`
  return { clause, params: shown.params }
}

function byTime(read: Read): Cypher {
  return cypher`
  CALL (c) {${walk(read, false)} AS timeline
  }`
}

/** By time of customers who let it be seen, by id of the others: whose interactions are not looked at where the time is seen. */
function byTimeOrId(read: Read, bound: Cypher): Cypher {
  return cypher`
  CALL (c, showsTime) {${walk(read, true)} AS dated
  }
  CALL (c, showsTime) {
    WITH c, showsTime WHERE NOT showsTime${inOrderOfId(read)} AS undated
  }
  WITH ${bound}, dated + undated AS timeline`
}

function byId(read: Read): Cypher {
  return cypher`
  CALL (c) {${inOrderOfId(read)} AS timeline
  }`
}

/** After a cursor the walk is a subquery of its own, because Neo4j keeps the order of an index only where a plan begins with it. */
function walk({ engine, row, isAfterCursor, periods }: Read, isConditional: boolean): Cypher {
  const length = LENGTHS.find(each => Number(each) >= periods - 1)
  if (length === undefined) throw new Error(`a page of ${periods} periods is longer than any chain that is followed`)
  const { fromNewest, fromNewestWhereShown, fromCursor, order } = WALKS[engine](length)
  if (!isAfterCursor) {
    return cypher`
    ${isConditional ? fromNewestWhereShown : fromNewest}
    MATCH (period)-[:HAD]->(i:Interaction)
    ${order} LIMIT $latest
    RETURN collect([${row}])`
  }
  // Before the empty time there is nothing.
  const condition = isConditional ? cypher`showsTime AND of.id = c.id` : cypher`of.id = c.id`
  return cypher`${LAST_INTERACTION}
    WITH c, max(CASE WHEN ${condition} THEN last.occurredAt ELSE '' END) AS afterAt
    CALL (c, afterAt) {
      ${fromCursor}
      MATCH (period)-[:HAD]->(i:Interaction)
      WHERE i.occurredAt < afterAt OR (i.occurredAt = afterAt AND i.id > $timelineAfterId)
      ${order} LIMIT $latest
      RETURN collect([${row}]) AS older
    }
    RETURN older`
}

function inOrderOfId({ row, isAfterCursor }: Read): Cypher {
  return cypher`
    MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)${isAfterCursor ? cypher` WHERE i.id > $timelineAfterId` : cypher``}
    WITH i ORDER BY i.id LIMIT $latest
    RETURN collect([${row}])`
}

/** Reads all of the customer's interactions: they do not lie in the order of what their times look like. */
function byImage({ row, isAfterCursor }: Read, mask: MaskKind, condition: Cypher): Cypher {
  const imports = condition === 'true' ? cypher`c` : cypher`c, showsTime`
  const ofThis = imageUnder(mask, cypher`i.occurredAt`, 'timeline')
  const keyed = cypher`CASE WHEN ${condition} THEN coalesce(${ofThis}, '') ELSE '' END AS shownAt`
  if (!isAfterCursor) {
    return cypher`
  CALL (${imports}) {
    MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
    WITH i, ${keyed}
    ORDER BY shownAt DESC, i.id LIMIT $latest
    RETURN collect([${row}]) AS timeline
  }`
  }
  const ofLast = imageUnder(mask, cypher`last.occurredAt`, 'timeline')
  return cypher`
  CALL (${imports}) {${LAST_INTERACTION}
    WITH ${imports}, max(CASE WHEN ${condition} AND of.id = c.id THEN coalesce(${ofLast}, '') ELSE '' END) AS lastShownAt
    MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
    WITH i, lastShownAt, ${keyed}
    WHERE shownAt < lastShownAt OR (shownAt = lastShownAt AND i.id > $timelineAfterId)
    WITH i, shownAt ORDER BY shownAt DESC, i.id LIMIT $latest
    RETURN collect([${row}]) AS timeline
  }`
}
