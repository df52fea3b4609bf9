import type { Graph } from '../../core/graph/graph.ts'
import { type Connection, pageRequest, toConnection } from '../../core/paging.ts'
import { DEAD_LETTERS_PAGE } from './ingest-store.ts'
import type { DeadLetter } from './types.ts'

/** A page of the dead letters of one source or of all, by id. */
export async function deadLettersPage(
  graph: Graph,
  source: string | null | undefined,
  first: number,
  after: string | null | undefined,
): Promise<Connection<DeadLetter>> {
  const list = `deadLetters/${source ?? ''}`
  const page = pageRequest(list, first, after)
  const rows = await graph.read(DEAD_LETTERS_PAGE, {
    source: source ?? '',
    afterId: page.afterId ?? '',
    limit: first + 1,
  })
  const letters = rows.map(([id, from, eventId, place, reason, detail, at]) => ({
    id,
    source: from,
    eventId,
    place,
    reason,
    detail,
    at,
  }))
  return toConnection(list, page, letters as DeadLetter[])
}
