// What leaves an operation before it is planned, what is asked then of subgraphs and of the graph, and what its client sees.
import { readFileSync } from 'node:fs'
import { buildSchema, getOperationAST, parse, print, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiKey } from '../../core/access/api-keys.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { seededId } from '../../core/ids.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { parsePolicy } from '../../core/policy/policy.ts'
import { prune } from '../../gateway/prune.ts'
import { type CountingGraph, countingGraph } from '../support/counting-graph.ts'
import { startApi, type TestApi, toAnswer } from '../support/start-api.ts'

const SCHEMA = buildSchema(`
  type Query { person: Person being: Being any: Any secret: Int }
  type Mutation { secret: Person }
  interface Being { id: ID secret(of: Int): String friend: Being }
  type Person implements Being { id: ID secret(of: Int): String friend: Being open: String pet: Pet }
  type Pet implements Being { id: ID secret(of: Int): String friend: Being hidden: Person }
  type Stone { hidden: String }
  union Any = Person | Pet | Stone
`)

const HIDDEN = new Set(['Person.secret', 'Pet.hidden', 'Stone.hidden', 'Query.secret', 'Mutation.secret'])

function pruned(text: string, operationName?: string) {
  const document = parse(text)
  expect(validate(SCHEMA, document)).toEqual([])
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new Error(text)
  const result = prune(document, operation, SCHEMA, (type, field) => !HIDDEN.has(`${type}.${field}`))
  expect(validate(SCHEMA, result.document)).toEqual([])
  return { document: print(result.document).replaceAll(/\s+/g, ' '), left: result.left }
}

describe('a field that can never be shown', () => {
  it.each([
    ['under its own name', '{ person { id secret } }', '{ person { id secret: __typename } }'],
    ['under aliases', '{ person { a: secret b: secret(of: 1) } }', '{ person { a: __typename b: __typename } }'],
    [
      'in an inline fragment',
      '{ person { ... on Person { secret } } }',
      '{ person { ... on Person { secret: __typename } } }',
    ],
    ['in a fragment without a type', '{ person { ... { secret } } }', '{ person { ... { secret: __typename } } }'],
    [
      'in a named fragment',
      '{ person { ...f } } fragment f on Person { id secret }',
      '{ person { ...f } } fragment f on Person { id secret: __typename }',
    ],
    [
      'with its conditions',
      'query($yes: Boolean!) { person { secret @include(if: $yes) id @skip(if: $yes) } }',
      'query ($yes: Boolean!) { person { secret: __typename @include(if: $yes) id @skip(if: $yes) } }',
    ],
    ['where it is all that was asked for', '{ person { secret } }', '{ person { secret: __typename } }'],
    ['at the root', '{ secret person { id } }', '{ secret: __typename person { id } }'],
    [
      'within a union',
      '{ any { ... on Stone { hidden } ... on Pet { id } } }',
      '{ any { ... on Stone { hidden: __typename } ... on Pet { id } } }',
    ],
  ])('leaves %s', (_, given, expected) => {
    expect(pruned(given).document).toBe(expected)
  })

  it('leaves an interface for those of its types that hide it', () => {
    const { document, left } = pruned('{ being { x: secret(of: 1) friend { id } } }')
    expect(document).toBe('{ being { ... on Person { x: __typename } ... on Pet { x: secret(of: 1) } friend { id } } }')
    expect(left).toEqual(['Person.secret'])
  })

  it('takes along what stood below it: fields, fragments and variables that nothing else uses', () => {
    const text = `query($a: Int, $b: Int, $c: Boolean!) { any { ... on Pet { secret(of: $a) hidden { ...f } } } person { ...g @skip(if: $c) } }
      fragment f on Person { friend { ...h } } fragment h on Pet { secret(of: $b) } fragment g on Person { open secret(of: $b) }`
    const { document, left } = pruned(text)
    expect(document).toBe(
      'query ($a: Int, $c: Boolean!) { any { ... on Pet { secret(of: $a) hidden: __typename } } person { ...g @skip(if: $c) } } ' +
        'fragment g on Person { open secret: __typename }',
    )
    expect(left).toEqual(['Person.secret', 'Pet.hidden'])
  })

  it('leaves the operation that is run, whatever others there are', () => {
    const text = 'query One { person { secret } } query Two { person { id ...f } } fragment f on Person { open }'
    expect(pruned(text, 'One')).toEqual({
      document: 'query One { person { secret: __typename } }',
      left: ['Person.secret'],
    })
    const two = parse(text)
    expect(pruned(text, 'Two')).toEqual({ document: print(two).replaceAll(/\s+/g, ' '), left: [] })
  })

  it('stays where it changes something', () => {
    expect(pruned('mutation { secret { id secret } }').document).toBe('mutation { secret { id secret: __typename } }')
  })
})

const CUSTOMER = seededId('sovereign-graph', 'Customer', 1)
const operation = (name: string) =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8')

/** Partners are shown consents for PARTNER_SHARING, which the ground policy does not grant them. */
const GENEROUS = parsePolicy({
  ...groundPolicy,
  rules: groundPolicy.rules.map(rule =>
    rule.id === 'partner-slice' ? { ...rule, categories: [...rule.categories, 'governance.consent'] } : rule,
  ),
})

describe('over HTTP', () => {
  let graph: CountingGraph
  let api: TestApi
  let generous: TestApi
  beforeAll(async () => {
    graph = countingGraph(await openEmbedded({ durability: 'os', shuffle: true }))
    api = await startApi({ customers: 3, graph })
    generous = await startApi({ customers: 3, policy: GENEROUS })
  })
  afterAll(() => Promise.all([api.close(), generous.close()]))

  /** How often each subgraph is asked while this is done. */
  async function fetchesOf(of: TestApi, work: () => Promise<unknown>) {
    const { counts } = of.gateway.supergraph.federation
    const before = { ...counts.fetches }
    await work()
    return Object.fromEntries(
      Object.entries(counts.fetches).map(([name, count]) => [name, count - (before[name] ?? 0)]),
    )
  }

  const reads = () => graph.statements.filter(each => /Consent|Interaction/.test(each) && each.includes('RETURN'))

  it('a subgraph of which nothing can be shown is not asked', async () => {
    const ask = (of: TestApi) => () => of.ask('partner', operation('CustomerTimeline'))
    expect(await fetchesOf(generous, ask(generous))).toMatchObject({ customers: 1, sales: 1, sovereignty: 1 })
    expect(await fetchesOf(api, ask(api))).toMatchObject({ customers: 1, sales: 1, sovereignty: 0 })
  })

  it('a purpose that shows less costs fewer statements', async () => {
    const ask = async (purpose: string) => {
      graph.forget()
      const answer = await api.ask('rep', operation('Signals'), { purpose })
      return { answer, statements: reads().length }
    }
    const followUp = await ask('SALES_FOLLOW_UP')
    const delivery = await ask('SERVICE_DELIVERY')
    expect([followUp.statements, delivery.statements]).toEqual([2, 1])
    const [edge] = delivery.answer.data.customer.timeline.edges
    expect(edge.node.signals).toEqual({ intents: null, emotion: null, modelVersion: null, evidenceEntryId: null })
    expect(delivery.answer.masks[0]).toEqual({
      path: ['customer', 'timeline', 'edges', 0, 'node', 'signals', 'intents'],
      type: 'InteractionSignals',
      id: edge.node.id,
      field: 'intents',
      mask: 'NULL',
      reasonCode: 'CATEGORY_NOT_GRANTED',
      policyId: 'ground/default',
      policyVersion: 1,
      legalBasis: 'PIPL 13(1)(2) contract',
      remedy: 'None: inference.intent is not shown to REP for SERVICE_DELIVERY.',
      docUrl: '/docs/masks/CATEGORY_NOT_GRANTED',
    })
  })

  it('a purpose that is taken away from a seller takes its fetches and statements with it, and gives them back', async () => {
    const query = `{ customers(first: 2) { edges { node { id name consents { purpose state }
      timeline(first: 2) { edges { node { id text signals { intents { intent } } } } } } } } }`
    const withoutSales = parsePolicy({
      ...groundPolicy,
      version: 2,
      rules: groundPolicy.rules.map(rule =>
        rule.id === 'sales-work' ? { ...rule, purposes: ['SERVICE_DELIVERY'] } : rule,
      ),
    })
    const activate = async (input: object) => {
      const idempotencyKey = Object.keys(input).join()
      const { errors } = await api.ask('operator', operation('ActivatePolicy'), {
        variables: { input, idempotencyKey },
      })
      expect(errors).toEqual([])
    }
    /** What the executor and the graph count for this one operation, once it is planned. */
    const costOf = async () => {
      await api.ask('rep', query)
      let masks = 0
      const { customers, sovereignty, ...others } = await fetchesOf(api, async () => {
        graph.forget()
        masks = (await api.ask('rep', query)).masks.length
      })
      // What is done beside requests carries no rows of a viewer.
      const statements = graph.statements.filter(each => each.includes('$viewerId')).length
      return { customers, sovereignty, others: Object.values(others).some(count => count > 0), statements, masks }
    }
    const before = await costOf()
    expect(before).toMatchObject({ customers: 1, sovereignty: 1, others: false, statements: 3 })
    await activate({ data: withoutSales })
    const taken = await costOf()
    expect(taken).toMatchObject({ customers: 1, sovereignty: 0, others: false, statements: 1 })
    expect(taken.masks).toBeGreaterThan(before.masks)
    await activate({ policyId: groundPolicy.id, version: groundPolicy.version })
    expect(await costOf()).toEqual(before)
  })

  it('keeps keys in the order in which they were asked for, also where conditions change it', async () => {
    const query = `query($no: Boolean!) { customer(id: "${CUSTOMER}") { phone @include(if: $no) region id phone name email @skip(if: $no) } }`
    const answer = await api.ask('partner', query, { variables: { no: false } })
    expect(Object.entries(answer.data.customer)).toEqual([
      ['region', null],
      ['id', CUSTOMER],
      ['phone', null],
      ['name', null],
      ['email', null],
    ])
    expect(answer.masks.map(({ field }) => field)).toEqual(['phone', 'region', 'name', 'email'])
  })

  it('refuses variables that do not fit, though what used them left', async () => {
    const query = `query($yes: Boolean!) { customer(id: "${CUSTOMER}") { consents { id @include(if: $yes) } } }`
    const [partner, subject] = await Promise.all(['partner', 'subject'].map(viewer => api.ask(viewer, query)))
    expect(partner?.text).toBe(subject?.text)
    expect(partner?.errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
  })

  it('shows and refuses nothing by what left for others', async () => {
    const query = `{ customer(id: "${CUSTOMER}") { phone consents { purpose } } }`
    for (const viewer of ['partner', 'rep', 'subject', 'partner', 'subject', 'rep']) {
      const { data } = await api.ask(viewer, query)
      expect([viewer, data.customer.phone, data.customer.consents === null]).toEqual([
        viewer,
        { partner: null, rep: '***0000', subject: '+862100000000' }[viewer],
        viewer === 'partner',
      ])
    }
  })

  it('is refused to a key that would rather have it so, with the coordinates of what it asked for', async () => {
    const viewer = { kind: 'PARTNER', id: 'partner-1', purposes: ['PARTNER_SHARING'], refusesPruned: true } as const
    const key = await api.services.graph.write(unit =>
      createApiKey(unit, { viewer, createdAt: api.clock.now(), expiresAt: '2099-01-01T00:00:00.000Z' as never }),
    )
    const headers = { authorization: `Bearer ${key}`, 'x-purpose': 'PARTNER_SHARING' }
    const ask = async (query: string) => toAnswer(await api.post({ query }, headers))
    const refused = await ask(
      `{ customer(id: "${CUSTOMER}") { id alias: phone @skip(if: true) consents { purpose } company { name } } }`,
    )
    expect(refused.errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('At: Customer.consents, Customer.phone.'),
        extensions: { code: 'FIELDS_NOT_GRANTED', docUrl: '/docs/errors/FIELDS_NOT_GRANTED' },
      }),
    ])
    expect(refused.data).toBeNull()
    const granted = await ask(`{ customers { edges { node { id company { id } } } } }`)
    expect(granted.errors).toEqual([])
  })
})
