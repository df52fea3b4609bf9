// Ways by which others have read what a gateway hides.
import { readdirSync, readFileSync } from 'node:fs'
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, isAbstractType, isObjectType, type OperationDefinitionNode, parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notVisible } from '../../core/policy/decide-access.ts'
import { type EntityMasks, entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { personalFields } from '../../core/policy/personal.ts'
import { buildSubgraph, FEDERATION_HEADER } from '../../core/subgraph.ts'
import { explainMasks } from '../../gateway/explain-masks.ts'
import { openFederation } from '../../gateway/federation/federation.ts'
import { inProcessLink } from '../../gateway/federation/in-process.ts'
import { operationKey } from '../../gateway/operation-key.ts'
import { arrive } from '../../gateway/pipeline.ts'
import { preparerOf } from '../../gateway/prepared-operation.ts'
import { subgraphs } from '../../gateway/subgraphs.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

let api: TestApi
let customerId: string
beforeAll(async () => {
  api = await startApi({ customers: 4 })
  const { data } = await api.ask('subject', '{ customers { edges { node { id } } } }')
  customerId = data.customers.edges[0].node.id
})
afterAll(() => api.close())

const bearer = async (viewer: string, purpose: string) => ({
  authorization: `Bearer ${await api.tokenOf(viewer)}`,
  'x-purpose': purpose,
})

describe('an abstract type', () => {
  it('leads to no personal field: there is none in the supergraph that an entity belongs to', () => {
    const { schema, personal } = api.gateway.supergraph
    const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType)
    const reached = abstract.flatMap(type => schema.getPossibleTypes(type)).filter(({ name }) => personal.has(name))
    expect(reached).toEqual([])
    const implementing = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap(type => type.getInterfaces())
    expect(implementing).toEqual([])
  })

  it('and a fragment on the entity itself changes nothing', async () => {
    const text = `query Q($id: ID!) { customer(id: $id) { ... on Customer { ...F } ... { name } } }
      fragment F on Customer { phone ... on Customer { weComId } }`
    const { data, masks } = await api.ask('partner', text, { variables: { id: customerId } })
    expect(data.customer).toEqual({ phone: null, weComId: null, name: null })
    expect(masks.map(({ field }) => field).sort()).toEqual(['name', 'phone', 'weComId'])
  })
})

describe('an interface, where one leads to entities', () => {
  // The supergraph has none, and test/gateway/schema.test.ts refuses one. What would become of it is known all the same.
  const SDL = `${FEDERATION_HEADER}
    type Query { being: Being @public beings: [Any!] @public }
    interface Being { id: ID! name: String }
    union Any = Person | Stone
    type Person implements Being @key(fields: "id") {
      id: ID! @public
      name: String @personal(category: "identity.name")
      phone: String @personal(category: "identity.contact.phone")
    }
    type Stone implements Being @key(fields: "id") { id: ID! @public name: String @public }`
  const ANNA = { id: 'anna', __typename: 'Person', name: 'Anna', phone: '+8613900000001' }
  const STONE = { id: 'stone', __typename: 'Stone', name: 'Granite' }
  const REP = { kind: 'REP', id: 'rep', purpose: 'SALES_FOLLOW_UP' } as const

  /** What a seller is answered of somebody who does not consent. */
  async function answered(text: string) {
    const { supergraphSdl = '' } = composeServices([
      { name: 'beings', url: 'http://beings.invalid', typeDefs: parse(SDL) },
    ])
    const shown = (one: typeof ANNA | typeof STONE, masks: EntityMasks) =>
      one.__typename === 'Stone'
        ? { ...one }
        : masks.apply('Person', one, { id: one.id, region: 'EU-DE', consents: new Set() })
    const resolvers = {
      Query: {
        being: (_: unknown, __: unknown, { masks }: { masks: EntityMasks }) => shown(ANNA, masks),
        beings: (_: unknown, __: unknown, { masks }: { masks: EntityMasks }) =>
          [STONE, ANNA].map(each => shown(each, masks)),
      },
    }
    const schema = buildSubgraphSchema([{ typeDefs: parse(SDL), resolvers }])
    const federation = openFederation({ sdl: supergraphSdl, linkTo: () => inProcessLink(schema, () => {}) })
    const personal = personalFields(schema)
    const masks = entityMasks(personal, groundPolicy, REP, value => value, api.clock.now())
    const document = parse(text)
    expect(validate(federation.schema, document)).toEqual([])
    const [operation] = document.definitions
    const prepared = preparerOf(federation.schema, personal)(
      document,
      operation as OperationDefinitionNode,
      masks.compiled,
    )
    const key = operationKey(text, undefined, 0, prepared.pruned)
    const { answer } = await federation.execute({
      document: prepared.document,
      key,
      variables: {},
      context: { masks },
      signal: undefined,
    })
    const withheld = { masks, notVisible: notVisible(groundPolicy), errors: [] }
    const entries = explainMasks(answer.data, prepared.explained, withheld)
    return { data: answer.data, masked: entries.map(({ path, type, id }) => `${path.join('.')} ${type} ${id}`) }
  }

  it.each([
    ['the interface', '{ being { name } }', { being: { name: null } }, ['being.name Person anna']],
    [
      'a fragment on the type',
      '{ being { id ... on Person { name phone } } }',
      { being: { id: 'anna', name: null, phone: null } },
      ['being.name Person anna', 'being.phone Person anna'],
    ],
    [
      'a fragment under aliases, within one on the interface',
      '{ being { ... on Being { n: name ... on Person { m: name p: phone } } } }',
      { being: { n: null, m: null, p: null } },
      ['being.n Person anna', 'being.m Person anna', 'being.p Person anna'],
    ],
    [
      'a union, beside one of whom the same name is public',
      '{ beings { ... on Being { name } ... on Person { id phone } } }',
      { beings: [{ name: 'Granite' }, { name: null, id: 'anna', phone: null }] },
      ['beings.1.name Person anna', 'beings.1.phone Person anna'],
    ],
  ])('shows nothing by way of %s, and says why at each place', async (_, text, data, masked) => {
    expect(await answered(text)).toEqual({ data, masked })
  })
})

describe('@requires and @provides', () => {
  it('stand in no subgraph: what is computed with a masked value would tell of it, and what is provided is not masked', () => {
    const files = readdirSync('schema/subgraphs')
    expect(files.length).toBeGreaterThan(3)
    for (const file of files)
      expect(readFileSync(`schema/subgraphs/${file}`, 'utf8')).not.toMatch(/@requires|@provides/)
  })
})

describe('_entities', () => {
  const text = `query Q($of: [_Any!]!) {
    _entities(representations: $of) { ... on Customer { id name phone company { name } } ... on Interaction { id text } } }`

  it('is no field of the API', async () => {
    const { errors } = await api.ask('rep', text, { variables: { of: [{ __typename: 'Customer', id: customerId }] } })
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })

  it.each([
    ['partner', 'PARTNER_SHARING', { name: null, phone: null }],
    ['other-rep', 'SALES_FOLLOW_UP', null],
  ])('asked directly at the subgraph answers %s by the same rows and masks', async (viewer, purpose, expected) => {
    const found = subgraphs.find(({ name }) => name === 'customers')
    if (found === undefined) throw new Error('there is no subgraph customers')
    const { schema } = await buildSubgraph(found)
    const contextValue = await arrive(api.gateway, { requestId: 'direct', headers: await bearer(viewer, purpose) })
    // Whatever else a representation claims, it is a key and no value.
    const of = [{ __typename: 'Customer', id: customerId, name: 'forged', phone: '+8613900000001' }]
    const { data, errors } = await execute({ schema, document: parse(text), variableValues: { of }, contextValue })
    expect(errors).toBeUndefined()
    if (expected === null) expect(data?._entities).toEqual([null])
    else expect(data?._entities).toMatchObject([expected])
  })
})

describe('many at once', () => {
  it('a batch of operations is refused', async () => {
    const response = await api.post(
      [{ query: '{ __typename }' }, { query: '{ __typename }' }],
      await bearer('rep', 'SALES_FOLLOW_UP'),
    )
    expect(response.status).toBe(400)
  })

  it('aliases show one mask each, and the same image under all', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `p${n}`)
    const text = `query Q($id: ID!) { customer(id: $id) { ${names.map(name => `${name}: phone`).join(' ')} } }`
    const { data, masks } = await api.ask('rep', text, { variables: { id: customerId } })
    expect(new Set(Object.values(data.customer)).size).toBe(1)
    expect(Object.values(data.customer)[0]).toMatch(/^\*{3}\d{4}$/)
    expect(masks.map(({ path }) => path.at(-1))).toEqual(names)
  })

  it('an alias that is the name of another field is masked as what it is', async () => {
    const text = 'query Q($id: ID!) { customer(id: $id) { id: phone evidenceEntryId: name region: id } }'
    const { data, masks } = await api.ask('partner', text, { variables: { id: customerId } })
    expect(data.customer).toEqual({ id: null, evidenceEntryId: null, region: customerId })
    expect(masks.map(({ path, field }) => `${path.at(-1)} ${field}`).sort()).toEqual([
      'evidenceEntryId name',
      'id phone',
    ])
  })
})

describe('introspection', () => {
  it('is for nobody without a token, and shows no subgraph and no field of federation', async () => {
    const query = '{ __schema { types { name fields { name } } } }'
    expect((await api.post({ query }, {})).status).toBe(401)
    const { text } = await api.ask('partner', query)
    expect(text).not.toMatch(/_entities|_service|_Any|join__/)
  })
})

describe('an error', () => {
  it.each([
    '{ customer(id: "x") { nam } }',
    '{ customers(filter: {nam: "Amy"}) { edges { cursor } } }',
    '{ customers(orderBy: {by: NAMES}) { edges { cursor } } }',
  ])('proposes no name that was not asked for: %s', async query => {
    const { errors } = await api.ask('partner', query)
    expect(errors.length).toBeGreaterThan(0)
    expect(JSON.stringify(errors)).not.toMatch(/did you mean|phone|REGION/i)
  })

  it('does not repeat what a filter or a cursor was given', async () => {
    const secret = 'somebody by name'
    const query = 'query Q($s: String!) { customers(filter: {name: $s}, after: $s) { edges { cursor } } }'
    const { text, errors } = await api.ask('analyst', query, { variables: { s: secret } })
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(text).not.toContain(secret)
  })
})
