// Pure: what is known of one customer, each field with its last writer, and what further records make of it. The state is what
// the rules make of all records that ever came, whatever their order, though none but the last writers are looked at.
import type { GraphValue, Row } from '../../core/graph/graph.ts'
import {
  type CustomerField,
  type Stated,
  type StatedField,
  supersedes,
  survivorshipRules,
} from './identity/survivorship.ts'

export type CustomerState = { readonly [field in CustomerField]?: Stated }

/** In the order in which the graph answers them. */
const KEPT: readonly CustomerField[] = [
  'name',
  'phone',
  'email',
  'weComId',
  'birthDate',
  'region',
  'otherRegion',
  'account',
  'seller',
]

/** The customer after these records stated this of it. */
export function stateAfter(state: CustomerState, statements: readonly StatedField[]): CustomerState {
  const next: { [field in CustomerField]?: Stated } = { ...state }
  for (const { field, value, source, at } of statements) {
    const [stated, holds] = [{ value, source, at }, next[field]]
    if (holds === undefined || supersedes(survivorshipRules, field, stated, holds)) next[field] = stated
  }
  return next
}

/** The fields that have another value than before; a later record of the same value makes none. */
export function differsIn(before: CustomerState, after: CustomerState): readonly CustomerField[] {
  return KEPT.filter(field => before[field]?.value !== after[field]?.value)
}

/** Who wrote each field last, as text that the graph keeps. */
export function lastWritersOf(state: CustomerState): string {
  return JSON.stringify(
    Object.fromEntries(KEPT.flatMap(field => (state[field] ? [[field, [state[field].at, state[field].source]]] : []))),
  )
}

/** The state as the graph keeps it. What it holds of no known writer is older than whatever is stated. */
export function stateFrom(lastWriters: GraphValue | undefined, values: Row): CustomerState {
  const writers = typeof lastWriters === 'string' ? (JSON.parse(lastWriters) as Record<string, [string, string]>) : {}
  return Object.fromEntries(
    KEPT.flatMap((field, place) => {
      const value = Array.isArray(values[place]) ? values[place][0] : values[place]
      const [at, source] = writers[field] ?? ['', '']
      return typeof value === 'string' ? [[field, { value, source, at }]] : []
    }),
  )
}
