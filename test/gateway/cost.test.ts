// What an operation may cost at most, worked out by hand.
import { buildSchema, getOperationAST, parse } from 'graphql'
import { expect, it } from 'vitest'
import { answerShape } from '../../gateway/answer-shape.ts'
import { staticCost } from '../../gateway/cost.ts'

const SCHEMA = buildSchema(`
  type Query { person: Person people(first: Int! = 20, last: Int): PersonConnection any: Any
    around(first: Int! = 50): Around }
  type Around { people: [Person!] stones: [Stone!] one: Person }
  type Mutation { rename: Person }
  type PersonConnection { edges: [PersonEdge!]! nodes: [Person!]! }
  type PersonEdge { node: Person! cursor: String! }
  type Person { name: String words: [String!] friends: [Person!] people(first: Int! = 20): PersonConnection }
  type Stone { weight: Int on: Stone }
  union Any = Person | Stone
`)

function costOf(text: string, variables = {}) {
  const document = parse(text)
  const operation = getOperationAST(document)
  if (!operation) throw new Error(text)
  const shape = answerShape(document, operation, SCHEMA, new Map(), new Set())
  const { type, field } = staticCost(shape, operation, SCHEMA, variables)
  return [type, field]
}

it.each([
  ['values are free', '{ person { name words } }', {}, [2, 1]],
  ['each alias counts', '{ a: person { name } b: person { name } }', {}, [3, 2]],
  [
    'fields of one key count once',
    '{ person { name } person { words } ...f } fragment f on Query { person { name } }',
    {},
    [2, 1],
  ],
  ['a connection is as long as first says', '{ people(first: 3) { edges { node { name } } } }', {}, [8, 5]],
  ['or as its default', '{ people { edges { cursor } } }', {}, [22, 2]],
  ['or as the variable', 'query($n: Int!) { people(first: $n) { edges { cursor } } }', { n: 7 }, [9, 2]],
  ['or as the default of the variable', 'query($n: Int! = 4) { people(first: $n) { edges { cursor } } }', {}, [6, 2]],
  ['or as the longer of two', '{ people(first: 2, last: 5) { edges { cursor } } }', {}, [7, 2]],
  ['first sizes edges alone', '{ people(first: 3) { nodes { name } } }', {}, [12, 2]],
  [
    'each list of what is no connection is as long as first says',
    '{ around(first: 3) { people { name } stones { weight } one { name } } }',
    {},
    [9, 4],
  ],
  ['lists without a size count ten', '{ person { friends { name } } }', {}, [12, 2]],
  [
    'lists within lists multiply',
    '{ people(first: 2) { edges { node { people(first: 3) { edges { cursor } } } } } }',
    {},
    [14, 8],
  ],
  ['what may be left out counts', 'query($no: Boolean!) { person @include(if: $no) { name } }', { no: false }, [2, 1]],
  [
    'of several types the dearest',
    '{ any { ... on Stone { on { on { weight } } } ... on Person { name } } }',
    {},
    [4, 3],
  ],
  ['a change costs ten', 'mutation { rename { name } }', {}, [2, 10]],
])('%s: %s', (_, text, variables, cost) => {
  expect(costOf(text, variables)).toEqual(cost)
})
