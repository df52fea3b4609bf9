// An exchange of urql that puts each entry of `extensions.masks` where its value would be.
import type { Exchange, OperationResult } from '@urql/core'
import { map, pipe } from 'wonka'
import { Mask, type MaskEntry } from './mask.ts'
import { maskedFields } from './schema.ts'

/**
 * Stands before the exchanges that cache and fetch. Results come with a Mask in each place whose type says Masked; the data
 * that other exchanges hold is left as it was. Other entries, such as of a whole record that is not visible, stay null.
 */
export const maskExchange: Exchange =
  ({ forward }) =>
  operations =>
    pipe(forward(operations), map(withMasks))

function withMasks(result: OperationResult): OperationResult {
  const entries: readonly MaskEntry[] = result.extensions?.masks ?? []
  return { ...result, data: placeMasks(result.data, entries) }
}

/** The data with a Mask in the place of each entry about a field that is typed as Masked. */
export function placeMasks(data: unknown, entries: readonly MaskEntry[]): unknown {
  const placed = entries.filter(({ type, field }) => maskedFields.has(`${type}.${field}`))
  if (placed.length === 0) return data
  const copies = new Map<object, object>()
  const root = { data }
  const whole: Steps = copyOf(root, copies)
  for (const entry of placed) place(whole, ['data', ...entry.path], entry, copies)
  return whole.data
}

type Steps = Record<string | number, unknown>

function place(whole: Steps, path: readonly (string | number)[], entry: MaskEntry, copies: Map<object, object>): void {
  let at = whole
  for (const step of path.slice(0, -1)) {
    const below = Object.hasOwn(at, step) ? at[step] : undefined
    // A null above swallowed the place.
    if (typeof below !== 'object' || below === null) return
    at[step] = copyOf(below, copies)
    at = at[step] as Steps
  }
  const last = path.at(-1)
  if (last !== undefined && Object.hasOwn(at, last)) at[last] = new Mask(at[last] ?? null, entry)
}

// Each object on the way is copied once, so that what a cache holds stays as the server sent it.
function copyOf(from: object, copies: Map<object, object>): Steps {
  const known = copies.get(from)
  if (known !== undefined) return known as Steps
  const copy = Array.isArray(from) ? [...from] : { ...from }
  copies.set(from, copy)
  copies.set(copy, copy)
  return copy as Steps
}
