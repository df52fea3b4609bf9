// Sales as a service of its own over the same graph: what the gateway answers, explains and records is the same, byte by byte.
import { readdirSync, readFileSync } from 'node:fs'
import type { FetchNode } from '@apollo/query-planner'
import type { ApolloServer } from '@apollo/server'
import { buildSchema } from 'graphql'
import { SignJWT } from 'jose'
import { Agent } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RequestContext } from '../../core/context.ts'
import type { Access } from '../../core/evidence/access-log.ts'
import { type ServedSubgraph, serveSubgraph } from '../../core/serve.ts'
import { signedViewer, VIEWER_HEADER, VIEWER_ISSUER } from '../../core/signed-viewer.ts'
import { buildSubgraph } from '../../core/subgraph.ts'
import { openApi } from '../../gateway/api.ts'
import { openSupergraph } from '../../gateway/execution.ts'
import { arrive, type Gateway } from '../../gateway/pipeline.ts'
import { servedLink } from '../../gateway/served-subgraph.ts'
import { subgraphs } from '../../gateway/subgraphs.ts'
import { httpSubgraph } from '../support/http-subgraph.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const SECRET = new TextEncoder().encode('shared by the gateway and the subgraph')
const OPERATIONS = new URL('../../schema/operations/', import.meta.url)
const VIEWERS: readonly (readonly [viewer: string, purpose: string | undefined])[] = [
  ['subject', 'SUBJECT_REQUEST'],
  ['rep', 'SALES_FOLLOW_UP'],
  ['rep', undefined],
  ['manager', 'SALES_FOLLOW_UP'],
  ['partner', 'PARTNER_SHARING'],
  ['auditor', 'COMPLIANCE_AUDIT'],
  ['operator', undefined],
]
/** Beside the prepared operations: sales below others and others below sales, aliased, twice at once, for nobody, out of bounds. */
const QUERIES = [
  `query ($first: Int = 3) { customers(first: $first) { edges { node { name phone
    deals: opportunities(first: 2) { edges { node { id stage value { amount currency } openedAt customer { phone name } } } }
    opportunities(first: 1) { edges { node { evidenceEntryId history { stage } } } } } } } }`,
  `{ few: customers(first: 1) { edges { node { opportunities(first: 1) { edges { node { id stage } } } } } }
    many: customers(first: 4) { edges { node { opportunities(first: 2) { edges { node { id value { amount } openedAt } } } } } } }`,
  '{ customer(id: "nobody") { opportunities(first: 1) { edges { node { id } } } } }',
  '{ customers(first: 1) { edges { node { opportunities(first: 1000) { edges { node { id } } } } } } }',
  ...readdirSync(OPERATIONS)
    .map(file => readFileSync(new URL(file, OPERATIONS), 'utf8'))
    .filter(text => text.includes('\nquery ')),
]

let api: TestApi
let service: ServedSubgraph
const dispatcher = new Agent()
const inProcess = { server: undefined as ApolloServer<RequestContext> | undefined, records: [] as Access[] }
const served = { server: undefined as ApolloServer<RequestContext> | undefined, records: [] as Access[] }
let gatewayOf: (records: Access[]) => Gateway
const failures: unknown[] = []

beforeAll(async () => {
  api = await startApi({ customers: 24 })
  await api.settle()
  const { hashSecret } = api.gateway
  const subgraph = subgraphs.find(({ name }) => name === 'sales')
  if (subgraph === undefined) throw new Error('there is no subgraph sales')
  service = await serveSubgraph({
    subgraph,
    services: api.services,
    viewerSecret: SECRET,
    hashSecret,
    host: '127.0.0.1',
    port: 0,
    failed: cause => failures.push(cause),
  })
  const link = servedLink({
    name: 'sales',
    url: service.url,
    dispatcher,
    timeoutMs: 5_000,
    viewerSecret: SECRET,
    clock: api.clock,
  })
  const built = await Promise.all(subgraphs.map(buildSubgraph))
  gatewayOf = records => ({
    ...api.gateway,
    accessLog: {
      ...api.gateway.accessLog,
      record: async access => ({ evidenceEntryId: `entry ${records.push(access)}`, policyEpoch: 0 }),
    },
  })
  const supergraph = openSupergraph(built, cause => failures.push(cause), new Map([['sales', link]]))
  inProcess.server = await openApi(gatewayOf(inProcess.records))
  served.server = await openApi({ ...gatewayOf(served.records), supergraph })
})
afterAll(async () => {
  await inProcess.server?.stop()
  await served.server?.stop()
  await service?.close()
  await dispatcher.close()
  await api?.close()
})

async function answerOf({ server }: typeof served, viewer: string, purpose: string | undefined, query: string) {
  const headers = { authorization: `Bearer ${await api.tokenOf(viewer)}`, 'x-purpose': purpose }
  const contextValue = await arrive(gatewayOf([]), { requestId: 'test', headers })
  const answer = await server?.executeOperation({ query }, { contextValue })
  return answer?.body.kind === 'single' ? JSON.stringify(answer.body.singleResult) : undefined
}

describe('a subgraph as a service', () => {
  it.each(VIEWERS)('is answered through as in the process, to %s for %s', async (viewer, purpose) => {
    for (const query of QUERIES) {
      const [ours, theirs] = [
        await answerOf(inProcess, viewer, purpose, query),
        await answerOf(served, viewer, purpose, query),
      ]
      expect(theirs).toBe(ours)
      expect(ours).not.toContain('Cannot query field')
    }
    expect(served.records.map(recordOf)).toEqual(inProcess.records.map(recordOf))
    expect(failures).toEqual([])
  })

  it('tells what it withheld, and of whom it showed something', async () => {
    const masksTo = async (viewer: string, purpose: string) => {
      const answer = JSON.parse((await answerOf(served, viewer, purpose, QUERIES[0] ?? '')) ?? '')
      return answer.extensions.masks.map(({ type, field }: { type: string; field: string }) => `${type}.${field}`)
    }
    expect(await masksTo('partner', 'PARTNER_SHARING')).toContain('Opportunity.stage')
    expect(await masksTo('rep', 'SALES_FOLLOW_UP')).not.toContain('Opportunity.stage')
    expect([...(served.records.at(-1)?.categories ?? [])]).toContain('commercial.deal')
    expect(served.records.at(-1)?.subjectIds.size).toBeGreaterThan(0)
  })

  it('is not believed without saying what it withheld', async () => {
    const other = await httpSubgraph(buildSchema('type Query { a: Int }'))
    const options = { name: 'sales', url: other.url, dispatcher, timeoutMs: 5_000, viewerSecret: SECRET }
    const link = servedLink({ ...options, clock: api.clock })
    const adopted: unknown[] = []
    const masks = { adopt: (report: unknown) => void adopted.push(report) }
    const context = { viewer: { kind: 'REP', id: 'rep-1' }, requestId: 'test', at: api.clock.now(), masks }
    try {
      const asked = link.interpret({ operation: '{ a }', operationKind: 'query' } as FetchNode)
      await expect(asked({}, { context, underWay: new Map() } as never)).rejects.toThrow(
        'did not tell what it withheld',
      )
      expect([other.requests.length, adopted]).toEqual([1, []])
    } finally {
      await other.close()
    }
  })

  it.each([
    ['nobody', async () => ({})],
    ['a viewer that another secret signed', () => headersOf(new TextEncoder().encode('another one'), 'sales')],
    ['a viewer that was signed for another subgraph', () => headersOf(SECRET, 'customers')],
    ['a viewer whose time is over', () => headersOf(SECRET, 'sales', '2026-11-02T07:00:00.000Z')],
    ['a viewer of a kind that there is not', () => forged({ kind: 'KING', id: 'x' })],
    ['a viewer of whom more is said than there is', () => forged({ kind: 'REP', id: 'x', isAdmin: true })],
  ])('refuses %s', async (_name, headers) => {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await headers()) },
      body: JSON.stringify({ query: '{ opportunities(first: 1) { edges { node { id } } } }' }),
    })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  })
})

const recordOf = ({ categories, subjectIds, ...rest }: Access) => ({
  ...rest,
  categories: [...categories].sort(),
  subjects: [...subjectIds].sort(),
})

async function headersOf(
  secret: Uint8Array,
  audience: string,
  now: string = api.clock.now(),
): Promise<Record<string, string>> {
  const viewer = { kind: 'MANAGER', id: 'manager-1', region: 'CN-SH', purpose: 'SALES_FOLLOW_UP' } as const
  const context = { viewer, requestId: 'test', at: api.clock.now() }
  return await signedViewer(secret, audience, { now: () => now } as never)(context)
}

async function forged(viewer: object): Promise<Record<string, string>> {
  const issuedAt = Math.floor(Date.parse(api.clock.now()) / 1000)
  const token = await new SignJWT({ viewer: viewer as never, requestId: 'test', at: api.clock.now() })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(VIEWER_ISSUER)
    .setAudience('sales')
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 30)
    .sign(SECRET)
  return { [VIEWER_HEADER]: token }
}
