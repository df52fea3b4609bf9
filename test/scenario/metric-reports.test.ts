// A quarter is closed, and what regulators are handed proves itself without this service.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyDocument } from '../../commands/verify.ts'
import { type NoteKey, parseVerifierKey } from '../../core/evidence/signed-note.ts'
import { runCommand } from '../commands/run-command.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const operation = (name: string) =>
  readFile(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8')
const forms = ['JSON_LD', 'CSV', 'HTML'] as const

let api: TestApi
let key: NoteKey
let keyText: string
let closed: { evidenceEntryId: string; closedAt: string }
const documents = new Map<string, string>()

beforeAll(async () => {
  api = await startApi({ customers: 60 })
  await api.settle()
  const input = { grain: 'QUARTER', day: '2026-08-15' }
  const { data } = await api.ask('privacy-officer', await operation('ClosePeriod'), {
    variables: { input, idempotencyKey: 'close' },
  })
  closed = data.closePeriod
  await api.settle()
  keyText = (await api.ask('auditor', '{ checkpoint { verifierKey } }')).data.checkpoint.verifierKey
  key = parseVerifierKey(keyText)
  for (const form of forms) {
    const variables = { day: '2026-07-01', form }
    const answer = await api.ask('auditor', await operation('RegulatorReport'), { variables })
    expect(answer.data.regulatorReport).toMatchObject({ id: closed.evidenceEntryId, closedAt: closed.closedAt })
    documents.set(form, answer.data.regulatorReport.document)
  }
})
afterAll(() => api.close())

const documentOf = (form: string) => documents.get(form) ?? ''
const isAccepted = (document: string) => verifyDocument(Buffer.from(document), key).kind === 'accepted'

describe('the report of a closed quarter', () => {
  it('tells the three indicators with definitions, over all and by region', () => {
    const report = JSON.parse(documentOf('JSON_LD'))
    const observations: { 'sg:metric': string; 'sg:region': string | null }[] = report['sg:observations']
    expect(observations.filter(each => each['sg:region'] === null).map(each => each['sg:metric'])).toEqual([
      'traced-sales-behaviour',
      'rights-timeliness',
      'cross-department-closure',
    ])
    expect(report['dct:temporal']).toEqual({ 'schema:startDate': '2026-07-01', 'schema:endDate': '2026-10-01' })
    const traced = observations.find(each => each['sg:metric'] === 'traced-sales-behaviour')
    expect(traced).toMatchObject({ 'sg:value': 1, 'sg:definitionHash': expect.stringMatching(/^[\w-]{43}$/) })
    expect(documentOf('CSV').split('\n')[0]).toBe(
      'metric,definitionVersion,definitionHash,from,to,region,value,reason,numerator,denominator,consentCoverage',
    )
    expect(documentOf('HTML')).toContain('<th scope="row">Traced sales behaviour<br>销售行为留痕率</th>')
  })

  it.each(forms)('as %s proves itself, and no byte of it can be changed', form => {
    const document = documentOf(form)
    expect(isAccepted(document)).toBe(true)
    const original = Buffer.from(document)
    for (let place = 0; place < original.length; place += 7) {
      const changed = Buffer.from(original)
      changed.writeUInt8(changed.readUInt8(place) ^ (1 << (place % 8)), place)
      if (verifyDocument(changed, key).kind === 'accepted') expect.fail(`byte ${place} may be changed`)
    }
    expect(
      isAccepted(document.replace('traced-sales-behaviour', 'graph-completeness') + (form === 'HTML' ? ' ' : '')),
    ).toBe(false)
    expect(isAccepted(`${document}\n`)).toBe(false)
  })

  it('does not prove itself with the proof of another entry', async () => {
    const trail = '{ auditTrail(first: 1, kind: RECORDS_INGESTED) { edges { node { id } } } }'
    const entryId = (await api.ask('auditor', trail)).data.auditTrail.edges[0].node.id
    const { data } = await api.ask('auditor', `{ inclusionProof(entryId: "${entryId}") { document } }`)
    const proof = Buffer.from(data.inclusionProof.document).toString('base64')
    const csv = documentOf('CSV').replace(/proof,[A-Za-z0-9+/=]+\n$/, `proof,${proof}\n`)
    expect(verifyDocument(Buffer.from(csv), key)).toMatchObject({ kind: 'refused' })
  })

  it.each(forms)('as %s is accepted by the command, without a server', async form => {
    const file = join(api.dataDir, `report.${form}`)
    await writeFile(file, documentOf(form))
    const env = { DATA_DIR: api.dataDir, SOVEREIGN_URL: 'http://127.0.0.1:1' }
    const { exitCode, stdout } = await runCommand('sovereign', ['evidence', 'verify', file, '--key', keyText], env)
    expect([exitCode, stdout.includes('"kind":"METRIC_PERIOD_CLOSED"')]).toEqual([0, true])
  })

  it('is there for no open period, and for nobody who does not report', async () => {
    const open = await api.ask('auditor', '{ regulatorReport(grain: DAY) { id } }')
    expect(open.data.regulatorReport).toBeNull()
    const refused = await api.ask('manager', await operation('RegulatorReport'))
    expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })
})

describe('a value of the closed quarter', () => {
  it('is told beside what it was closed with', async () => {
    const { data } = await api.ask(
      'auditor',
      '{ metric(id: "traced-sales-behaviour", grain: QUARTER, day: "2026-08-01") { value isRestated closed { value evidenceEntryId } } }',
    )
    expect(data.metric).toMatchObject({
      isRestated: false,
      closed: { value: data.metric.value, evidenceEntryId: closed.evidenceEntryId },
    })
  })
})

describe('who is behind a value', () => {
  const query = `{ lineage(id: "evidence-completeness", grain: YEAR, first: 50) {
    edges { node { id numerator customer { id name } } } } }`

  it('is told to the manager, and of whom nothing may be inferred the amounts are withheld with the reason', async () => {
    const { data, masks } = await api.ask('manager', query)
    const nodes: { id: string; numerator: number | null; customer: { id: string } }[] = data.lineage.edges.map(
      (edge: { node: unknown }) => edge.node,
    )
    expect(nodes.length).toBeGreaterThan(0)
    for (const { id, customer } of nodes) expect(customer.id).toBe(id)
    const withheld = nodes.filter(({ numerator }) => numerator === null)
    const reasons = masks.filter(({ path }) => path.at(-1) === 'numerator')
    expect(reasons).toHaveLength(withheld.length)
    expect(withheld.length).toBeLessThan(nodes.length)
  })

  it('is told to the privacy officer by ids alone', async () => {
    const { data } = await api.ask('privacy-officer', query)
    const numerators = data.lineage.edges.map((edge: { node: { numerator: unknown } }) => edge.node.numerator)
    expect(new Set(numerators)).toEqual(new Set([null]))
  })

  it.each(['operator', 'auditor', 'rep', 'analyst'])('is not told to the %s', async viewer => {
    expect((await api.ask(viewer, query)).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })
})
