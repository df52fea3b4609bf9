// Who may ask for the schema: everybody who is known but a customer.
import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type TestApi, toAnswer } from '../support/start-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const REFUSED = [
  getIntrospectionQuery(),
  '{ __schema { queryType { name } } }',
  '{ a: __type(name: "Customer") { name } }',
  '{ purposes { purpose } ...schema } fragment schema on Query { ... on Query { __schema { types { name } } } }',
  'query($no: Boolean = false) { purposes { purpose } __type(name: "Customer") @include(if: $no) { name } }',
]

describe('the schema', () => {
  it.each(['rep', 'manager', 'partner', 'analyst', 'auditor', 'privacy-officer', 'operator', 'service'])(
    'is told to %s',
    async viewer => {
      const { data, errors } = await api.ask(viewer, getIntrospectionQuery())
      expect(errors).toEqual([])
      expect(data.__schema.types.map(({ name }: { name: string }) => name)).toContain('Query')
    },
  )

  it.each(REFUSED)('is not told to a customer, who learns why: %#', async query => {
    const { data, errors, text } = await api.ask('subject', query)
    expect(data).toBeNull()
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'FORBIDDEN', docUrl: '/docs/errors/FORBIDDEN' },
    ])
    expect(errors[0]?.message).toContain('At: __schema, __type.')
    expect(text).not.toContain('Customer')
  })

  it('is not told to a customer by another operation of the document', async () => {
    const headers = { authorization: `Bearer ${await api.tokenOf('subject')}` }
    const query = 'query One { purposes { purpose } } query Two { __schema { queryType { name } } }'
    for (const operationName of ['One', 'Two']) {
      const { data, errors } = await toAnswer(await api.post({ query, operationName }, headers))
      expect([data, errors.map(({ extensions }) => extensions.code)]).toEqual([null, ['FORBIDDEN']])
    }
  })

  it('is not told to a stranger, nor whether the document was right', async () => {
    const answers = await Promise.all(
      ['{ __schema { queryType { name } } }', '{ nonsense'].map(async query => toAnswer(await api.post({ query }, {}))),
    )
    expect(answers.map(({ status, errors }) => [status, errors[0]?.extensions.code])).toEqual([
      [401, 'UNAUTHENTICATED'],
      [401, 'UNAUTHENTICATED'],
    ])
  })

  it('leaves __typename to everybody', async () => {
    expect((await api.ask('subject', '{ __typename purposes { __typename } }')).data.__typename).toBe('Query')
  })
})
