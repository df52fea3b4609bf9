import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { adoptMinedTemplate, minedPage } from '../../subgraphs/talent/decomposition/mine.ts'
import { salesPaths } from '../../subgraphs/talent/decomposition/path-store.ts'
import { newestTemplates } from '../../subgraphs/talent/decomposition/template-store.ts'
import { keepSalesPaths, SHARED_PATH } from '../support/sales-paths.ts'
import { openServices, type TestServices } from '../support/services.ts'

const MANAGER = { kind: 'MANAGER', id: 'manager', region: 'CN-SH' } as const
const PAGE = { first: 20, afterId: undefined }

const WITHDRAW = "MATCH (k:Consent {id: $id}) SET k.state = 'WITHDRAWN'"
const MERGE_TWO = `
CREATE (m:Customer {id: 'person', region: 'CN-SH', revision: 1})
CREATE (k:Consent {id: 'k/person', key: 'k/person', purpose: 'ANALYTICS', recipient: '', state: 'GIVEN'})
CREATE (k)-[:OF]->(m)
WITH m
MATCH (s:Seller {id: 'best-1'})
CREATE (s)-[:OWNS]->(m)
WITH m
UNWIND ['best-1/1', 'best-1/2'] AS part
MATCH (c:Customer {id: part})-[:IN_PERIOD]->(p:Period)
SET c.mergedInto = 'person'
CREATE (c)-[:MERGED_INTO]->(m)
CREATE (m)-[:IN_PERIOD]->(p)`

/** What top sellers share on their ways to what they won is found in the graph, of those alone who may be counted. */
export function describeMinedPaths(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(async () => {
    await services.empty()
    await keepSalesPaths(services.graph)
  })
  afterAll(() => services.close())

  const mined = () => minedPage(services, PAGE)
  const write = (statement: string, id = '') => services.graph.write(unit => unit.run(statement, { id }))
  const adopt = async (minedId: string, name: string, key = `adopt-${++sent}`) =>
    adoptMinedTemplate(services, MANAGER, key, { minedId, name, title: 'As the best do it', titleZh: '照最好的做' })

  it('are proposed with support and lift, and without anything about a customer or a seller', async () => {
    const proposals = await mined()
    expect(proposals).toMatchObject([{ id: SHARED_PATH, customers: 8, share: 1, lift: 2.5, tableVersion: 1 }])
    expect(proposals[0]?.steps.map(({ quadrant }) => quadrant)).toEqual([
      'CUSTOMER_INSIGHT',
      'CUSTOMER_INSIGHT',
      'VALUE_PRESENTATION',
    ])
    expect(JSON.stringify(proposals)).not.toMatch(/best-|usual|o\/|nobody|PHONE|2026/)
    expect(await minedPage(services, { first: 20, afterId: SHARED_PATH })).toEqual([])
  })

  it('are those of customers and sellers alone who consent to be counted', async () => {
    await write(WITHDRAW, 'k/best-1/1')
    expect(await mined()).toMatchObject([{ id: SHARED_PATH, customers: 7, lift: 19 / 7 }])
    await write(WITHDRAW, 'k/best-2')
    expect(await mined()).toEqual([])
  })

  it('count a person of several customers once', async () => {
    await write(MERGE_TWO)
    expect(await mined()).toMatchObject([{ id: SHARED_PATH, customers: 7, share: 1, lift: 2.5 }])
  })

  it('are read in five statements', async () => {
    let statements = 0
    const reader = {
      run: (...asked: Parameters<Graph['read']>) => {
        statements += 1
        return services.graph.read(...asked)
      },
    }
    expect(await salesPaths(reader, services.policies.current().policy)).toHaveLength(20)
    expect(statements).toBe(5)
  })

  it('become a template when a person adopts one, once, and under a name that is free', async () => {
    const first = await adopt(SHARED_PATH, 'mined', 'same')
    expect(await adopt(SHARED_PATH, 'mined', 'same')).toEqual(first)
    const library = await newestTemplates({ run: services.graph.read.bind(services.graph) })
    expect(library.get('mined')).toMatchObject({ id: first.templateId, version: 1 })
    expect(
      library
        .get('mined')
        ?.template.steps.map(({ key }) => key)
        .join('>'),
    ).toBe(SHARED_PATH)
    await expect(adopt(SHARED_PATH, 'mined')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    await expect(adopt('touchpoint-phone>stage-proposal', 'other')).rejects.toMatchObject({ code: 'NOT_VISIBLE' })
    await expect(adopt(SHARED_PATH, 'No Name')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })
}
