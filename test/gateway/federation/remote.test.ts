// Subgraphs that are HTTP services: what is asked of them, how often, and what comes of their failures.
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { type GraphQLSchema, parse } from 'graphql'
import { auditServer } from 'graphql-http'
import { jwtVerify } from 'jose'
import { Agent } from 'undici'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settableClock } from '../../../core/clock.ts'
import type { OperationKey } from '../../../gateway/federation/cache.ts'
import { openFederation } from '../../../gateway/federation/federation.ts'
import { type RemoteOptions, remoteLink } from '../../../gateway/federation/remote.ts'
import { signedViewer, VIEWER_HEADER, VIEWER_ISSUER } from '../../../gateway/signed-viewer.ts'
import { type StandaloneOptions, startStandalone } from '../../../gateway/standalone.ts'
import { type HttpSubgraph, httpSubgraph } from '../../support/http-subgraph.ts'

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])'
const BOOKS = `${LINK}
  type Query { books: [Book!] best: Book }
  type Mutation { read(id: ID!): Book }
  type Book @key(fields: "id") { id: ID! title: String }`
const REVIEWS = `${LINK}
  type Book @key(fields: "id") { id: ID! stars: Int lines: [String!] }
  type Query { latest: [Book] }`

const book = (id: string) => ({ id, title: `Title ${id}` })
const books = buildSubgraphSchema([
  {
    typeDefs: parse(BOOKS),
    resolvers: {
      Query: { books: () => [book('1'), book('2'), book('1')], best: () => book('1') },
      Mutation: { read: (_source: unknown, { id }: { id: string }) => book(id) },
    },
  },
])
const reviews = buildSubgraphSchema([
  {
    typeDefs: parse(REVIEWS),
    resolvers: {
      Query: { latest: () => [{ id: '2' }, null, { id: '3' }] },
      Book: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        stars: ({ id }: { id: string }) => {
          if (id === '2') throw new Error('no stars')
          return Number(id)
        },
        lines: () => ['good'],
      },
    },
  },
])

interface World {
  readonly books: HttpSubgraph
  readonly reviews: HttpSubgraph
  readonly sdl: string
}

const keyOf = (document: string): OperationKey => ({
  document,
  operationName: undefined,
  contract: '',
  viewerClass: '',
  policyEpoch: 1,
})

let world: World
let dispatcher: Agent
beforeEach(async () => {
  const serve = (schema: GraphQLSchema) =>
    httpSubgraph(schema, {}, (result, query) => {
      if (!query.includes('_entities') || !query.includes('lines')) return result
      const notes = Object.entries(result.data ?? {}).flatMap(([key, entities]) =>
        (entities as object[]).map((_, index) => ({ path: [key, index, 'lines'], note: `note ${index}` })),
      )
      return { ...result, extensions: { notes, cost: 3 } }
    })
  const [booksService, reviewsService] = await Promise.all([serve(books), serve(reviews)])
  const { supergraphSdl = '' } = composeServices([
    { name: 'books', typeDefs: parse(BOOKS), url: booksService.url },
    { name: 'reviews', typeDefs: parse(REVIEWS), url: reviewsService.url },
  ])
  world = { books: booksService, reviews: reviewsService, sdl: supergraphSdl }
  dispatcher = new Agent()
})
afterEach(async () => {
  await dispatcher.destroy()
  await Promise.all([world.books.close(), world.reviews.close()])
})

const open = (options: Partial<RemoteOptions>) =>
  openFederation({
    sdl: world.sdl,
    linkTo: ({ url }) => remoteLink({ url, dispatcher, timeoutMs: 5_000, ...options }),
  })

function ask(text: string, options: Partial<RemoteOptions> = {}, context: unknown = {}) {
  const waits: number[] = []
  const sleep = async (ms: number) => waits.push(ms)
  const federation = open({ sleep, ...options })
  const asked = federation.execute({ document: parse(text), key: keyOf(text), variables: {}, context })
  return asked.then(({ answer }) => ({ ...answer, waits }))
}

const codesAndPaths = (errors: readonly { path?: unknown; extensions: Record<string, unknown> }[] | undefined) =>
  (errors ?? []).map(({ path, extensions }) => ({ path, code: extensions.code }))

describe('services', () => {
  it('are asked for all entities of a wave at once, each of them once, on connections that are kept', async () => {
    const { data, errors } = await ask('{ books { title lines } best { lines } }')
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      books: [1, 2, 1].map(id => ({ title: `Title ${id}`, lines: ['good'] })),
      best: { lines: ['good'] },
    })
    expect(world.reviews.requests).toHaveLength(1)
    const { data: again } = await ask('{ best { title } }')
    expect(again).toEqual({ best: { title: 'Title 1' } })
    expect(new Set(world.books.requests.map(({ port }) => port)).size).toBe(1)
  })

  it('are asked once for what two parts of one operation ask alike', async () => {
    const { data } = await ask('{ a: best { lines } b: best { lines } }')
    expect(data).toEqual({ a: { lines: ['good'] }, b: { lines: ['good'] } })
    expect(world.reviews.requests).toHaveLength(1)
  })

  it('tell an error at each place where the entity stands, and their extensions at theirs', async () => {
    const { data, errors, extensions } = await ask('{ latest { title stars } books { lines } }')
    expect(data?.latest).toEqual([{ title: null, stars: null }, null, { title: null, stars: 3 }])
    expect(codesAndPaths(errors)).toContainEqual({ path: ['latest', 0, 'stars'], code: 'DOWNSTREAM_SERVICE_ERROR' })
    expect(extensions?.notes).toEqual([
      { path: ['books', 0, 'lines'], note: 'note 0' },
      { path: ['books', 2, 'lines'], note: 'note 0' },
      { path: ['books', 1, 'lines'], note: 'note 1' },
    ])
    expect(extensions?.reviews).toEqual({ cost: 3 })
  })

  it('give what they said of a whole wave to the fetches it was for, or once where it has no place', async () => {
    const { data, errors, extensions } = await ask('{ books { stars lines } best { lines } }')
    expect(data).toEqual({
      books: [1, null, 1].map(stars => ({ stars, lines: ['good'] })),
      best: { lines: ['good'] },
    })
    expect(world.reviews.requests).toHaveLength(1)
    expect(codesAndPaths(errors)).toEqual([{ path: ['books', 1, 'stars'], code: 'DOWNSTREAM_SERVICE_ERROR' }])
    expect(extensions?.notes).toEqual([
      { path: ['books', 0, 'lines'], note: 'note 0' },
      { path: ['books', 2, 'lines'], note: 'note 0' },
      { path: ['books', 1, 'lines'], note: 'note 1' },
      { path: ['best', 'lines'], note: 'note 0' },
    ])
    expect(extensions?.reviews).toEqual({ cost: 3 })
  })

  it.each([400, 500])('that refuse a whole wave with status %s are asked for each part of it alone', async status => {
    world.reviews.fail(status)
    const { data, errors } = await ask('{ books { lines } best { stars } }')
    expect({ books: data?.books, best: data?.best, errors }).toEqual({
      books: [1, 2, 1].map(() => ({ lines: ['good'] })),
      best: { stars: 1 },
      errors: undefined,
    })
    expect(world.reviews.requests).toHaveLength(3)
  })

  it('that are away fail each part of a wave, after three tries for all of them', async () => {
    world.reviews.fail('cut', 'cut', 'cut')
    const { data, errors } = await ask('{ books { lines } best { stars } }')
    expect(data).toEqual({ books: [1, 2, 1].map(() => ({ lines: null })), best: { stars: null } })
    expect(errors?.map(each => each.message)).toEqual(Array(2).fill('A subgraph could not be reached.'))
    expect(world.reviews.requests).toHaveLength(3)
  })
})

describe('a read', () => {
  it('is tried again when the connection is cut or a proxy finds nobody, after longer and longer waits', async () => {
    world.books.fail('cut', 503)
    const { data, errors, waits } = await ask('{ best { title } }')
    expect({ data, errors, waits }).toEqual({
      data: { best: { title: 'Title 1' } },
      errors: undefined,
      waits: [50, 100],
    })
    expect(world.books.requests).toHaveLength(3)
  })

  it('fails after the third try, without a word of where the service is', async () => {
    world.books.fail('cut', 'cut', 'cut')
    const { data, errors } = await ask('{ best { title } }')
    expect(data).toEqual({ best: null })
    expect(errors?.map(each => each.message)).toEqual(['A subgraph could not be reached.'])
    expect(world.books.requests).toHaveLength(3)
  })

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [500, undefined],
  ])('that is answered with status %s is not tried again', async (status, code) => {
    world.books.fail(status)
    const { errors } = await ask('{ best { title } }')
    expect(codesAndPaths(errors)).toEqual([{ path: undefined, code }])
    expect(world.books.requests).toHaveLength(1)
  })

  it('that nobody answers ends at its time limit', async () => {
    world.books.fail('silent')
    const { errors } = await ask('{ best { title } }', { timeoutMs: 200 })
    expect(errors?.map(each => each.message)).toEqual(['A subgraph took too long.'])
  })
})

describe('an equal read of another request', () => {
  const TEXT = '{ best { title lines } books { stars } }'
  const sharedBy = (context: unknown) => ((context as { isPersonal: boolean }).isPersonal ? undefined : 'anybody')

  function askingTwice(contexts: readonly object[]) {
    const federation = open({ sharedBy })
    const leaving = contexts.map(() => new AbortController())
    const answers = contexts.map((context, index) =>
      federation.execute({
        document: parse(TEXT),
        key: keyOf(TEXT),
        variables: {},
        context,
        signal: leaving[index]?.signal,
      }),
    )
    return { answers, leave: (index: number) => leaving[index]?.abort(new Error('left')) }
  }

  it('is one with it where nothing personal is asked, and each has an answer of its own', async () => {
    const { answers } = askingTwice([{ isPersonal: false }, { isPersonal: false }])
    const [one, other] = (await Promise.all(answers)).map(({ answer }) => answer)
    expect(one?.data).toEqual({
      best: { title: 'Title 1', lines: ['good'] },
      books: [1, null, 1].map(stars => ({ stars })),
    })
    expect({ data: other?.data, errors: codesAndPaths(other?.errors) }).toEqual({
      data: one?.data,
      errors: codesAndPaths(one?.errors),
    })
    expect([world.books.requests, world.reviews.requests].map(each => each.length)).toEqual([1, 1])
  })

  it('is never one with it where something personal is asked by either', async () => {
    const { answers } = askingTwice([{ isPersonal: true }, { isPersonal: true }, { isPersonal: false }])
    await Promise.all(answers)
    expect([world.books.requests, world.reviews.requests].map(each => each.length)).toEqual([3, 3])
  })

  it('that comes after the answer is made anew', async () => {
    const federation = open({ sharedBy })
    const request = { document: parse(TEXT), key: keyOf(TEXT), variables: {}, context: { isPersonal: false } }
    await federation.execute(request)
    await federation.execute(request)
    expect(world.books.requests).toHaveLength(2)
  })

  it('goes on for those who stay, and ends when all have left', async () => {
    const answered = world.books.hold()
    const staying = askingTwice([{ isPersonal: false }, { isPersonal: false }])
    await vi.waitFor(() => expect(world.books.requests).toHaveLength(1))
    staying.leave(0)
    await expect(staying.answers[0]).rejects.toThrow('left')
    answered.open()
    const { answer } = (await staying.answers[1]) ?? {}
    expect(answer?.data?.best).toEqual({ title: 'Title 1', lines: ['good'] })
    world.books.fail('silent')
    const leaving = askingTwice([{ isPersonal: false }, { isPersonal: false }])
    await world.books.silence.asked.opened
    leaving.leave(0)
    leaving.leave(1)
    await Promise.allSettled(leaving.answers)
    await world.books.silence.left.opened
  })
})

describe('a change', () => {
  it('is sent once, whatever becomes of it', async () => {
    world.books.fail('cut')
    const { data, errors } = await ask('mutation { read(id: "1") { title } }')
    expect({ data, count: errors?.length }).toEqual({ data: { read: null }, count: 1 })
    expect(world.books.requests).toHaveLength(1)
  })
})

describe('the viewer', () => {
  it('goes with each request, signed for that service and for half a minute', async () => {
    const clock = settableClock('2026-11-02T08:00:00.000Z')
    const secret = new TextEncoder().encode('a secret of thirty-two characters')
    const viewer = { kind: 'REP', id: 'seller-1', purpose: 'SALES_FOLLOW_UP' }
    const context = { viewer, requestId: 'request-1' }
    await ask('{ best { title } }', { headers: signedViewer(secret, 'books', clock) }, context)
    const token = String(world.books.requests[0]?.headers[VIEWER_HEADER])
    const verify = (audience: string, at: string) =>
      jwtVerify(token, secret, { issuer: VIEWER_ISSUER, audience, currentDate: new Date(at) })
    const { payload } = await verify('books', '2026-11-02T08:00:29.000Z')
    expect(payload).toMatchObject({ viewer, requestId: 'request-1' })
    await expect(verify('books', '2026-11-02T08:00:31.000Z')).rejects.toThrow('exp')
    await expect(verify('reviews', '2026-11-02T08:00:00.000Z')).rejects.toThrow('aud')
  })
})

describe('npm run gateway', () => {
  const start = (options: Partial<StandaloneOptions> = {}) =>
    startStandalone({
      supergraphSdl: world.sdl,
      host: '127.0.0.1',
      port: 0,
      subgraphTimeoutMs: 5_000,
      requestDeadlineMs: 10_000,
      ...options,
    })

  it('serves the supergraph at /graphql and says at /health that it lives', async () => {
    const gateway = await start()
    try {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({
        query: 'query ($yes: Boolean!) { best { title stars @include(if: $yes) } }',
        variables: { yes: true },
      })
      const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })
      expect(await response.json()).toEqual({ data: { best: { title: 'Title 1', stars: 1 } } })
      expect(await (await fetch(`${gateway.url}/health`)).json()).toEqual({ status: 'ok' })
    } finally {
      await gateway.close()
    }
  })

  const post = (url: string, headers: Record<string, string> = {}, signal: AbortSignal | null = null) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: '{ best { title stars } }' }),
      signal,
    })

  it('asks nothing further for a client that has left, and gives up what is under way', async () => {
    const gateway = await start()
    try {
      world.books.fail('silent')
      const leaving = new AbortController()
      const asked = post(gateway.url, {}, leaving.signal)
      await world.books.silence.asked.opened
      leaving.abort()
      await expect(asked).rejects.toThrow('aborted')
      await world.books.silence.left.opened
      expect(world.reviews.requests).toEqual([])
    } finally {
      await gateway.close()
    }
  })

  it('answers at its deadline, whatever is under way', async () => {
    const gateway = await start({ requestDeadlineMs: 200 })
    try {
      world.books.fail('silent')
      const { data, errors } = (await (await post(gateway.url)).json()) as Record<string, unknown>
      expect({ data, codes: codesAndPaths(errors as never) }).toEqual({
        data: null,
        codes: [{ path: undefined, code: 'DEADLINE_EXCEEDED' }],
      })
    } finally {
      await gateway.close()
    }
  })

  it.each([
    [{}, 1],
    [{ authorization: 'Bearer token' }, 2],
    [{ cookie: 'session=1' }, 2],
  ])('makes equal reads that are under way, of two requests with the headers %o, %s times', async (headers, count) => {
    const gateway = await start()
    try {
      const answered = world.books.hold()
      const both = [post(gateway.url, headers), post(gateway.url, headers)]
      await vi.waitFor(() => expect(gateway.federation.counts.interpreted + gateway.federation.counts.compiled).toBe(2))
      await vi.waitFor(() => expect(world.books.requests).toHaveLength(count))
      answered.open()
      for (const response of await Promise.all(both)) {
        expect(await response.json()).toEqual({ data: { best: { title: 'Title 1', stars: 1 } } })
      }
      expect(world.books.requests).toHaveLength(count)
    } finally {
      await gateway.close()
    }
  })

  it('passes the audit of GraphQL over HTTP but for what the prevention of forged requests keeps out', async () => {
    const gateway = await start()
    try {
      const results = await auditServer({ url: `${gateway.url}/graphql` })
      const counts = { ok: 0, notice: 0, warn: 0, error: 0 }
      for (const { status } of results) counts[status]++
      expect(counts.error).toBe(0)
      expect(counts.ok).toBeGreaterThanOrEqual(55)
    } finally {
      await gateway.close()
    }
  })
})
