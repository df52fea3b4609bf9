import { describe, expect, test } from 'vitest'
import { applyMapping, type Cells } from '../../core/mapping/mapping.ts'
import { columnsOf, parseMapping } from '../../core/mapping/mapping-language.ts'

const place = { file: 'deals.csv', row: 7 }

function mapped(payload: unknown, cells: Cells) {
  const parsed = parseMapping({ description: 'A test.', source: 'test', payload })
  if ('reasons' in parsed) throw new Error(parsed.reasons.join('\n'))
  return applyMapping(parsed.mapping, cells, place)
}

function reasons(payload: unknown): readonly string[] {
  const parsed = parseMapping({ description: 'A test.', source: 'test', payload })
  return 'reasons' in parsed ? parsed.reasons : []
}

describe('A mapped value', () => {
  const amount = { whenFilled: 'v', part: { amount: { column: 'v', as: 'decimal' }, currency: { constant: 'USD' } } }
  const day = { year: { constant: 2009 }, month: { column: 'm' }, weekday: { column: 'd' } }

  test.each<[string, unknown, Cells, unknown]>([
    ['is a constant', { constant: 2009 }, {}, 2009],
    ['is a cell without the space around it', { column: 'a' }, { a: '  Acme Corporation ' }, 'Acme Corporation'],
    ['is replaced as a whole', { column: 'a', replace: { GTXPro: 'GTX Pro' } }, { a: 'GTXPro' }, 'GTX Pro'],
    ['is not replaced in part', { column: 'a', replace: { GTX: 'X' } }, { a: 'GTXPro' }, 'GTXPro'],
    ['is replaced by own entries only', { column: 'a', replace: {} }, { a: 'toString' }, 'toString'],
    ['is one of a list after replacing', { column: 'a', replace: { W: 'WON' }, oneOf: ['WON'] }, { a: 'W' }, 'WON'],
    ['is a whole number', { column: 'a', as: 'integer' }, { a: '-42' }, -42],
    ['is a decimal kept as text', { column: 'a', as: 'decimal' }, { a: '0.10' }, '0.10'],
    ['is midnight UTC of a date', { column: 'a', as: 'instant' }, { a: '2017-03-01' }, '2017-03-01T00:00:00.000Z'],
    [
      'is the UTC of a time',
      { column: 'a', as: 'instant' },
      { a: '2017-03-01T01:30:00+02:00' },
      '2017-02-28T23:30:00.000Z',
    ],
    ['is absent for an empty cell', { column: 'a', emptyAs: 'absent' }, { a: ' ' }, undefined],
    ['joins texts and cells', { join: ['ACC-', { column: 'a' }] }, { a: 'Isdom' }, 'ACC-Isdom'],
    ['is absent when a joined one is', { join: ['ACC-', { column: 'a', emptyAs: 'absent' }] }, { a: '' }, undefined],
    ['names the place of the row', { join: ['BANK-', { row: 'place' }] }, {}, 'BANK-deals.csv:7'],
    ['is the first Friday of May', { firstWeekdayOf: day }, { m: 'may', d: 'fri' }, '2009-05-01T00:00:00.000Z'],
    ['is the first Thursday of May', { firstWeekdayOf: day }, { m: 'may', d: 'thu' }, '2009-05-07T00:00:00.000Z'],
    ['is the first Sunday of March', { firstWeekdayOf: day }, { m: 'MAR', d: 'Sun' }, '2009-03-01T00:00:00.000Z'],
    ['is a part while its cell is filled', amount, { v: '54.0' }, { amount: '54.0', currency: 'USD' }],
    ['is no part while its cell is empty', amount, { v: '' }, undefined],
    ['is an object of such values', { a: { b: { column: 'a' } } }, { a: 'x' }, { a: { b: 'x' } }],
  ])('%s', (_name, part, cells, expected) => {
    expect(mapped({ value: part }, cells)).toEqual({ payload: expected === undefined ? {} : { value: expected } })
  })
})

describe('A row that cannot be mapped', () => {
  const inMay = { year: { constant: 2009 }, month: { constant: 'may' }, weekday: { column: 'a' } }

  test.each<[string, unknown, string, string]>([
    ['an empty cell', { column: 'a' }, '', 'column a: expected a value, the cell is empty'],
    ['a value out of the list', { column: 'a', oneOf: ['x', 'y'] }, 'secret', 'column a: expected one of x, y'],
    ['a fraction', { column: 'a', as: 'integer' }, '1.5', 'column a: expected a whole number'],
    ['a number too large', { column: 'a', as: 'integer' }, '9007199254740993', 'column a: expected a whole number'],
    ['an exponent', { column: 'a', as: 'decimal' }, '1e5', 'column a: expected a decimal such as 1054.00'],
    [
      'a day that no calendar has',
      { column: 'a', as: 'instant' },
      '2017-02-30',
      'column a: expected a date such as 2017-03-01, or a time with its zone',
    ],
    [
      'a time without its zone',
      { column: 'a', as: 'instant' },
      '2017-02-03T10:00:00',
      'column a: expected a date such as 2017-03-01, or a time with its zone',
    ],
    [
      'an unknown weekday',
      { firstWeekdayOf: inMay },
      'freitag',
      'column a: expected one of sun, mon, tue, wed, thu, fri, sat',
    ],
  ])('for %s names the column and what was expected, never the value', (_name, part, cell, reason) => {
    expect(mapped({ value: part }, { a: cell })).toEqual({ reason })
  })

  test('for a missing column says so, even for a name that every object has', () => {
    expect(mapped({ value: { column: 'constructor' } }, {})).toEqual({
      reason: 'column constructor: expected the file to have it',
    })
  })
})

describe('A mapping', () => {
  test('names the columns that it reads, each once', () => {
    const parsed = parseMapping({
      description: 'A test.',
      source: 'test',
      payload: {
        number: { join: [{ column: 'a' }, '-', { column: 'b' }] },
        part: { whenFilled: 'c', part: { again: { column: 'a' } } },
        at: { firstWeekdayOf: { year: { column: 'y' }, month: { column: 'm' }, weekday: { constant: 'mon' } } },
      },
    })
    expect('mapping' in parsed && columnsOf(parsed.mapping)).toEqual(['a', 'b', 'c', 'y', 'm'])
  })

  test.each<[string, unknown, string]>([
    ['a misspelt conversion', { a: { column: 'x', as: 'datum' } }, 'payload.a.as: Invalid option'],
    ['a misspelt setting', { a: { column: 'x', replaces: {} } }, 'payload.a: Unrecognized key: "replaces"'],
    ['a bare value', { a: 'text' }, 'payload.a: Invalid input: expected record, received string'],
    ['an expression that is none', { a: { join: [{ b: 1 }] } }, 'payload.a.join.0: Invalid input: expected string'],
    [
      'a missing weekday',
      { a: { firstWeekdayOf: { year: { constant: 1 }, month: { constant: 1 } } } },
      'payload.a.firstWeekdayOf.weekday: expected one of constant, column, row, join, firstWeekdayOf',
    ],
  ])('with %s is refused at its place', (_name, payload, reason) => {
    expect(reasons(payload)).toEqual([expect.stringContaining(reason)])
  })
})
