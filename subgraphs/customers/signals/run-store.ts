// Runs of re-inference in the graph: how far each is, so that one that was cut off goes on where it stopped.
import type { Change } from '../../../core/change.ts'
import type { Reader, Row } from '../../../core/graph/graph.ts'
import type { PageRequest } from '../../../core/paging.ts'
import type { SignalRun } from './types.ts'

const RUN_COLUMNS = `
  r.id, r.modelVersion, r.state, r.customersTotal, r.customersDone, r.interactionsRead, r.startedAt, r.finishedAt,
  r.evidenceEntryId, r.afterCustomerId`

const RUNS_UNDER_WAY = `
MATCH (r:SignalRun {state: 'RUNNING'})
RETURN ${RUN_COLUMNS}`

// By number, because two runs may have one time, and a clock may be set back.
const RUNS_PAGE = `
OPTIONAL MATCH (last:SignalRun {id: $afterId})
WITH last.number AS afterNumber
MATCH (r:SignalRun)
WHERE afterNumber IS NULL OR r.number < afterNumber
RETURN ${RUN_COLUMNS}
ORDER BY r.number DESC LIMIT $limit`

const COUNT_CONSENTING = `
MATCH (p:Purpose {name: 'AI_DECISION'})<-[:FOR]-(k:Consent)
WHERE k.state = 'GIVEN' AND k.recipient = ''
RETURN count(k)`

const CONSENTING_CUSTOMERS = `
MATCH (p:Purpose {name: 'AI_DECISION'})<-[:FOR]-(k:Consent)
WHERE k.state = 'GIVEN' AND k.recipient = ''
MATCH (k)-[:OF]->(c:Customer)
WHERE c.id > $afterId
RETURN c.id
ORDER BY c.id LIMIT $limit`

const LAST_NUMBER = `
MATCH (r:SignalRun)
RETURN coalesce(max(r.number), 0)`

const START_RUN = `
CREATE (r:SignalRun {id: $id, number: $number, modelVersion: $modelVersion, state: 'RUNNING', customersTotal: $customersTotal,
  customersDone: 0, interactionsRead: 0, afterCustomerId: '', startedAt: $at, evidenceEntryId: $evidenceEntryId})`

const ADVANCE_RUN = `
MATCH (r:SignalRun {id: $id})
SET r.afterCustomerId = $afterCustomerId, r.customersDone = r.customersDone + $customers,
    r.interactionsRead = r.interactionsRead + $interactions`

// The place in the order of customers goes: a run that is over has no more need of anybody's id.
const FINISH_RUN = `
MATCH (r:SignalRun {id: $id})
SET r.state = 'DONE', r.finishedAt = $at, r.afterCustomerId = ''`

const SUPERSEDE_RUNS = `
MATCH (r:SignalRun {state: 'RUNNING'})
SET r.state = 'SUPERSEDED', r.finishedAt = $at, r.afterCustomerId = ''`

/** A run, and the customer up to whom it has read. */
export interface RunUnderWay extends SignalRun {
  readonly afterCustomerId: string
}

/** Those that are neither done nor superseded, in no order. */
export async function runsUnderWay(reader: Reader): Promise<readonly RunUnderWay[]> {
  return (await reader.run(RUNS_UNDER_WAY)).map(toRun)
}

/** Runs, the newest first, one more than asked for where there are more. */
export async function runsPage(reader: Reader, { first, afterId = '' }: PageRequest): Promise<readonly SignalRun[]> {
  return (await reader.run(RUNS_PAGE, { afterId, limit: first + 1 })).map(toRun)
}

export async function countConsenting(reader: Reader): Promise<number> {
  return Number((await reader.run(COUNT_CONSENTING))[0]?.[0])
}

/** The ids of customers who consent to AI_DECISION, after this id and in the order of ids; at most `limit`. */
export async function consentingCustomers(reader: Reader, afterId: string, limit: number): Promise<readonly string[]> {
  return (await reader.run(CONSENTING_CUSTOMERS, { afterId, limit })).map(([id]) => String(id))
}

/** Adds a run, under a guard that its caller has taken. */
export async function startRun(
  { unit, at, evidenceEntryId }: Change,
  run: { readonly id: string; readonly modelVersion: string; readonly customersTotal: number },
): Promise<SignalRun> {
  const number = Number((await unit.run(LAST_NUMBER))[0]?.[0]) + 1
  await unit.run(START_RUN, { ...run, number, at, evidenceEntryId })
  return {
    ...run,
    state: 'RUNNING',
    customersDone: 0,
    interactionsRead: 0,
    startedAt: at,
    finishedAt: null,
    evidenceEntryId,
  }
}

export async function advanceRun(
  { unit }: Change,
  id: string,
  step: { readonly afterCustomerId: string; readonly customers: number; readonly interactions: number },
): Promise<void> {
  await unit.run(ADVANCE_RUN, { id, ...step })
}

export async function finishRun({ unit, at }: Change, id: string): Promise<void> {
  await unit.run(FINISH_RUN, { id, at })
}

/** Ends every run that is under way, because another takes their place. */
export async function supersedeRuns({ unit, at }: Change): Promise<void> {
  await unit.run(SUPERSEDE_RUNS, { at })
}

function toRun(row: Row): RunUnderWay {
  const [id, modelVersion, state, customersTotal, customersDone, interactionsRead, startedAt, ...others] = row
  const [finishedAt, evidenceEntryId, afterCustomerId] = others
  return {
    id,
    modelVersion,
    state,
    customersTotal,
    customersDone,
    interactionsRead,
    startedAt,
    finishedAt,
    evidenceEntryId,
    afterCustomerId,
  } as unknown as RunUnderWay
}
