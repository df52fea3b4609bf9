// The completeness of the customer graph as a table of classes and regions.
import type { Countable, Dimension } from '../../core/registry/facts.ts'
import { type AnswerServices, open } from './answer.ts'
import { definitionOf } from './catalogue.ts'
import type { GraphCompleteness } from './completeness-types.ts'
import { crossingName, valuesCrossed } from './count.ts'
import type { Definition } from './definition.ts'
import type { Period } from './periods.ts'
import type { Tally } from './tally.ts'
import { type Asked, type Figures, figuresOf, figuresOfSlices, type Tallies } from './values.ts'
import { type TableCell, withheldTogether } from './withholding.ts'

const COMPLETENESS = 'graph-completeness'
/** In the place of a value: the sum over all of them. No JSON, so that no value is named so. */
const ALL = 'all'

export async function graphCompleteness(
  services: AnswerServices,
  at: string,
  period: Period,
): Promise<GraphCompleteness> {
  const definition = definitionOf(COMPLETENESS)
  const answer = await open(services, at, [{ definition, period }])
  const cells = crossedFigures({ definition, period }, answer.tallies, services.countable)
  return {
    metric: answer.toMetric(definition),
    whole: answer.toValue({ definition, period }),
    cells: cells.map(({ values: [customerClass, region], figures }) => ({ customerClass, region, ...figures })),
  }
}

interface Cell extends TableCell {
  readonly values: readonly [string | null, string | null]
  readonly figures: Figures
}

/** The figures of each pair of values, in their order; what is about too few is withheld, with whatever would tell it. */
function crossedFigures(asked: Asked, tallies: Tallies, countable: Countable): readonly Cell[] {
  const { definition } = asked
  const { crossedBy } = definition
  if (crossedBy === undefined) throw new Error(`${definition.id} is not counted by two dimensions together`)
  const cells = [...tallies.slicesOf(asked, crossingName(crossedBy))]
    .map(([value, tally]) => toCell(valuesCrossed(value), tally, definition, countable))
    .sort((a, b) => compare(a.row, b.row) || compare(a.column, b.column))
  const sums = withheldSums(asked, crossedBy, tallies, countable)
  const small = cells.filter(({ figures }) => figures.reason === 'COHORT_TOO_SMALL')
  const withheld = withheldTogether<TableCell>([...cells, ...sums], [...small, ...sums])
  return cells.map(each => (withheld.has(each) ? { ...each, figures: WITHHELD } : each))
}

const WITHHELD: Figures = {
  value: null,
  reason: 'COHORT_TOO_SMALL',
  numerator: null,
  denominator: null,
  consentCoverage: null,
}

function toCell(values: Cell['values'], tally: Tally, definition: Definition, countable: Countable): Cell {
  const [row, column] = values.map(each => JSON.stringify(each))
  return {
    row: row ?? '',
    column: column ?? '',
    people: tally.concerned,
    values,
    figures: figuresOf(definition, countable, () => tally),
  }
}

/** What the break-downs by each dimension, and the whole, do not tell. */
function withheldSums(
  asked: Asked,
  [ofRows, ofColumns]: NonNullable<Definition['crossedBy']>,
  tallies: Tallies,
  countable: Countable,
): readonly TableCell[] {
  const withheldBy = (dimension: Dimension) =>
    [...figuresOfSlices(asked.definition, countable, tallies.slicesOf(asked, dimension))]
      .filter(([, { reason }]) => reason === 'COHORT_TOO_SMALL')
      .map(([value]) => JSON.stringify(value))
  const whole = figuresOf(asked.definition, countable, part => tallies.of({ ...asked, definition: part }))
  return [
    ...withheldBy(ofRows).map(row => ({ row, column: ALL, people: 0 })),
    ...withheldBy(ofColumns).map(column => ({ row: ALL, column, people: 0 })),
    ...(whole.reason === 'COHORT_TOO_SMALL' ? [{ row: ALL, column: ALL, people: 0 }] : []),
  ]
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
