// An OData 4 service on this machine that pages, tracks changes, fails and lies as real ones do.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BackgroundWork } from '../../core/background.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { parseMapping } from '../../core/mapping/mapping-language.ts'
import { pullStock } from '../../gateway/ways-in/odata-pull.ts'
import { deliverAll, openServices, type TestServices } from '../support/services.ts'

const MAPPING = new URL('../../subgraphs/customers/sources/erp-stock/mapping.json', import.meta.url)
const row = (plant: string, quantity: number, changedAt = '2026-03-01T00:00:00Z') => ({
  Material: 'Server',
  Plant: plant,
  Region: 'CN-SH',
  Quantity: quantity,
  ReorderPoint: null,
  ChangedAt: changedAt,
})

type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown }

let graph: Graph
let services: TestServices
let server: Server
let base: string
let asked: IncomingMessage[] = []
let answers: (path: string) => Answer = () => ({ body: { value: [] } })
const working: BackgroundWork[] = []

beforeAll(async () => {
  graph = await openEmbedded({ durability: 'os', shuffle: true })
  services = await openServices(graph)
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    asked.push(request)
    const { status = 200, headers = {}, body = {} } = answers(request.url ?? '')
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})
beforeEach(async () => {
  await services.empty()
  asked = []
})
afterEach(async () => {
  await Promise.all(working.splice(0).map(work => work.stop()))
})
afterAll(async () => {
  server.close()
  await services.close()
  await graph.close()
})

async function pull(more: object = {}): Promise<unknown> {
  const parsed = parseMapping(JSON.parse(await readFile(MAPPING, 'utf8')))
  if ('reasons' in parsed) throw new Error('the shipped mapping is broken')
  const work = pullStock(services, {
    url: `${base}/odata/v4/StockLevels`,
    token: 'the-token',
    mapping: parsed.mapping,
    everyMs: 3_600_000,
    failed: () => undefined,
    backoffMs: [1, 1],
    ...more,
  })
  working.push(work)
  return work.settle().then(
    () => undefined,
    (error: unknown) => error,
  )
}
const stock = async () => {
  await deliverAll(services)
  return services.read('MATCH (n:StockLevel) RETURN n.holder, n.quantity ORDER BY n.holder')
}
const paths = () => asked.map(({ url }) => url)

describe('the pull of stock', () => {
  it('reads page after page, and later only what changed', async () => {
    answers = path => {
      if (path.endsWith('page=2')) {
        return { body: { value: [row('W-2', 2)], '@odata.deltaLink': `${base}/odata/v4/StockLevels?delta=1` } }
      }
      if (path.endsWith('delta=1')) {
        return { body: { value: [row('W-2', 9, '2026-03-02T00:00:00Z')], '@odata.deltaLink': 'StockLevels?delta=2' } }
      }
      if (path.endsWith('delta=2')) return { body: { value: [], '@odata.deltaLink': 'StockLevels?delta=2' } }
      return { body: { value: [row('W-1', 1)], '@odata.nextLink': 'StockLevels?page=2' } }
    }
    expect(await pull()).toBeUndefined()
    expect(await stock()).toEqual([
      ['W-1', 1],
      ['W-2', 2],
    ])
    expect(await pull()).toBeUndefined()
    expect(await stock()).toEqual([
      ['W-1', 1],
      ['W-2', 9],
    ])
    expect(await pull()).toBeUndefined()
    expect(paths()).toEqual([
      '/odata/v4/StockLevels',
      '/odata/v4/StockLevels?page=2',
      '/odata/v4/StockLevels?delta=1',
      '/odata/v4/StockLevels?delta=2',
    ])
    expect(asked[0]?.headers).toMatchObject({
      authorization: 'Bearer the-token',
      prefer: 'odata.track-changes, odata.maxpagesize=500',
    })
  })

  it.each([429, 503])('tries again after %i, and takes each row once', async status => {
    answers = () => (asked.length < 3 ? { status } : { body: { value: [row('W-1', 1)] } })
    expect(await pull()).toBeUndefined()
    expect(asked).toHaveLength(3)
    expect(await pull()).toBeUndefined()
    expect(await services.count('SourceRecord')).toBe(1)
  })

  it('gives up after a bounded number of tries, and goes on there the next time', async () => {
    answers = path =>
      path.endsWith('page=2')
        ? { status: 503 }
        : { body: { value: [row('W-1', 1)], '@odata.nextLink': 'StockLevels?page=2' } }
    expect(String(await pull())).toContain('answers 503')
    expect(asked).toHaveLength(1 + 3)
    answers = () => ({ body: { value: [row('W-2', 2)] } })
    expect(await pull()).toBeUndefined()
    expect(paths().at(-1)).toBe('/odata/v4/StockLevels?page=2')
    expect(await stock()).toHaveLength(2)
  })

  it('begins anew when its place is forgotten', async () => {
    answers = path =>
      path.includes('delta')
        ? { status: 410 }
        : { body: { value: [row('W-1', 1)], '@odata.deltaLink': 'StockLevels?delta=1' } }
    await pull()
    expect(await pull()).toBeUndefined()
    expect(paths()).toEqual(['/odata/v4/StockLevels', '/odata/v4/StockLevels?delta=1', '/odata/v4/StockLevels'])
    expect(await services.count('SourceRecord')).toBe(1)
  })

  it.each([
    ['another host', 'http://127.0.0.1:1/odata/v4/StockLevels'],
    ['another service', '/admin'],
    ['another service, by a detour', '../../admin'],
    ['somebody with a password', 'http://user:secret@127.0.0.1/odata/v4/StockLevels'],
  ])('follows no link to %s', async (_, link) => {
    answers = () => ({ body: { value: [], '@odata.nextLink': link } })
    expect(String(await pull())).toContain('leads out of it')
    expect(asked).toHaveLength(1)
  })

  it('follows no redirection', async () => {
    answers = () => ({ status: 302, headers: { location: '/elsewhere' } })
    expect(await pull()).toBeInstanceOf(Error)
    expect(paths().every(path => path === '/odata/v4/StockLevels')).toBe(true)
  })

  it.each([
    ['no JSON', 'hello'],
    ['no page', { rows: [] }],
    ['rows that are none', { value: [1, 2] }],
  ])('says so when it is answered %s', async (_, body) => {
    answers = () => ({ body })
    expect(String(await pull())).toContain('no page of an entity set')
  })

  it('makes dead letters of rows that cannot be mapped and of readings that were removed', async () => {
    const removed = { '@removed': { reason: 'deleted' }, Plant: 'W-9' }
    answers = () => ({ body: { value: [row('W-1', 1), { ...row('W-2', 1), Quantity: 'many' }, removed] } })
    expect(await pull()).toBeUndefined()
    const letters = await services.read('MATCH (d:DeadLetter) RETURN d.reason ORDER BY d.reason')
    expect(letters.flat()).toEqual(['MAPPING_FAILED: column Quantity: expected a whole number', 'REMOVED'])
    expect(await services.count('SourceRecord')).toBe(1)
  })
})
