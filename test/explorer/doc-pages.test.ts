// Each error and each mask leads to a page that says what it means and what to do.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorCatalogue } from '../../core/errors.ts'
import { docPages } from '../../gateway/explorer/doc-pages.ts'
import { errorRemedies, reasonExplanations } from '../../gateway/explorer/remedies.ts'
import { startApi, type TestApi, toAnswer } from '../support/start-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startApi({ customers: 1 })
})
afterAll(() => api.close())

const codes = Object.keys(errorCatalogue) as (keyof typeof errorCatalogue)[]
const reasons = ['core/policy/decide-access.ts', 'core/policy/regime-demands.ts']
  .flatMap(file => [...readFileSync(file, 'utf8').matchAll(/^ +(?:\| |readonly reasonCode: )('[A-Z_' |]+')$/gm)])
  .flatMap(([, codes = '']) => codes.match(/[A-Z_]+/g) ?? [])

describe('a page', () => {
  test.each(codes)('is served for the error %s with its sentence and what to do', async code => {
    const response = await fetch(`${api.url}/docs/errors/${code}`)
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).toContain(`<h1>${code}</h1>`)
    expect(text).toContain(escaped(errorCatalogue[code].sentence))
    expect(text).toContain(escaped(errorRemedies[code]))
  })

  test('is served for every reason that a mask can have', async () => {
    expect(reasons.length).toBeGreaterThan(5)
    expect(Object.keys(reasonExplanations).sort()).toEqual(reasons.toSorted())
    for (const reason of reasons) {
      const text = await (await fetch(`${api.url}/docs/masks/${reason}`)).text()
      expect(text).toContain(`<h1>${reason}</h1>`)
    }
  })

  test('is linked from the list of all, and loads nothing', async () => {
    const list = await (await fetch(`${api.url}/docs/errors`)).text()
    const linked = [...list.matchAll(/href="([^"]+)"/g)].map(([, to]) => to)
    expect(new Set(linked)).toEqual(new Set(docPages().keys()))
    for (const page of docPages().values()) expect(page).not.toMatch(/<script|src=|https?:/)
  })
})

describe('extensions.docUrl', () => {
  const pageOf = async (docUrl: string) => (await fetch(new URL(docUrl, `${api.url}/graphql`))).status

  test('stands beside the code of an error of the operation, and leads to its page', async () => {
    const { errors } = await api.ask('auditor', '{ deadLetters(first: 1) { edges { node { id } } } }')
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'FORBIDDEN', docUrl: '/docs/errors/FORBIDDEN' },
    ])
    expect(await pageOf('/docs/errors/FORBIDDEN')).toBe(200)
  })

  test('stands beside the code of a refusal before the operation', async () => {
    const { errors } = await toAnswer(await api.post({ query: '{ __typename }' }, {}))
    expect(errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', docUrl: '/docs/errors/UNAUTHENTICATED' })
  })

  test('stands in each mask, and leads to the page of its reason', async () => {
    const { masks } = await api.ask('partner', '{ customers(first: 1) { edges { node { name phone } } } }')
    expect(masks.length).toBeGreaterThan(0)
    for (const { reasonCode, docUrl } of masks) {
      expect(docUrl).toBe(`/docs/masks/${reasonCode}`)
      expect(await pageOf(docUrl)).toBe(200)
    }
  })
})

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
