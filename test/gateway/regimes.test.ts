// What the laws ask for, over HTTP: a guardian for a child, separate consents, borders, two residences.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDevelopment, signToken, type ViewerClaims } from '../../core/development.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { type Answer, startApi, type TestApi, toAnswer } from '../support/start-api.ts'

const SELLER = { number: 'S-1', name: 'Mei Lin', region: 'CN-SH' }
const PEOPLE = {
  child: { number: 'C-CHILD', name: 'Xiao Ming', region: 'CN-SH', birthDate: '2013-05-20' },
  teenager: { number: 'C-TEEN', name: 'Jonas', region: 'EU-DE', birthDate: '2011-05-20' },
  chinese: { number: 'C-CN', name: 'Wang Lei', region: 'CN-SH', birthDate: '1990-05-20' },
  german: { number: 'C-DE', name: 'Anna', region: 'EU-DE' },
  both: { number: 'C-BOTH', name: 'Li Anna', region: 'EU-DE', otherRegion: 'CN-GD' },
} as const
type Person = keyof typeof PEOPLE

const CONSENT = (mutation: string) => `mutation ($input: ConsentInput!, $idempotencyKey: String!) {
  ${mutation}(input: $input, idempotencyKey: $idempotencyKey) { consent { state } evidenceEntryId }
}`
const LOOK = 'query ($id: ID!) { customer(id: $id) { name } }'

let api: TestApi
let idOf: Record<Person, string>
let sellerId: string
let keys = 0

async function asked(claims: ViewerClaims, query: string, variables: object, purpose?: string): Promise<Answer> {
  const development = await openDevelopment(api.dataDir)
  const issuedAt = Math.floor(Date.parse(api.clock.now()) / 1000)
  const token = await signToken(development, claims, { audience: 'sovereign-graph', expiresInSeconds: 600, issuedAt })
  const headers = { authorization: `Bearer ${token}`, ...(purpose && { 'x-purpose': purpose }) }
  return toAnswer(await api.post({ query, variables }, headers))
}
const consent = (person: Person, purpose: string, { guardian = '', mutation = 'giveConsent' } = {}) => {
  const claims = guardian === '' ? { id: idOf[person] } : { id: guardian, actFor: idOf[person] }
  const variables = { input: { purpose }, idempotencyKey: `consent-${keys++}` }
  return asked({ kind: 'SUBJECT', ...claims }, CONSENT(mutation), variables)
}
/** What the seller is shown of the name, or why not. */
const look = async (person: Person, region?: string, purpose = 'SALES_FOLLOW_UP') => {
  const { data, masks } = await asked({ kind: 'REP', id: sellerId, region }, LOOK, { id: idOf[person] }, purpose)
  return data.customer.name ?? masks.map(({ reasonCode, legalBasis }) => `${reasonCode}: ${legalBasis}`).join()
}
const codeOf = ({ errors }: Answer) => errors[0]?.extensions.code

beforeAll(async () => {
  api = await startApi()
  const events = Object.values(PEOPLE).map((customer, index) => ({
    eventId: `person-${index}`,
    payload: { customer, account: { name: 'Acme' }, seller: SELLER },
  }))
  const ingest = `mutation ($input: IngestInput!) { ingest(input: $input, idempotencyKey: "people") { accepted deadLetters } }`
  const { data } = await asked({ kind: 'SERVICE', id: 'loader' }, ingest, { input: { source: 'crm-account', events } })
  expect(data.ingest).toEqual({ accepted: 5, deadLetters: 0 })
  const rows = await api.services.graph.read('MATCH (s:Seller)-[:OWNS]->(c:Customer) RETURN c.number, c.id, s.id')
  const ids = new Map(rows.map(([number, id]) => [number, String(id)]))
  idOf = Object.fromEntries(Object.entries(PEOPLE).map(([name, { number }]) => [name, ids.get(number)])) as typeof idOf
  sellerId = String(rows[0]?.[2])
})
afterAll(() => api.close())

describe('PIPL', () => {
  it('28, 31: a child below 14 is seen when its guardian has consented, separately too, and by its own word never', async () => {
    const refused = await consent('child', 'SALES_FOLLOW_UP')
    expect(codeOf(refused)).toBe('FORBIDDEN')
    expect(await look('child')).toBe('CONSENT_REQUIRED: PIPL 13(1)(1) consent')
    expect(codeOf(await consent('child', 'SALES_FOLLOW_UP', { guardian: 'mother-1' }))).toBeUndefined()
    expect(await look('child')).toBe('CONSENT_REQUIRED: PIPL 29 separate consent')
    expect(codeOf(await consent('child', 'SENSITIVE_DATA', { guardian: 'mother-1' }))).toBeUndefined()
    expect(await look('child')).toBe('Xiao Ming')
    expect(codeOf(await consent('child', 'SENSITIVE_DATA', { mutation: 'withdrawConsent' }))).toBeUndefined()
    expect(await look('child')).toBe('CONSENT_REQUIRED: PIPL 29 separate consent')
  })

  it('31: for a child below 14 the guardian is asked even where a contract suffices', async () => {
    expect(await look('child', undefined, 'SERVICE_DELIVERY')).toContain('PIPL 31 consent of a parent or guardian')
    expect(await look('chinese', undefined, 'SERVICE_DELIVERY')).toBe('Wang Lei')
  })

  it('38-39: a seller abroad sees with a separate consent, and from a country without a contract never', async () => {
    await consent('chinese', 'SALES_FOLLOW_UP')
    expect(await look('chinese')).toBe('Wang Lei')
    expect(await look('chinese', 'CN-GD')).toBe('Wang Lei')
    expect(await look('chinese', 'EU-DE')).toBe('CONSENT_REQUIRED: PIPL 39 separate consent')
    await consent('chinese', 'CROSS_BORDER_TRANSFER')
    expect(await look('chinese', 'EU-DE')).toBe('Wang Lei')
    expect(await look('chinese', 'US-CA')).toBe('TRANSFER_NOT_COVERED: PIPL 38 conditions of providing abroad')
  })
})

describe('GDPR', () => {
  it('8: of a child of 15 in Germany the guardian consents, but to no automated decision', async () => {
    expect(codeOf(await consent('teenager', 'SALES_FOLLOW_UP'))).toBe('FORBIDDEN')
    await consent('teenager', 'SALES_FOLLOW_UP', { guardian: 'father-1' })
    expect(await look('teenager')).toBe('Jonas')
    expect(codeOf(await consent('teenager', 'AI_DECISION', { guardian: 'father-1' }))).toBe('BAD_USER_INPUT')
  })

  it('8: from the day on which the child is 16 it consents by itself', async () => {
    const today = api.clock.now()
    api.clock.set('2027-05-20T08:00:00.000Z')
    expect(codeOf(await consent('teenager', 'MARKETING'))).toBeUndefined()
    api.clock.set(today)
  })

  it('44, 49: a seller in China is covered by clauses, one elsewhere by explicit consent only', async () => {
    await consent('german', 'SALES_FOLLOW_UP')
    expect(await look('german', 'CN-SH')).toBe('Anna')
    expect(await look('german', 'US-CA')).toBe('CONSENT_REQUIRED: GDPR 49(1)(a) explicit consent')
    await consent('german', 'CROSS_BORDER_TRANSFER')
    expect(await look('german', 'US-CA')).toBe('Anna')
  })
})

describe('two residences', () => {
  it('are decided by the stricter law', async () => {
    await consent('both', 'SALES_FOLLOW_UP')
    expect(await look('both')).toBe('Li Anna')
    expect(await look('both', 'CN-SH')).toBe('Li Anna')
    expect(await look('both', 'EU-DE')).toBe('CONSENT_REQUIRED: PIPL 39 separate consent')
  })
})

describe('a mandate', () => {
  it('is recorded: the entry says that a guardian gave the consent, and commits to who it was', async () => {
    const { data } = await consent('child', 'MARKETING', { guardian: 'mother-1' })
    const { evidenceEntryId } = data.giveConsent
    const [row] = await api.services.graph.read('MATCH (e:EvidenceEntry {id: $id}) RETURN e.entry', {
      id: evidenceEntryId,
    })
    const entry = JSON.parse(String(row?.[0]))
    expect(entry.statement).toMatchObject({ purpose: 'MARKETING', by: 'GUARDIAN' })
    expect(entry.committed.count).toBe(3)
    expect(String(row?.[0])).not.toContain('mother-1')
  })

  it('shows the guardian what the customer itself is shown', async () => {
    const query = 'query ($id: ID!) { customer(id: $id) { birthDate otherRegion region } }'
    const claims = { kind: 'SUBJECT', id: 'mother-1', actFor: idOf.child } as const
    const { data } = await asked(claims, query, { id: idOf.child }, 'SUBJECT_REQUEST')
    expect(data.customer).toEqual({ birthDate: '2013-05-20', otherRegion: null, region: 'CN-SH' })
    const elses = await asked(claims, query, { id: idOf.german }, 'SUBJECT_REQUEST')
    expect(elses.data.customer).toBeNull()
  })

  it('is nothing for a token of another kind', async () => {
    const claims = { kind: 'REP', id: sellerId, actFor: idOf.german } as const
    expect((await asked(claims, LOOK, { id: idOf.german }, 'SALES_FOLLOW_UP')).status).toBe(401)
  })
})

describe('the policy', () => {
  it('decides which data is sensitive: a version that says so of names asks for separate consent', async () => {
    const regimes = groundPolicy.regimes.map(each => ({
      ...each,
      sensitive: { ...each.sensitive, categories: [...each.sensitive.categories, 'identity.name'] },
    }))
    const activate =
      'mutation ($data: JSON!) { activatePolicy(input: { data: $data }, idempotencyKey: "names") { evidenceEntryId } }'
    const data = { ...groundPolicy, version: 2, regimes }
    expect((await asked({ kind: 'OPERATOR', id: 'operator-1' }, activate, { data })).errors).toEqual([])
    expect(await look('german')).toBe('CONSENT_REQUIRED: GDPR 9(2)(a) explicit consent')
    await consent('german', 'SENSITIVE_DATA')
    expect(await look('german')).toBe('Anna')
  })
})
