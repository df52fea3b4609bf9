// What each run of a sender brought, and how far it has come: counted in the unit that takes its records in.
import type { Change } from '../../core/change.ts'
import { ApiError } from '../../core/errors.ts'
import type { Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { PageRequest } from '../../core/paging.ts'
import { runBatch } from './ingest-store.ts'
import type { IngestRun } from './ingest-types.ts'

const COUNT_IN = `
MERGE (run:IngestRun {id: $id})
ON CREATE SET run.source = $source, run.name = $name, run.senderId = $senderId, run.startedAt = $at, run.accepted = 0,
  run.duplicates = 0, run.deadLetters = 0, run.position = 0
WITH run
SET run.accepted = run.accepted + $accepted, run.duplicates = run.duplicates + $duplicates,
    run.deadLetters = run.deadLetters + $deadLetters, run.lastAt = $at,
    run.position = CASE WHEN $position > run.position THEN $position ELSE run.position END,
    run.finishedAt = CASE WHEN $isLast THEN $at ELSE null END
RETURN run.source, run.senderId`

const RECOUNT = `
UNWIND $runs AS row
MATCH (run:IngestRun {id: row.id})
SET run.accepted = run.accepted + row.accepted, run.duplicates = run.duplicates + row.duplicates,
    run.deadLetters = run.deadLetters - row.accepted - row.duplicates`

const RUNS_PAGE = `
MATCH (run:IngestRun)
WHERE run.id > $afterId AND ($source = '' OR run.source = $source) AND ($name = '' OR run.name = $name)
RETURN run.id, run.source, run.name, run.startedAt, run.lastAt, run.finishedAt, run.position, run.accepted,
  run.duplicates, run.deadLetters
ORDER BY run.id LIMIT $limit`

/** What a batch brings to its run. */
export interface BatchOfRun {
  readonly id: string
  readonly source: string
  readonly name: string
  readonly senderId: string
  readonly position: number
  readonly isLast: boolean
  readonly accepted: number
  readonly duplicates: number
  readonly deadLetters: number
}

/** Counts a batch into its run, which the first batch begins. Throws CONFLICT for a run of another source or sender. */
export async function countIn({ unit, at }: Change, batch: BatchOfRun): Promise<void> {
  const [row] = await unit.run(COUNT_IN, { ...batch, at })
  if (row?.[0] !== batch.source || row[1] !== batch.senderId) {
    throw new ApiError('CONFLICT', { at: 'run.id', expected: 'a run of this source and sender' })
  }
}

/** How many dead letters of a run were accepted, or found to be known, when they were sent again. */
export interface Recount {
  readonly id: string
  readonly accepted: number
  readonly duplicates: number
}

export async function recount(unit: UnitOfWork, runs: readonly Recount[]): Promise<void> {
  await runBatch(unit, RECOUNT, { runs: runs.map(each => ({ ...each })) })
}

/** Runs in the order of their ids, one more than asked for; an empty text asks for all. */
export async function runsPage(
  reader: Reader,
  { first, afterId = '' }: PageRequest,
  asked: { readonly source: string; readonly name: string },
): Promise<readonly IngestRun[]> {
  return (await reader.run(RUNS_PAGE, { ...asked, afterId, limit: first + 1 })).map(toRun)
}

function toRun(row: Row): IngestRun {
  const [id, source, name, startedAt, lastAt, finishedAt, position, accepted, duplicates, deadLetters] = row
  const told = { id, source, name, startedAt, lastAt, finishedAt, position, accepted, duplicates, deadLetters }
  return told as unknown as IngestRun
}
