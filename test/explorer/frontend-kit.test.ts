// The kit of docs/frontend against the running server: what a frontend gets with its types.
import { Client, cacheExchange, fetchExchange } from '@urql/core'
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import { seededId } from '../../core/ids.ts'
import { graphql } from '../../docs/frontend/graphql.ts'
import { isMask, Mask, type MaskEntry, type Masked } from '../../docs/frontend/mask.ts'
import { maskExchange, placeMasks } from '../../docs/frontend/mask-exchange.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const CUSTOMER = seededId('sovereign-graph', 'Customer', 1)

const card = graphql(`
  query Card($id: ID!) {
    customer(id: $id) {
      id
      name
      tel: phone
      company { name }
      timeline(first: 2) { edges { node { id occurredAt intent } } }
    }
  }
`)

let api: TestApi
beforeAll(async () => {
  api = await startApi({ customers: 3 })
})
afterAll(() => api.close())

async function clientOf(viewer: string, purpose: string): Promise<Client> {
  const headers = { authorization: `Bearer ${await api.tokenOf(viewer)}`, 'x-purpose': purpose }
  return new Client({
    url: `${api.url}/graphql`,
    exchanges: [maskExchange, cacheExchange, fetchExchange],
    preferGetMethod: false,
    fetchOptions: { headers },
  })
}

describe('a typed operation', () => {
  test('answers a masked value as a mask, with its image and its reason, under the alias that was asked for', async () => {
    const { data, error } = await (await clientOf('rep', 'SALES_FOLLOW_UP')).query(card, { id: CUSTOMER })
    expect(error).toBeUndefined()
    const { name, tel, timeline } = data?.customer ?? {}
    expectTypeOf(tel).toEqualTypeOf<Masked<string> | null | undefined>()
    expect(name).toBe('周明澜')
    expect(isMask(tel) && tel.image).toBe('***0000')
    expect(isMask(tel) && tel.reason).toMatchObject({
      reasonCode: 'MASKED_BY_RULE',
      mask: 'LAST4',
      docUrl: '/docs/masks/MASKED_BY_RULE',
    })
    const intents = (timeline?.edges ?? []).map(({ node }) => node.intent)
    expect(intents.map(intent => isMask(intent) && intent.reason.remedy)).toEqual([
      "The customer's consent to AI_DECISION would lift this.",
      "The customer's consent to AI_DECISION would lift this.",
    ])
  })

  test('answers the customer everything as it is', async () => {
    const { data } = await (await clientOf('subject', 'SUBJECT_REQUEST')).query(card, { id: CUSTOMER })
    expect(data?.customer).toMatchObject({ name: '周明澜', tel: '+862100000000' })
    expect(JSON.stringify(data)).not.toContain('MASKED')
  })

  test('answers a record that is not visible as null: there is no customer to be masked', async () => {
    const { data, extensions } = await (await clientOf('other-rep', 'SALES_FOLLOW_UP')).query(card, { id: CUSTOMER })
    expect(data).toEqual({ customer: null })
    expect(extensions?.masks).toMatchObject([{ reasonCode: 'NOT_VISIBLE' }])
  })

  test('answers the same from the cache, and keeps errors beside the data', async () => {
    const client = await clientOf('partner', 'PARTNER_SHARING')
    const first = await client.query(card, { id: CUSTOMER })
    const second = await client.query(card, { id: CUSTOMER })
    expect(second.data).toEqual(first.data)
    expect(isMask(second.data?.customer?.name)).toBe(true)
    const refused = await client.query(graphql('query Refused { auditTrail(first: 1) { edges { node { id } } } }'), {})
    expect(refused.error?.graphQLErrors[0]?.extensions.code).toBeDefined()
  })

  test('does not compile where a masked value is used without asking', () => {
    const value = 'x' as Masked<string>
    // @ts-expect-error a mask has no length
    expect(value.length).toBe(1)
    expectTypeOf(isMask(value) ? value.reason.remedy : value).toEqualTypeOf<string>()
  })
})

describe('masks are placed', () => {
  const entry = (path: MaskEntry['path'], field = 'phone', type = 'Customer') => ({ path, type, field }) as MaskEntry

  test('in a copy: what a cache holds is left as it was, and parts without a mask are not copied', () => {
    const data = { a: { phone: '***1', other: {} }, b: { phone: '1' } }
    const before = structuredClone(data)
    const placed = placeMasks(data, [entry(['a', 'phone'])]) as typeof data
    expect(data).toEqual(before)
    expect(placed.a.phone).toEqual(new Mask('***1', entry(['a', 'phone'])))
    expect(placed.b).toBe(data.b)
    expect(placed.a.other).toBe(data.a.other)
  })

  test('many in one object, each in its place', () => {
    const data = { list: [{ phone: '1', email: '2' }, { phone: '3' }] }
    const entries = [entry(['list', 0, 'phone']), entry(['list', 0, 'email'], 'email'), entry(['list', 1, 'phone'])]
    const placed = placeMasks(data, entries) as typeof data
    expect(placed.list.flatMap(each => Object.values(each)).map(each => isMask<string>(each) && each.image)).toEqual([
      '1',
      '2',
      '3',
    ])
  })

  test('nowhere, where nothing is, or where the type says nothing of a mask', () => {
    const data = { a: null, b: { company: null } }
    const entries = [entry(['a', 'phone']), entry(['b', 'phone']), entry(['b', 'company'], 'company')]
    expect(placeMasks(data, entries)).toEqual(data)
    expect(placeMasks(undefined, [entry(['a', 'phone'])])).toBeUndefined()
    expect(placeMasks({}, [entry(['__proto__', 'phone'])])).toEqual({})
    expect(Object.hasOwn(Object.prototype, 'phone')).toBe(false)
  })
})
