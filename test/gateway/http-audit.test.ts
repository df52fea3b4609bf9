// GraphQL over HTTP, by the checks of graphql-http. The notices are what the prevention of forged requests keeps out: a GET
// without a header that only a program sends.
import { auditServer } from 'graphql-http'
import { expect, it } from 'vitest'
import { startApi } from '../support/start-api.ts'

it('passes the audit of GraphQL over HTTP for a viewer, but for reads by GET that a link could make', async () => {
  const api = await startApi()
  try {
    const headers = { authorization: `Bearer ${await api.tokenOf('manager')}` }
    const results = await auditServer({
      url: `${api.url}/graphql`,
      fetchFn: (url: string, init: RequestInit = {}) =>
        fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...headers } }),
    })
    const notOk = results.filter(({ status }) => status !== 'ok').map(({ status, name }) => `${status}: ${name}`)
    expect(notOk).toEqual([
      'notice: MAY accept application/x-www-form-urlencoded formatted GET requests',
      'notice: MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
      'notice: MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
    ])
    expect(results).toHaveLength(61)
  } finally {
    await api.close()
  }
})
