// Where errors of entities stand when only some objects of a list are asked of another subgraph. Apollo's gateway counts the
// asked ones and names the place of another object; this is what the differential test leaves out.
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { type GraphQLSchema, parse } from 'graphql'
import { expect, it } from 'vitest'
import { openFederation } from '../../../gateway/federation/federation.ts'
import { inProcessLink } from '../../../gateway/federation/in-process.ts'

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])'
const SHELVES = parse(`${LINK}
  type Query { things: [Thing] }
  interface Thing { id: ID! }
  type Book implements Thing @key(fields: "id") { id: ID! }
  type Map implements Thing { id: ID! }`)
const REVIEWS = parse(`${LINK} type Book @key(fields: "id") { id: ID! stars: Int }`)

it('is at the object that failed, and at each place where it stands', async () => {
  const book = (id: string) => ({ __typename: 'Book', id })
  const things = [{ __typename: 'Map', id: '0' }, book('1'), null, book('2'), { __typename: 'Map', id: '3' }, book('2')]
  const stars = ({ id }: { id: string }) => {
    if (id === '2') throw new Error('no stars')
    return 5
  }
  const schemas = new Map<string, GraphQLSchema>([
    ['shelves', buildSubgraphSchema([{ typeDefs: SHELVES, resolvers: { Query: { things: () => things } } }])],
    [
      'reviews',
      buildSubgraphSchema([
        { typeDefs: REVIEWS, resolvers: { Book: { stars, __resolveReference: (key: object) => key } } as never },
      ]),
    ],
  ])
  const { supergraphSdl = '' } = composeServices([
    { name: 'shelves', typeDefs: SHELVES },
    { name: 'reviews', typeDefs: REVIEWS },
  ])
  const federation = openFederation({
    sdl: supergraphSdl,
    linkTo: ({ name }) => inProcessLink(schemas.get(name) as GraphQLSchema, () => {}),
  })
  const key = { document: '', operationName: undefined, contract: '', viewerClass: '', policyEpoch: 1 }
  const document = parse('{ things { id ... on Book { stars } } }')
  for (let time = 0; time < 2; time++) {
    const { answer } = await federation.execute({ document, key, variables: {}, context: {} })
    expect(answer.errors?.map(each => each.path)).toEqual([
      ['things', 3, 'stars'],
      ['things', 5, 'stars'],
    ])
    expect(answer.data?.things).toMatchObject([
      { id: '0' },
      { stars: 5 },
      null,
      { stars: null },
      { id: '3' },
      { stars: null },
    ])
    federation.register(document, key)
  }
})
