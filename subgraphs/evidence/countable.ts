// What metrics may count of the log: each entry once it is integrated, and what it proves.

import type { EvidenceKind } from '../../core/evidence/evidence.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { type Countable, dimensionsOf, type Fact, type FactSource, factsByEntity } from '../../core/registry/facts.ts'

const ENTRIES = `
UNWIND $positions AS wanted
MATCH (e:EvidenceEntry {position: wanted})
RETURN e.position, e.kind, e.at, e.entry`

const POSITIONS = `
UNWIND $positions AS wanted
MATCH (e:EvidenceEntry {position: wanted})
RETURN e.position ORDER BY e.position`

/** Positions as ids have one length, so that they are in one order as texts and as numbers. */
const ID_LENGTH = 12

const HOUR_MS = 3_600_000

const idOf = (position: unknown): string => String(position).padStart(ID_LENGTH, '0')

interface EntryText {
  readonly at: string
  readonly purpose: string | null
  readonly statement: { readonly subjects?: number; readonly region?: string | null; readonly askedAt?: string }
}

/** Facts of the entries of one kind; `toValues` answers undefined for an entry that is none. */
function factsOfKind(
  name: string,
  description: string,
  wanted: EvidenceKind,
  fields: readonly string[],
  toValues: (entry: EntryText) => Fact['values'] | undefined,
): FactSource {
  return {
    name,
    entity: 'LogEntry',
    description,
    fields,
    // Of who asked, where the entry names it: of customers the log tells none.
    dimensions: ['region'],
    isState: false,
    read: async (reader: Reader, ids) => {
      const rows = await reader.run(ENTRIES, { positions: ids.map(Number) })
      const found = rows.flatMap(([position, kind, at, entry]) => {
        if (kind !== wanted) return []
        const text = JSON.parse(String(entry)) as EntryText
        const values = toValues(text)
        const { region } = text.statement
        return values === undefined
          ? []
          : [[idOf(position), { at: String(at), dimensions: dimensionsOf({ region }), values }] as const]
      })
      return factsByEntity(found, ([, fact]) => fact)
    },
  }
}

export const countableEvidence: Countable = {
  entities: [
    {
      name: 'LogEntry',
      isAppendOnly: true,
      read: async (_, ids) => ids.map(id => ({ id, dimensions: {} })),
      idsAfter: async (reader, afterId, limit) => {
        const first = afterId === '' ? 0 : Number(afterId) + 1
        const positions = Array.from({ length: limit }, (_, index) => first + index)
        return (await reader.run(POSITIONS, { positions })).map(([position]) => idOf(position))
      },
    },
  ],
  facts: [
    factsOfKind(
      'accesses',
      'An operation that showed data of at least one customer, at the time of the operation.',
      'DATA_ACCESSED',
      ['hasPurpose'],
      ({ purpose, statement }) =>
        (statement.subjects ?? 0) > 0 ? { hasPurpose: purpose === null ? 0 : 1 } : undefined,
    ),
    factsOfKind(
      'withdrawals-propagated',
      'A removal of what was inferred of a customer, after the withdrawal of the consent to it.',
      'SIGNALS_REMOVED',
      ['hours'],
      ({ at, statement: { askedAt } }) =>
        askedAt === undefined ? undefined : { hours: (Date.parse(at) - Date.parse(askedAt)) / HOUR_MS },
    ),
    factsOfKind('erasure-requests', 'A request of a customer to be erased.', 'ERASURE_REQUESTED', [], () => ({})),
    factsOfKind(
      'erasures',
      'An erasure that was completed, certificate included.',
      'ERASURE_COMPLETED',
      [],
      () => ({}),
    ),
  ],
  changes: [],
}
