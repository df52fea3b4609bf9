// Pure: a record as cells, so that a mapping can read what was sent, whatever shape it had.

/** Each value by its path: {customer: {number: 'C-1'}} has the cell customer.number. A row of cells is its own. */
export function cellsOf(sent: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(cellsIn(sent, ''))
}

function cellsIn(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'number' || typeof value === 'boolean') return [[path, String(value)]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => cellsIn(inner, path === '' ? key : `${path}.${key}`))
}
