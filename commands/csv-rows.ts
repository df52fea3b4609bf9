// Reads a CSV file row by row without holding more than one row. A row that cannot be read is told apart from its neighbours,
// so that one bad row costs one row: RFC 4180, UTF-8, comma, first row the names of the columns. Empty lines are no rows.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Cells } from '../core/mapping/mapping.ts'
import { CommandError } from './command-error.ts'

export const LONGEST_ROW_BYTES = 1_000_000

type RowFault = 'ROW_TOO_LONG' | 'WRONG_COLUMN_COUNT' | 'UNTERMINATED_QUOTE' | 'INVALID_UTF8'

/** One data row, counted from 1: its cells by column, or why it cannot be read and the cells that can be, in their order. */
export type CsvRow =
  | { readonly number: number; readonly cells: Cells }
  | { readonly number: number; readonly fault: RowFault; readonly readable?: readonly string[] }

export interface CsvFile {
  readonly name: string
  readonly columns: readonly string[]
  readonly totalBytes: number
  bytesRead(): number
  /** In the file's order; reads on only when asked for the next. */
  readonly rows: AsyncIterable<CsvRow>
}

/** Opens a file and reads its header. Throws CommandError when there is no such file or no usable header. */
export async function openCsv(path: string): Promise<CsvFile> {
  const file = await stat(path).catch(() => undefined)
  if (file === undefined) throw new CommandError(`There is no file ${path}.`)
  if (!file.isFile()) throw new CommandError(`${path} is not a file.`)
  const stream = createReadStream(path)
  const name = basename(path)
  const { columns, rows } = await readCsv(stream, name)
  return { name, columns, rows, totalBytes: file.size, bytesRead: () => stream.bytesRead }
}

/** The same for bytes that come from anywhere. `name` is for messages. */
export async function readCsv(
  chunks: AsyncIterable<Buffer>,
  name: string,
): Promise<{ columns: readonly string[]; rows: AsyncIterable<CsvRow> }> {
  const raws = rawRows(chunks)
  const first = await raws.next()
  if (first.done === true)
    throw new CommandError(`${name} is empty. Expected a CSV file whose first row names the columns.`)
  const columns = headerOf(first.value, name)
  return { columns, rows: rowsOf(raws, columns) }
}

async function* rowsOf(raws: AsyncIterable<RawRow>, columns: readonly string[]): AsyncGenerator<CsvRow> {
  let number = 0
  for await (const raw of raws) {
    number += 1
    yield { number, ...readRow(raw, columns) }
  }
}

function readRow(
  raw: RawRow,
  columns: readonly string[],
): { cells: Cells } | { fault: RowFault; readable?: readonly string[] } {
  if (raw.fault !== undefined) return { fault: raw.fault }
  const text = decoded(raw.bytes)
  if (text === undefined) return { fault: 'INVALID_UTF8' }
  const cells = cellsOf(text)
  if (cells.length !== columns.length) return { fault: 'WRONG_COLUMN_COUNT', readable: cells }
  return { cells: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])) }
}

function headerOf(raw: RawRow, name: string): readonly string[] {
  const text = raw.fault === undefined ? decoded(raw.bytes) : undefined
  if (text === undefined)
    throw new CommandError(`The header of ${name} cannot be read. Expected one row of column names in UTF-8.`)
  const columns = cellsOf(text.replace(/^\uFEFF/, '')).map(column => column.trim())
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (columns.includes('')) throw new CommandError(`The header of ${name} has a column without a name.`)
  if (twice !== undefined) throw new CommandError(`The header of ${name} has the column ${twice} twice.`)
  return columns
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decoded(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

// A quote inside an unquoted cell is a character of it, as in 5" pipe.
function cellsOf(row: string): string[] {
  const records: string[][] = parse(row, { recordDelimiter: '\n', relaxColumnCount: true, relaxQuotes: true })
  return records[0] ?? []
}

interface RawRow {
  readonly bytes: Buffer
  readonly fault?: 'ROW_TOO_LONG' | 'UNTERMINATED_QUOTE'
}

const QUOTE = 0x22
const COMMA = 0x2c
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

type Position = 'at the start of a cell' | 'in a cell' | 'in quotes' | 'after a quote in quotes'

// Splits on bytes: no byte of a longer UTF-8 character equals a quote, a comma or a line feed, so broken text splits too.
async function* rawRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<RawRow> {
  let position: Position = 'at the start of a cell'
  let pieces: Buffer[] = []
  let length = 0
  let offset = 0

  const take = (piece: Buffer): void => {
    length += piece.length
    if (length > LONGEST_ROW_BYTES) pieces = []
    else pieces.push(piece)
  }
  const finish = (): RawRow | undefined => {
    const cut = position === 'in quotes'
    const tooLong = length > LONGEST_ROW_BYTES
    const bytes = withoutCarriageReturn(Buffer.concat(pieces))
    pieces = []
    length = 0
    position = 'at the start of a cell'
    if (cut) return { bytes, fault: 'UNTERMINATED_QUOTE' }
    if (tooLong) return { bytes, fault: 'ROW_TOO_LONG' }
    return bytes.length === 0 ? undefined : { bytes }
  }

  for await (const chunk of chunks) {
    let start = 0
    for (let index = 0; index < chunk.length; index += 1, offset += 1) {
      const byte = chunk[index]
      if (offset < BYTE_ORDER_MARK.length && byte === BYTE_ORDER_MARK[offset]) continue
      if (byte === LINE_FEED && position !== 'in quotes') {
        take(chunk.subarray(start, index))
        start = index + 1
        const row = finish()
        if (row !== undefined) yield row
      } else position = nextPosition(position, byte)
    }
    take(chunk.subarray(start))
  }
  const last = finish()
  if (last !== undefined) yield last
}

function nextPosition(position: Position, byte: number | undefined): Position {
  if (position === 'in quotes') return byte === QUOTE ? 'after a quote in quotes' : 'in quotes'
  if (byte === COMMA) return 'at the start of a cell'
  if (byte === QUOTE && position !== 'in a cell') return 'in quotes'
  return 'in a cell'
}

function withoutCarriageReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes
}
