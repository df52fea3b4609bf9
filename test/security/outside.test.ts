// What leaves the service by other ways than an answer: connections, logs, headers, error texts.
import dns from 'node:dns'
import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const TIMELINE = readFileSync('schema/operations/CustomerTimeline.graphql', 'utf8')
const WITHDRAW = readFileSync('schema/operations/WithdrawConsent.graphql', 'utf8')
const VIEWERS = [
  'subject',
  'rep',
  'other-rep',
  'manager',
  'partner',
  'analyst',
  'auditor',
  'privacy-officer',
  'operator',
]

const realConnect = Socket.prototype.connect

/** Values of the first customer that may stand in an answer and nowhere else. */
const CANARIES = ['周明澜', '+862100000000', 'contact.1@example.com', 'wm7003962921', '澄岚', '价格条款', '预算']

describe('connections', () => {
  it('go nowhere but to this machine from the start of the server to its end', async () => {
    const targets: string[] = []
    const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args) {
      const [target] = args.flat() as unknown as { host?: string; path?: string }[]
      targets.push(target?.path ?? target?.host ?? 'localhost')
      return realConnect.apply(this, args)
    })
    const lookup = vi.spyOn(dns, 'lookup')
    try {
      const api = await startApi({ customers: 4 })
      for (const viewer of VIEWERS) await api.ask(viewer, TIMELINE)
      await api.close()
      expect(targets.length).toBeGreaterThan(0)
      expect(new Set(targets)).toEqual(new Set(['127.0.0.1']))
      expect(lookup.mock.calls.map(([name]) => name).filter(name => name !== '127.0.0.1')).toEqual([])
    } finally {
      connect.mockRestore()
      lookup.mockRestore()
    }
  })
})

describe('logs', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startApi({ customers: 4 })
  })
  afterAll(() => api.close())

  it('name viewer, purpose and categories of each read of personal data', async () => {
    await api.ask('rep', TIMELINE)
    const line = api.logged.map(each => JSON.parse(each)).findLast(each => each.event === 'access')
    expect(line).toMatchObject({ viewer: 'REP', purpose: 'SALES_FOLLOW_UP' })
    expect(line.categories).toContain('identity.contact.phone')
    expect(line.categories).not.toContain('inference.intent')
    expect(line.requestId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('hold no personal value after every viewer asked, a consent was withdrawn and a record was refused', async () => {
    for (const viewer of VIEWERS) await api.ask(viewer, TIMELINE)
    await api.ask('subject', WITHDRAW, { variables: { idempotencyKey: 'logs' } })
    await api.ask('rep', '{ customer(id: "周明澜") { name nothing } }')
    await api.ask('rep', 'query 周 { customer }')
    const logs = api.logged.join('\n')
    expect(logs).not.toBe('')
    for (const canary of CANARIES) expect(logs).not.toContain(canary)
  })

  it('hold no token and no key', async () => {
    const tokens = await Promise.all(VIEWERS.map(viewer => api.tokenOf(viewer)))
    for (const viewer of VIEWERS) await api.ask(viewer, TIMELINE)
    const logs = api.logged.join('\n')
    for (const token of tokens) expect(logs).not.toContain(token.slice(-20))
  })
})

describe('an unexpected failure', () => {
  it('is answered by its code and the request id alone, and its cause is logged without what it says', async () => {
    const broken = failing(await openEmbedded({ durability: 'os' }))
    const api = await startApi({ customers: 2, graph: broken.graph })
    try {
      broken.fail(new Error('row {name: 周明澜} at bolt://10.1.2.3'))
      const answer = await api.ask('rep', TIMELINE)
      expect(answer.errors).toMatchObject([
        { message: 'Something failed on our side.', path: ['customer'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ])
      expect(answer.text).not.toMatch(/周明澜|bolt|customers|MATCH/)
      const logs = api.logged.join('\n')
      expect(logs).toContain('"event":"unexpected"')
      expect(logs).not.toMatch(/周明澜|bolt/)
    } finally {
      broken.fail(undefined)
      await api.close()
    }
  })
})

/** A graph whose reads fail with the given error while one is set. */
function failing(graph: Graph): { readonly graph: Graph; fail(error: Error | undefined): void } {
  let failure: Error | undefined
  const read: Graph['read'] = (statement, params) =>
    failure === undefined ? graph.read(statement, params) : Promise.reject(failure)
  return {
    graph: {
      engine: graph.engine,
      read,
      write: work => graph.write(work),
      define: statement => graph.define(statement),
      defineText: index => graph.defineText(index),
      health: () => graph.health(),
      expunge: () => graph.expunge(),
      close: () => graph.close(),
    },
    fail: error => {
      failure = error
    },
  }
}
