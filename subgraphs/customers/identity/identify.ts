// Whose a record is that does not say the company's number: whoever alone holds its WeCom id, phone or mail. Whom none of
// them names becomes a customer of its own, under a number that no source knows; likeness is looked at afterwards (match.ts).

import type { UnitOfWork } from '../../../core/graph/graph.ts'
import type { Ids } from '../../../core/ids.ts'
import type { IdentifiedRecord, ValidRecord } from '../rules.ts'
import type { Contact } from '../sources/record.ts'
import { type ExactKey, exactKeys, type Holder, holdersOf } from './identify-store.ts'
import { contradict } from './names.ts'
import { comparedMail } from './normalise.ts'

/** How numbers begin that stand for the company's own until it gives one. No source states one that begins with a space. */
export const CONTACT_NUMBER = ' contact/'

/** The same records, each with the number of its customer. Costs nothing where all of them state one. */
export async function identified(
  unit: UnitOfWork,
  records: readonly ValidRecord[],
  ids: Ids,
): Promise<readonly IdentifiedRecord[]> {
  const contacts = records.flatMap(({ facts: { customer } }) =>
    customer !== undefined && customer.number === undefined ? [customer] : [],
  )
  if (contacts.length === 0) return records as readonly IdentifiedRecord[]
  // Two sources may tell of one unknown person at one time: the second waits here and then finds it.
  await unit.guard('customers/identity')
  const known = new Known()
  for (const key of exactKeys) {
    const values = [...new Set(contacts.flatMap(contact => valueUnder(contact, key) ?? []))]
    for (const [value, holders] of await holdersOf(unit, key, values)) {
      for (const holder of holders) known.add(key, value, holder)
    }
  }
  // In the order in which they were sent, so that a later record of a batch is found by what an earlier one states.
  return records.map(record => {
    const stated = record.facts.customer
    if (stated === undefined) return record as IdentifiedRecord
    const number = stated.number ?? known.numberOf(stated) ?? `${CONTACT_NUMBER}${ids.next('Contact')}`
    for (const key of exactKeys) {
      const value = valueUnder(stated, key)
      if (value !== undefined) known.add(key, value, { number, name: stated.name ?? null })
    }
    return { ...record, facts: { ...record.facts, customer: { ...stated, number } } }
  })
}

class Known {
  readonly #holders = new Map<string, Map<string, Holder>>()

  add(key: ExactKey, value: string, holder: Holder): void {
    const holders = this.#holders.get(`${key} ${value}`) ?? new Map<string, Holder>()
    this.#holders.set(`${key} ${value}`, holders.set(holder.number, holder))
  }

  /** A value that several hold tells nobody apart, and one whose holder has another name altogether may be shared. */
  numberOf(stated: Contact): string | undefined {
    for (const key of exactKeys) {
      const value = valueUnder(stated, key)
      const [holder, another] = value === undefined ? [] : [...(this.#holders.get(`${key} ${value}`)?.values() ?? [])]
      if (holder === undefined || another !== undefined) continue
      if (!contradict(holder.name ?? undefined, stated.name)) return holder.number
    }
    return undefined
  }
}

function valueUnder(contact: Contact, key: ExactKey): string | undefined {
  const value = contact[key]
  return value !== undefined && key === 'email' ? comparedMail(value) : value
}
