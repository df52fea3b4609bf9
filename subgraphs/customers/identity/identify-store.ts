import type { Reader } from '../../../core/graph/graph.ts'

const BY_PHONE = `
UNWIND $values AS wanted
MATCH (c:Customer {phone: wanted})
WHERE c.number IS NOT NULL
RETURN wanted, c.number, c.name`

const BY_MAIL = `
UNWIND $values AS wanted
MATCH (c:Customer {comparedEmail: wanted})
WHERE c.number IS NOT NULL
RETURN wanted, c.number, c.name`

const BY_WECOM = `
UNWIND $values AS wanted
MATCH (c:Customer {weComId: wanted})
WHERE c.number IS NOT NULL
RETURN wanted, c.number, c.name`

/** The exact keys, from the one that tells a person best. */
export const exactKeys = ['weComId', 'phone', 'email'] as const
export type ExactKey = (typeof exactKeys)[number]

const STATEMENTS: { readonly [key in ExactKey]: string } = { weComId: BY_WECOM, phone: BY_PHONE, email: BY_MAIL }

export interface Holder {
  readonly number: string
  readonly name: string | null
}

/** Who holds each of these values, by value; a value that nobody holds is absent. */
export async function holdersOf(
  reader: Reader,
  key: ExactKey,
  values: readonly string[],
): Promise<ReadonlyMap<string, readonly Holder[]>> {
  const holders = new Map<string, Holder[]>()
  if (values.length === 0) return holders
  for (const [value, number, name] of await reader.run(STATEMENTS[key], { values })) {
    const known = holders.get(String(value)) ?? []
    known.push({ number: String(number), name: name === null ? null : String(name) })
    holders.set(String(value), known)
  }
  return holders
}
