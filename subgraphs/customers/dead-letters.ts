import type { Graph } from '../../core/graph/graph.ts'
import { listNameOf } from '../../core/listing.ts'
import { type Connection, pageRequest, toConnection } from '../../core/paging.ts'
import { DEAD_LETTERS_PAGE } from './dead-letter-store.ts'
import type { DeadLetter } from './ingest-types.ts'

/** A page of the dead letters of one source or of all, of one run or of all, by id. */
export async function deadLettersPage(
  graph: Graph,
  asked: { readonly source?: string | null | undefined; readonly runId?: string | null | undefined },
  first: number,
  after: string | null | undefined,
): Promise<Connection<DeadLetter>> {
  const given = { source: asked.source ?? '', runId: asked.runId ?? '' }
  const list = listNameOf('deadLetters', given)
  const page = pageRequest(list, first, after)
  const rows = await graph.read(DEAD_LETTERS_PAGE, { ...given, afterId: page.afterId ?? '', limit: first + 1 })
  const letters = rows.map(([id, source, runId, eventId, place, reason, detail, times, at]) => ({
    id,
    source,
    runId,
    eventId,
    place,
    reason,
    detail,
    times,
    at,
  }))
  return toConnection(list, page, letters as DeadLetter[])
}
