// Dead letters sent again, as they are or read by another mapping: what is taken in now was a dead letter, and is none any more.
import { type Recorded, recordChange } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { sha256 } from '../../core/evidence/commitment.ts'
import { applyMapping } from '../../core/mapping/mapping.ts'
import type { Mapping } from '../../core/mapping/mapping-language.ts'
import { parseMapping } from '../../core/mapping/mapping-language.ts'
import type { Viewer } from '../../core/viewer.ts'
import { deleteLetters, type OpenedLetter, openedLetters, refuseAgain } from './dead-letter-store.ts'
import { sourceNamed, takeIn } from './ingest.ts'
import { recount } from './ingest-run-store.ts'
import type { ReplayInput } from './ingest-types.ts'
import { cellsOf } from './replayed-cells.ts'
import { type DeadRecord, LARGEST_BATCH, type ValidRecord, validateRecords } from './rules.ts'
import type { Source } from './sources/record.ts'

export interface ReplayResult {
  readonly replayed: number
  readonly accepted: number
  readonly duplicates: number
  readonly deadLetters: number
  readonly lastId: string | null
}

/** Sends dead letters again: accepted + duplicates + deadLetters = replayed. Throws BAD_USER_INPUT. */
export async function replayDeadLetters(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { source: sourceName, runId, ids, afterId, mapping: sentMapping }: ReplayInput,
): Promise<Recorded<ReplayResult>> {
  const source = sourceNamed(sourceName)
  const mapping = sentMapping === null || sentMapping === undefined ? undefined : mappingFor(source, sentMapping)
  if (ids && ids.length > LARGEST_BATCH) {
    throw new ApiError('BAD_USER_INPUT', { at: 'ids', expected: `at most ${LARGEST_BATCH}`, got: String(ids.length) })
  }
  const asked = {
    source: sourceName,
    runId: runId ?? '',
    ids: ids ?? undefined,
    afterId: afterId ?? '',
    limit: LARGEST_BATCH,
  }
  const mappingHash = mapping && sha256(JSON.stringify(sentMapping)).toString('base64url')
  const input = { ...asked, ids: ids ?? null, mapping: mappingHash ?? null }
  const request = { viewer, mutation: 'replayDeadLetters', idempotencyKey, input }
  return recordChange(services, request, async change => {
    const letters = await openedLetters(services, change.unit, asked)
    const read = letters.map(letter => ({ letter, outcome: outcomeOf(source, letter, mapping, services.clock.now()) }))
    const valid = read.flatMap(({ letter, outcome }) => ('facts' in outcome ? [{ letter, record: outcome }] : []))
    const { fresh, duplicates, facts, events } = await takeIn(
      services,
      change,
      source,
      valid.map(({ record }) => record),
    )
    const [isFresh, isDuplicate] = [new Set(fresh), new Set(duplicates)]
    const taken = valid.filter(({ record }) => isFresh.has(record) || isDuplicate.has(record))
    await deleteLetters(
      change.unit,
      taken.map(({ letter }) => letter.id),
    )
    // A record that was sent several times is taken in once, and the other times it was a duplicate.
    await recount(
      change.unit,
      taken.map(({ letter: { runId: id, times }, record }) =>
        isFresh.has(record) ? { id, accepted: 1, duplicates: times - 1 } : { id, accepted: 0, duplicates: times },
      ),
    )
    await refuseAgain(
      change,
      read.flatMap(({ letter, outcome }) => ('facts' in outcome ? [] : [{ ...outcome, id: letter.id }])),
    )
    const result = {
      replayed: letters.length,
      accepted: fresh.length,
      duplicates: duplicates.length,
      deadLetters: letters.length - taken.length,
      lastId: letters.at(-1)?.id ?? null,
    }
    const { lastId: _, ...counts } = result
    return {
      evidence: { kind: 'DEAD_LETTERS_REPLAYED', statement: { source: sourceName, ...counts }, facts },
      events,
      result,
    }
  })
}

function mappingFor({ name }: Source, sent: unknown): Mapping {
  const parsed = parseMapping(sent)
  if ('reasons' in parsed) {
    throw new ApiError('BAD_USER_INPUT', { at: 'mapping', expected: parsed.reasons.slice(0, 3).join('; ') })
  }
  if (parsed.mapping.source === name) return parsed.mapping
  throw new ApiError('BAD_USER_INPUT', { at: 'mapping.source', expected: name })
}

type Outcome = ValidRecord | Pick<DeadRecord, 'reason' | 'detail'>

function outcomeOf(source: Source, letter: OpenedLetter, mapping: Mapping | undefined, now: string): Outcome {
  if (letter.payload === undefined) return { reason: 'UNREADABLE', detail: 'the key of its run is gone' }
  const { eventId, place } = letter
  const sent = JSON.parse(letter.payload) as unknown
  const record = mapping === undefined ? { payload: sent } : mapped(mapping, sent, place)
  if ('reason' in record) return { reason: 'MAPPING_FAILED', detail: record.reason }
  const { valid, dead } = validateRecords(source, [{ eventId, place, payload: record.payload }], [], now)
  const [outcome] = [...valid, ...dead]
  if (outcome === undefined) throw new Error('a record is either valid or dead')
  return outcome
}

function mapped(mapping: Mapping, sent: unknown, place: string): { payload: unknown } | { reason: string } {
  const at = place.lastIndexOf(':')
  return applyMapping(mapping, cellsOf(sent), {
    file: place.slice(0, Math.max(at, 0)),
    row: Number(place.slice(at + 1)) || 0,
  })
}
