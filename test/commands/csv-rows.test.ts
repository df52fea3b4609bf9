import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CommandError } from '../../commands/command-error.ts'
import { type CsvRow, LONGEST_ROW_BYTES, openCsv, readCsv } from '../../commands/csv-rows.ts'
import { temporaryFolder } from './folder.ts'

const folder = temporaryFolder()

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function rowsOf(content: string | Buffer, chunkSize = 65_536): Promise<CsvRow[]> {
  const { rows } = await readCsv(chunksOf(Buffer.from(content), chunkSize), 'test.csv')
  const all: CsvRow[] = []
  for await (const row of rows) all.push(row)
  return all
}

describe('A well formed file', () => {
  test.each<[string, string, Record<string, string>[]]>([
    [
      'plain cells',
      'a,b\n1,2\n3,4\n',
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    ['no line feed at its end', 'a,b\n1,2', [{ a: '1', b: '2' }]],
    [
      'carriage returns',
      'a,b\r\n1,2\r\n"3",4\r\n',
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    ['a byte order mark before a quoted name', '\uFEFF"a",b\n1,2\n', [{ a: '1', b: '2' }]],
    ['commas, quotes and line feeds in quotes', 'a,b\n"x, ""y""\nz",2\n', [{ a: 'x, "y"\nz', b: '2' }]],
    [
      'a quote within a plain cell',
      'a,b\n5" pipe,2\n3,4\n',
      [
        { a: '5" pipe', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    [
      'empty cells and empty lines',
      'a,b\n\n,\r\n\r\n3,4\n',
      [
        { a: '', b: '' },
        { a: '3', b: '4' },
      ],
    ],
    ['characters of many bytes', 'a,b\n客户,🙂\n', [{ a: '客户', b: '🙂' }]],
    ['column names that every object has', 'a,__proto__\n1,2\n', [JSON.parse('{"a": "1", "__proto__": "2"}')]],
  ])('with %s reads the same in pieces of any size', async (_name, content, expected) => {
    const numbered = expected.map((cells, index) => ({ number: index + 1, cells }))
    expect(await rowsOf(content)).toEqual(numbered)
    expect(await rowsOf(content, 1)).toEqual(numbered)
    expect(await rowsOf(content, 2)).toEqual(numbered)
  })

  test('holds any cells that a spreadsheet writes', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '客', '') })
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell)),
        fc.constantFrom('\n', '\r\n'),
        fc.nat(7),
        async (table, end, more) => {
          const content = ['a,b', ...table.map(cells => cells.map(quoted).join(','))].join(end)
          const expected = table.map(([a, b], index) => ({ number: index + 1, cells: { a, b } }))
          expect(await rowsOf(content, 1 + more)).toEqual(expected)
        },
      ),
    )
  })

  test('with a header alone has no rows', async () => {
    expect(await rowsOf('a,b\n')).toEqual([])
  })
})

describe('A row that cannot be read', () => {
  test('costs itself alone when it has too few or too many columns', async () => {
    expect(await rowsOf('a,b\n1\n1,2,3\n4,5\n')).toEqual([
      { number: 1, fault: 'WRONG_COLUMN_COUNT', readable: ['1'] },
      { number: 2, fault: 'WRONG_COLUMN_COUNT', readable: ['1', '2', '3'] },
      { number: 3, cells: { a: '4', b: '5' } },
    ])
  })

  test('costs itself alone when it is not UTF-8', async () => {
    const broken = Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xe5, 0xae]), Buffer.from('\n4,5\n')])
    const expected = [
      { number: 1, fault: 'INVALID_UTF8' },
      { number: 2, cells: { a: '4', b: '5' } },
    ]
    expect(await rowsOf(broken)).toEqual(expected)
    expect(await rowsOf(broken, 1)).toEqual(expected)
  })

  test('is named when the file is cut within quotes', async () => {
    expect(await rowsOf('a,b\n1,2\n3,"cut in the mid')).toEqual([
      { number: 1, cells: { a: '1', b: '2' } },
      { number: 2, fault: 'UNTERMINATED_QUOTE' },
    ])
  })

  test('is named when the file is cut between cells', async () => {
    expect(await rowsOf('a,b\n1,2\n3')).toEqual([
      { number: 1, cells: { a: '1', b: '2' } },
      { number: 2, fault: 'WRONG_COLUMN_COUNT', readable: ['3'] },
    ])
  })

  test('costs itself alone when it is longer than a megabyte, in quotes or not', async () => {
    const long = 'x'.repeat(LONGEST_ROW_BYTES)
    const expected = [
      { number: 1, fault: 'ROW_TOO_LONG' },
      { number: 2, fault: 'ROW_TOO_LONG' },
      { number: 3, cells: { a: '4', b: '5' } },
    ]
    expect(await rowsOf(`a,b\n${long},2\n"${long}\n",2\n4,5\n`)).toEqual(expected)
  })

  test('of a hundred megabytes is passed over without being held', async () => {
    let largest = 0
    async function* file(): AsyncGenerator<Buffer> {
      yield Buffer.from('a,b\n1,')
      for (let piece = 0; piece < 1_600; piece += 1) {
        yield Buffer.alloc(65_536, 'x')
        largest = Math.max(largest, process.memoryUsage().arrayBuffers)
      }
      yield Buffer.from('\n4,5\n')
    }
    const before = process.memoryUsage().arrayBuffers
    const { rows } = await readCsv(file(), 'test.csv')
    const all: CsvRow[] = []
    for await (const row of rows) all.push(row)
    expect(all).toEqual([
      { number: 1, fault: 'ROW_TOO_LONG' },
      { number: 2, cells: { a: '4', b: '5' } },
    ])
    expect(largest - before).toBeLessThan(80_000_000)
  })
})

describe('A file that is no table', () => {
  test.each<[string, string | Buffer, string]>([
    ['is empty', '', 'test.csv is empty.'],
    ['has only empty lines', '\n\r\n\n', 'test.csv is empty.'],
    ['names a column twice', 'a,b,a\n1,2,3\n', 'has the column a twice'],
    ['has a column without a name', 'a,,c\n1,2,3\n', 'has a column without a name'],
    ['is UTF-16', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), 'The header of test.csv cannot be read.'],
    ['ends within a quoted header', '"a,b', 'The header of test.csv cannot be read.'],
  ])('is refused when it %s', async (_name, content, message) => {
    const refused = await rowsOf(content).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(CommandError)
    expect(String(refused)).toContain(message)
  })

  test('is refused when there is none', async () => {
    await expect(openCsv(join(folder, 'none.csv'))).rejects.toThrow('There is no file')
    await expect(openCsv(folder)).rejects.toThrow('is not a file')
  })
})

test('A file is read on only when the next row is asked for', async () => {
  const path = join(folder, 'long.csv')
  writeFileSync(path, `a,b\n${'1,2\n'.repeat(2_000_000)}`)
  const file = await openCsv(path)
  let count = 0
  for await (const _row of file.rows) {
    count += 1
    if (count === 10) break
  }
  expect(file.totalBytes).toBe(8_000_004)
  expect(file.bytesRead()).toBeLessThan(500_000)
})
