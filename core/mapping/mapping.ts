// Makes one payload of one row. Pure: the same mapping, row and place give the same payload.
import { z } from 'zod'
import { unreachable } from '../errors.ts'
import type { ColumnPart, Expression, FirstWeekdayPart, Mapping, Part } from './mapping-language.ts'

export type Cells = Readonly<Record<string, string>>
type Scalar = string | number | boolean
export type Payload = { readonly [field: string]: Scalar | Payload }

interface Row {
  readonly cells: Cells
  readonly place: { readonly file: string; readonly row: number }
}

/** The payload of one row, or why there is none: the column and what was expected, never the cell's value. */
export function applyMapping(
  { payload }: Mapping,
  cells: Cells,
  place: Row['place'],
): { payload: Payload } | { reason: string } {
  try {
    return { payload: objectOf(payload.fields, { cells, place }) }
  } catch (error) {
    if (error instanceof Unmappable) return { reason: error.message }
    throw error
  }
}

// Stays inside this file: the way out of a deep part to applyMapping.
class Unmappable extends Error {}

function objectOf(fields: Readonly<Record<string, Part>>, row: Row): Payload {
  const entries = Object.entries(fields).flatMap(([field, part]) => {
    const value = partValue(part, row)
    return value === undefined ? [] : [[field, value] as const]
  })
  return Object.fromEntries(entries)
}

function partValue(part: Part, row: Row): Scalar | Payload | undefined {
  switch (part.kind) {
    case 'object':
      return objectOf(part.fields, row)
    case 'whenFilled':
      return cellOf(part.column, row) === '' ? undefined : partValue(part.part, row)
    default:
      return scalarOf(part, row)
  }
}

function scalarOf(expression: Expression, row: Row): Scalar | undefined {
  switch (expression.kind) {
    case 'constant':
      return expression.constant
    case 'column':
      return columnValue(expression, row)
    case 'row':
      return `${row.place.file}:${row.place.row}`
    case 'join': {
      const values = expression.parts.map(each => scalarOf(each, row))
      return values.includes(undefined) ? undefined : values.join('')
    }
    case 'firstWeekdayOf':
      return firstWeekday(expression, row)
    default:
      return unreachable(expression)
  }
}

function columnValue({ column, as, replace, oneOf, emptyAs }: ColumnPart, row: Row): string | number | undefined {
  const raw = cellOf(column, row)
  if (raw === '' && emptyAs === 'absent') return undefined
  if (raw === '') throw new Unmappable(`column ${column}: expected a value, the cell is empty`)
  const cell = replace !== undefined && Object.hasOwn(replace, raw) ? (replace[raw] ?? raw) : raw
  if (oneOf !== undefined && !oneOf.includes(cell)) {
    throw new Unmappable(`column ${column}: expected one of ${oneOf.join(', ')}`)
  }
  const { read, expected } = conversions[as]
  const value = read(cell)
  if (value === undefined) throw new Unmappable(`column ${column}: expected ${expected}`)
  return value
}

function cellOf(column: string, { cells }: Row): string {
  const cell = Object.hasOwn(cells, column) ? cells[column] : undefined
  if (cell === undefined) throw new Unmappable(`column ${column}: expected the file to have it`)
  return cell.trim()
}

interface Conversion {
  readonly expected: string
  /** Undefined for a cell that is no such value. */
  readonly read: (cell: string) => string | number | undefined
}

const date = z.iso.date()
const dateTime = z.iso.datetime({ offset: true })

const conversions: Readonly<Record<ColumnPart['as'], Conversion>> = {
  text: { expected: 'text', read: cell => cell },
  integer: {
    expected: 'a whole number',
    read: cell => (/^-?\d+$/.test(cell) && Number.isSafeInteger(Number(cell)) ? Number(cell) : undefined),
  },
  number: {
    expected: 'a number such as -0.5',
    read: cell => (/^-?\d{1,15}(\.\d{1,15})?$/.test(cell) ? Number(cell) : undefined),
  },
  // Stays text: a decimal such as 0.1 has no exact number.
  decimal: { expected: 'a decimal such as 1054.00', read: cell => (/^-?\d+(\.\d+)?$/.test(cell) ? cell : undefined) },
  instant: {
    expected: 'a date such as 2017-03-01, or a time with its zone',
    read: cell => {
      if (date.safeParse(cell).success) return `${cell}T00:00:00.000Z`
      return dateTime.safeParse(cell).success ? new Date(cell).toISOString() : undefined
    },
  },
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

function firstWeekday(part: FirstWeekdayPart, row: Row): string | undefined {
  const year = scalarOf(part.year, row)
  const month = scalarOf(part.month, row)
  const weekday = scalarOf(part.weekday, row)
  if (year === undefined || month === undefined || weekday === undefined) return undefined
  if (!/^[12]\d{3}$/.test(String(year))) throw new Unmappable(`${nameOf(part.year)}: expected a year of four digits`)
  const firstOfMonth = new Date(Date.UTC(Number(year), indexIn(MONTHS, month, part.month), 1))
  const daysAhead = (indexIn(WEEKDAYS, weekday, part.weekday) - firstOfMonth.getUTCDay() + 7) % 7
  firstOfMonth.setUTCDate(1 + daysAhead)
  return firstOfMonth.toISOString()
}

function indexIn(names: readonly string[], value: Scalar, from: Expression): number {
  const index = names.indexOf(String(value).toLowerCase())
  if (index === -1) throw new Unmappable(`${nameOf(from)}: expected one of ${names.join(', ')}`)
  return index
}

function nameOf(expression: Expression): string {
  return expression.kind === 'column' ? `column ${expression.column}` : 'the mapping'
}
