// The entry by which a log goes over to another key: both verifier keys stand in it.
import { z } from 'zod'
import { type NoteKey, parseVerifierKey } from './signed-note.ts'

const announcement = z.object({
  kind: z.literal('LOG_KEY_ROTATED'),
  statement: z.object({ oldKey: z.string(), newKey: z.string() }),
})

/** The keys that an entry announces; undefined for an entry of another kind. Throws MalformedEvidence for what is no key. */
export function announcedIn(entry: string): { readonly oldKey: NoteKey; readonly newKey: NoteKey } | undefined {
  const { success, data } = announcement.safeParse(parsedJson(entry))
  if (!success) return undefined
  const { oldKey, newKey } = data.statement
  return { oldKey: parseVerifierKey(oldKey), newKey: parseVerifierKey(newKey) }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
