// Pure: where sources disagree about a customer. The rules choose what holds (survivorship.ts); what does not hold is no less
// stated, and is kept with its record.
import { ownFields } from './survivorship.ts'
import type { ConflictingRecord } from './types.ts'

/**
 * The records that state another value than others do, in the order given, each with those values alone. Of each source and field
 * its newest word counts, and of several records of that time each: whoever corrects itself disagrees with nobody. Takes the
 * records as a viewer sees them, so that nobody learns of a hidden value that it is another one.
 */
export function conflictsIn(records: readonly ConflictingRecord[]): readonly ConflictingRecord[] {
  const disputed = ownFields.map(field => {
    const last = newestWords(records.filter(record => record[field] !== null))
    return new Set(new Set(last.map(record => record[field])).size > 1 ? last : [])
  })
  return records
    .filter(record => disputed.some(each => each.has(record)))
    .map(record => {
      const values = ownFields.map((field, place) => [field, disputed[place]?.has(record) ? record[field] : null])
      return { ...record, ...Object.fromEntries(values) }
    })
}

function newestWords(records: readonly ConflictingRecord[]): readonly ConflictingRecord[] {
  const newest = new Map<string | null, string>()
  for (const { source, statedAt } of records) {
    const at = statedAt ?? ''
    if (at >= (newest.get(source) ?? '')) newest.set(source, at)
  }
  return records.filter(({ source, statedAt }) => newest.get(source) === (statedAt ?? ''))
}
