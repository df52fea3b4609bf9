// What introspection tells each kind of viewer: what it may ask and could be shown, and no more.
import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery, isObjectType } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApi, type TestApi } from '../support/start-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

async function schemaTold(viewer: string, purpose?: null): Promise<GraphQLSchema> {
  const { data, errors } = await api.ask(viewer, getIntrospectionQuery(), purpose === null ? { purpose } : {})
  expect(errors).toEqual([])
  return buildClientSchema(data)
}

function fieldsOf(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name)
  return isObjectType(type) ? Object.keys(type.getFields()) : []
}

it('tells a manager of all that it may call, and of no more', async () => {
  const told = await schemaTold('manager')
  expect(fieldsOf(told, 'Query')).toContain('governanceBoard')
  expect(fieldsOf(told, 'Query')).not.toContain('deadLetters')
  expect([told.getType('DeadLetter'), told.getType('IngestInput')]).toEqual([undefined, undefined])
})

it('tells a partner of no field that it is never shown, and of no type behind it', async () => {
  const told = await schemaTold('partner')
  expect(fieldsOf(told, 'Customer')).toEqual(
    expect.arrayContaining(['id', 'company', 'timeline', 'opportunities', 'evidenceEntryId']),
  )
  for (const field of ['name', 'phone', 'email', 'consents', 'owner'])
    expect(fieldsOf(told, 'Customer')).not.toContain(field)
  expect([told.getType('Consent'), told.getType('Mutation')]).toEqual([undefined, undefined])
})

it('tells the same whatever purpose is stated: what is shown for another one can be asked for that', async () => {
  const [with_, without] = await Promise.all([schemaTold('rep'), schemaTold('rep', null)])
  expect(fieldsOf(without, 'Interaction')).toEqual(fieldsOf(with_, 'Interaction'))
  expect(fieldsOf(without, 'Interaction')).toContain('intent')
})

it('is asked by `__type` and beside data alike', async () => {
  const query =
    '{ __type(name: "Customer") { fields { name } } hidden: __type(name: "Consent") { name } purposes { purpose } }'
  const { data, errors } = await api.ask('partner', query)
  expect(errors).toEqual([])
  expect(data.hidden).toBeNull()
  expect(data.__type.fields.map(({ name }: { name: string }) => name)).not.toContain('phone')
  expect(data.purposes.length).toBeGreaterThan(0)
})
