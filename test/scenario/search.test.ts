// A search over HTTP: each viewer finds what it is shown, and nothing by what it is not.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededId } from '../../core/ids.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const CUSTOMER = seededId('sovereign-graph', 'Customer', 1)
const SEARCH = `query ($text: String!) { search(text: $text) {
  customers { edges { node { id name phone } } }
  interactions { edges { node { text customer { id } } } }
} }`

let api: TestApi
beforeAll(async () => {
  api = await startApi({ customers: 24 })
})
afterAll(() => api.close())

/** Who is found by name, and how many texts of the first customer are. */
async function found(viewer: string, text: string, purpose?: string) {
  const { data, errors } = await api.ask(viewer, SEARCH, { variables: { text }, ...(purpose && { purpose }) })
  expect(errors).toEqual([])
  const { customers, interactions } = data.search
  return {
    names: customers.edges.map(({ node }: { node: { name: string } }) => node.name),
    texts: interactions.edges.filter(
      ({ node }: { node: { customer: { id: string } } }) => node.customer.id === CUSTOMER,
    ).length,
  }
}

it('finds names and what was said for who is shown them, by part of a Chinese name and in any width', async () => {
  for (const viewer of ['subject', 'rep', 'manager']) {
    const { names, texts } = await found(viewer, '周明澜　价格条款')
    expect(names[0]).toBe('周明澜')
    expect(texts).toBeGreaterThan(0)
  }
  expect((await found('subject', '明澜')).names).toEqual(['周明澜'])
  expect((await found('subject', '周')).names).toEqual(['周明澜'])
})

it('finds nothing for who is shown neither, or a hash in their place, or may not know of the customer', async () => {
  for (const viewer of ['partner', 'analyst', 'auditor', 'privacy-officer', 'other-rep']) {
    const { names, texts } = await found(viewer, '周明澜 价格条款')
    expect([names.filter((name: string) => name === '周明澜'), texts]).toEqual([[], 0])
  }
})

it('says of what is found what is withheld of it, and leaves a record of whom it told', async () => {
  const answer = await api.ask('rep', SEARCH, { variables: { text: '周明澜' } })
  expect(answer.data.search.customers.edges[0].node).toEqual({ id: CUSTOMER, name: '周明澜', phone: '***0000' })
  expect(answer.masks[0]).toMatchObject({
    path: ['search', 'customers', 'edges', 0, 'node', 'phone'],
    mask: 'LAST4',
  })
})

it.each([
  ['', 'a letter or a digit'],
  ['！？\u200b', 'a letter or a digit'],
  ['x'.repeat(201), 'at most 200 characters'],
])('refuses %j', async (text, expected) => {
  const { errors } = await api.ask('rep', SEARCH, { variables: { text } })
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  expect(errors?.[0]?.message).toContain(expected)
})

it('pages by cursors that belong to these words and hold an id alone', async () => {
  const page = `query ($text: String!, $after: String) { search(text: $text) { interactions(first: 1, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } }`
  const ask = async (text: string, after?: string) => {
    const { data, errors } = await api.ask('manager', page, { variables: { text, after } })
    return { list: data?.search?.interactions, errors }
  }
  const first = await ask('价格')
  const [{ cursor, node }] = first.list.edges
  expect(first.list.pageInfo.hasNextPage).toBe(true)
  expect(Buffer.from(cursor, 'base64url').toString()).toMatch(new RegExp(`^search/interactions/[\\w-]{16} ${node.id}$`))
  const second = await ask('价格', cursor)
  expect(second.list.edges[0].node.id).not.toBe(node.id)
  expect((await ask('预算', cursor)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
})

it('no longer finds what its customer has withdrawn the consent to', async () => {
  const given = await found('rep', '价格条款')
  expect(given.texts).toBeGreaterThan(0)
  const change = 'withdrawConsent(input: { purpose: SALES_FOLLOW_UP }, idempotencyKey: "no more searches")'
  const { errors } = await api.ask('subject', `mutation { ${change} { evidenceEntryId } }`)
  expect(errors).toEqual([])
  expect(await found('rep', '周明澜 价格条款')).toMatchObject({ texts: 0 })
  expect((await found('rep', '周明澜')).names).toEqual([])
  expect((await found('subject', '周明澜')).names).toEqual(['周明澜'])
})
