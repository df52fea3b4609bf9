// Each stage by itself, where the differential test would not say which one went wrong.
import {
  buildSchema,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  parse,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { type OperationKey, operationCache } from '../../../gateway/federation/cache.ts'
import { interpretShape } from '../../../gateway/federation/interpret.ts'
import { copyOf, mergeInto } from '../../../gateway/federation/merge.ts'
import { compileRepresentations } from '../../../gateway/federation/representations.ts'
import { operationIn, type Variables } from '../../../gateway/federation/selection.ts'
import { compileShape, type Shaping } from '../../../gateway/federation/shape.ts'
import { compileOperation } from '../../../gateway/federation/subgraph-operation.ts'
import { targetsAt } from '../../../gateway/federation/targets.ts'

const schema = buildSchema(`
  type Query { shelf: Shelf things: [Thing] }
  type Shelf { books: [Book!] name: String! }
  interface Thing { id: ID! }
  type Book implements Thing { id: ID! title: String! pages: Int }
  type Map implements Thing { id: ID! scale: Float }`)

describe('representations', () => {
  const requires = [
    {
      kind: 'InlineFragment' as const,
      typeCondition: 'Book',
      selections: [
        { kind: 'Field' as const, name: '__typename' },
        { kind: 'Field' as const, name: 'id' },
      ],
    },
  ]
  const group = compileRepresentations(schema, requires, undefined)
  const a = { __typename: 'Book', id: '1', title: 'A' }
  const again = { __typename: 'Book', id: '1', title: 'A, from elsewhere' }

  it('are sent once for equal ones, with every place that asked', () => {
    expect(group([a, { __typename: 'Book', id: '2' }, again])).toEqual([
      { representation: { __typename: 'Book', id: '1' }, targets: [a, again] },
      { representation: { __typename: 'Book', id: '2' }, targets: [{ __typename: 'Book', id: '2' }] },
    ])
  })

  it('are left out of other types and where the key is not known', () => {
    expect(group([{ __typename: 'Map', id: '1' }, { __typename: 'Book' }, {}])).toEqual([])
  })

  it('are not taken for one another: 1 is not "1", and no text contains another key', () => {
    const ids = [1, '1', null, 'null', '1,', true]
    expect(group(ids.map(id => ({ __typename: 'Book', id })))).toHaveLength(ids.length)
  })
})

describe('targets', () => {
  const book = { id: '1' }
  const data = { things: [{ book }, null, { book }, { book: null }, {}], nested: [[{ book: { id: '2' } }], []] }

  it('are the objects at a path through lists, without those that are not there', () => {
    expect(targetsAt(data, ['things', '@', 'book'], false)).toEqual([book, book])
    expect(targetsAt(data, ['nested', '@', '@', 'book'], false)).toEqual([{ id: '2' }])
    expect(targetsAt(data, ['nothing', '@'], false)).toEqual([])
  })

  it('are there once where objects stand at several places', () => {
    expect(targetsAt(data, ['things', '@', 'book'], true)).toEqual([book])
  })
})

describe('merging', () => {
  it('goes into objects and into lists of one length, and takes over the rest', () => {
    const target = { a: { x: 1 }, list: [{ x: 1 }, null], other: [1] }
    mergeInto(target, { a: { y: 2 }, list: [{ y: 2 }, { y: 3 }], other: [2, 3], b: null })
    expect(target).toEqual({ a: { x: 1, y: 2 }, list: [{ x: 1, y: 2 }, { y: 3 }], other: [2, 3], b: null })
  })

  it('writes what is called __proto__ as a value like any other', () => {
    const target: Record<string, unknown> = {}
    mergeInto(target, JSON.parse('{"__proto__": {"polluted": true}}'))
    expect(Object.keys(copyOf(target))).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(target)).toBe(Object.prototype)
    expect('polluted' in {}).toBe(false)
  })
})

describe.each([
  ['compiled', compileShape],
  ['interpreted', interpretShape],
])('the %s shape', (_name, shapeOf) => {
  const shape = (text: string, data: unknown, conditions: Variables = {}) => {
    const shaping: Shaping = { introspected: () => 'introspected', isIncomplete: false }
    const shaped = shapeOf({ schema, ...operationIn(parse(text)), conditions })(data, shaping)
    return { shaped, isIncomplete: shaping.isIncomplete }
  }
  const key = { __typename: 'Book', id: '1' }

  it('holds what was asked for, in its order and under its names, and nothing else', () => {
    const { shaped } = shape('{ shelf { constructor: name books { p: pages __proto__: id } } }', {
      shelf: { constructor: 'fiction', books: [JSON.parse('{"p": 3, "__proto__": "1", "__typename": "Book"}')] },
    })
    expect(JSON.stringify(shaped)).toBe('{"shelf":{"constructor":"fiction","books":[{"p":3,"__proto__":"1"}]}}')
  })

  it('is null up to the nearest place that may be null', () => {
    const books = [
      { ...key, title: 'A' },
      { ...key, title: null },
    ]
    expect(shape('{ shelf { name books { title } } }', { shelf: { name: 'n', books } })).toEqual({
      shaped: { shelf: { name: 'n', books: null } },
      isIncomplete: true,
    })
    expect(shape('{ shelf { name } }', { shelf: {} })).toEqual({ shaped: { shelf: null }, isIncomplete: true })
  })

  it('tells abstract types apart by the name that was fetched', () => {
    const text = '{ things { __typename ... on Book { title } ... on Map { scale } } }'
    const things = [{ ...key, title: 'A' }, { __typename: 'Map', scale: 0.5 }, null]
    expect(shape(text, { things }).shaped).toEqual({
      things: [{ __typename: 'Book', title: 'A' }, { __typename: 'Map', scale: 0.5 }, null],
    })
    expect(shape(text, { things: [{ __typename: 'Globe' }] })).toEqual({
      shaped: { things: [null] },
      isIncomplete: true,
    })
  })

  it('leaves out what its conditions leave out', () => {
    const text = 'query ($yes: Boolean!) { shelf { name @include(if: $yes) books @skip(if: $yes) { id } } }'
    expect(shape(text, { shelf: { name: 'n' } }, { yes: true }).shaped).toEqual({ shelf: { name: 'n' } })
  })
})

describe('an operation of a subgraph', () => {
  const withResolvers = (resolvers: Readonly<Record<string, (...args: never[]) => unknown>>): GraphQLSchema => {
    const built = buildSchema(
      'type Query { a(n: Int = 2): [Int] b: [Int!] c: Item } type Item { d: Int! e: Int! f: Int }',
    )
    const query = built.getQueryType() as GraphQLObjectType
    for (const [name, resolve] of Object.entries(resolvers)) Object.assign(query.getFields()[name] ?? {}, { resolve })
    return built
  }
  const run = async (text: string, resolvers: Parameters<typeof withResolvers>[0], variables: Variables = {}) => {
    const { data, errors = [] } = await compileOperation(withResolvers(resolvers), parse(text))(variables, {})
    return { data, places: errors.map(({ path }) => path?.join('.')) }
  }

  it('keeps the length of a list in which a promise rejects', async () => {
    const a = () => [1, Promise.reject(new Error('no')), Promise.resolve(3)]
    expect(await run('{ a }', { a })).toEqual({ data: { a: [1, null, 3] }, places: ['a.1'] })
  })

  it('tells one error for each place that is nulled', async () => {
    expect(await run('{ b }', { b: () => [null, null] })).toEqual({ data: { b: null }, places: ['b.0'] })
    expect(await run('{ c { d e } }', { c: () => ({}) })).toEqual({ data: { c: null }, places: ['c.d'] })
  })

  it('waits for properties that are promises, and calls those that are functions', async () => {
    const c = () => ({ d: Promise.resolve(1), e: () => 2, f: async () => 3 })
    expect(await run('{ c { d e f } }', { c })).toEqual({ data: { c: { d: 1, e: 2, f: 3 } }, places: [] })
  })

  it('may name types and fields as JavaScript names nothing', async () => {
    const built = buildSchema(
      'type Query { await: delete } type delete { class: String constructor: Int __proto: Int }',
    )
    Object.assign(built.getQueryType()?.getFields().await ?? {}, { resolve: () => ({ class: 'a', constructor: 7 }) })
    const { data } = await compileOperation(
      built,
      parse('{ await { class constructor __proto__: class new: __proto } }'),
    )({}, {})
    expect(JSON.stringify(data)).toBe('{"await":{"class":"a","constructor":7,"__proto__":"a","new":null}}')
  })

  it('tells resolvers where they are, by name, path, nodes and variables', async () => {
    const told: unknown[] = []
    const a = (_source: never, args: never, _context: never, info: never) => {
      const { fieldName, path, fieldNodes, variableValues, parentType } = info as Partial<GraphQLResolveInfo>
      told.push(args, fieldName, path, [...(fieldNodes ?? [])].length, variableValues, isObjectType(parentType))
      return []
    }
    await run('query ($n: Int) { x: a(n: $n) x: a(n: $n) }', { a }, { n: 7 })
    expect(told).toEqual([{ n: 7 }, 'a', { prev: undefined, key: 'x', typename: 'Query' }, 2, { n: 7 }, true])
  })

  it('is interpreted, and counted, when its conditions come in more combinations than are kept', async () => {
    const names = ['p', 'q', 'r', 's', 't']
    const declared = names.map(name => `$${name}: Boolean!`).join(' ')
    const text = `query (${declared}) { ${names.map(name => `${name}: a @include(if: $${name})`).join(' ')} }`
    let fallbacks = 0
    const ask = compileOperation(withResolvers({ a: () => [1] }), parse(text), () => fallbacks++)
    for (let bits = 0; bits < 32; bits++) {
      const variables = Object.fromEntries(names.map((name, index) => [name, (bits >> index) % 2 === 1]))
      const { data } = await ask(variables, {})
      expect(Object.keys(data ?? {})).toEqual(names.filter(name => variables[name]))
    }
    expect(fallbacks).toBe(16)
  })
})

describe('the cache of operations', () => {
  const key = (document: string, rest: Partial<OperationKey> = {}): OperationKey => ({
    document,
    operationName: undefined,
    contract: 'whole',
    viewerClass: 'every',
    policyEpoch: 1,
    ...rest,
  })

  it('forgets what was unused for longest', () => {
    const cache = operationCache<string>(2)
    const made: string[] = []
    const ask = (document: string) =>
      cache.get(key(document), () => {
        made.push(document)
        return document
      })
    for (const document of ['a', 'b', 'a', 'c', 'a', 'b']) expect(ask(document)).toBe(document)
    expect(made).toEqual(['a', 'b', 'c', 'b'])
    expect(cache.size).toBe(2)
  })

  it('keeps apart what differs in any part of the key', () => {
    const cache = operationCache<number>(10)
    let count = 0
    const keys = [
      key('a'),
      key('b'),
      key('a', { operationName: 'Q' }),
      key('a', { contract: 'partner' }),
      key('a', { viewerClass: 'REP' }),
      key('a', { policyEpoch: 2 }),
    ]
    expect(keys.map(each => cache.get(each, () => count++))).toEqual([0, 1, 2, 3, 4, 5])
    expect(keys.map(each => cache.get(each, () => count++))).toEqual([0, 1, 2, 3, 4, 5])
  })
})
