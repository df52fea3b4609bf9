// A table in which some figures are withheld, held against the linear equations that whoever reads it can set up.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type TableCell, withheldTogether } from '../../subgraphs/metrics/withholding.ts'

const LINES = 4
const tables = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 12 }), { minLength: LINES * LINES, maxLength: LINES * LINES }),
    fc.subarray(Array.from({ length: LINES }, (_, line) => line)),
  )
  .map(([people, rowsWithheld]) => {
    const cells = people.flatMap((count, place): TableCell[] =>
      count === 0 ? [] : [{ row: String(Math.floor(place / LINES)), column: String(place % LINES), people: count }],
    )
    const sums = rowsWithheld.map(row => ({ row: String(row), column: 'all', people: 0 }))
    return { cells: [...cells, ...sums], withheld: [...cells.filter(each => each.people < 5), ...sums] }
  })

/** Whether the equations of all lines and columns leave the figure open: some change of the unknown ones alone keeps every sum. */
function isOpen(cell: TableCell, unknown: readonly TableCell[]): boolean {
  const linesOf = (each: TableCell) => [`row ${each.row}`, `column ${each.column}`]
  const lines = [...new Set(unknown.flatMap(linesOf))]
  const columnsOf = (cells: readonly TableCell[]) =>
    lines.map(line => cells.map(each => (linesOf(each).includes(line) ? 1 : 0)))
  // A figure is told just where leaving it out makes the rank of the equations smaller.
  return rank(columnsOf(unknown)) === rank(columnsOf(unknown.filter(each => each !== cell)))
}

function rank(given: readonly (readonly number[])[]): number {
  const rows = given.map(row => [...row])
  let found = 0
  for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
    const pivot = rows.findIndex((row, place) => place >= found && Math.abs(row[column] ?? 0) > 1e-9)
    if (pivot < 0) continue
    const [line = []] = rows.splice(pivot, 1)
    rows.splice(found, 0, line)
    for (const [place, row] of rows.entries()) {
      if (place === found) continue
      const factor = (row[column] ?? 0) / (line[column] ?? 1)
      for (let at = column; at < row.length; at++) row[at] = (row[at] ?? 0) - factor * (line[at] ?? 0)
    }
    found++
  }
  return found
}

it('no figure of few can be worked out, wherever withholding others can prevent it', () => {
  fc.assert(
    fc.property(tables, ({ cells, withheld }) => {
      const together = [...withheldTogether(cells, withheld)]
      const told = withheld.filter(each => !isOpen(each, together))
      // Told by the sums alone: also where everything in the table is withheld.
      expect(told.filter(each => isOpen(each, cells))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

it('withholds nothing where nothing is about few, and the fewest people where something is', () => {
  const [few, next, many, most] = [
    { row: 'a', column: 'x', people: 3 },
    { row: 'a', column: 'y', people: 20 },
    { row: 'b', column: 'x', people: 30 },
    { row: 'b', column: 'y', people: 40 },
  ] as const
  const apart = [
    { row: 'c', column: 'x', people: 90 },
    { row: 'c', column: 'y', people: 90 },
  ]
  expect(withheldTogether([few, next, many, most, ...apart], [])).toEqual(new Set())
  expect(withheldTogether([few, next, many, most, ...apart], [few])).toEqual(new Set([few, next, most, many]))
})
