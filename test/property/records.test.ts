// How records are read from strangers and written for spreadsheets.

import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRow } from '../../core/records/csv.ts'
import { readNdjson } from '../../core/records/ndjson.ts'
import { strictJson } from '../../core/records/strict-json.ts'

const RUNS = { numRuns: Number(process.env.CASES ?? 500) }

describe('strict JSON', () => {
  it('reads what JSON.parse reads, where no key comes twice', () => {
    const property = fc.property(fc.jsonValue({ maxDepth: 4 }), value => {
      const text = JSON.stringify(value)
      expect(strictJson(text)).toEqual({ value: JSON.parse(text) })
      expect(strictJson(JSON.stringify(value, null, 2))).toEqual({ value: JSON.parse(text) })
    })
    fc.assert(property, RUNS)
  })

  it.each([
    ['{"a": 1, "a": 1}', 'DUPLICATE_KEY'],
    ['{"a": 1, "\\u0061": 2}', 'DUPLICATE_KEY'],
    ['[{"x": {"k": 1, "k": 2}}]', 'DUPLICATE_KEY'],
    ['{"a\\"": 1, "a\\"": 2}', 'DUPLICATE_KEY'],
    ['1e400', 'NUMBER_TOO_LARGE'],
    ['[-1e999]', 'NUMBER_TOO_LARGE'],
    ['[1.2.3]', 'INVALID_JSON'],
    ['{', 'INVALID_JSON'],
    ['', 'INVALID_JSON'],
    ["{'a': 1}", 'INVALID_JSON'],
    ['NaN', 'INVALID_JSON'],
    [`${'['.repeat(33)}${']'.repeat(33)}`, 'NESTED_TOO_DEEP'],
    ['['.repeat(500_000), 'NESTED_TOO_DEEP'],
  ])('%j is %s', (text, fault) => {
    expect(strictJson(text)).toEqual({ fault })
  })

  it.each(['{"a": {"k": 1}, "b": {"k": 1}}', '[{"k": 1}, {"k": 1}]', '{"a": "{\\"b\\": 1, \\"b\\": 2}"}'])(
    '%s holds no key twice',
    text => {
      expect(strictJson(text)).toHaveProperty('value')
    },
  )
})

describe('lines of JSON', () => {
  const readAll = async (chunks: readonly Buffer[]) => {
    async function* given() {
      yield* chunks
    }
    const lines = []
    for await (const { bytes: _, ...read } of readNdjson(given())) lines.push(read)
    return lines
  }

  it('are the same however they are cut into pieces', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.jsonValue({ maxDepth: 2 })),
      fc.array(fc.nat(400)),
      async (values, cuts) => {
        const whole = Buffer.from(values.map(value => `${JSON.stringify(value)}\n`).join(''))
        const at = [0, ...cuts.map(cut => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length]
        const pieces = at.slice(1).map((end, n) => whole.subarray(at[n], end))
        const read = await readAll(pieces)
        expect(read).toEqual(values.map((value, n) => ({ number: n + 1, value: JSON.parse(JSON.stringify(value)) })))
      },
    )
    await fc.assert(property, RUNS)
  })
})

describe('a row of CSV', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary' }).map(text => text.toWellFormed()),
    fc.constantFrom('=1+1', '+1', '-1', '-x', '@SUM(A1)', '\t=1', ' =1', '\r=1', '＝1', '"', 'a,b', 'a\nb', ''),
  )

  it('is read again as it was, but for an apostrophe before what could be a formula', () => {
    const property = fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), cells => {
      const text = csvRow(cells)
      const options = { recordDelimiter: '\r\n', skipEmptyLines: false, relaxColumnCount: true }
      const [read] = parse(text, options) as string[][]
      if (cells.length === 1 && cells[0] === '') return
      expect(read?.map((each, n) => (each === `'${cells[n]}` ? cells[n] : each))).toEqual(cells)
      for (const each of read ?? []) expect(/^\s*[=+@＝＋＠]|^\s*-(?!\d+(\.\d+)?$)/.test(each), each).toBe(false)
    })
    fc.assert(property, RUNS)
  })

  it('leaves numbers as they are', () => {
    expect(csvRow([-1, 2.5, '-3', null])).toBe('-1,2.5,-3,\r\n')
  })
})
