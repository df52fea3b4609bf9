// No read without evidence: what an access record says, that the answer waits for it, and what it costs.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '../../core/errors.ts'
import { parseFactLine } from '../../core/evidence/evidence.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { type CountingGraph, countingGraph } from '../support/counting-graph.ts'
import { portOf } from '../support/faulty-graph.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const operation = (name: string) => readFileSync(`schema/operations/${name}.graphql`, 'utf8')
const TIMELINE = operation('CustomerTimeline')
const RECORDS = "MATCH (e:EvidenceEntry {kind: 'DATA_ACCESSED'}) RETURN e.entry, e.facts ORDER BY e.id"

describe('a read of personal data', () => {
  let api: TestApi
  let graph: CountingGraph
  beforeAll(async () => {
    graph = countingGraph(await openEmbedded({ durability: 'os' }))
    api = await startApi({ customers: 4, graph })
  })
  afterAll(() => api.close())

  const recordsOf = async (act: () => Promise<unknown>) => {
    const before = (await graph.read(RECORDS)).map(([entry]) => entry)
    await act()
    const rows = await graph.read(RECORDS)
    return rows
      .filter(([entry]) => !before.includes(entry as string))
      .map(([entry, facts]) => ({ text: String(entry), entry: JSON.parse(String(entry)), facts: facts as string[] }))
  }

  it.each([
    ['subject', 'SUBJECT', 'SUBJECT_REQUEST', 1],
    ['rep', 'REP', 'SALES_FOLLOW_UP', 1],
    ['manager', 'MANAGER', 'SALES_FOLLOW_UP', 1],
    ['partner', 'PARTNER', 'PARTNER_SHARING', 1],
  ])('by %s leaves one record of who, for what purpose, and of how many', async (viewer, kind, purpose, subjects) => {
    const records = await recordsOf(() => api.ask(viewer, TIMELINE))
    expect(records).toHaveLength(1)
    expect(records[0]?.entry).toMatchObject({
      kind: 'DATA_ACCESSED',
      actor: { kind },
      purpose,
      statement: { subjects },
    })
    expect(records[0]?.facts).toHaveLength(subjects)
  })

  it('is recorded by categories and a hash of the document, and names no customer, no value and no literal', async () => {
    const { data } = await api.ask('subject', TIMELINE)
    const { id, name, phone, email } = data.customer
    const literal = `{ customer(id: "${id}") { zhou: name phone } }`
    const [record] = await recordsOf(() => api.ask('rep', literal))
    expect(record?.entry.statement.categories.split(' ')).toContain('identity.contact.phone')
    expect(record?.entry.statement.document).toMatch(/^[\w-]{43}$/)
    for (const personal of [id, name, phone, email, 'zhou']) expect(record?.text).not.toContain(personal)
    const [other] = await recordsOf(() => api.ask('rep', literal.replace(id, 'nobody').replace('zhou', 'someone')))
    expect(other?.entry.statement.document).toBe(record?.entry.statement.document)
  })

  it('can be shown to be about a customer by the holder of its key', async () => {
    const { data } = await api.ask('subject', TIMELINE)
    const [record] = await recordsOf(() => api.ask('rep', TIMELINE))
    const fact = { subjectId: data.customer.id, content: 'accessed' }
    const [commitment] = await api.services.evidence.commitmentsTo(record?.entry.id, [fact])
    expect(record?.entry.committed.commitments).toEqual([commitment])
    expect(parseFactLine(record?.facts[0] ?? '').commitment).toBe(commitment)
  })

  it('names its record in a header, where two answers that say the same may differ', async () => {
    const headers = { authorization: `Bearer ${await api.tokenOf('rep')}`, 'x-purpose': 'SALES_FOLLOW_UP' }
    const namedBy = async (query: string) => (await api.post({ query }, headers)).headers.get('x-evidence-entry')
    const named = await Promise.all([namedBy(TIMELINE), namedBy(TIMELINE)])
    const [one, other] = named.toSorted()
    expect(one).not.toBe(other)
    const rows = await graph.read(RECORDS)
    const ids = rows.map(([entry]) => JSON.parse(String(entry)).id)
    expect(ids.filter(id => named.includes(id)).toSorted()).toEqual([one, other])
    expect(await namedBy(operation('Purposes'))).toBeNull()
    expect(await namedBy('{ customer(id: "nobody") { id } }')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('that shows nothing personal leaves no record', async () => {
    expect(await recordsOf(() => api.ask('rep', operation('Purposes')))).toEqual([])
    expect(await recordsOf(() => api.ask('auditor', operation('AuditTrail')))).toEqual([])
  })

  it('costs one statement more than the read itself, of one customer as of many', async () => {
    for (const viewer of ['rep', 'manager']) {
      graph.forget()
      await api.ask(viewer, operation('CustomersTimeline'))
      expect(graph.statements.filter(statement => statement.includes('CREATE (:EvidenceEntry'))).toHaveLength(1)
    }
  })

  it('shares its commit with the others that wait at the same time', async () => {
    graph.forget()
    const records = await recordsOf(() => Promise.all(Array.from({ length: 40 }, () => api.ask('rep', TIMELINE))))
    expect(records).toHaveLength(40)
    expect(graph.statements.filter(statement => statement.includes('CREATE (:EvidenceEntry')).length).toBeLessThan(40)
  })

  it('is in the log with the next checkpoint', async () => {
    const [record] = await recordsOf(() => api.ask('rep', TIMELINE))
    await api.settle()
    const { data } = await api.ask('auditor', operation('EvidenceProof'), { variables: { entryId: record?.entry.id } })
    expect(data.inclusionProof.document).toContain('c2sp.org/tlog-proof@v1')
  })
})

describe('an answer whose record cannot be written', () => {
  let api: TestApi
  let isBroken = false
  beforeAll(async () => {
    api = await startApi({ customers: 2, graph: graphWithoutAccessRecords(await openEmbedded({ durability: 'os' })) })
  })
  beforeEach(() => {
    isBroken = false
  })
  afterAll(() => api.close())

  function graphWithoutAccessRecords(graph: Graph): Graph {
    return {
      ...portOf(graph),
      write: work =>
        graph.write(unit =>
          work({
            guard: name => unit.guard(name),
            run: (statement, params) => {
              if (isBroken && String(statement).includes('CREATE (:EvidenceEntry'))
                throw new ApiError('GRAPH_UNAVAILABLE')
              return unit.run(statement, params)
            },
          }),
        ),
    }
  }

  it('does not leave: EVIDENCE_UNAVAILABLE without data, masks or a personal value', async () => {
    const { data } = await api.ask('rep', TIMELINE)
    isBroken = true
    const { data: withheld, errors, masks, text } = await api.ask('rep', TIMELINE)
    expect(withheld).toBeNull()
    expect(masks).toEqual([])
    expect(errors.map(error => error.extensions.code)).toEqual(['EVIDENCE_UNAVAILABLE'])
    expect(text).not.toContain(data.customer.name)
    isBroken = false
    expect((await api.ask('rep', TIMELINE)).data.customer.name).toBe(data.customer.name)
  })
})
