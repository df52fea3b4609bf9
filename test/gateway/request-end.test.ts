// How a request ends before its answer, and what the headers say of the time it took and of who may keep the answer.
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { portOf } from '../support/faulty-graph.ts'
import { type Gate, gate } from '../support/gate.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const ACROSS = '{ customers(first: 2) { edges { node { id consents { state } } } } }'

/** A graph that notes what it reads; while `held` is set they wait for it. */
interface HeldGraph extends Graph {
  held: { readonly reading: Gate; readonly proceed: Gate } | undefined
  statements: string[]
}

async function heldGraph(): Promise<HeldGraph> {
  const graph = await openEmbedded({ durability: 'os' })
  const held: HeldGraph = {
    ...portOf(graph),
    held: undefined,
    statements: [],
    read: async (statement, params) => {
      held.statements.push(JSON.stringify(statement))
      if (held.statements.at(-1)?.includes('(c:Customer)')) held.held?.reading.open()
      await held.held?.proceed.opened
      return graph.read(statement, params)
    },
  }
  return held
}

describe('a request', () => {
  let graph: HeldGraph
  let api: TestApi
  beforeAll(async () => {
    graph = await heldGraph()
    api = await startApi({ graph, customers: 2, env: { REQUEST_DEADLINE_MS: '2000' } })
  })
  afterAll(() => api.close())

  /** What ACROSS asks after its first statement. */
  const consentsAsked = () => graph.statements.filter(each => each.includes('k.since'))

  it('that takes longer than its limit is answered with DEADLINE_EXCEEDED, whatever is under way', async () => {
    graph.held = { reading: gate(), proceed: gate() }
    const { data, errors, masks } = await api.ask('manager', ACROSS)
    graph.held.proceed.open()
    graph.held = undefined
    expect({ data, masks, codes: errors.map(each => each.extensions.code) }).toEqual({
      data: null,
      masks: [],
      codes: ['DEADLINE_EXCEEDED'],
    })
  })

  it('whose client leaves asks the graph nothing further', async () => {
    const held = { reading: gate(), proceed: gate() }
    graph.held = held
    graph.statements = []
    const request = httpRequest(`${api.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await api.tokenOf('manager')}`,
        'x-purpose': 'SALES_FOLLOW_UP',
        'content-type': 'application/json',
      },
    })
    request.on('error', () => {})
    const [left] = [once(api.http.server, 'request').then(([, response]) => once(response, 'close'))]
    request.end(JSON.stringify({ query: ACROSS }))
    await held.reading.opened
    request.destroy()
    await left
    graph.held = undefined
    held.proceed.open()
    // Another request, and all that it asks, comes after what the first one would have asked.
    const { data } = await api.ask('manager', '{ customers(first: 1) { edges { node { id } } } }')
    expect(data.customers.edges).toHaveLength(1)
    expect(consentsAsked()).toEqual([])
    await api.ask('manager', ACROSS)
    expect(consentsAsked()).toHaveLength(1)
  })

  it('that is answered says where its time went, and nothing else', async () => {
    const response = await api.post(
      { query: ACROSS },
      { authorization: `Bearer ${await api.tokenOf('manager')}`, 'x-purpose': 'SALES_FOLLOW_UP' },
    )
    const stages = (response.headers.get('server-timing') ?? '').split(', ').map(each => each.split(';'))
    expect(stages.map(([stage]) => stage)).toEqual([
      'parse',
      'prune',
      'plan',
      'compile',
      'execute',
      'graph',
      'mask',
      'shape',
    ])
    for (const [, duration] of stages) expect(duration).toMatch(/^dur=\d+(\.\d)?$/)
    // What depends on data is told in whole milliseconds only.
    for (const [, duration] of stages.slice(4)) expect(duration).toMatch(/^dur=\d+$/)
  })

  it.each([
    ['{ customers(first: 1) { edges { cursor } } }', 'private, no-store'],
    ['{ checkpoint { size } }', 'private, no-cache'],
    ['{ purposes { purpose } nothing }', 'no-store'],
  ])('for %s may be kept as %s says', async (query, expected) => {
    const response = await api.post(
      { query },
      { authorization: `Bearer ${await api.tokenOf('auditor')}`, 'x-purpose': 'COMPLIANCE_AUDIT' },
    )
    expect(response.headers.get('cache-control')).toContain(expected)
  })
})
