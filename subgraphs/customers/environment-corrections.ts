// Pure: which of several things that a source states under one reference holds: its last word, by the time of the source.

/** What a source stated under a reference of its own. */
export interface Word {
  readonly id: string
  readonly reference: string
  /** The time of the source, and what tells two words of one time apart: the greater one is the last. */
  readonly word: string
}

/** What each of these is corrected by, by id; those that hold are absent. */
export function correctionsOf(words: readonly Word[]): ReadonlyMap<string, string> {
  const last = new Map<string, Word>()
  for (const each of words) {
    const before = last.get(each.reference)
    if (before === undefined || each.word > before.word) last.set(each.reference, each)
  }
  const corrected = words.flatMap(({ id, reference }): (readonly [string, string])[] => {
    const holds = last.get(reference)?.id ?? id
    return holds === id ? [] : [[id, holds]]
  })
  return new Map(corrected)
}
