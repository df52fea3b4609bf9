import { buildSchema, execute, type GraphQLObjectType, type GraphQLResolveInfo, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { oncePerField, type Selection, selectionBelow } from '../../core/look-ahead.ts'

const schema = () =>
  buildSchema(`
    type Query { book: Book, books: [Book], things: [Thing] }
    interface Node { id: ID }
    union Thing = Book | Person
    type Book implements Node { id: ID, title: String, author: Person, chapters(first: Int! = 3, after: String): [Chapter] }
    type Person implements Node { id: ID, name: String, books: [Book] }
    type Chapter { title: String, book: Book }
  `)

/** What `look` makes of the info with which the root field is resolved. */
async function seen<T>(query: string, look: (info: GraphQLResolveInfo) => T, variables: object = {}): Promise<T> {
  const built = schema()
  const found: T[] = []
  for (const field of Object.values((built.getQueryType() as GraphQLObjectType).getFields())) {
    field.resolve = (_source, _args, _context, info) => {
      found.push(look(info))
      return null
    }
  }
  const { errors } = await execute({ schema: built, document: parse(query), variableValues: { ...variables } })
  expect(errors).toBeUndefined()
  return found[0] as T
}

const FIELDS = ['id', 'title', 'author', 'chapters', 'name', 'books', 'book']
const fieldsOf = (selection: Selection) => FIELDS.filter(field => selection.has(field))
const below = (query: string, variables?: object) => seen(query, info => fieldsOf(selectionBelow(info)), variables)

describe('what is selected below a field', () => {
  it('is found under aliases, and once where it is asked for twice', async () => {
    expect(await below('{ book { a: title b: title id } }')).toEqual(['id', 'title'])
    expect(await below('{ book { id } book { title } }')).toEqual(['id', 'title'])
  })

  it('is found through fragments, named, inline and nested, on the type and on what it implements', async () => {
    expect(
      await below(`{ book { ...of ... on Node { id } ... { chapters { title } } } }
        fragment of on Book { ...more } fragment more on Book { title }`),
    ).toEqual(['id', 'title', 'chapters'])
  })

  it('is nothing of a fragment on another type', async () => {
    const ofBooks = (info: GraphQLResolveInfo) => fieldsOf(selectionBelow(info, 'Book'))
    const query = '{ things { ... on Book { title } ... on Person { name } ... on Node { id } } }'
    expect(await seen(query, ofBooks)).toEqual(['id', 'title'])
    expect(await seen(query, info => fieldsOf(selectionBelow(info, 'Person')))).toEqual(['id', 'name'])
  })

  it.each([
    ['a field', 'title @DIRECTIVE'],
    ['an inline fragment', '... @DIRECTIVE { title }'],
    ['a fragment', '...f @DIRECTIVE'],
  ])('is left out where @skip or @include leaves out %s', async (_, place) => {
    const query = (directive: string) =>
      `query($yes: Boolean!, $no: Boolean!) { book { id ${place.replace('@DIRECTIVE', directive)} y: id @include(if: $yes) n: id @skip(if: $no) } }
       ${place.includes('...f') ? 'fragment f on Book { title }' : ''}`
    const variables = { yes: true, no: false }
    expect(await below(query('@skip(if: $yes)'), variables)).toEqual(['id'])
    expect(await below(query('@include(if: $no)'), variables)).toEqual(['id'])
    expect(await below(query('@skip(if: $no) @include(if: $no)'), variables)).toEqual(['id'])
    expect(await below(query('@skip(if: $no) @include(if: $yes)'), variables)).toEqual(['id', 'title'])
  })

  it('is told along a path, of several places of a field together', async () => {
    const query = '{ book { a: chapters { title } b: chapters(first: 1) { book { author { name } } } } }'
    expect(await seen(query, info => fieldsOf(selectionBelow(info).at('chapters')))).toEqual(['title', 'book'])
    expect(await seen(query, info => fieldsOf(selectionBelow(info).at('chapters', 'book', 'author')))).toEqual(['name'])
    expect(await seen(query, info => fieldsOf(selectionBelow(info).at('author', 'books')))).toEqual([])
  })

  it('is told place by place with its own arguments, variables and defaults put in', async () => {
    const query = `query($first: Int!, $after: String) {
      book { a: chapters { title } b: chapters(first: $first, after: $after) { book { id } } c: chapters(first: 9) @skip(if: true) { title } } }`
    const places = (info: GraphQLResolveInfo) =>
      selectionBelow(info)
        .all('chapters')
        .map(({ args, below: chapter }) => [args, fieldsOf(chapter)])
    expect(await seen(query, places, { first: 7 })).toEqual([
      [{ first: 3 }, ['title']],
      [{ first: 7 }, ['book']],
    ])
  })

  it('has no arguments where they are at odds with the schema', async () => {
    const query = 'query($first: Int) { book { chapters(first: $first) { title } } }'
    const places = (info: GraphQLResolveInfo) =>
      selectionBelow(info)
        .all('chapters')
        .map(({ args }) => args)
    expect(await seen(query, places, { first: null })).toEqual([undefined])
  })

  it('is worked out once for all entities of a list', async () => {
    const built = schema()
    const made: unknown[] = []
    const once = oncePerField(info => {
      made.push(info.fieldName)
      return made.length
    })
    const type = built.getType('Book') as GraphQLObjectType
    const field = type.getFields().chapters
    if (field !== undefined) field.resolve = (_source, _args, _context, info) => void once(info)
    const rootValue = { books: [{}, {}, {}], book: {} }
    await execute({
      schema: built,
      document: parse('{ books { chapters { title } } book { chapters { title } } }'),
      rootValue,
    })
    expect(made).toEqual(['chapters', 'chapters'])
  })
})
