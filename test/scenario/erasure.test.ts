// A customer asks to be erased. What she was shown before is nowhere any more, and what was proved is proved still.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyDocument } from '../../commands/verify.ts'
import { openDevelopment, signToken } from '../../core/development.ts'
import { parseVerifierKey } from '../../core/evidence/signed-note.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { SEED_PARTNER_ID } from '../../seeds/generate.ts'
import { temporaryFolder } from '../commands/folder.ts'
import { valuesFoundIn } from '../support/byte-search.ts'
import { type Answer, startApi, type TestApi, toAnswer } from '../support/start-api.ts'

const folder = temporaryFolder()
const operation = (name: string) => readFile(`schema/operations/${name}.graphql`, 'utf8')
const TIMELINE =
  'query ($id: ID!) { customer(id: $id) { id name phone timeline(first: 5) { edges { node { text } } } } }'

const PERSON = {
  number: 'CUST-4711-金丝雀',
  name: '金丝雀 "Canary" Müller',
  phone: '+8613912345678',
  email: 'canary@example.org',
  weComId: 'wm-canary-4711',
  region: 'CN-SH',
}
const WORDS = '预算审批推迟了，"请" sing like a canary\n/ twice'
const VALUES = [...Object.values(PERSON).filter(value => value !== 'CN-SH'), WORDS, 'canary-event', 'DEAL-4711']

let api: TestApi
let sent = 0
let subjectId: string
let before: { readonly shown: readonly Answer[]; readonly proof: string; readonly found: readonly string[] }
let asked: Answer

const found = () => [...valuesFoundIn(folder, VALUES), ...valuesFoundIn(api.dataDir, VALUES)]
const asSubject = async (id: string, query: string, variables = {}) => {
  const issuedAt = Math.floor(Date.parse(api.clock.now()) / 1_000)
  const claims = { audience: 'sovereign-graph', expiresInSeconds: 3_600, issuedAt }
  const token = await signToken(await openDevelopment(api.dataDir), { kind: 'SUBJECT', id }, claims)
  const headers = { authorization: `Bearer ${token}`, 'x-purpose': 'SUBJECT_REQUEST' }
  return toAnswer(await api.post({ query, variables }, headers))
}
const shownToAll = async () => [
  await asSubject(subjectId, TIMELINE, { id: subjectId }),
  ...(await Promise.all(
    ['rep', 'partner', 'manager', 'auditor'].map(viewer => api.ask(viewer, TIMELINE, { variables: { id: subjectId } })),
  )),
]
const ingest = async (source: string, eventId: string, payload: object) => {
  const document =
    'mutation ($input: IngestInput!, $key: String!) { ingest(input: $input, idempotencyKey: $key) { accepted deadLetters } }'
  const variables = {
    input: { source, events: [{ eventId, payload, place: `${eventId}.csv:1` }] },
    key: `send ${++sent}`,
  }
  return (await api.ask('service', document, { variables })).data.ingest
}

beforeAll(async () => {
  const graph = await openEmbedded({ file: join(folder, 'graph.grafeo'), durability: 'disk' })
  api = await startApi({ customers: 20, graph })
  const rep = (await api.ask('rep', '{ customers(first: 1) { edges { node { owner { id name } } } } }')).data
  const [[sellerNumber, sellerName] = []] = await graph.read('MATCH (s:Seller {id: $id}) RETURN s.number, s.name', {
    id: rep.customers.edges[0].node.owner.id,
  })
  const seller = { number: sellerNumber, name: sellerName }
  const account = { name: 'Company of many', sector: 'healthcare' }
  await ingest('crm-account', 'account-4711', { customer: PERSON, account, seller })
  const message = { occurredAt: '2026-10-01T00:00:00.000Z', text: WORDS }
  await ingest('wecom-chat', 'canary-event', { customer: PERSON, message })
  await ingest('wecom-chat', 'canary-broken', { customer: PERSON, message: WORDS })
  const deal = { number: 'DEAL-4711', product: 'Server', stage: 'PROSPECTING', openedAt: '2026-01-01T00:00:00.000Z' }
  await ingest('crm-deal', 'deal-4711', { customer: PERSON, seller, deal })
  const [[id] = []] = await graph.read('MATCH (c:Customer {number: $number}) RETURN c.id', { number: PERSON.number })
  subjectId = String(id)
  const variables = { purpose: 'PARTNER_SHARING', recipient: SEED_PARTNER_ID, idempotencyKey: WORDS }
  const given = await asSubject(subjectId, await operation('GiveConsent'), variables)
  await api.settle()
  const entryId = given.data.giveConsent.evidenceEntryId
  const proof = await asSubject(subjectId, await operation('EvidenceProof'), { entryId })
  before = { shown: await shownToAll(), proof: proof.data.inclusionProof.document, found: found() }
  asked = await asSubject(subjectId, await operation('RequestErasure'), { idempotencyKey: 'erase me' })
  await api.settle()
})
afterAll(() => api.close())

const certificate = async (viewer: string) => (await api.ask(viewer, await operation('ErasureCertificate'))).data

describe('before', () => {
  it('each viewer is shown the customer, and each value stands in the files', () => {
    expect(before.shown.map(({ data }) => data.customer?.id)).toEqual(Array(5).fill(subjectId))
    const missing = VALUES.filter(value => !before.found.some(each => each.startsWith(`${value} in `)))
    expect(missing).toEqual([])
  })
})

describe('after', () => {
  it('the request is answered at once and done soon', async () => {
    expect(asked.data.requestErasure.request).toMatchObject({ state: 'REQUESTED', completedAt: null })
    const again = await asSubject(subjectId, await operation('RequestErasure'), { idempotencyKey: 'erase me' })
    expect(again.data.requestErasure.request).toMatchObject({ state: 'COMPLETED', completedAt: api.clock.now() })
  })

  it('nobody is shown anything, the customer included, and all alike', async () => {
    for (const { data, masks, errors } of await shownToAll()) {
      expect({ data, errors }).toEqual({ data: { customer: null }, errors: [] })
      expect(masks.map(({ path, reasonCode }) => [path, reasonCode])).toEqual([[['customer'], 'NOT_VISIBLE']])
    }
  })

  it('no value stands in any file, in any form', () => {
    expect(found()).toEqual([])
  })

  it('the graph goes on', async () => {
    const accepted = await ingest('wecom-chat', 'later', {
      customer: { number: 'C-later', region: 'CN-SH' },
      message: { occurredAt: '2026-10-02T00:00:00.000Z', text: 'later' },
    })
    expect(accepted).toEqual({ accepted: 1, deadLetters: 0 })
    expect(
      (await api.ask('rep', '{ customers(first: 1) { edges { node { id } } } }')).data.customers.edges,
    ).toHaveLength(1)
  })

  it('the proof of her consent is accepted still', async () => {
    const { data } = await api.ask('auditor', '{ checkpoint { verifierKey } }')
    const verified = verifyDocument(Buffer.from(before.proof), parseVerifierKey(data.checkpoint.verifierKey))
    expect(verified).toMatchObject({ kind: 'accepted', entry: expect.stringContaining('CONSENT_GIVEN') })
  })

  it('the certificate says what was deleted, proves each step and names what is left to do', async () => {
    const { erasureCertificate } = await certificate('auditor')
    expect(erasureCertificate).toMatchObject({
      requestId: asked.data.requestErasure.request.id,
      state: 'COMPLETED',
      // PIPL gives 15 working days, which end at midnight where she lives.
      dueBefore: '2026-11-23T16:00:00.000Z',
      parts: [
        { part: 'requests', erased: [{ label: 'IdempotencyRecord', count: 2 }] },
        { part: 'talent', erased: [{ label: 'SkillEvidence', count: 0 }] },
        { part: 'metrics', erased: [{ label: 'MetricEntity', count: 1 }] },
        {
          part: 'sovereignty',
          erased: [
            { label: 'Consent', count: 1 },
            { label: 'ConsentEvent', count: 1 },
          ],
        },
        {
          part: 'sales',
          erased: [
            { label: 'Opportunity', count: 1 },
            { label: 'StageEntry', count: 1 },
            { label: 'Order', count: 0 },
            { label: 'Fulfilment', count: 0 },
          ],
        },
        {
          part: 'customers',
          erased: [
            { label: 'DeadLetter', count: 1 },
            { label: 'Interaction', count: 1 },
            { label: 'Period', count: 1 },
            { label: 'SourceRecord', count: 3 },
            { label: 'Customer', count: 1 },
          ],
        },
      ],
    })
    expect(erasureCertificate.entries.map(({ kind }: { kind: string }) => kind)).toEqual([
      'ERASURE_REQUESTED',
      ...Array(6).fill('SUBJECT_DATA_ERASED'),
      'SUBJECT_KEY_DESTROYED',
      'ERASURE_COMPLETED',
    ])
    for (const { id, proof } of erasureCertificate.entries) {
      const verified = verifyDocument(Buffer.from(proof.document), parseVerifierKey(proof.checkpoint.verifierKey))
      expect(verified).toMatchObject({ kind: 'accepted', entry: expect.stringContaining(id) })
    }
    expect(erasureCertificate.leftToOperator.join(' ')).toContain('Backups')
    expect(JSON.stringify(erasureCertificate)).not.toContain(subjectId)
  })

  it('the certificate is for the subject, the privacy officer and the auditor, and for no other subject', async () => {
    const query = await operation('ErasureCertificate')
    const { requestId } = (await certificate('privacy-officer')).erasureCertificate
    const own = await asSubject(subjectId, query)
    expect(own.data.erasureCertificate.requestId).toBe(requestId)
    const other = await api.ask('subject', query, { variables: { requestId } })
    expect(other.data.erasureCertificate).toBeNull()
    for (const viewer of ['rep', 'partner', 'operator']) {
      const { errors } = await api.ask(viewer, query, { variables: { requestId } })
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
    }
  })

  it('the log still agrees with the graph: what is gone went by right', async () => {
    const query =
      'query ($after: String) { reconciliation(first: 100, after: $after) { erased findings { label } pageInfo { hasNextPage endCursor } } }'
    let [erased, findings, after]: [number, unknown[], string | null] = [0, [], null]
    do {
      const answer: Answer = await api.ask('auditor', query, { variables: { after } })
      const { reconciliation } = answer.data
      erased += reconciliation.erased
      findings = [...findings, ...reconciliation.findings]
      after = reconciliation.pageInfo.hasNextPage ? reconciliation.pageInfo.endCursor : null
    } while (after !== null)
    expect({ erased, findings }).toEqual({ erased: 8, findings: [] })
  })

  it('her token can give no consent any more', async () => {
    const variables = { purpose: 'MARKETING', recipient: '', idempotencyKey: 'late' }
    const { errors } = await asSubject(subjectId, await operation('GiveConsent'), variables)
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_VISIBLE'])
  })
})
