// What a browser is served, in development and in production, and to whom.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { decodeJwt, importJWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../core/config.ts'
import { openDevelopment, saveViewers } from '../../core/development.ts'
import { seededId } from '../../core/ids.ts'
import { purposes, viewerKinds } from '../../core/viewer.ts'
import { serveExplorer } from '../../gateway/explorer/serve.ts'
import { subgraphs } from '../../gateway/subgraphs.ts'
import { builtFiles } from '../support/built-explorer.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'sovereign-graph-explorer-'))
const HOST = '127.0.0.1:4000'
const PRODUCTION = { NODE_ENV: 'production', JWKS_URL: 'https://issuer.example/keys', JWT_ISSUER: 'issuer' }

let http: FastifyInstance

beforeAll(async () => {
  http = await serving({})
})
afterAll(async () => {
  await http.close()
  rmSync(dataDir, { recursive: true })
})

async function serving(env: NodeJS.ProcessEnv): Promise<FastifyInstance> {
  const server = Fastify()
  await serveExplorer(server, readConfig({ DATA_DIR: dataDir, ...env }), subgraphs)
  return server
}

const ask = (url: string, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
  http.inject({ url, remoteAddress, headers: { host: HOST, ...headers } })

describe('the built files', () => {
  const files = builtFiles()
  const named = (pattern: RegExp) => [...files].filter(([name]) => pattern.test(name))

  test('name no address outside this server but those that stand in texts of the editor and are never asked', () => {
    const hosts = [...files.values()].flatMap(text =>
      [...text.matchAll(/(?:https?|wss?):\\?\/\\?\/([\w.-]+)/g)].map(([, host]) => String(host)),
    )
    expect([...new Set(hosts)].sort()).toEqual([
      'code.visualstudio.com',
      'commonmark.org',
      'en.wikipedia.org',
      'github.com',
      'json-schema.org',
      'microsoft.com',
      'prettier.io',
      'react.dev',
      'www.w3.org',
      'yarnpkg.com',
    ])
  })

  test('of markup and style load nothing from elsewhere', () => {
    const loading = named(/\.(html|css)$/)
    expect(loading.map(([name]) => name.split('.').at(-1))).toContain('css')
    for (const [name, text] of loading) {
      const addresses = [...text.matchAll(/(?:url\(|@import |src=|href=)["']?([^"')\s]+)/g)].map(([, to]) => String(to))
      expect([name, addresses.filter(to => !/^(\/|\.\/|data:|#)/.test(to) || to.startsWith('//'))]).toEqual([name, []])
    }
  })

  test('keep the content security policy: no script, style or handler inside the markup', () => {
    for (const [, html] of named(/\.html$/)) {
      expect(html).not.toMatch(/<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:/i)
      expect(html.match(/<script[^>]*>[^<]/g)).toBeNull()
    }
  })

  test('of ours show what comes from outside as text and never as markup or code', () => {
    const ours = named(/assets\/(index|compare|send)-.*\.js$/)
    expect(ours.length).toBeGreaterThan(2)
    for (const [, script] of ours) expect(script).not.toMatch(/outerHTML|insertAdjacentHTML|document\.write|eval\(/)
  })
})

describe('the explorer', () => {
  test.each([
    ['/', 'text/html'],
    ['/compare', 'text/html'],
  ])('is served at %s and asked for anew each time', async (url, type) => {
    const { statusCode, headers } = await ask(url)
    expect({ statusCode, type: headers['content-type'] }).toEqual({ statusCode: 200, type: `${type}; charset=utf-8` })
    expect(headers['cache-control']).toBe('no-cache')
  })

  test('serves what holds a hash in its name for good, compressed for who can read that', async () => {
    const [script] = /\/assets\/[\w.-]+\.js/.exec((await ask('/')).body) ?? []
    const { statusCode, headers } = await ask(String(script), { 'accept-encoding': 'br' })
    expect(statusCode).toBe(200)
    expect(headers['content-encoding']).toBe('br')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect((await ask(String(script))).headers['content-encoding']).toBeUndefined()
  })

  test.each(['/assets/../../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/assets/none.js', '/package.json'])(
    'serves nothing else: %s',
    async url => {
      const { statusCode, headers } = await ask(url)
      expect(statusCode).toBeGreaterThanOrEqual(400)
      expect(String(headers['cache-control'])).not.toContain('immutable')
    },
  )
})

describe('/explorer/settings', () => {
  test('gives each prepared operation with the defaults of its document, its task, and who may call it', async () => {
    const { operations, production, purposes: offered } = (await ask('/explorer/settings')).json()
    expect({ production, offered }).toEqual({ production: false, offered: [...purposes] })
    const named = (name: string) => operations.find((each: { name: string }) => each.name === name)
    expect(named('CustomerTimeline')).toEqual({
      name: 'CustomerTimeline',
      document: readFileSync(new URL('../../schema/operations/CustomerTimeline.graphql', import.meta.url), 'utf8'),
      variables: { customerId: seededId('sovereign-graph', 'Customer', 1), first: 10 },
      kind: 'query',
      task: 'customers',
      viewers: ['SUBJECT', 'REP', 'MANAGER', 'PRIVACY_OFFICER', 'PARTNER', 'ANALYST', 'AUDITOR'],
    })
    expect(named('WithdrawConsent')).toMatchObject({ kind: 'mutation', task: 'sovereignty', viewers: ['SUBJECT'] })
  })

  test('gives no operation that belongs to no task or that nobody may call', async () => {
    const { operations } = (await ask('/explorer/settings')).json()
    expect(operations.length).toBeGreaterThan(20)
    for (const { name, task, viewers } of operations) {
      expect([name, subgraphs.map(each => each.name).includes(task), viewers.length > 0]).toEqual([name, true, true])
      expect(viewers.every((each: never) => viewerKinds.includes(each))).toBe(true)
    }
  })
})

describe('in production the explorer', () => {
  test('knows no viewers', async () => {
    const production = await serving(PRODUCTION)
    const settings = (await production.inject('/explorer/settings')).json()
    const viewers = await production.inject({ url: '/explorer/viewers', headers: { host: HOST } })
    await production.close()
    expect(settings.production).toBe(true)
    expect(viewers.statusCode).toBe(404)
  })

  test('is turned off by EXPLORER=off, and the pages of errors stay', async () => {
    const production = await serving({ ...PRODUCTION, EXPLORER: 'off' })
    const urls = ['/', '/compare', '/explorer/settings', '/explorer/viewers', '/assets/', '/docs/errors/FORBIDDEN']
    const statuses = await Promise.all(urls.map(async url => (await production.inject(url)).statusCode))
    await production.close()
    expect(statuses).toEqual([404, 404, 404, 404, 404, 200])
  })
})

describe('/explorer/viewers', () => {
  test('answers none before there is any, and those that come later in their order', async () => {
    expect((await ask('/explorer/viewers')).json()).toEqual([])
    await saveViewers(dataDir, {
      visitor: { kind: 'ANALYST', id: 'visitor-1' },
      service: { kind: 'SERVICE', id: 'service-1' },
      partner: { kind: 'PARTNER', id: 'partner-1', apiKey: 'sg_partner-1_secret', defaultPurpose: 'PARTNER_SHARING' },
      manager: { kind: 'MANAGER', id: 'manager-1', region: 'CN-SH', defaultPurpose: 'SALES_FOLLOW_UP' },
      subject: { kind: 'SUBJECT', id: 'customer-1', defaultPurpose: 'SUBJECT_REQUEST' },
    })
    const viewers = (await ask('/explorer/viewers')).json()
    expect(viewers.map(({ name, kind, id, purpose }: Record<string, string>) => [name, kind, id, purpose])).toEqual([
      ['subject', 'SUBJECT', 'customer-1', 'SUBJECT_REQUEST'],
      ['manager', 'MANAGER', 'manager-1', 'SALES_FOLLOW_UP'],
      ['partner', 'PARTNER', 'partner-1', 'PARTNER_SHARING'],
      ['service', 'SERVICE', 'service-1', null],
      ['visitor', 'ANALYST', 'visitor-1', null],
    ])
  })

  test('signs a token of eight hours, and gives the API key of a viewer who has one', async () => {
    const [, manager, partner] = (await ask('/explorer/viewers')).json()
    const key = await importJWK((await openDevelopment(dataDir)).publicJwk, 'EdDSA')
    await jwtVerify(manager.token, key, { issuer: 'sovereign-graph-development', audience: 'sovereign-graph' })
    const { sub, region, exp = 0, iat = 0 } = decodeJwt(manager.token)
    expect({ sub, region, hours: (exp - iat) / 3600 }).toEqual({ sub: 'manager-1', region: 'CN-SH', hours: 8 })
    expect(partner.token).toBe('sg_partner-1_secret')
  })

  test.each<[string, Record<string, string>, string?]>([
    ['this page', { 'sec-fetch-site': 'same-origin' }],
    ['this page, by an origin of its own', { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' }],
    ['a person who types the address', { 'sec-fetch-site': 'none' }],
    ['localhost', { host: 'localhost:4000' }],
    ['localhost without a port', { host: 'localhost' }],
    ['IPv6', { host: '[::1]:4000' }, '::1'],
    ['IPv4 on a socket for both', {}, '::ffff:127.0.0.1'],
  ])('answers %s', async (_who, headers, remoteAddress) => {
    expect((await ask('/explorer/viewers', headers, remoteAddress)).statusCode).toBe(200)
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
    const answer = await ask('/explorer/viewers', headers, remoteAddress)
    expect(answer.statusCode).toBe(403)
    expect(answer.json()).toEqual({
      errors: [
        {
          message: expect.any(String),
          extensions: { code: 'FORBIDDEN', docUrl: '/docs/errors/FORBIDDEN', requestId: expect.any(String) },
        },
      ],
    })
  })
})

describe('the whole server', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startApi()
  })
  afterAll(() => api.close())

  test('lets a page run scripts, workers and styles of this server only, and styles that the editor writes', async () => {
    const { headers } = await fetch(`${api.url}/`)
    expect(headers.get('content-security-policy')?.split(';').sort()).toEqual([
      "base-uri 'none'",
      "default-src 'self'",
      "font-src 'self' data:",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "object-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "worker-src 'self'",
    ])
  })

  test('keeps answers out of every store and the files of the explorer in it', async () => {
    const page = await fetch(`${api.url}/`)
    const [script] = /\/assets\/[\w.-]+\.js/.exec(await page.text()) ?? []
    const cacheOf = async (path: string) => (await fetch(`${api.url}${path}`)).headers.get('cache-control')
    expect(await cacheOf(String(script))).toBe('public, max-age=31536000, immutable')
    expect(await cacheOf('/explorer/viewers')).toBe('no-store')
    expect(await cacheOf('/explorer/settings')).toBe('no-store')
  })
})
