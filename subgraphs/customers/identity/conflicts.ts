// Pure: where sources disagree about a customer. The rules choose what holds (survivorship.ts); what does not hold is no less
// stated, and is kept with its record.
import type { Statement } from './person-store.ts'
import { type CustomerField, statedIn } from './survivorship.ts'

/** Who wrote to a customer is no disagreement about who looks after it. */
export type ConflictingField = Exclude<CustomerField, 'seller'>

/** A record with what it states, as its source stated it. */
export interface StatingRecord extends Statement {
  readonly id: string
}

export interface ConflictingRecord<R extends StatingRecord> {
  readonly record: R
  /** The fields about which it disagrees with another one, as it states them. */
  readonly values: { readonly [field in ConflictingField]?: string }
}

/**
 * The records that state another value than others do. Of each source and field its newest word counts, and of several records
 * of that time each: whoever corrects itself disagrees with nobody.
 */
export function conflictsIn<R extends StatingRecord>(records: readonly R[]): readonly ConflictingRecord<R>[] {
  const stated = records.flatMap(record =>
    statedIn(record).flatMap(({ field, ...each }) => (field === 'seller' ? [] : [{ ...each, field, record }])),
  )
  const newest = new Map<string, string>()
  for (const { field, source, at } of stated) {
    const before = newest.get(`${field} ${source}`)
    if (before === undefined || at > before) newest.set(`${field} ${source}`, at)
  }
  const last = stated.filter(({ field, source, at }) => newest.get(`${field} ${source}`) === at)
  const values = new Map<ConflictingField, Set<string>>()
  for (const { field, value } of last) values.set(field, (values.get(field) ?? new Set()).add(value))
  const conflicting = last.filter(({ field }) => (values.get(field)?.size ?? 0) > 1)
  const byRecord = new Map<R, [ConflictingField, string][]>()
  for (const { record, field, value } of conflicting) {
    byRecord.set(record, [...(byRecord.get(record) ?? []), [field, value]])
  }
  return [...byRecord].map(([record, of]) => ({ record, values: Object.fromEntries(of) }))
}
