// Which figures of a table go with those that are withheld, so that none of them can be worked out from its line, its column and
// their sums. Pure.

/** A figure of a table, and of how many people it is. A sum that is withheld stands in a line or column of its own. */
export interface TableCell {
  readonly row: string
  readonly column: string
  readonly people: number
}

/**
 * What is withheld, and the figures that have to go with it. Lines and columns are the knots of a net, withheld figures its threads:
 * one can be worked out just where no other threads lead from its line to its column. So for each the way with the fewest people is
 * withheld as well; where there is none, the sums tell it already.
 */
export function withheldTogether<C extends TableCell>(cells: readonly C[], withheld: readonly C[]): ReadonlySet<C> {
  const all = new Set(withheld)
  for (const cell of withheld) for (const each of wayAround(cell, cells, all)) all.add(each)
  return all
}

/** The way from the line of the cell to its column over other cells, on which the fewest people are told of; empty without one. */
function wayAround<C extends TableCell>(cell: C, cells: readonly C[], withheld: ReadonlySet<C>): readonly C[] {
  const others = cells.filter(each => each !== cell)
  const reached = new Map<string, { readonly people: number; readonly way: readonly C[] }>([
    [rowOf(cell), { people: 0, way: [] }],
  ])
  // As often as anything is nearer than was known: tables are small.
  for (let isNearer = true; isNearer; ) {
    isNearer = false
    for (const each of others) {
      for (const [from, to] of [
        [rowOf(each), columnOf(each)],
        [columnOf(each), rowOf(each)],
      ] as const) {
        const start = reached.get(from)
        if (start === undefined) continue
        const people = start.people + (withheld.has(each) ? 0 : each.people)
        if (people >= (reached.get(to)?.people ?? Number.POSITIVE_INFINITY)) continue
        reached.set(to, { people, way: [...start.way, each] })
        isNearer = true
      }
    }
  }
  return reached.get(columnOf(cell))?.way ?? []
}

const rowOf = ({ row }: TableCell): string => `row ${row}`
const columnOf = ({ column }: TableCell): string => `column ${column}`
