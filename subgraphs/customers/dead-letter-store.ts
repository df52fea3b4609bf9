// Records that could not be taken in, as they lie in the graph: their payload sealed under the key of the run that sent them.
import type { Change } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import { canonicalJson } from '../../core/evidence/commitment.ts'
import type { Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import { runBatch } from './ingest-store.ts'
import type { DeadRecord } from './rules.ts'

const KEEP_DEAD_LETTERS = `
UNWIND $letters AS letter
MERGE (d:DeadLetter {key: letter.key})
ON CREATE SET d.id = letter.newId, d.source = $source, d.runId = $runId, d.eventId = letter.eventId,
  d.place = letter.place, d.reason = letter.reason, d.detail = letter.detail, d.sealed = letter.sealed, d.at = $at,
  d.times = letter.times
ON MATCH SET d.times = d.times + letter.times`

export const DEAD_LETTERS_PAGE = `
MATCH (d:DeadLetter)
WHERE d.id > $afterId AND ($source = '' OR d.source = $source) AND ($runId = '' OR d.runId = $runId)
RETURN d.id, d.source, d.runId, d.eventId, d.place, d.reason, d.detail, d.times, d.at
ORDER BY d.id LIMIT $limit`

const LETTERS_AFTER = `
MATCH (d:DeadLetter {source: $source})
WHERE d.id > $afterId AND ($runId = '' OR d.runId = $runId)
RETURN d.id, d.runId, d.eventId, d.place, d.sealed, d.times
ORDER BY d.id LIMIT $limit`

const LETTERS_BY_ID = `
UNWIND $ids AS wanted
MATCH (d:DeadLetter {id: wanted})
WHERE d.source = $source
RETURN d.id, d.runId, d.eventId, d.place, d.sealed, d.times
ORDER BY d.id`

const DELETE_LETTERS = `
UNWIND $ids AS wanted
MATCH (d:DeadLetter {id: wanted})
DETACH DELETE d`

const REFUSE_AGAIN = `
UNWIND $letters AS letter
MATCH (d:DeadLetter {id: letter.id})
SET d.reason = letter.reason, d.detail = letter.detail, d.at = $at`

/** The name of the key under which the payloads of a run are sealed. */
const keyOfRun = (runId: string) => `run/${runId}`
const HASHES = 'dead-letters'

/** Keeps these refusals; one that the same run was given before is counted and not kept twice. */
export async function keepDeadLetters(
  { ids, sealedTexts }: Services,
  { unit, at }: Change,
  { source, runId }: { readonly source: string; readonly runId: string },
  dead: readonly DeadRecord[],
): Promise<void> {
  if (dead.length === 0) return
  // A hash of a payload with few possible values would tell it: the key of a letter is of no use without the key file.
  const keys = await sealedTexts.hash(
    HASHES,
    dead.map(({ key }) => canonicalJson([runId, key])),
  )
  const byKey = new Map<string, { readonly letter: DeadRecord; times: number }>()
  for (const [index, letter] of dead.entries()) {
    const known = byKey.get(keys[index] ?? '')
    if (known === undefined) byKey.set(keys[index] ?? '', { letter, times: 1 })
    else known.times += 1
  }
  const distinct = [...byKey.entries()]
  const sealed = await sealedTexts.seal(
    keyOfRun(runId),
    distinct.map(([, { letter }]) => letter.payload),
  )
  const letters = distinct.map(([key, { letter, times }], index) => {
    const { eventId, place, reason, detail } = letter
    return { key, eventId, place, reason, detail, times, sealed: sealed[index] ?? '', newId: ids.next('DeadLetter') }
  })
  await runBatch(unit, KEEP_DEAD_LETTERS, { letters }, { source, runId, at })
}

/** A letter with what was sent. */
export interface OpenedLetter {
  readonly id: string
  readonly runId: string
  readonly eventId: string
  readonly place: string
  /** Undefined where the key of its run is gone. */
  readonly payload: string | undefined
  /** How often it was sent. */
  readonly times: number
}

export interface LettersAsked {
  readonly source: string
  readonly runId: string
  readonly ids: readonly string[] | undefined
  readonly afterId: string
  readonly limit: number
}

/** Letters of a source with their payloads, in the order of their ids: those of these ids, or those after one. */
export async function openedLetters(
  { sealedTexts }: Pick<Services, 'sealedTexts'>,
  reader: Reader,
  { ids, ...asked }: LettersAsked,
): Promise<readonly OpenedLetter[]> {
  const rows =
    ids === undefined
      ? await reader.run(LETTERS_AFTER, asked)
      : await reader.run(LETTERS_BY_ID, { ids, source: asked.source })
  return Promise.all(rows.map(row => openedLetter(sealedTexts, row)))
}

async function openedLetter(sealedTexts: Services['sealedTexts'], row: Row): Promise<OpenedLetter> {
  const [id, runId, eventId, place, sealed, times] = row
  const payload = await openPayload(sealedTexts, String(runId), String(sealed))
  return {
    id: String(id),
    runId: String(runId),
    eventId: String(eventId),
    place: String(place),
    payload,
    times: Number(times),
  }
}

/** What was sent with a letter; undefined where the key of its run is gone. */
export function openPayload(
  sealedTexts: Services['sealedTexts'],
  runId: string,
  sealed: string,
): Promise<string | undefined> {
  return sealedTexts.open(keyOfRun(runId), sealed)
}

export async function deleteLetters(unit: UnitOfWork, ids: readonly string[]): Promise<void> {
  await runBatch(unit, DELETE_LETTERS, { ids })
}

/** Keeps why these letters were refused when they were sent again. */
export async function refuseAgain(
  { unit, at }: Change,
  letters: readonly { readonly id: string; readonly reason: string; readonly detail: string }[],
): Promise<void> {
  await runBatch(
    unit,
    REFUSE_AGAIN,
    { letters: letters.map(({ id, reason, detail }) => ({ id, reason, detail })) },
    { at },
  )
}
