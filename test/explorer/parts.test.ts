// The parts of the explorer that decide something, without a browser.
import { describe, expect, test } from 'vitest'
import { differencesOf } from '../../explorer/differences.ts'
import { comparisonIn, fragmentOf } from '../../explorer/link.ts'
import { linesOf } from '../../explorer/mask-lines.ts'
import { dictionaries } from '../../explorer/messages.ts'
import { childrenOf, placeKey, placeText, type Step } from '../../explorer/paths.ts'
import { readOutcome } from '../../explorer/send.ts'
import { freshVariables, parseVariables } from '../../explorer/session.ts'

const keys = (...paths: Step[][]) => paths.map(placeKey).sort()

describe('differences', () => {
  const between = (...values: unknown[]) => [...differencesOf(values).places].sort()

  test('are none between equal answers, however often they are given', () => {
    const answer = { a: [{ id: '1', b: null }], c: { d: 0 } }
    expect(between(answer, structuredClone(answer), structuredClone(answer))).toEqual([])
  })

  test('stand at the leaf that differs, in whichever of the answers', () => {
    expect(between({ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } })).toEqual(keys(['a', 'c']))
    expect(between({ a: 1 }, { a: 1 }, { a: 2 })).toEqual(keys(['a']))
  })

  test('tell null, absence, an empty list and an empty object apart', () => {
    expect(between({ a: null }, {})).toEqual(keys(['a']))
    expect(between({ a: null }, { a: [] })).toEqual(keys(['a']))
    expect(between({ a: {} }, { a: [] })).toEqual(keys(['a']))
    expect(between({ a: 1 }, { a: '1' })).toEqual(keys(['a']))
    expect(between({ a: [] }, { a: [] })).toEqual([])
  })

  test('stand at the whole part where one answer has none', () => {
    expect(between({ a: { b: 1 } }, { a: null })).toEqual(keys(['a']))
    expect(between({ a: 1 }, undefined)).toEqual(keys([]))
  })

  test('of a row that one answer lacks touch no other row', () => {
    const row = (id: string) => ({ node: { id, name: id } })
    expect(between([row('x'), row('y'), row('z')], [row('y'), row('z')])).toEqual(keys(['x']))
  })

  test('of rows without ids go by their position', () => {
    expect(between([1, 2, 3], [1, 3, 3])).toEqual(keys([1]))
  })

  test('end somewhere, and say so', () => {
    const rows = (value: number) => Array.from({ length: 60_000 }, () => value)
    const { isComplete, places } = differencesOf([rows(1), rows(2)])
    expect(isComplete).toBe(false)
    expect(places.size).toBeLessThan(60_000)
    expect(differencesOf([rows(1).slice(0, 10), rows(1).slice(0, 10)]).isComplete).toBe(true)
  })
})

describe('a link', () => {
  const known = { operations: ['One'], viewers: ['rep', 'partner', 'a', 'b', 'c', 'd', 'e'], purposes: ['MARKETING'] }
  const comparison = {
    operation: 'One',
    viewers: [
      { name: 'rep', purpose: 'MARKETING' },
      { name: 'partner', purpose: '' },
    ],
  }

  test('brings back what it was made from', () => {
    expect(comparisonIn(fragmentOf(comparison), known)).toEqual(comparison)
  })

  test.each([
    '',
    '#',
    '#operation=One',
    '#operation=One&as=rep',
    '#operation=Two&as=rep&as=partner',
    '#as=rep&as=partner',
  ])('that names no comparison is none: %s', fragment => expect(comparisonIn(fragment, known)).toBeUndefined())

  test('takes no viewer twice, none that is unknown, no more than six, and no unknown purpose', () => {
    const fragment = `#operation=One&as=rep&as=rep:MARKETING&as=nobody&as=__proto__&${'abcde'.replaceAll(/./g, 'as=$&:LOOKING&')}as=partner`
    expect(comparisonIn(fragment, known)?.viewers).toEqual(
      ['rep', 'a', 'b', 'c', 'd', 'e'].map(name => ({ name, purpose: '' })),
    )
  })
})

describe('the line of a place', () => {
  const value = {
    data: { list: [{ a: 1 }, { a: null, none: [], empty: {} }], text: 'two\nlines "quoted"', last: true },
    extensions: { masks: [] },
  }

  test('is the line on which the printed answer has it', () => {
    const printed = JSON.stringify(value, null, 2).split('\n')
    const lines = linesOf(
      value,
      new Set(keys(['data', 'list', 1, 'a'], ['data', 'text'], ['data', 'last'], ['extensions', 'masks'])),
    )
    const at = (...path: Step[]) => printed[Number(lines.get(placeKey(path))) - 1]?.trim()
    expect(at('data', 'list', 1, 'a')).toBe('"a": null,')
    expect(at('data', 'text')).toBe('"text": "two\\nlines \\"quoted\\"",')
    expect(at('data', 'last')).toBe('"last": true')
    expect(at('extensions', 'masks')).toBe('"masks": []')
  })

  test('of what is not there is not told', () => {
    expect(linesOf(value, new Set(keys(['data', 'other'])))).toEqual(new Map())
  })
})

describe('a place', () => {
  test('reads as one would write it', () => {
    expect(placeText(['customer', 'timeline', 'edges', 0, 'node', 'text'])).toBe('customer.timeline.edges[0].node.text')
  })

  test('has a key of its own, whatever its steps are called', () => {
    expect(placeKey(['a.b'])).not.toBe(placeKey(['a', 'b']))
    expect(placeKey(['0'])).not.toBe(placeKey([0]))
  })

  test('of a list is named by the id of its entry or of the node in it', () => {
    expect(childrenOf([{ id: 'x' }, { node: { id: 'y' } }, { node: {} }, 1]).map(({ name }) => name)).toEqual([
      'x',
      'y',
      2,
      3,
    ])
  })
})

describe('what came', () => {
  const read = (text: string, status = 200) => readOutcome(text, { status, headers: new Headers() }, 1)

  test.each(['', 'null', '[]', '"text"', '<html>', '{"message": "no"}', '{"errors": "no list"}'])(
    'is no answer where it is none: %s',
    text => expect(read(text, 502)).toEqual({ kind: 'foreign', status: 502, text }),
  )

  test('is an answer with data, with errors, or with both', () => {
    expect(read('{"data":null}')).toMatchObject({ kind: 'answer', data: null, errors: [], masks: [] })
    expect(read('{"errors":[{"message":"m"}]}', 401)).toMatchObject({
      status: 401,
      data: null,
      errors: [{ message: 'm' }],
    })
    expect(read('{"data":{"a":1},"errors":[{"message":"m"}]}')).toMatchObject({
      data: { a: 1 },
      errors: [{ message: 'm' }],
    })
  })

  test('brings what stands in the headers and the extensions', () => {
    const headers = new Headers({
      'x-request-id': 'r',
      'x-evidence-entry': 'e',
      'server-timing': 'parse;dur=1.5, mask;dur=2',
    })
    const text = '{"data":{},"extensions":{"masks":[{"path":["a"]}],"cost":{"total":3}}}'
    expect(readOutcome(text, { status: 200, headers }, 12.6)).toMatchObject({
      requestId: 'r',
      timings: [
        ['parse', 1.5],
        ['mask', 2],
      ],
      masks: [{ path: ['a'] }],
      cost: { total: 3 },
      evidenceEntryId: 'e',
      milliseconds: 13,
      characters: text.length,
    })
  })
})

describe('variables', () => {
  test.each(['[1]', 'null', '"text"', '{', '1'])('are no %s', text => {
    expect(() => parseVariables(text)).toThrow(SyntaxError)
  })

  test('have a new idempotency key each time the operation wants one', () => {
    const operation = (document: string) =>
      ({ name: 'M', document, variables: { a: 1 }, kind: 'mutation', task: '', viewers: [] }) as const
    const declaring = operation('mutation M($idempotencyKey: String!) { m(idempotencyKey: $idempotencyKey) }')
    const keysOf = [freshVariables(declaring), freshVariables(declaring)].map(({ idempotencyKey }) => idempotencyKey)
    expect(keysOf).toEqual([expect.stringMatching(/^[\w-]{36}$/), expect.stringMatching(/^[\w-]{36}$/)])
    expect(keysOf[0]).not.toBe(keysOf[1])
    expect(freshVariables(operation('{ a }'))).toEqual({ a: 1 })
  })
})

describe('the words', () => {
  test('of the two languages differ wherever they are not names', () => {
    const same = Object.entries(dictionaries.en).filter(([key, text]) => dictionaries.zh[key as 'run'] === text)
    expect(same).toEqual([])
    expect(Object.keys(dictionaries.zh).sort()).toEqual(Object.keys(dictionaries.en).sort())
  })
})
