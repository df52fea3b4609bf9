// What an answer says of what it withholds: at which place, of which entity, why. And that no way to an entity, and no way
// of writing the query, shows more than another.
import { readdirSync, readFileSync } from 'node:fs'
import { type ExecutionResult, execute, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { seededId } from '../../core/ids.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { type Policy, parsePolicy } from '../../core/policy/policy.ts'
import { type BuiltSubgraph, buildSubgraph } from '../../core/subgraph.ts'
import { arrive } from '../../gateway/pipeline.ts'
import { subgraphs } from '../../gateway/subgraphs.ts'
import { type Answer, startApi, type TestApi, toAnswer } from '../support/start-api.ts'

const CUSTOMER = seededId('sovereign-graph', 'Customer', 1)
/** The development viewers, each with its purpose. */
const PURPOSES: { readonly [viewer: string]: string | undefined } = {
  subject: 'SUBJECT_REQUEST',
  rep: 'SALES_FOLLOW_UP',
  'other-rep': 'SALES_FOLLOW_UP',
  manager: 'SALES_FOLLOW_UP',
  partner: 'PARTNER_SHARING',
  analyst: 'ANALYTICS',
  auditor: 'COMPLIANCE_AUDIT',
  'privacy-officer': 'COMPLIANCE_AUDIT',
  operator: 'COMPLIANCE_AUDIT',
  service: undefined,
}
/** Those who may know of the first customer. */
const SEEING = ['subject', 'rep', 'manager', 'partner', 'analyst', 'auditor', 'privacy-officer'] as const

const OPERATIONS = new URL('../../schema/operations/', import.meta.url)
const operation = (name: string) => readFileSync(new URL(`${name}.graphql`, OPERATIONS), 'utf8')

let api: TestApi
let built: readonly BuiltSubgraph[]

beforeAll(async () => {
  api = await startApi({ customers: 24 })
  built = await Promise.all(subgraphs.map(buildSubgraph))
})
afterAll(() => api.close())

describe('the place of a mask', () => {
  it('is the alias under which the value was asked for, and each of several', async () => {
    const answer = await api.ask(
      'rep',
      `{ a: customer(id: "${CUSTOMER}") { b: phone c: phone name } d: customer(id: "${CUSTOMER}") { phone } }`,
    )
    expect(answer.data).toEqual({ a: { b: '***0000', c: '***0000', name: '周明澜' }, d: { phone: '***0000' } })
    expect(placesOf(answer)).toEqual(['a.b Customer.phone', 'a.c Customer.phone', 'd.phone Customer.phone'])
    expect(answer.masks[0]).toMatchObject({
      path: ['a', 'b'],
      type: 'Customer',
      id: CUSTOMER,
      field: 'phone',
      mask: 'LAST4',
    })
  })

  it('is found through fragments, named, inline and nested, once a place', async () => {
    const answer = await api.ask(
      'rep',
      `query { customer(id: "${CUSTOMER}") { ...contact ... on Customer { email ... { weComId phone } } } }
       fragment contact on Customer { ...phone id }
       fragment phone on Customer { phone }`,
    )
    expect(Object.keys(answer.data.customer).sort()).toEqual(['email', 'id', 'phone', 'weComId'])
    expect(placesOf(answer).toSorted()).toEqual([
      'customer.email Customer.email',
      'customer.phone Customer.phone',
      'customer.weComId Customer.weComId',
    ])
  })

  it('is not reported where the query leaves the field out', async () => {
    const query = `query($no: Boolean!) { customer(id: "${CUSTOMER}") { phone @include(if: $no) email @skip(if: true) ...f @include(if: $no) __typename } } fragment f on Customer { weComId }`
    const answer = await api.ask('rep', query, { variables: { no: false } })
    expect(answer.data).toEqual({ customer: { __typename: 'Customer' } })
    expect(answer.masks).toEqual([])
  })

  it('numbers the entries of lists', async () => {
    const answer = await api.ask(
      'rep',
      `{ customer(id: "${CUSTOMER}") { timeline(first: 3) { all: edges { at: node { id feeling: emotion } } } } }`,
    )
    expect(answer.masks.map(({ path, id }) => [path, id])).toEqual(
      [0, 1, 2].map(index => [
        ['customer', 'timeline', 'all', index, 'at', 'feeling'],
        answer.data.customer.timeline.all[index].at.id,
      ]),
    )
  })

  it('is found in an entity within another, whichever subgraph it comes from', async () => {
    const answer = await api.ask(
      'auditor',
      `{ interactions(customerId: "${CUSTOMER}", first: 1) { edges { node { who: customer { id name } } } }
         opportunities(customerId: "${CUSTOMER}", first: 1) { edges { node { stage customer { phone interactions: timeline(first: 1) { edges { node { text } } } } } } } }`,
    )
    expect(answer.errors).toEqual([])
    expect(placesOf(answer).toSorted()).toEqual([
      'interactions.edges.0.node.who.name Customer.name',
      'opportunities.edges.0.node.customer.interactions.edges.0.node.text Interaction.text',
      'opportunities.edges.0.node.customer.phone Customer.phone',
      'opportunities.edges.0.node.stage Opportunity.stage',
    ])
  })

  it('is that of the operation that ran, of several in one document', async () => {
    const query = `query One { customer(id: "${CUSTOMER}") { phone } } query Two { other: customer(id: "${CUSTOMER}") { email } }`
    const headers = { authorization: `Bearer ${await api.tokenOf('rep')}`, 'x-purpose': 'SALES_FOLLOW_UP' }
    for (const [operationName, place] of [
      ['One', ['customer', 'phone']],
      ['Two', ['other', 'email']],
    ]) {
      const { masks } = await toAnswer(await api.post({ query, operationName }, headers))
      expect(masks.map(({ path }) => path)).toEqual([place])
    }
  })

  it('shows no id that was fetched beside what was asked for', async () => {
    const answer = await api.ask('rep', '{ customers(first: 2) { edges { node { name } } } }')
    expect(answer.data.customers.edges.map((edge: { node: object }) => Object.keys(edge.node))).toEqual([
      ['name'],
      ['name'],
    ])
    expect(answer.text).not.toContain('_sovereign_id')
  })
})

describe('an entity of which something is withheld', () => {
  const WITH_ID = 'fragment F on Customer { id phone }'

  it.each([
    ['{ id phone }', true],
    ['{ key: id phone }', true],
    ['{ ... on Customer { id } phone }', true],
    [`{ ...F } ${WITH_ID}`, true],
    ['{ phone }', false],
    ['{ id: name phone }', false],
    ['{ phone id @include(if: false) }', false],
    ['{ ... on Customer @include(if: false) { id } phone }', false],
  ])('is named by its id in the masks of %s, which shows it: %s', async (asked, isShown) => {
    const [selection, fragment = ''] = asked.split(/(?=fragment)/)
    const answer = await api.ask('rep', `{ customer(id: "${CUSTOMER}") ${selection} } ${fragment}`)
    const mask = answer.masks.find(({ field }) => field === 'phone')
    expect(mask).toMatchObject({ path: ['customer', 'phone'], type: 'Customer', id: CUSTOMER })
    expect(Object.values(answer.data.customer).includes(CUSTOMER)).toBe(isShown)
    expect(answer.text).not.toContain('_sovereign')
  })
})

describe('the alias of those ids', () => {
  it.each([
    `{ customer(id: "${CUSTOMER}") { _sovereign_id: name } }`,
    `{ customer(id: "${CUSTOMER}") { _sovereign_id: id } }`,
    '{ _sovereign_id: purposes { purpose } }',
    `{ customer(id: "${CUSTOMER}") { ...f } } fragment f on Customer { company { _sovereign_id: name } }`,
  ])('is refused to clients: %s', async query => {
    const { status, data, errors } = await api.ask('rep', query)
    expect([status, data]).toEqual([200, null])
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
  })
})

describe('names that mean something to JavaScript', () => {
  const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON']
  const ownOf = (value: object) =>
    Object.entries(Object.getOwnPropertyDescriptors(value)).map(([key, { value: own }]) => [key, own])

  it.each(NAMES)('are aliases like others: %s', async name => {
    const before = [ownOf(Object.prototype), ownOf(Array.prototype), ownOf(Function.prototype)]
    const query = `{ ${name}: customer(id: "${CUSTOMER}") { ${name}: phone id ${name}2: name timeline(first: 1) { edges { ${name}: node { ${name}: emotion } } } } }`
    const answer = await api.ask('rep', query)
    expect([ownOf(Object.prototype), ownOf(Array.prototype), ownOf(Function.prototype)]).toEqual(before)
    expect(({} as Record<string, unknown>).phone).toBeUndefined()
    expect(answer.text).not.toContain('+862100000000')
    expect(answer.status).toBe(200)
    expect(answer.errors).toEqual([])
    const customer = Object.getOwnPropertyDescriptor(answer.data, name)?.value
    expect(Object.getOwnPropertyDescriptor(customer, name)?.value).toBe('***0000')
    expect(placesOf(answer)).toEqual([
      `${name}.${name} Customer.phone`,
      `${name}.timeline.edges.0.${name}.${name} Interaction.emotion`,
    ])
  })
})

describe('the reason of a mask', () => {
  const EMPTY_CUSTOMER = `
MATCH (c:Customer {id: $id})
SET c.name = null, c.phone = null, c.email = null, c.weComId = null
WITH c
MATCH (c)-[m:MEMBER_OF]->(:Account)
DELETE m`
  const EMPTY_INTERACTIONS = `
MATCH (:Customer {id: $id})-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
SET i.text = null, i.intent = null, i.emotion = null, i.outcome = null, i.durationSeconds = null`
  const EMPTY_OPPORTUNITIES = `
MATCH (:Customer {id: $id})-[:PURSUES]->(o:Opportunity)
SET o.valueMinor = null, o.closedAt = null`

  it('is the same whether the value is there or not', async () => {
    const own = await startApi({ customers: 1 })
    const askAll = () => Promise.all(SEEING.map(viewer => own.ask(viewer, operation('CustomerTimeline'))))
    try {
      const before = await askAll()
      for (const statement of [EMPTY_CUSTOMER, EMPTY_INTERACTIONS, EMPTY_OPPORTUNITIES]) {
        await own.services.graph.write(unit => unit.run(statement, { id: CUSTOMER }))
      }
      const after = await askAll()
      const nothing = { name: null, phone: null, email: null, weComId: null, company: null }
      for (const { data } of after) expect(data.customer).toMatchObject({ id: CUSTOMER, ...nothing })
      const reported = (answers: readonly Answer[]) => answers.map(({ masks, errors }) => ({ masks, errors }))
      expect(reported(after)).toEqual(reported(before))
    } finally {
      await own.close()
    }
  })

  it('is given to everybody but the subject, who is withheld nothing', async () => {
    const masked = await Promise.all(
      SEEING.map(async viewer => [viewer, (await api.ask(viewer, operation('CustomerTimeline'))).masks.length > 0]),
    )
    expect(masked).toEqual(SEEING.map(viewer => [viewer, viewer !== 'subject']))
    for (const name of [
      'ConsentHistory',
      'Customers',
      'CustomersTimeline',
      'Interactions',
      'Opportunities',
      'Purposes',
    ]) {
      const { masks, errors } = await api.ask('subject', operation(name))
      expect([name, masks, errors]).toEqual([name, [], []])
    }
  })

  it('names a mask that the type cannot carry as what it became: nothing is shown, and no error tells of a value', async () => {
    const policy = withRule('partner-slice', { effect: 'LAST4' })
    const own = await startApi({ customers: 1, policy })
    try {
      const answer = await own.ask(
        'partner',
        `{ customer(id: "${CUSTOMER}") { company { name } timeline(first: 1) { edges { node { touchpoint source } } } } }`,
      )
      expect(answer.errors).toEqual([])
      expect(answer.data.customer.company).toBeNull()
      expect(answer.data.customer.timeline.edges[0].node).toMatchObject({
        touchpoint: null,
        source: expect.stringMatching(/^\*{3}/),
      })
      expect(answer.masks.map(({ field, mask }) => [field, mask])).toEqual([
        ['company', 'NULL'],
        ['touchpoint', 'NULL'],
        ['source', 'LAST4'],
      ])
    } finally {
      await own.close()
    }
  })
})

describe('an entity that the viewer may not know of', () => {
  const NOBODY_OWNS = 'MATCH (:Seller)-[owns:OWNS]->(:Customer) DELETE owns'

  it('is null with one entry, and its fields have none', async () => {
    const answer = await api.ask(
      'other-rep',
      `{ x: customer(id: "${CUSTOMER}") { id name timeline(first: 1) { edges { node { id } } } } }`,
    )
    expect(answer.data).toEqual({ x: null })
    expect(answer.masks).toEqual([
      {
        path: ['x'],
        type: 'Query',
        id: null,
        field: 'customer',
        mask: 'NULL',
        reasonCode: 'NOT_VISIBLE',
        policyId: 'ground/rows',
        policyVersion: 1,
        legalBasis: null,
        remedy: 'None: there is no such record that this viewer may see for the stated purpose.',
        docUrl: '/docs/masks/NOT_VISIBLE',
      },
    ])
  })

  it('is left out of lists without a word', async () => {
    const everything = `{ interactions(customerId: "${CUSTOMER}") { edges { node { id } } pageInfo { hasNextPage endCursor } }
       opportunities(customerId: "${CUSTOMER}") { edges { node { id } } pageInfo { hasNextPage endCursor } } }`
    const known = await api.ask('other-rep', everything)
    expect(known.data.interactions).toEqual({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } })
    expect(known.data.opportunities).toEqual({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } })
    expect(known.masks).toEqual([])
    const unknown = await api.ask('other-rep', everything.replaceAll(CUSTOMER, 'unknown'))
    expect(unknown.text).toBe(known.text)
  })

  it.each([
    {
      what: 'is shown within another that was read in the same statement',
      query: '{ list: interactions(first: 1) { edges { node { customer { id name } } } } }',
      read: ':Interaction)',
      customer: { id: expect.any(String), name: expect.any(String) },
      reasons: [],
    },
    {
      what: 'keeps but its key when another subgraph is asked for it',
      query: '{ list: opportunities(first: 1) { edges { node { customer { id name phone } } } } }',
      read: ':Opportunity)',
      customer: { id: expect.any(String), name: null, phone: null },
      reasons: ['Customer.name NOT_VISIBLE', 'Customer.phone NOT_VISIBLE'],
    },
  ])('any more, because its owner changed in between, $what', async ({ query, read, customer, reasons }) => {
    const graph = await openEmbedded({ durability: 'os', shuffle: true })
    const own = await startApi({ customers: 3, graph })
    try {
      const readAsBefore = graph.read.bind(graph)
      graph.read = async (statement, params) => {
        const rows = await readAsBefore(statement, params)
        if (JSON.stringify(statement).includes(read)) await graph.write(unit => unit.run(NOBODY_OWNS))
        return rows
      }
      const answer = await own.ask('rep', query)
      expect(answer.data.list.edges).toEqual([{ node: { customer } }])
      expect(answer.errors).toEqual([])
      expect(answer.masks.map(({ type, field, reasonCode }) => `${type}.${field} ${reasonCode}`)).toEqual(reasons)
    } finally {
      await own.close()
    }
  })

  it('carries no reason where an error says it already', async () => {
    const answer = await api.ask('rep', `{ customer(id: "${CUSTOMER}") { name } }`, { purpose: null })
    expect(answer.data).toEqual({ customer: null })
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['PURPOSE_REQUIRED'])
    expect(answer.masks).toEqual([])
  })
})

describe('an entity is decided upon alike', () => {
  const FIELDS = 'name phone email weComId region company { name } owner { id }'
  const INTERACTION = 'touchpoint source occurredAt text intent emotion outcome durationSeconds'
  const OPPORTUNITY = 'stage value { amount } product { name } openedAt closedAt history { stage }'

  it.each(SEEING)('at the root, within another and by its key, for %s', async viewer => {
    const { data } = await api.ask(
      viewer,
      `{ customer(id: "${CUSTOMER}") { ${FIELDS} consents { purpose }
      timeline(first: 1) { edges { node { id ${INTERACTION} customer { ${FIELDS} } } } }
      opportunities(first: 1) { edges { node { id ${OPPORTUNITY} customer { ${FIELDS} } } } } } }`,
    )
    const { timeline, opportunities, consents, ...customer } = data.customer
    const { id: interactionId, customer: ofInteraction, ...interaction } = timeline.edges[0].node
    const { id: opportunityId, customer: ofOpportunity, ...opportunity } = opportunities.edges[0].node
    expect(ofInteraction).toEqual(customer)
    expect(ofOpportunity).toEqual(customer)
    expect(await byKey(viewer, 'customers', 'Customer', CUSTOMER, FIELDS)).toEqual(customer)
    expect(await byKey(viewer, 'customers', 'Interaction', interactionId, INTERACTION)).toEqual(interaction)
    expect(await byKey(viewer, 'customers', 'Interaction', interactionId, `customer { ${FIELDS} }`)).toEqual({
      customer,
    })
    expect(await byKey(viewer, 'sales', 'Opportunity', opportunityId, OPPORTUNITY)).toEqual(opportunity)
    expect(await byKey(viewer, 'sovereignty', 'Customer', CUSTOMER, 'consents { purpose }')).toEqual({ consents })
  })

  it.each(['other-rep', 'operator', 'service'])('and by no way shown to %s', async viewer => {
    const { data } = await api.ask(
      'subject',
      `{ customer(id: "${CUSTOMER}") {
      timeline(first: 1) { edges { node { id } } } opportunities(first: 1) { edges { node { id } } } } }`,
    )
    const interactionId = data.customer.timeline.edges[0].node.id
    const opportunityId = data.customer.opportunities.edges[0].node.id
    expect(await byKey(viewer, 'customers', 'Customer', CUSTOMER, 'id')).toBeNull()
    expect(await byKey(viewer, 'customers', 'Interaction', interactionId, 'id')).toBeNull()
    expect(await byKey(viewer, 'sales', 'Opportunity', opportunityId, 'id')).toBeNull()
    expect(await byKey(viewer, 'sovereignty', 'Customer', CUSTOMER, 'id')).toBeNull()
    // Sales keeps nothing of a customer itself, so that it answers the key it was given and an empty list below it.
    expect(await byKey(viewer, 'sales', 'Customer', CUSTOMER, 'opportunities { edges { cursor } }')).toEqual({
      opportunities: { edges: [] },
    })
  })

  it('by no more than the key of a representation', async () => {
    const representation = {
      __typename: 'Customer',
      id: CUSTOMER,
      name: 'forged',
      region: 'EU-DE',
      consents: ['AI_DECISION'],
    }
    expect(await entity('rep', 'customers', representation, 'phone region')).toEqual({
      phone: '***0000',
      region: 'CN-SH',
    })
    expect(await entity('other-rep', 'customers', representation, 'phone')).toBeNull()
  })
})

// Last, because its mutations change what the partner sees.
describe('the prepared operations', () => {
  it('are answered to each viewer as the table says', async () => {
    const lines: string[] = []
    const names = readdirSync(OPERATIONS).map(file => file.replace('.graphql', ''))
    // Behind the others: it leaves no customer whom they could show.
    for (const name of [...names.filter(each => each !== 'RequestErasure').sort(), 'RequestErasure']) {
      lines.push(name)
      // A receipt is asked for of what the last operation did.
      await api.settle()
      for (const viewer of Object.keys(PURPOSES)) lines.push(...rowsOf(viewer, await ask(viewer, name)))
      lines.push(...rowsOf('rep without a purpose', await ask('rep', name, null)), '')
    }
    await expect(lines.join('\n')).toMatchFileSnapshot('answers.snapshot.txt')
  })

  function ask(viewer: string, name: string, purpose?: null): Promise<Answer> {
    const variables = operation(name).includes('$idempotencyKey') ? { idempotencyKey: 'table' } : {}
    return api.ask(viewer, operation(name), { variables, ...(purpose === null && { purpose }) })
  }

  function rowsOf(viewer: string, { status, errors, masks }: Answer): string[] {
    const codes = errors.map(({ extensions }) => extensions.code)
    const reasons = masks.map(({ type, field, mask, reasonCode }) => `    ${type}.${field} ${mask} ${reasonCode}`)
    return [`  ${viewer}: ${[status, ...new Set(codes)].join(' ')}`, ...[...new Set(reasons)].sort()]
  }
})

function placesOf({ masks }: Answer): readonly string[] {
  return masks.map(({ path, type, field }) => `${path.join('.')} ${type}.${field}`)
}

function withRule(id: string, change: Partial<Policy['rules'][number]>): Policy {
  const rules = groundPolicy.rules.map(rule => (rule.id === id ? { ...rule, ...change } : rule))
  return parsePolicy({ ...groundPolicy, rules })
}

function byKey(viewer: string, subgraph: string, type: string, id: string, fields: string): Promise<unknown> {
  return entity(viewer, subgraph, { __typename: type, id }, fields)
}

/** What a subgraph answers the gateway when it asks for an entity on this viewer's behalf. */
async function entity(
  viewer: string,
  subgraph: string,
  representation: { readonly __typename: string; readonly [field: string]: unknown },
  fields: string,
): Promise<unknown> {
  const schema = built.find(({ name }) => name === subgraph)?.schema
  if (schema === undefined) throw new Error(`no subgraph ${subgraph}`)
  const headers = { authorization: `Bearer ${await api.tokenOf(viewer)}`, 'x-purpose': PURPOSES[viewer] }
  const contextValue = await arrive(api.gateway, { requestId: 'test', headers })
  const { data, errors }: ExecutionResult = await execute({
    schema,
    document: parse(
      `query($of: [_Any!]!) { _entities(representations: $of) { ... on ${representation.__typename} { ${fields} } } }`,
    ),
    variableValues: { of: [representation] },
    contextValue,
  })
  expect(errors).toBeUndefined()
  // Executors make objects without a prototype; as JSON they are like those that came over HTTP.
  return JSON.parse(JSON.stringify(data?._entities))[0]
}
