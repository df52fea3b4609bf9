// A shop as four subgraphs, and the same shop as one schema: the graph on which federation is usually measured.
import { buildSubgraphSchema } from '@apollo/subgraph'
import { buildASTSchema, type GraphQLFieldResolver, type GraphQLSchema, isObjectType, parse } from 'graphql'

interface User {
  readonly id: string
  readonly name: string
  readonly username: string
  readonly birthday: number
}
interface Product {
  readonly upc: string
  readonly name: string
  readonly price: number
  readonly weight: number
  readonly inStock: boolean
}
interface Review {
  readonly id: string
  readonly body: string
  readonly authorId: string
  readonly upc: string
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const users: readonly User[] = numbers(6).map(n => ({
  id: `user-${n}`,
  name: `User number ${n}`,
  username: `@user${n}`,
  birthday: 1950 + n,
}))
const products: readonly Product[] = numbers(9).map(n => ({
  upc: `upc-${n}`,
  name: `Product number ${n}`,
  price: n * 113,
  weight: n * 50,
  inStock: n % 3 !== 0,
}))
const reviews: readonly Review[] = numbers(18).map(n => ({
  id: `review-${n}`,
  body: `What user ${(n % 6) + 1} thinks of it, in a sentence of a usual length.`,
  authorId: `user-${(n % 6) + 1}`,
  upc: `upc-${(n % 9) + 1}`,
}))

const userById = new Map(users.map(each => [each.id, each]))
const productByUpc = new Map(products.map(each => [each.upc, each]))
const reviewById = new Map(reviews.map(each => [each.id, each]))
const reviewsBy = new Map(users.map(({ id }) => [id, reviews.filter(each => each.authorId === id)]))
const reviewsOf = new Map(products.map(({ upc }) => [upc, reviews.filter(each => each.upc === upc)]))

type Resolver<Source> = (source: Source, args: never) => unknown
type Resolvers = Readonly<Record<string, Readonly<Record<string, Resolver<never>>>>>

const shipping: Resolver<{ readonly price?: number; readonly weight?: number }> = ({ price = 0, weight = 0 }) =>
  price > 1000 ? 0 : Math.round(weight * 0.5)
const firstOf =
  <T>(list: readonly T[]) =>
  (_source: never, { first = 5 }: { readonly first?: number }) =>
    list.slice(0, first)

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@shareable"])`

interface ShopSubgraph {
  readonly name: string
  readonly sdl: string
  readonly resolvers: Resolvers
}

export const shopSubgraphs: readonly ShopSubgraph[] = [
  {
    name: 'accounts',
    sdl: `${LINK} type Query { me: User users(first: Int = 6): [User] user(id: ID!): User }
      type User @key(fields: "id") { id: ID! name: String username: String birthday: Int }`,
    resolvers: {
      Query: {
        me: () => users[0],
        users: firstOf(users),
        user: (_source: never, { id }: { readonly id: string }) => userById.get(id),
      },
      User: { __resolveReference: ({ id }: User) => userById.get(id) },
    },
  },
  {
    name: 'inventory',
    sdl: `${LINK} type Product @key(fields: "upc") { upc: ID! weight: Int @external price: Int @external inStock: Boolean shippingEstimate: Int @requires(fields: "price weight") }
      type Query { inventorySize: Int }`,
    resolvers: {
      Query: { inventorySize: () => products.length },
      Product: {
        __resolveReference: (key: Product) => ({ ...key, inStock: productByUpc.get(key.upc)?.inStock }),
        shippingEstimate: shipping as Resolver<never>,
      },
    },
  },
  {
    name: 'products',
    sdl: `${LINK} type Query { topProducts(first: Int = 5): [Product] product(upc: ID!): Product }
      type Product @key(fields: "upc") { upc: ID! name: String price: Int weight: Int }`,
    resolvers: {
      Query: {
        topProducts: firstOf(products),
        product: (_source: never, { upc }: { readonly upc: string }) => productByUpc.get(upc),
      },
      Product: { __resolveReference: ({ upc }: Product) => productByUpc.get(upc) },
    },
  },
  {
    name: 'reviews',
    sdl: `${LINK} type Review @key(fields: "id") { id: ID! body: String author: User product: Product }
      type User @key(fields: "id") { id: ID! reviews: [Review] }
      type Product @key(fields: "upc") { upc: ID! reviews: [Review] }
      type Query { review(id: ID!): Review }`,
    resolvers: {
      Query: { review: (_source: never, { id }: { readonly id: string }) => reviewById.get(id) },
      Review: {
        __resolveReference: ({ id }: Review) => reviewById.get(id),
        author: ({ authorId }: Review) => ({ id: authorId }),
        product: ({ upc }: Review) => ({ upc }),
      },
      User: { __resolveReference: ({ id }: User) => ({ id }), reviews: ({ id }: User) => reviewsBy.get(id) },
      Product: {
        __resolveReference: ({ upc }: Product) => ({ upc }),
        reviews: ({ upc }: Product) => reviewsOf.get(upc),
      },
    },
  },
]

export function subgraphSchema({ sdl, resolvers }: ShopSubgraph): GraphQLSchema {
  return buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }])
}

const MONOLITH = `
  type Query {
    me: User users(first: Int = 6): [User] user(id: ID!): User inventorySize: Int
    topProducts(first: Int = 5): [Product] product(upc: ID!): Product review(id: ID!): Review
  }
  type User { id: ID! name: String username: String birthday: Int reviews: [Review] }
  type Product { upc: ID! name: String price: Int weight: Int inStock: Boolean shippingEstimate: Int reviews: [Review] }
  type Review { id: ID! body: String author: User product: Product }`

export function monolithSchema(): GraphQLSchema {
  const schema = buildASTSchema(parse(MONOLITH))
  const table: Resolvers = {
    Query: Object.assign({}, ...shopSubgraphs.map(each => each.resolvers.Query)),
    User: { reviews: ({ id }: User) => reviewsBy.get(id) },
    Product: { reviews: ({ upc }: Product) => reviewsOf.get(upc), shippingEstimate: shipping as Resolver<never> },
    Review: {
      author: ({ authorId }: Review) => userById.get(authorId),
      product: ({ upc }: Review) => productByUpc.get(upc),
    },
  }
  for (const [name, fields] of Object.entries(table)) {
    const type = schema.getType(name)
    if (!isObjectType(type)) continue
    for (const [field, resolve] of Object.entries(fields)) {
      const definition = type.getFields()[field]
      if (definition) definition.resolve = resolve as unknown as GraphQLFieldResolver<unknown, unknown>
    }
  }
  return schema
}

/** The widest of the prepared operations: on six users and nine products an answer of some fifty kilobytes. */
export const WIDE = `
  fragment U on User { id username name }
  fragment R on Review { id body }
  fragment P on Product { inStock name price shippingEstimate upc weight }
  query Wide($first: Int!) {
    users(first: $first) { ...U reviews { ...R product { ...P reviews { ...R author { ...U reviews { ...R product { ...P } } } } } } }
    topProducts { ...P reviews { ...R author { ...U reviews { ...R product { ...P } } } } }
  }`

/** Operations that are registered: their variables change from call to call. */
export const PREPARED: readonly string[] = [
  WIDE,
  'query Me($withName: Boolean!) { me { id username name @include(if: $withName) } }',
  'query Users($first: Int!) { users(first: $first) { id name username birthday } }',
  'query User($n: ID!) { user(id: $n) { id name reviews { body } } }',
  'query Top($first: Int!) { topProducts(first: $first) { upc name price inStock } }',
  'query TopReviewed($first: Int!) { topProducts(first: $first) { name reviews { body author { name } } } }',
  'query Shipping($first: Int!) { topProducts(first: $first) { upc shippingEstimate } }',
  'query Product($n: ID!) { product(upc: $n) { name price weight inStock reviews { id author { username } } } }',
  'query Review($n: ID!) { review(id: $n) { body author { name reviews { body } } product { name inStock } } }',
  'query Friends($first: Int!) { users(first: $first) { name reviews { product { reviews { author { id name } } } } } }',
]
