// One person out of many records: found, asked about, made one, shown to each viewer, taken apart, erased. Over HTTP.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDevelopment, signToken } from '../../core/development.ts'
import { type Answer, startApi, type TestApi, toAnswer } from '../support/start-api.ts'

const operation = (name: string) => readFileSync(`schema/operations/${name}.graphql`, 'utf8')
const TIMELINE = operation('CustomerTimeline')
const INGEST =
  'mutation ($input: IngestInput!, $key: String!) { ingest(input: $input, idempotencyKey: $key) { accepted deadLetters } }'
const MERGE = `mutation ($ids: [ID!]!, $key: String!) {
  mergeCustomers(input: { customerIds: $ids }, idempotencyKey: $key) { personId customerIds evidenceEntryId } }`
const UNMERGE = `mutation ($id: ID!, $key: String!) {
  unmergeCustomer(input: { customerId: $id }, idempotencyKey: $key) { personId customerIds evidenceEntryId } }`
const DECIDE = `mutation ($id: ID!, $same: Boolean!, $key: String!) {
  decideMatch(input: { reviewId: $id, samePerson: $same }, idempotencyKey: $key) { personId } }`
const CONFIRM = 'mutation ($key: String!) { confirmMerge(idempotencyKey: $key) { personId } }'
const ZHOU = '64aa69b4-0c9b-4306-aa20-b4a11aab6c41'
const VIEWERS = ['subject', 'rep', 'other-rep', 'manager', 'partner', 'analyst', 'auditor', 'privacy-officer']

let api: TestApi
let sent = 0
let contactId: string
let personId: string

const key = () => `identity ${++sent}`
const ask = async (viewer: string, query: string, variables: Record<string, unknown> = {}, purpose?: string) =>
  api.ask(viewer, query, { variables: { key: key(), ...variables }, ...(purpose !== undefined && { purpose }) })
const asSubject = async (id: string, query: string, variables = {}) => {
  const issuedAt = Math.floor(Date.parse(api.clock.now()) / 1_000)
  const claims = { audience: 'sovereign-graph', expiresInSeconds: 3_600, issuedAt }
  const token = await signToken(await openDevelopment(api.dataDir), { kind: 'SUBJECT', id }, claims)
  return toAnswer(
    await api.post({ query, variables }, { authorization: `Bearer ${token}`, 'x-purpose': 'SUBJECT_REQUEST' }),
  )
}
const send = async (source: string, ...payloads: object[]) => {
  const events = payloads.map(payload => ({ eventId: `event ${++sent}`, payload }))
  const { data } = await ask('service', INGEST, { input: { source, events } })
  expect(data.ingest).toEqual({ accepted: payloads.length, deadLetters: 0 })
  await api.settle()
}
const said = (customer: object, text: string) => ({
  customer: { region: 'CN-SH', ...customer },
  message: { occurredAt: '2026-10-20T03:00:00.000Z', text },
})
const idNamed = async (number: string) =>
  String((await api.services.graph.read('MATCH (c:Customer {number: $number}) RETURN c.id', { number }))[0]?.[0])
/** What each viewer is shown of the first customer: its data and why what is withheld. */
const shown = async () =>
  Promise.all(VIEWERS.map(viewer => api.ask(viewer, TIMELINE).then(({ data, masks }) => ({ viewer, data, masks }))))
const textsOf = ({ data }: Answer) =>
  data.customer.timeline.edges.map(({ node }: { node: { text: string } }) => node.text)

beforeAll(async () => {
  api = await startApi({ customers: 8 })
  await send('wecom-chat', said({ name: '周明\u200b澜' }, '这是我的另一个号'))
  const [[id] = []] = await api.services.graph.read(
    "MATCH (c:Customer) WHERE c.number STARTS WITH ' contact/' RETURN c.id",
  )
  contactId = String(id)
})
afterAll(() => api.close())

describe('a contact of whom no number is known', () => {
  it('who is surely a known customer becomes one person with it, by itself', async () => {
    const known = { number: 'K-1', name: '欧阳建国', birthDate: '1971-03-14', email: 'ouyang@example.org' }
    await send('wecom-chat', said(known, 'first'))
    await send('wecom-chat', said({ name: '建国欧阳', birthDate: '1971-03-14', email: 'ouyang@example.net' }, 'second'))
    const { data } = await ask('manager', TIMELINE, { customerId: await idNamed('K-1') }, 'SERVICE_DELIVERY')
    expect(data.customer.name).toMatch(/欧阳|建国/)
    expect(data.customer.timeline.edges).toHaveLength(2)
    expect(data.customer.id).not.toBe(await idNamed('K-1'))
  })

  it('who may be one is a review for whoever decides, with the weights and not the values', async () => {
    const { data, errors } = await ask('privacy-officer', operation('MatchReviews'))
    expect(errors).toEqual([])
    const reviews = data.matchReviews.edges.map(({ node }: { node: object }) => node)
    const ours = reviews.find((each: { customers: { id: string }[] }) =>
      each.customers.some(({ id }) => id === contactId),
    )
    expect(ours).toMatchObject({ state: 'PENDING', score: expect.any(Number) })
    expect(ours.weights.map(({ field }: { field: string }) => field)).toContain('name')
    expect(ours.customers.map(({ name }: { name: string | null }) => name)).toEqual([null, null])
    for (const viewer of ['rep', 'subject', 'partner', 'auditor']) {
      expect((await ask(viewer, operation('MatchReviews'))).errors[0]?.extensions.code).toBe('FORBIDDEN')
    }
  })

  it('is told apart once and for all', async () => {
    const reviewOf = async (state: string) => {
      const { data } = await ask('manager', operation('MatchReviews'), { state })
      return data.matchReviews.edges.map(({ node }: { node: { id: string } }) => node.id)
    }
    const [id] = await reviewOf('PENDING')
    expect((await ask('manager', DECIDE, { id, same: false })).errors).toEqual([])
    await send('wecom-chat', said({ number: 'C-00001', birthDate: '1980-05-20' }, '再说一次'))
    expect(await reviewOf('PENDING')).not.toContain(id)
    expect(await reviewOf('TWO_PERSONS')).toContain(id)
    expect((await ask('manager', DECIDE, { id, same: true })).errors[0]?.extensions.code).toBe('CONFLICT')
  })

  it('compares with another as far as the viewer is shown the fields', async () => {
    const { data, masks } = await ask('manager', operation('WhyMatched'), { a: ZHOU, b: contactId }, 'SERVICE_DELIVERY')
    expect(data.whyMatched).toMatchObject({
      name: expect.any(Number),
      region: expect.any(Number),
      phone: null,
      total: null,
    })
    expect(masks.map(({ field }) => field)).toEqual(expect.arrayContaining(['phone', 'email', 'birthDate', 'total']))
  })
})

describe('a customer about whom sources disagree', () => {
  const contact = (updatedAt: string, customer: object) => ({
    customer: { number: 'K-9', region: 'CN-SH', ...customer },
    updatedAt,
  })
  const conflicts = async (viewer: string, purpose?: string) => {
    const { data } = await ask(viewer, operation('HowFormed'), { customerId: await idNamed('K-9') }, purpose)
    return data.howFormed?.conflicts
  }

  it('is told by the newest word, and keeps the other one with its record, for whom may see it', async () => {
    await send('crm-contact', contact('2026-10-20T03:00:00.000Z', { phone: '+8613900000002', name: '林子墨' }))
    await send('mail', {
      customer: { number: 'K-9', region: 'CN-SH', phone: '+8613900000001', name: '林子墨' },
      mail: { sentAt: '2026-10-19T03:00:00.000Z', subject: 'late', body: 'an older word that came later' },
    })
    const told = await conflicts('manager', 'SERVICE_DELIVERY')
    expect(told.map(({ source, name }: { source: string; name: string }) => [source, name])).toEqual([
      ['crm-contact', null],
      ['mail', null],
    ])
    const { data } = await asSubject(await idNamed('K-9'), operation('HowFormed'), { customerId: await idNamed('K-9') })
    expect(data.howFormed.conflicts.map(({ phone }: { phone: string }) => phone)).toEqual([
      '+8613900000002',
      '+8613900000001',
    ])
    const [[phone] = []] = await api.services.graph.read("MATCH (c:Customer {number: 'K-9'}) RETURN c.phone")
    expect(phone).toBe('+8613900000002')
    expect(await conflicts('partner')).toBeUndefined()
  })

  it('is in no conflict any more once both say the same', async () => {
    await send('mail', {
      customer: { number: 'K-9', region: 'CN-SH', phone: '+8613900000002' },
      mail: { sentAt: '2026-10-21T03:00:00.000Z', subject: 'again', body: 'the same word' },
    })
    expect(await conflicts('manager', 'SERVICE_DELIVERY')).toEqual([])
  })
})

describe('two customers who are made one person', () => {
  let before: unknown
  beforeAll(async () => {
    before = await shown()
    const { data, errors } = await ask('privacy-officer', MERGE, { ids: [ZHOU, contactId] })
    expect(errors).toEqual([])
    personId = data.mergeCustomers.personId
    await api.settle()
  })

  it('are one to the manager, by the id of either, with what both said and what is for sale', async () => {
    for (const customerId of [personId, ZHOU, contactId]) {
      const answer = await ask('manager', TIMELINE, { customerId })
      expect(answer.data.customer.id).toBe(personId)
      expect(answer.data.customer.opportunities?.edges?.length ?? 1).toBeGreaterThan(0)
    }
    const { data } = await ask('manager', operation('Customers'), { first: 100 })
    const ids = data.customers.edges.map(({ node }: { node: { id: string } }) => node.id)
    expect(ids).toContain(personId)
    expect(ids).not.toContain(ZHOU)
    expect(ids).not.toContain(contactId)
  })

  it('are themselves to themselves: neither is shown what the other said', async () => {
    expect(textsOf(await api.ask('subject', TIMELINE))).not.toContain('这是我的另一个号')
    const other = await asSubject(contactId, TIMELINE, { customerId: contactId })
    expect(textsOf(other)).toEqual(['这是我的另一个号'])
    expect((await asSubject(contactId, TIMELINE, { customerId: personId })).data.customer).toBeNull()
  })

  it('consent to what both consent to: what one had consented to is withheld at once', async () => {
    const { data } = await ask('partner', TIMELINE, { customerId: personId })
    expect(data.customer).toBeNull()
    const rep = await ask('manager', TIMELINE, { customerId: personId })
    expect(rep.data.customer.name).toBeNull()
    expect(rep.masks.find(({ field }) => field === 'name')?.reasonCode).toBe('CONSENT_REQUIRED')
  })

  it('once both have confirmed it, what was said last holds', async () => {
    expect((await ask('subject', CONFIRM)).errors).toEqual([])
    expect((await ask('partner', TIMELINE, { customerId: personId })).data.customer).toBeNull()
    expect((await asSubject(contactId, CONFIRM, { key: key() })).errors).toEqual([])
    expect((await ask('manager', TIMELINE, { customerId: personId })).data.customer.name).toBe('周明澜')
    expect((await ask('partner', TIMELINE, { customerId: personId })).data.customer).not.toBeNull()
  })

  it('find in their trails who looked at the person', async () => {
    await ask('manager', TIMELINE, { customerId: personId })
    await api.settle()
    for (const id of [ZHOU, contactId]) {
      const trail = await asSubject(id, operation('AuditTrail'), { kind: 'DATA_ACCESSED', first: 100 })
      const actors = trail.data.auditTrail.edges.map(
        ({ node }: { node: { entry: string } }) => JSON.parse(node.entry).actor.kind,
      )
      expect(actors).toContain('MANAGER')
    }
  })

  it('tell how they came to be one', async () => {
    const { data } = await ask('privacy-officer', operation('HowFormed'), { customerId: personId })
    expect([...data.howFormed.customerIds].sort()).toEqual([ZHOU, contactId].sort())
    expect(data.howFormed.steps.at(-1)).toMatchObject({ state: 'ONE_PERSON', by: 'PRIVACY_OFFICER' })
    expect(data.howFormed.records.length).toBeGreaterThan(2)
  })

  it('are to every viewer what they were once they are taken apart', async () => {
    const { data, errors } = await ask('manager', UNMERGE, { id: personId })
    expect(errors).toEqual([])
    expect(data.unmergeCustomer).toMatchObject({ personId, customerIds: [contactId] })
    await api.settle()
    expect(await shown()).toEqual(before)
    expect((await ask('manager', TIMELINE, { customerId: personId })).data.customer).toBeNull()
  })

  it('are nobody to who may not know of both', async () => {
    const { errors } = await ask('manager', MERGE, { ids: [ZHOU, 'unknown'] })
    expect(errors[0]?.extensions.code).toBe('NOT_VISIBLE')
  })
})

describe('a part that is erased', () => {
  it('leaves no person behind, and the other part as it was', async () => {
    const { data } = await ask('privacy-officer', MERGE, { ids: [contactId, ZHOU] })
    await api.settle()
    expect((await asSubject(contactId, operation('RequestErasure'), { idempotencyKey: key() })).errors).toEqual([])
    await api.settle()
    const left = await api.services.graph.read('MATCH (c:Customer) WHERE c.id IN $ids RETURN c.id, c.mergedInto', {
      ids: [contactId, ZHOU, data.mergeCustomers.personId],
    })
    expect(left).toEqual([[ZHOU, null]])
    expect(textsOf(await api.ask('subject', TIMELINE))).not.toContain('这是我的另一个号')
    const certificate = await ask('privacy-officer', operation('ErasureCertificate'))
    expect(JSON.stringify(certificate.data)).toContain('COMPLETED')
  })
})
