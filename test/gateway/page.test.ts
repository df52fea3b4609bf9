import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { decodeJwt, importJWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../core/config.ts'
import { openDevelopment, saveViewers } from '../../core/development.ts'
import { seededId } from '../../core/ids.ts'
import { purposes } from '../../core/viewer.ts'
import { servePage } from '../../gateway/page.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'sovereign-graph-page-'))
const PAGE = new URL('../../gateway/page/', import.meta.url)
const HOST = '127.0.0.1:4000'
const ROUTES = ['/page/operations', '/page/viewers']

let http: FastifyInstance

beforeAll(async () => {
  http = Fastify()
  await servePage(http, readConfig({ DATA_DIR: dataDir }))
})
afterAll(async () => {
  await http.close()
  rmSync(dataDir, { recursive: true })
})

const ask = (url: string, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
  http.inject({ url, remoteAddress, headers: { host: HOST, ...headers } })

describe('the files', () => {
  test.each([
    ['/', 'index.html', 'text/html; charset=utf-8'],
    ['/page.js', 'page.js', 'text/javascript; charset=utf-8'],
    ['/page.css', 'page.css', 'text/css; charset=utf-8'],
  ])('%s answers %s', async (url, name, type) => {
    const { statusCode, headers, body } = await ask(url)
    expect({ statusCode, type: headers['content-type'] }).toEqual({ statusCode: 200, type })
    expect(body).toBe(fileNamed(name))
  })

  test.each(readdirSync(PAGE))('%s names no address outside this server', name => {
    const elsewhere = fileNamed(name).replaceAll(/http:\/\/www\.w3\.org\/(2000\/svg|1999\/xhtml)/g, '')
    expect(elsewhere).not.toMatch(/https?:|wss?:|\burl\(|@import|["'(]\/\/[a-z]/)
  })

  test('the page keeps the content security policy: no script, style or handler inside its markup', () => {
    const html = fileNamed('index.html')
    expect(html).not.toMatch(/<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:/i)
    expect(html.match(/<script.*?<\/script>/gs)).toEqual(['<script type="module" src="/page.js"></script>'])
  })

  test('the script shows what comes from outside as text and never as markup or code', () => {
    expect(fileNamed('page.js')).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|\.style\b/,
    )
  })

  test('each control has a label', () => {
    const html = fileNamed('index.html')
    const controls = [...html.matchAll(/<(?:select|textarea|input)[^>]* id="([\w-]+)"/g)].map(([, id]) => id)
    expect(controls).toEqual(['operation', 'purpose', 'document', 'variables', 'token', 'curl'])
    expect([...html.matchAll(/<label for="([\w-]+)"/g)].map(([, id]) => id)).toEqual(controls)
  })

  test('the page offers every purpose and none', () => {
    const options = [...fileNamed('index.html').matchAll(/<option[^>]*>(\w+)<\/option>/g)].map(([, text]) => text)
    expect(options).toEqual(['none', ...purposes])
  })
})

describe('/page/operations', () => {
  test('answers each prepared operation with the defaults that its document declares', async () => {
    const operations = (await ask('/page/operations')).json()
    const names = operations.map(({ name }: { name: string }) => name)
    expect(names).toContain('WithdrawConsent')
    expect(names).toEqual(names.toSorted())
    expect(operations.find(({ name }: { name: string }) => name === 'CustomerTimeline')).toEqual({
      name: 'CustomerTimeline',
      document: readFileSync(new URL('../../schema/operations/CustomerTimeline.graphql', import.meta.url), 'utf8'),
      variables: { customerId: seededId('sovereign-graph', 'Customer', 1), first: 10 },
    })
  })
})

describe('/page/viewers', () => {
  test('answers none before there is any, and those that come later in their order', async () => {
    expect((await ask('/page/viewers')).json()).toEqual([])
    await saveViewers(dataDir, {
      visitor: { kind: 'ANALYST', id: 'visitor-1' },
      service: { kind: 'SERVICE', id: 'service-1' },
      partner: { kind: 'PARTNER', id: 'partner-1', apiKey: 'sg_partner-1_secret', defaultPurpose: 'PARTNER_SHARING' },
      manager: { kind: 'MANAGER', id: 'manager-1', region: 'CN-SH', defaultPurpose: 'SALES_FOLLOW_UP' },
      subject: { kind: 'SUBJECT', id: 'customer-1', defaultPurpose: 'SUBJECT_REQUEST' },
    })
    const viewers = (await ask('/page/viewers')).json()
    expect(viewers.map(({ name, kind, purpose }: Record<string, string>) => [name, kind, purpose])).toEqual([
      ['subject', 'SUBJECT', 'SUBJECT_REQUEST'],
      ['manager', 'MANAGER', 'SALES_FOLLOW_UP'],
      ['partner', 'PARTNER', 'PARTNER_SHARING'],
      ['service', 'SERVICE', null],
      ['visitor', 'ANALYST', null],
    ])
  })

  test('signs a token of eight hours, and gives the API key of a viewer who has one', async () => {
    const [, manager, partner] = (await ask('/page/viewers')).json()
    const key = await importJWK((await openDevelopment(dataDir)).publicJwk, 'EdDSA')
    await jwtVerify(manager.token, key, { issuer: 'sovereign-graph-development', audience: 'sovereign-graph' })
    const { sub, region, exp = 0, iat = 0 } = decodeJwt(manager.token)
    expect({ sub, region, hours: (exp - iat) / 3600 }).toEqual({ sub: 'manager-1', region: 'CN-SH', hours: 8 })
    expect(partner.token).toBe('sg_partner-1_secret')
  })
})

describe.each(ROUTES)('%s', route => {
  test.each<[string, Record<string, string>, string?]>([
    ['this page', { 'sec-fetch-site': 'same-origin' }],
    ['this page, by an origin of its own', { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' }],
    ['a person who types the address', { 'sec-fetch-site': 'none' }],
    ['localhost', { host: 'localhost:4000' }],
    ['localhost without a port', { host: 'localhost' }],
    ['IPv6', { host: '[::1]:4000' }, '::1'],
    ['IPv4 on a socket for both', {}, '::ffff:127.0.0.1'],
  ])('answers %s', async (_who, headers, remoteAddress) => {
    expect((await ask(route, headers, remoteAddress)).statusCode).toBe(200)
  })

  test.each<[string, Record<string, string>, string?]>([
    ['another machine', {}, '192.0.2.7'],
    ['another machine by IPv6', {}, '2001:db8::7'],
    ['a socket address that only looks like this machine', {}, '1.127.0.0.1'],
    ['a name that was bound to this machine', { host: 'rebound.example:4000' }],
    ['a name that begins like this machine', { host: '127.0.0.1.example:4000' }],
    ['a name that ends like this machine', { host: 'not-localhost:4000' }],
    ['a page from elsewhere', { origin: 'https://elsewhere.example' }],
    ['a page of another port', { origin: 'http://127.0.0.1:3000' }],
    ['a page without an origin', { origin: 'null' }],
    ['a request across sites', { 'sec-fetch-site': 'cross-site' }],
    ['a request from another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ])('refuses %s and shows no token', async (_who, headers, remoteAddress) => {
    const answer = await ask(route, headers, remoteAddress)
    expect(answer.statusCode).toBe(403)
    expect(answer.json()).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'FORBIDDEN', requestId: expect.any(String) } }],
    })
  })
})

describe('the script', () => {
  const script = import(new URL('page.js', PAGE).href)

  test('says by curl exactly what Run sends, whatever the document quotes', async () => {
    const { requestOf, curlCommand } = await script
    const document = 'query It\'s { a(b: "$HOME `x` \\ !") }\n# 周明澜'
    const request = requestOf({ document, variables: '{"first": 1}', token: 't.o-k', purpose: 'ANALYTICS' })
    const command: string = curlCommand('http://127.0.0.1:4000/graphql', request)
    const { stdout } = spawnSync('sh', ['-c', command.replace(/^curl/, "printf '%s\\0'")], { encoding: 'utf8' })
    expect(stdout.split('\0')).toEqual([
      'http://127.0.0.1:4000/graphql',
      '-H',
      'authorization: Bearer t.o-k',
      '-H',
      'content-type: application/json',
      '-H',
      'x-purpose: ANALYTICS',
      '--data-raw',
      JSON.stringify({ query: document, variables: { first: 1 } }),
      '',
    ])
  })

  test('sends no purpose where none is chosen', async () => {
    const { requestOf } = await script
    const { headers } = requestOf({ document: '{ a }', variables: '', token: 't', purpose: '' })
    expect(headers).not.toHaveProperty('x-purpose')
  })

  test.each(['[1]', 'null', '"text"', '{', '1'])('refuses %s as variables', async text => {
    const { parseVariables } = await script
    expect(() => parseVariables(text)).toThrow(SyntaxError)
  })

  test('writes a path as one reads it', async () => {
    const { placeOf } = await script
    expect(placeOf(['customer', 'timeline', 'edges', 0, 'node', 'text'])).toBe('customer.timeline.edges[0].node.text')
  })

  test('makes an idempotency key where the document declares one, and keeps one that was set by hand', async () => {
    const { withFreshKey } = await script
    const document = 'mutation M($idempotencyKey: String!) { m(idempotencyKey: $idempotencyKey) }'
    expect(withFreshKey('{ a }', { first: 1 })).toEqual({ first: 1 })
    const fresh = withFreshKey(document, {})
    expect(fresh).toEqual({ idempotencyKey: expect.stringMatching(/^[\w-]{36}$/) })
    expect(withFreshKey(document, fresh, fresh.idempotencyKey)).not.toEqual(fresh)
    expect(withFreshKey(document, { idempotencyKey: 'mine' }, 'sent')).toEqual({ idempotencyKey: 'mine' })
  })
})

function fileNamed(name: string): string {
  return readFileSync(new URL(name, PAGE), 'utf8')
}
